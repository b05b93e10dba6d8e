"""Findings in, documents out. Nothing is judged here; the same roll gives the same bytes."""
