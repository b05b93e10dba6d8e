"""Tests that go on for minutes: ``make soak``."""
