"""A cell's case is the one that a test of the same outcome has in pytest's own way."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree as ET

import pytest
from _pytest.junitxml import LogXML
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.below_gate import mark_below_gate
from fixtures.cells.carrier import Carrier
from fixtures.cells.column import Face
from fixtures.cells.counted import CountedCells
from fixtures.cells.report import report_of
from fixtures.cells.result import Result
from fixtures.junit_stream import StreamedXML
from tests.unit.reports.test_junit_stream import HOSTILE, counted, totals

FACE = Face("tests/compliance/test_imds.py", ("TestIt", "test_it"), 10, "IMDS-01", ())
CELL = "111122223333/eu-central-1/i-0a1b2c3d4e5f00001"
Kind = Literal["pass", "fail", "unknown", "skip", "waived", "below", "crash", "own skip"]
KINDS: tuple[Kind, ...] = (
    *("pass", "fail", "unknown", "skip", "waived", "below", "crash", "own skip"),
)


@dataclasses.dataclass(frozen=True)
class Told:
    """A cell that came to ``kind``, in ``text``; with a control's properties."""

    kind: Kind
    text: str = "it is stopped"
    param: str = CELL
    value: str = "i-1"

    @property
    def properties(self) -> tuple[tuple[str, str], ...]:
        if self.kind in ("crash", "own skip"):  # nothing was judged
            return ()
        return (("control", "IMDS-01"), ("resource", self.value), ("caused_by", "[]"))


def as_cell(told: Told) -> Result:
    common: dict[str, Any] = {"properties": told.properties, "seconds": 0.25}
    match told.kind:
        case "pass":
            return Result(told.param, "passed", **common)
        case "fail" | "crash":
            return Result(told.param, "failed", told=told.text, **common)
        case "unknown":
            return Result(told.param, "failed", "setup", told.text, **common)
        case "skip" | "own skip":
            return Result(told.param, "skipped", told=f"Skipped: {told.text}", **common)
        case "waived":
            return Result(told.param, "skipped", accepted=told.text, **common)
        case "below":
            first = told.text.partition("\n")[0]
            return Result(told.param, "skipped", told=first, below_gate=told.text, **common)


def as_stock(told: Told) -> Iterable[pytest.TestReport]:
    """The three reports of an ordinary test, as ``outcomes`` leaves them."""
    node_id = f"{FACE.path}::{'::'.join(FACE.names)}[{told.param}]"
    place = (FACE.path, FACE.line, f"{FACE.names[-1]}[{told.param}]")

    def report(outcome: Any, when: Any, longrepr: Any = None, **more: Any) -> pytest.TestReport:
        said = [*told.properties]
        return pytest.TestReport(
            node_id, place, {}, outcome, longrepr, when, user_properties=said, **more
        )

    yield report("passed", "setup")
    where = (FACE.path, FACE.line + 1)
    match told.kind:
        case "pass":
            yield report("passed", "call", duration=0.25)
        case "fail" | "crash":
            yield report("failed", "call", told.text, duration=0.25)
        case "unknown":
            yield report("failed", "setup", told.text, duration=0.25)
        case "skip" | "own skip":
            yield report("skipped", "call", (*where, f"Skipped: {told.text}"), duration=0.25)
        case "waived":
            waived = report("skipped", "call", (*where, told.text), duration=0.25)
            waived.wasxfail = told.text
            yield waived
        case "below":
            below = report("skipped", "call", (*where, told.text.partition("\n")[0]), duration=0.25)
            mark_below_gate(below, told.text)
            yield below
    yield report("passed", "teardown")


def stream(path: Path, options: dict[str, Any]) -> StreamedXML:
    xml = StreamedXML(LogXML(str(path), suite_name="pytest", **options), in_shards=True)
    xml.open(path)
    return xml


def written(path: Path) -> list[str]:
    """The cases, each with what is in it, in order; attributes by name."""
    return [ET.canonicalize(ET.tostring(one)) for one in ET.parse(path).iter("testcase")]


