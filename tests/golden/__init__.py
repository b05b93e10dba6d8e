"""Golden files: one small roll in every format of data, as it was read over by eye.

``python -m tests.golden`` writes them again; tests/unit/reports/test_golden.py compares.
"""
