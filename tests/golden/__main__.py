"""Writes the golden files again: ``python -m tests.golden``; then read the difference."""

from tests.golden.files import FOLDER, write_golden_files

if __name__ == "__main__":
    write_golden_files(FOLDER)
