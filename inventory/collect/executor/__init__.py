"""Reading a run's accounts on an engine's workers, on this machine or on others."""
