"""Cells in processes of their own, and what makes stock items of them (issue 8, item 1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.roll_call import RollCall, roll_call
from tests.unit.fixtures.cells.small_fleet import AS_OF, write_small_fleet


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six instances with the user's own files around them."""
    folder = tmp_path_factory.mktemp("fleet")
    write_small_fleet(folder)
    return folder


def run(fleet: Path, *options: str) -> RollCall:
    return roll_call(
        fleet / "runs",
        *("--snapshot", str(fleet / "snapshot"), "--as-of", AS_OF, "--report-format", "json,junit"),
        *("--policy-dir", str(fleet / "policies"), "--waivers", str(fleet / "waivers.yaml")),
        *options,
        environment={"PYTHONPATH": f"{fleet}:."},
    )


def last_line(ended: RollCall) -> str:
    """``2 failed, 3 passed``, without the time it took."""
    return ended.output.strip().splitlines()[-1].strip("= ").partition(" in ")[0]


def written(ended: RollCall, name: str) -> str:
    """A file of the run's folder, without clocks."""
    assert ended.folder is not None, ended.output
    text = (ended.folder / name).read_text()
    return re.sub(r'(time|timestamp|hostname)="[^"]*"', "", text)


def test_workers_judge_as_one_process_does(fleet: Path) -> None:
    """Shards go out and come home as cells: findings, cases and counts are the same."""
    alone, together = run(fleet), run(fleet, "-n", "2")
    assert (together.status, last_line(together)) == (alone.status, last_line(alone))
    assert written(together, "findings.json") == written(alone, "findings.json")
    cases = [
        sorted(re.findall(r"<testcase.*?(?:/>|</testcase>)", written(one, "junit.xml"), re.DOTALL))
        for one in (alone, together)
    ]
    assert cases[0] == cases[1]


def test_workers_stop_once_enough_has_failed(fleet: Path) -> None:
    """-x in the middle of a shard: the one that failed is told, and nothing after it is made up."""
    ended = run(fleet, "-n", "2", "-x", "-k", "ORG-TAG-01")
    assert ended.status == 1, ended.output
    assert last_line(ended) == "1 failed, 1 xfailed"
    assert list(ended.verdicts.values()) == ["fail NULL"] * 2


def test_what_looks_at_items_one_by_one_makes_stock_items(fleet: Path) -> None:
    """A cell has no set-up to show; the outcomes are the same."""
    cells, stock = run(fleet, "-k", "IMDS-01"), run(fleet, "-k", "IMDS-01", "--setup-show")
    assert (stock.status, stock.verdicts) == (cells.status, cells.verdicts)
    assert "SETUP    F instance" in stock.output
