"""docs/coverage.md: the checks of others name controls of ours that exist, and all of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policies.catalogue import RECORDS

DOCUMENT = Path(__file__).parents[2] / "docs" / "coverage.md"
IDS = {record.id for record in RECORDS}


def _rows():
    """The rows of the check tables: what is checked, by whom else, and what decides it here."""
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and set(cells[0]) - set("-"):
            yield cells


ROWS = [row for row in _rows() if row[0] != "check"]


def test_every_control_id_in_it_is_one_of_ours():
    named = set(re.findall(r"\b[A-Z]+-\d\d\b", DOCUMENT.read_text(encoding="utf-8")))
    assert named <= IDS


def test_every_control_of_ours_is_in_it():
    named = {one for row in ROWS for one in re.findall(r"\b[A-Z]+-\d\d\b", row[2])}
    assert named == IDS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_check_says_who_else_makes_it_and_what_decides_it(row):
    check, elsewhere, here = row
    assert check
    assert set(elsewhere) <= set("RECLWDX– "), elsewhere
    assert here
