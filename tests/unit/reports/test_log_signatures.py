"""docs/log-signatures.md is the signature table, and no row breaks it."""

from __future__ import annotations

import re

from inventory.facts.host.signatures import RUNGS, SIGNATURES
from reports.log_signatures import PAGE, page


def test_the_page_is_current() -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert written == page(), "stale: run python -m reports.log_signatures"


def test_it_has_a_row_for_each_signature_and_step() -> None:
    first = re.findall(r"^\| ([A-Z]+\d+[a-z]?|\d+) \|", page(), re.MULTILINE)
    assert first == [*(str(one.number) for one in RUNGS), *(one.id for one in SIGNATURES)]


def test_every_row_has_the_columns_of_its_head() -> None:
    rows = [line for line in page().splitlines() if line.startswith("|")]
    columns = [len(re.findall(r"(?<!\\)\|", line)) for line in rows]
    assert set(columns) == {3, 5, 6}
