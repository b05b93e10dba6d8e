"""What must hold: pure functions from facts and parameters to verdicts."""
