"""What AWS says: collecting it, keeping it as a snapshot, and reading it back as facts."""
