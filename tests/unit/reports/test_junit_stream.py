"""The JUnit stream: a document at every moment, red until it is closed, true in its totals."""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

import pytest
from _pytest.junitxml import LogXML
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures import junit_case_file, junit_stream
from fixtures.below_gate import mark_below_gate
from fixtures.junit_stream import StreamedXML

#: Every character there is, those included that no XML document may hold.
HOSTILE = st.text(st.characters(codec=None))
OUTCOMES: st.SearchStrategy[Literal["passed", "failed", "skipped"]] = st.sampled_from(
    ["passed", "failed", "skipped"]
)
PLACE = ("tests/compliance/test_imds.py", 1, "test_it")


@pytest.fixture(autouse=True)
def _written_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit_stream, "_INTERVAL", 0.0)


def stream(path: Path, *, suite: str = "pytest", prefix: str | None = None) -> StreamedXML:
    made = StreamedXML(LogXML(str(path), prefix, suite, family="xunit2"))
    made.open(path)
    return made


Begin = Callable[[Path], StreamedXML]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begins a stream, and lets go of its files when the test is over."""
    begun: list[StreamedXML] = []

    def begin(path: Path) -> StreamedXML:
        begun.append(stream(path))
        return begun[-1]

    yield begin
    for one in begun:
        one.pytest_unconfigure()


def report_cell(
    xml: StreamedXML,
    name: str,
    outcome: Literal["passed", "failed", "skipped"] = "passed",
    told: str = "",
    *,
    below_gate: str = "",
) -> None:
    """The three reports of a cell, as pytest sends them."""
    node_id = f"tests/compliance/test_imds.py::test_it[{name}]"
    place = ("/home/somebody/fixtures/compliance.py", 92, f"Skipped: {told}")
    longrepr = {"passed": None, "failed": told, "skipped": place}[outcome]
    said = [("control", "IMDS-01"), ("reason", told)]
    call = pytest.TestReport(node_id, PLACE, {}, outcome, longrepr, "call", user_properties=said)
    if below_gate:
        mark_below_gate(call, below_gate)
    for report in (
        pytest.TestReport(node_id, PLACE, {}, "passed", None, "setup"),
        call,
        pytest.TestReport(node_id, PLACE, {}, "passed", None, "teardown", user_properties=said),
    ):
        xml.pytest_runtest_logreport(report)
    xml.pytest_runtest_logfinish()


def suite_of(path: Path) -> ET.Element:
    suite = ET.parse(path).getroot().find("testsuite")
    assert suite is not None
    return suite


def totals(path: Path) -> list[int]:
    """``tests``, ``failures``, ``errors``, ``skipped`` of the head."""
    suite = suite_of(path)
    return [int(suite.get(key, "")) for key in ("tests", "failures", "errors", "skipped")]


def counted(path: Path) -> list[int]:
    """The same, counted."""
    suite = suite_of(path)
    tags = ("testcase", "testcase/failure", "testcase/error", "testcase/skipped")
    return [len(suite.findall(tag)) for tag in tags]


def names(path: Path) -> list[str]:
    return [case.get("name", "") for case in suite_of(path).iter("testcase")]


def test_it_is_red_before_the_first_case_and_replaces_what_was_there(
    begin: Begin, tmp_path: Path
) -> None:
    path = tmp_path / "out" / "junit.xml"
    path.parent.mkdir()
    path.write_text("<testsuites>" + "yesterday " * 1000 + "</testsuites>")
    begin(path)
    assert totals(path) == counted(path) == [1, 0, 1, 0]
    assert names(path) == ["run incomplete"]


def test_after_each_case_it_is_a_document_with_true_totals_and_red(
    begin: Begin, tmp_path: Path
) -> None:
    path = tmp_path / "junit.xml"
    xml = begin(path)
    told: list[str] = []
    for number in range(12):
        report_cell(xml, f"i-{number}")
        told.append(f"test_it[i-{number}]")
        assert names(path) == [*told, "run incomplete"]
        assert totals(path) == counted(path) == [number + 2, 0, 1, 0]
    xml.close()
    assert names(path) == told
    assert totals(path) == counted(path) == [12, 0, 0, 0]


def test_every_file_that_was_opened_gets_the_same_bytes(begin: Begin, tmp_path: Path) -> None:
    xml = begin(tmp_path / "one.xml")
    xml.open(tmp_path / "two.xml")
    for number in range(3):
        report_cell(xml, f"i-{number}", "failed", "no")
    xml.add_global_property("tool", "ssm-rollcall")
    xml.close()
    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()


def test_a_run_that_was_cut_short_keeps_its_error_and_tells_why(
    begin: Begin, tmp_path: Path
) -> None:
    path = tmp_path / "junit.xml"
    xml = begin(path)
    report_cell(xml, "i-1")
    xml.add_global_property("tool", "ssm-rollcall")
    xml.close("it was interrupted")
    error = suite_of(path).find("testcase/error")
    assert error is not None
    assert error.get("message") == "run incomplete: it was interrupted"
    assert totals(path) == counted(path) == [2, 0, 1, 0]
    assert suite_of(path).find("properties/property[@name='tool']") is not None


@settings(deadline=None)
@given(
    st.lists(st.tuples(HOSTILE, OUTCOMES, HOSTILE), max_size=4),
    st.lists(st.tuples(HOSTILE, HOSTILE), max_size=2),
    HOSTILE,
    HOSTILE,
)
def test_whatever_is_told_it_is_a_document_and_the_totals_are_true(
    cells: list[tuple[str, Literal["passed", "failed", "skipped"], str]],
    properties: list[tuple[str, str]],
    suite: str,
    prefix: str,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "junit.xml"
        xml = stream(path, suite=suite, prefix=prefix)
        for name, outcome, told in cells:
            report_cell(xml, name, outcome, told)
            assert totals(path) == counted(path)
            assert totals(path)[2] >= 1
        for key, value in properties:
            xml.add_global_property(key, value)
        xml.close()
        xml.pytest_unconfigure()
        assert totals(path) == counted(path)
        outcomes = [outcome for _, outcome, _ in cells]
        assert totals(path) == [len(cells), outcomes.count("failed"), 0, outcomes.count("skipped")]


def test_control_characters_are_named_and_nothing_ends_early(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    xml = begin(path)
    report_cell(xml, "i-1", "failed", "\x1b[31m ]]> \ud800 </testsuites> \x00")
    xml.close()
    failure = suite_of(path).find("testcase/failure")
    assert failure is not None
    assert failure.text == "#x1B[31m ]]> #xD800 </testsuites> #x00"


def test_the_skip_of_a_cell_tells_its_reason_and_no_folder_of_this_machine(
    begin: Begin, tmp_path: Path
) -> None:
    path = tmp_path / "junit.xml"
    xml = begin(path)
    report_cell(xml, "i-1", "skipped", "NOT_RUNNING: it is stopped")
    xml.close()
    skipped = suite_of(path).find("testcase/skipped")
    assert skipped is not None
    assert (skipped.get("type"), skipped.get("message"), skipped.text) == (
        "pytest.skip",
        "NOT_RUNNING: it is stopped",
        None,
    )


def test_a_failure_below_the_gate_is_a_skip_of_its_own_type(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    xml = begin(path)
    report_cell(xml, "i-1", "skipped", "below the gate", below_gate="below the gate\n  found: no")
    xml.close()
    skipped = suite_of(path).find("testcase/skipped")
    assert skipped is not None
    assert (skipped.get("type"), skipped.get("message"), skipped.text) == (
        "below-gate",
        "below the gate",
        "below the gate\n  found: no",
    )


@pytest.mark.parametrize(("reported", "untold"), [(2, 1), (3, 0)])
def test_tests_that_nobody_reported_are_known(
    begin: Begin, tmp_path: Path, reported: int, untold: int
) -> None:
    xml = begin(tmp_path / "junit.xml")
    xml.pytest_xdist_node_collection_finished(["one", "two", "three"])
    for number in range(reported):
        report_cell(xml, f"i-{number}")
    assert xml.untold == untold


def test_a_test_lost_with_its_worker_counts_as_reported_and_is_an_error(
    begin: Begin, tmp_path: Path
) -> None:
    path = tmp_path / "junit.xml"
    xml = begin(path)
    xml.pytest_xdist_node_collection_finished(["one"])
    lost = pytest.TestReport("a.py::b", PLACE, {}, "failed", "worker 'gw0' crashed", "???")  # type: ignore[arg-type]
    xml.pytest_runtest_logreport(lost)
    assert xml.untold == 0
    xml.close()
    assert totals(path) == counted(path) == [1, 0, 1, 0]


def test_a_file_that_cannot_be_written_any_more_does_not_end_the_run(
    begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, kept = tmp_path / "full.xml", tmp_path / "kept.xml"
    xml = begin(full)
    xml.open(kept)
    write = junit_case_file.CaseFile.write

    def refuse(file: junit_case_file.CaseFile, head: str, cases: str, ending: str) -> None:
        if file.path == full:
            raise OSError(28, "No space left on device")
        write(file, head, cases, ending)

    monkeypatch.setattr(junit_case_file.CaseFile, "write", refuse)
    report_cell(xml, "i-1")
    xml.close()
    assert (str(xml.problem(full)), xml.problem(kept)) == (
        "[Errno 28] No space left on device",
        None,
    )
    assert (xml.is_whole(full), xml.is_whole(kept)) == (False, True)
    assert totals(kept) == counted(kept) == [1, 0, 0, 0]
    assert names(full) == ["run incomplete"]


def test_a_file_whose_place_was_taken_is_not_whole(begin: Begin, tmp_path: Path) -> None:
    xml = begin(tmp_path / "cases.xml")
    (tmp_path / "cases.xml").rename(tmp_path / "moved.xml")
    (tmp_path / "cases.xml").write_text("another")
    xml.close()
    assert not xml.is_whole(tmp_path / "cases.xml")


def test_cases_that_were_told_take_no_memory(begin: Begin, tmp_path: Path) -> None:
    """Two thousand cases of pytest's own plugin take more than 5 MB (spec pytest_scale.md 3.2)."""
    xml = begin(tmp_path / "junit.xml")
    report_cell(xml, "i-first")
    tracemalloc.start()
    for number in range(2000):
        report_cell(xml, f"i-{number}", "failed", "no" * 50)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000
