"""How fast it is: measured here, never asserted in a test."""
