"""What a role may really do, and the controls that stand on it."""
