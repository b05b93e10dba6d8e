"""The JUnit file of real runs: whole ones, and those that were broken off in the middle.

junit-10.xsd is the schema of Jenkins' xunit plugin, to which pytest's ``xunit2`` refers (MIT; taken
from pytest's source distribution). It knows properties of a suite only, CI systems read those of
cases too, and pytest writes them: that is the one thing in which a file goes beyond it.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import junitparser
import pytest
import xmlschema

from tests.e2e.roll_call import ROOT, RollCall, command_line, roll_call, surroundings

SCHEMA: Final = xmlschema.XMLSchema10(Path(__file__).with_name("junit-10.xsd"))
SERIAL_AND_WORKERS = pytest.mark.parametrize(
    "workers", [[], ["-n", "2"]], ids=["serial", "workers"]
)
#: Cells of which the demo account fails some, skips some and cannot decide some.
FEW: Final = ("-k", "IMDS-01 or NET-10")
#: The fastest reports: these tests look at none but JUnit's.
ONLY: Final = ("--report-format", "junit")
TAGS: Final = {
    "pass": "",
    "warn": "",
    "fail": "failure",
    "unknown": "error",
    "not_applicable": "skipped",
}
YESTERDAY: Final = """<?xml version="1.0"?>
<testsuites><testsuite name="pytest" tests="1" failures="0" errors="0">
<testcase classname="yesterday" name="green"/></testsuite></testsuites>
"""


@dataclasses.dataclass(frozen=True)
class Told:
    """A case as a reader of the file sees it."""

    classname: str
    name: str
    tag: str
    type: str
    words: str
    properties: dict[str, str]


def suite_of(path: Path) -> ET.Element:
    """The one suite of a file that conforms to the schema and whose totals are those of its cases.

    The strictest reader comes first, then the schema, then what Python's CI tools read with.
    """
    suite = ET.parse(path).getroot().find("testsuite")
    assert suite is not None
    read = junitparser.JUnitXml.fromfile(str(path))
    read.update_statistics()  # type: ignore[no-untyped-call]
    assert [suite.get(key) for key in ("tests", "failures", "errors", "skipped")] == [
        str(number) for number in (read.tests, read.failures, read.errors, read.skipped)
    ]
    bare = ET.parse(path)
    for case in bare.getroot().iter("testcase"):
        for properties in case.findall("properties"):
            case.remove(properties)
    SCHEMA.validate(bare.getroot())
    return suite


def cases_of(path: Path) -> list[Told]:
    return [_told(case) for case in suite_of(path).iter("testcase")]


def _told(case: ET.Element) -> Told:
    outcome = [child for child in case if child.tag != "properties"]
    assert len(outcome) <= 1
    one = outcome[0] if outcome else ET.Element("")
    return Told(
        classname=case.get("classname", ""),
        name=case.get("name", ""),
        tag=one.tag,
        type=one.get("type", ""),
        words=f"{one.get('message', '')}\n{one.text or ''}",
        properties={
            str(told.get("name")): str(told.get("value")) for told in case.iter("property")
        },
    )


def assert_incomplete(path: Path) -> list[Told]:
    """It can be read and cannot be taken for green; returns the cases that were told."""
    *cases, last = cases_of(path)
    assert (last.name, last.tag, last.type) == ("run incomplete", "error", "incomplete")
    assert int(suite_of(path).get("errors", "")) >= 1
    assert "yesterday" not in path.read_text(encoding="utf-8")
    return cases


def file_of(run: RollCall) -> Path:
    assert run.folder is not None, run.output
    return run.folder / "junit.xml"


@pytest.fixture(scope="module", params=[[], ["-n", "2"]], ids=["serial", "workers"])
def few(
    request: pytest.FixtureRequest,
    demo_snapshot: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> RollCall:
    folder = tmp_path_factory.mktemp("few")
    return roll_call(folder, "--snapshot", str(demo_snapshot), *FEW, *ONLY, *request.param)


def test_there_is_one_case_for_each_finding_and_each_says_its_verdict(few: RollCall) -> None:
    findings = {one["id"]: one for one in few.findings["findings"]}
    cases = {
        "/".join(one.properties[key] for key in ("control", "account", "region", "resource")): one
        for one in cases_of(file_of(few))
    }
    assert len(cases_of(file_of(few))) == len(findings)
    assert cases.keys() == findings.keys()
    for key, finding in findings.items():
        case = cases[key]
        assert case.tag == TAGS[finding["verdict"]]
        assert case.properties["verdict"] == finding["verdict"]
        assert case.properties["code"] == finding["code"]
        assert case.properties["severity"] == finding["severity"]
        assert case.properties["instance"] == finding["resource"]
        if finding["verdict"] in ("unknown", "not_applicable", "fail"):
            assert finding["code"] in case.words
            assert finding["reason"] in case.words
    verdicts = {one["verdict"] for one in findings.values()}
    assert verdicts >= {"pass", "fail", "unknown", "not_applicable"}


def test_the_totals_are_those_of_the_findings(few: RollCall) -> None:
    counts = collections.Counter(TAGS[one["verdict"]] for one in few.findings["findings"])
    suite = suite_of(file_of(few))
    assert {key: int(suite.get(f"{key}s", "")) for key in ("test", "failure", "error")} == {
        "test": counts.total(),
        "failure": counts["failure"],
        "error": counts["error"],
    }
    assert suite.get("skipped") == str(counts["skipped"])


def test_the_run_has_properties_under_workers_too(few: RollCall) -> None:
    properties = suite_of(file_of(few)).find("properties")
    assert properties is not None
    told = {one.get("name"): one.get("value") for one in properties}
    run = few.findings["run"]
    assert told["snapshot_sha256"] == run["snapshot"]
    assert told["findings.fail"] == str(list(few.verdicts.values()).count("fail IMDS_DISABLED"))
    assert told["not_judged"] == "0"


def test_nothing_of_this_machine_is_in_it(few: RollCall) -> None:
    text = file_of(few).read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert "hostname" not in text


def test_controls_of_regions_have_cases_without_an_instance(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "-k", "DHMC-01", *ONLY)
    cases = cases_of(file_of(run))
    assert len(cases) == len(run.verdicts) > 0
    assert all("instance" not in one.properties for one in cases)
    assert {one.properties["resource"] for one in cases} == {
        one["region"] for one in run.findings["findings"]
    }


def test_what_users_set_of_pytests_plugin_holds(demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(
        tmp_path,
        *("--snapshot", str(demo_snapshot), "-k", "IMDS-01", *ONLY),
        *("--junit-prefix", "acme", "-o", "junit_suite_name=fleet", "-o", "junit_family=xunit1"),
    )
    suite = ET.parse(file_of(run)).getroot().find("testsuite")
    assert suite is not None
    assert suite.get("name") == "fleet"
    for case in suite.iter("testcase"):
        assert str(case.get("classname")).startswith("acme.tests.compliance.")
        assert case.get("file") == "tests/compliance/test_imds.py"


_OWN_TESTS: Final = """
import pytest

