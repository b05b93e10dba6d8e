"""docs/guide.md shows what its commands print."""

from __future__ import annotations

from pathlib import Path

from fixtures.guide import GUIDE, as_it_should_be


def test_the_guide_is_up_to_date(tmp_path: Path) -> None:
    told = "stale: run python -m fixtures.guide"
    assert GUIDE.read_text("utf-8").splitlines() == as_it_should_be(tmp_path).splitlines(), told