def both(cells: list[Told], folder: Path, **options: Any) -> tuple[Path, Path]:
    """The file that cells come to, and the one that ordinary tests do."""
    options = {"prefix": None, "family": "xunit2", **options}
    paths = (folder / "cells.xml", folder / "stock.xml")
    of_cells, of_stock = (stream(path, options) for path in paths)
    for told in cells:
        of_cells.pytest_runtest_logreport(report_of(FACE, as_cell(told)))
        for report in as_stock(told):
            of_stock.pytest_runtest_logreport(report)
        of_stock.pytest_runtest_logfinish()
    for xml in (of_cells, of_stock):
        xml.close()
        xml.pytest_unconfigure()
    return paths


@pytest.mark.parametrize("family", ["xunit1", "xunit2", "legacy"])
@pytest.mark.parametrize("prefix", [None, "ours & theirs"])
@pytest.mark.parametrize("logging", ["no", "all"])
@pytest.mark.parametrize("report_duration", ["total", "call"])
def test_whatever_a_cell_comes_to_its_case_is_that_of_an_ordinary_test(
    tmp_path: Path, family: str, prefix: str | None, logging: str, report_duration: str
) -> None:
    of_cells, of_stock = both(
        [Told(kind) for kind in KINDS],
        tmp_path,
        family=family,
        prefix=prefix,
        logging=logging,
        report_duration=report_duration,
    )
    assert written(of_cells) == written(of_stock)
    assert totals(of_cells) == totals(of_stock) == counted(of_cells) == [8, 2, 1, 4]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.builds(Told, st.sampled_from(KINDS), text=HOSTILE, param=HOSTILE, value=HOSTILE),
        max_size=4,
        unique_by=lambda one: one.param,
    )
)
def test_whatever_is_told_it_is_told_alike(cells: list[Told]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        of_cells, of_stock = both(cells, Path(folder))
        assert written(of_cells) == written(of_stock)
        assert totals(of_cells) == totals(of_stock)


def test_a_long_message_is_cut_as_pytest_cuts_it(tmp_path: Path) -> None:
    of_cells, of_stock = both([Told("fail", text="found: nothing\n" * 100)], tmp_path)
    assert written(of_cells) == written(of_stock)
    failure = ET.parse(of_cells).find(".//failure")
    assert failure is not None
    assert "more lines; full report in element text" in failure.get("message", "")


def test_a_shard_on_its_way_makes_no_case_and_tells_how_many_cells_there_are(
    tmp_path: Path,
) -> None:
    """Workers tell of shards; what is selected is counted in cells."""
    path = tmp_path / "junit.xml"
    xml = stream(path, {"prefix": None})
    xml.pytest_xdist_node_collection_finished(["the one shard"])
    cargo: dict[str, Any] = {"face": {}, "results": [], "counted": None, "total": 4}
    xml.pytest_runtest_logreport(Carrier.with_cargo("tests/a.py::test_it[x]", cargo))
    assert xml.untold == 4
    xml.pytest_runtest_logreport(report_of(FACE, as_cell(Told("pass"))))
    assert xml.untold == 3
    xml.pytest_rollcall_counted(CountedCells("IMDS-01", range(4), "ptnp"))
    assert xml.untold == 0
    xml.close()
    xml.pytest_unconfigure()
    assert totals(path) == counted(path) == [1, 0, 0, 0]


def test_cells_lost_with_their_worker_are_missed(tmp_path: Path) -> None:
    """The lost shard is an error in its first cell's name; none of its cells was reported."""
    path = tmp_path / "junit.xml"
    xml = stream(path, {"prefix": None})
    cargo: dict[str, Any] = {"face": {}, "results": [], "counted": None, "total": 2_000}
    xml.pytest_runtest_logreport(Carrier.with_cargo("tests/a.py::test_it[x]", cargo))
    xml.pytest_rollcall_counted(CountedCells("IMDS-01", range(1_000), "p" * 1_000))
    lost = pytest.TestReport("a.py::b", ("a.py", 1, "b"), {}, "failed", "crashed", "???")  # type: ignore[arg-type]
    xml.pytest_runtest_logreport(lost)
    assert xml.untold == 1_000
    xml.close("1,000 selected tests never reported")
    xml.pytest_unconfigure()
    assert totals(path) == counted(path) == [2, 0, 2, 0]