def test_says_more(record_testsuite_property):
    record_testsuite_property("ticket", "OPS-1")
    print("said\\x1b[31m ]]>")
    assert False, "\\x00 ]]> <failure/>"

@pytest.fixture
def untidy():
    yield
    raise OSError("left behind")

def test_passes_and_leaves_something_behind(untidy):
    pass

def test_fails_and_leaves_something_behind(untidy):
    raise ValueError

@pytest.mark.skip(reason="\\x1b not here")
def test_skips():
    pass
"""


@SERIAL_AND_WORKERS
def test_tests_of_the_users_own_are_told_as_pytest_tells_them(
    demo_snapshot: Path, tmp_path: Path, workers: list[str]
) -> None:
    (tmp_path / "test_own.py").write_text(_OWN_TESTS)
    (tmp_path / "test_broken.py").write_text("import nowhere_to_be_found")
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), *ONLY, *workers, "-o", "junit_logging=all"),
        *("tests/compliance/test_imds.py", str(tmp_path), "--continue-on-collection-errors"),
    )
    told = collections.Counter(
        (case.get("name", "").rpartition(".")[2], child.tag)
        for case in suite_of(file_of(run)).iter("testcase")
        for child in case
        if child.tag in ("failure", "error", "skipped")
        and not case.get("classname", "").startswith("tests.compliance")
    )
    assert told.keys() == {
        ("test_says_more", "failure"),
        ("test_passes_and_leaves_something_behind", "error"),
        ("test_fails_and_leaves_something_behind", "failure"),
        ("test_fails_and_leaves_something_behind", "error"),
        ("test_skips", "skipped"),
        ("test_broken", "error"),
    }
    text = file_of(run).read_text(encoding="utf-8")
    assert "said#x1B[31m" in text
    assert "#x00 ]]&gt;" in text
    assert workers or '<property name="ticket" value="OPS-1" />' in text


@contextlib.contextmanager
def standing_still(
    folder: Path, *arguments: str, processes: int
) -> Iterator[subprocess.Popen[bytes]]:
    """A run whose judging processes stand still in the middle; ended with all it started.

    Each of them has judged more than a shard by then: the 47 cells of a control.
    """
    notes = folder / "notes"
    notes.mkdir()
    breaking = {"BREAK_AFTER": "60", "BREAK_BY": "standing", "BREAK_NOTE": str(notes)}
    with subprocess.Popen(
        [*command_line(folder / "runs", *arguments), "-p", "tests.e2e.breaks_off"],
        cwd=ROOT,
        env=surroundings(breaking),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            until = time.monotonic() + 120
            while len(list(notes.iterdir())) < processes:
                assert process.poll() is None, "the run ended before"
                assert time.monotonic() < until
                time.sleep(0.1)
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


@SERIAL_AND_WORKERS
def test_a_killed_run_leaves_files_that_say_so(
    demo_snapshot: Path, tmp_path: Path, workers: list[str]
) -> None:
    by_hand = tmp_path / "cases.xml"
    by_hand.write_text(YESTERDAY)
    arguments = ("--snapshot", str(demo_snapshot), f"--junitxml={by_hand}", *ONLY, *workers)
    with standing_still(tmp_path, *arguments, processes=len(workers) or 1) as process:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    (partial,) = (tmp_path / "runs").glob("*.partial")
    assert by_hand.read_bytes() == (partial / "junit.xml").read_bytes()
    cases = assert_incomplete(by_hand)
    assert len(cases) > 0
    assert all(one.properties["verdict"] for one in cases)


@SERIAL_AND_WORKERS
def test_an_interrupted_run_ends_its_files_and_says_so(
    demo_snapshot: Path, tmp_path: Path, workers: list[str]
) -> None:
    by_hand = tmp_path / "cases.xml"
    by_hand.write_text(YESTERDAY)
    arguments = ("--snapshot", str(demo_snapshot), f"--junitxml={by_hand}", *ONLY, *workers)
    with standing_still(tmp_path, *arguments, processes=len(workers) or 1) as process:
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(60) == pytest.ExitCode.INTERRUPTED
    kept = (tmp_path / "runs" / "latest" / "junit.xml").resolve()
    assert by_hand.read_bytes() == kept.read_bytes()
    cases = assert_incomplete(kept)
    assert len(cases) > 0
    assert "it was interrupted" in kept.read_text(encoding="utf-8")
    assert suite_of(kept).find("properties") is not None


def test_lost_workers_are_errors_even_if_none_is_left(demo_snapshot: Path, tmp_path: Path) -> None:
    lost = {"BREAK_AFTER": "3", "BREAK_BY": "SIGKILL", "BREAK_NOTE": str(tmp_path)}
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), "-k", "IMDS-02", *ONLY),
        *("-n", "2", "--max-worker-restart", "0", "-p", "tests.e2e.breaks_off"),
        environment=lost,
    )
    assert run.status not in (0, 7), run.output
    cases = assert_incomplete(file_of(run))
    assert "never reported" in file_of(run).read_text(encoding="utf-8")
    crashed = [one for one in cases if not one.properties]
    assert len(crashed) > 0
    assert all(one.tag == "error" and "crashed" in one.words for one in crashed)


def test_a_refused_run_does_not_leave_yesterdays_file(tmp_path: Path) -> None:
    by_hand = tmp_path / "cases.xml"
    by_hand.write_text(YESTERDAY)
    (tmp_path / "empty").mkdir()
    run = roll_call(
        tmp_path / "runs", "--snapshot", str(tmp_path / "empty"), f"--junitxml={by_hand}", *ONLY
    )
    assert run.status == 4, run.output
    assert assert_incomplete(by_hand) == []


def test_a_run_that_stops_at_a_failure_as_asked_is_not_incomplete(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    run = roll_call(
        tmp_path, "--snapshot", str(demo_snapshot), "-k", "IMDS-01", "-x", "-n", "2", *ONLY
    )
    cases = cases_of(file_of(run))
    assert len(cases) == len(run.verdicts) < run.findings["run"]["cells"]
    assert any(one.tag == "failure" for one in cases)


def test_what_is_no_file_gets_the_cases_at_the_end(demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(
        tmp_path, "--snapshot", str(demo_snapshot), "-k", "IMDS-01", "--junitxml=/dev/null", *ONLY
    )
    assert run.status == 1, run.output
    assert len(cases_of(file_of(run))) == len(run.verdicts)


def test_a_file_taken_away_meanwhile_is_there_at_the_end(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    by_hand = tmp_path / "cases.xml"
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), "-k", "IMDS-01", f"--junitxml={by_hand}", *ONLY),
        *("-p", "tests.e2e.takes_the_place"),
        environment={"TAKEN": f"{by_hand}"},
    )
    assert by_hand.read_bytes() == file_of(run).read_bytes()


def test_the_projects_own_tests_keep_pytests_plugin(tmp_path: Path) -> None:
    (tmp_path / "test_plain.py").write_text(
        "def test_plain(pytestconfig):\n"
        "    from _pytest.junitxml import LogXML, xml_key\n"
        "    assert type(pytestconfig.stash[xml_key]) is LogXML\n"
    )
    ended = subprocess.run(
        [*command_line(tmp_path, str(tmp_path), f"--junitxml={tmp_path}/plain.xml")],
        cwd=ROOT,
        env=surroundings(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    assert [one.name for one in cases_of(tmp_path / "plain.xml")] == ["test_plain"]
