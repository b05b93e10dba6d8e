"""Controls on the instance metadata service."""
