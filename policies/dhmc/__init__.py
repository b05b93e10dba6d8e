"""Default Host Management Configuration: the controls that judge it."""
