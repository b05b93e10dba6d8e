"""Exit statuses and last lines of design 6: the options of the gate and the baseline.

What the demo account says is written down in fixtures/demo/expected: of IAM-07 (low) one instance
fails and one warns, of IAM-02 (critical) one fails, of NET-10 six cannot be decided from AWS.
"""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.roll_call import RollCall, roll_call

SERIAL_AND_WORKERS = pytest.mark.parametrize(
    "workers", [[], ["-n", "2"]], ids=["serial", "workers"]
)
IAM = ("tests/compliance/test_iam.py", "-k", "IAM-07")
LOOKALIKE = "LOOKALIKE_POLICY"


def last_line(run: RollCall) -> str:
    """The sentence about the exit status, on one line."""
    _, found, rest = run.output.rpartition("\nexit status ")
    assert found, run.output
    sentence, _, _ = rest.partition("\n\n")
    return " ".join(f"exit status {sentence}".split())


def cases(run: RollCall, tag: str) -> list[ET.Element]:
    """The JUnit elements of that name."""
    assert run.folder is not None, run.output
    return list(ET.parse(run.folder / "junit.xml").getroot().iter(tag))


def ids(run: RollCall, code: str) -> list[str]:
    return [one["id"] for one in run.findings["findings"] if one["code"] == code]


@pytest.mark.parametrize(
    ("options", "failures", "line"),
    [
        pytest.param([], 1, "1 finding failed", id="default"),
        pytest.param(["--fail-on-warn"], 2, "1 finding failed and 1 finding warned", id="warnings"),
        pytest.param(
            ["--fail-on-warn", "--fail-on", "medium"],
            0,
            "no failure at or above the gate (medium); not counted: 2 below the gate",
            id="warnings-below",
        ),
    ],
)
def test_the_severity_gate(
    demo_snapshot: Path, tmp_path: Path, options: list[str], failures: int, line: str
) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *IAM, *options)
    status = 1 if failures else 0
    assert (run.status, last_line(run)) == (status, f"exit status {status}: {line}")
    assert len(cases(run, "failure")) == failures


@SERIAL_AND_WORKERS
def test_a_failure_below_the_gate_is_told_and_does_not_stop_x(
    demo_snapshot: Path, tmp_path: Path, workers: list[str]
) -> None:
    options = ("--fail-on", "medium", "-x", *workers)
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *IAM, *options)
    assert (run.status, last_line(run)) == (
        0,
        "exit status 0: no failure at or above the gate (medium); not counted: 1 below the gate",
    )
    assert len(run.verdicts) == run.findings["run"]["cells"]
    assert run.findings["run"]["gate"]["fail_on"] == "medium"
    assert "1 below gate" in run.output.splitlines()[-1]
    (told,) = [one for one in cases(run, "skipped") if one.get("type") == "below-gate"]
    assert "below the gate (low, the gate is medium): IAM-07" in (told.get("message") or "")
    assert "expected:" in (told.text or "")
    assert (cases(run, "failure"), cases(run, "error")) == ([], [])
    assert run.folder is not None
    for name in ("report.html", "summary.md"):
        page = (run.folder / name).read_text(encoding="utf-8")
        assert "1 failure told and not counted: 1 below the gate." in page


@SERIAL_AND_WORKERS
def test_a_failure_at_the_gate_stops_x(
    demo_snapshot: Path, tmp_path: Path, workers: list[str]
) -> None:
    run = roll_call(
        tmp_path,
        *("--snapshot", str(demo_snapshot), "tests/compliance/test_iam.py"),
        *("-k", "IAM-02 or IAM-07", "--fail-on", "medium", "-x", *workers),
    )
    failures = [one for one in run.verdicts.values() if one.startswith("fail")]
    assert (run.status, len(failures) > 0) == (1, True)
    assert last_line(run).startswith("exit status 1: 1 finding failed at or above the gate")
    assert len(run.verdicts) < run.findings["run"]["cells"]


@pytest.mark.parametrize(
    ("options", "status", "line"),
    [
        pytest.param([], 0, "nothing failed; not counted: 6 undecided", id="unread"),
        pytest.param(
            ["--fail-on-unknown", "all"],
            7,
            "nothing failed, but 6 findings could not be decided",
            id="all",
        ),
    ],
)
def test_unknowns_that_aws_cannot_show(
    demo_snapshot: Path, tmp_path: Path, options: list[str], status: int, line: str
) -> None:
    path = ("tests/compliance/test_network.py", "-k", "NET-10")
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *path, *options)
    assert (run.status, last_line(run)) == (status, f"exit status {status}: {line}")
    assert len(cases(run, "error")) == 6


def test_a_run_that_stopped_early_never_opens_the_gate(demo_snapshot: Path, tmp_path: Path) -> None:
    """-x stops at an unknown that does not gate: what was not judged may hide a failure."""
    path = ("tests/compliance/test_network.py", "-k", "NET-10")
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *path, "-x")
    left = run.findings["run"]["cells"] - len(run.verdicts)
    assert left > 0
    assert run.status == 7
    assert f"the run stopped early: {left} selected cells were not judged" in last_line(run)


def refusing(snapshot: Path, folder: Path, call: str) -> Path:
    """A copy of the snapshot in which every answer of the call was refused."""
    copy = Path(shutil.copytree(snapshot, folder))
    manifest = json.loads((copy / "manifest.json").read_text())
    for one in manifest["calls"]:
        if one["call"] == call and one.get("file"):
            (copy / one["file"]).unlink()
            for key in ("file", "sha256"):
                del one[key]
            one |= {"status": "denied", "code": "UnauthorizedOperation"}
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


@pytest.mark.parametrize(
    ("options", "status", "line"),
    [
        ([], 7, "could not be decided: calls were not read"),
        (["--fail-on-unknown", "none"], 0, "nothing failed; not counted: "),
    ],
)
def test_a_refused_call(
    demo_snapshot: Path, tmp_path: Path, options: list[str], status: int, line: str
) -> None:
    refused = refusing(demo_snapshot, tmp_path / "refused", "ec2:DescribeInstanceStatus")
    path = ("tests/compliance/test_node.py", "-k", "NODE-01")
    run = roll_call(tmp_path / "runs", "--snapshot", str(refused), *path, *options)
    assert run.status == status
    assert line in last_line(run)


def test_no_instance_at_all(demo_snapshot: Path, tmp_path: Path) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "--tag", "Name=nobody")
    assert run.status == 5
    assert last_line(run).startswith("exit status 5: nothing was judged, no instance matches")


@SERIAL_AND_WORKERS
def test_instances_that_could_not_be_listed(
    demo_snapshot: Path, tmp_path: Path, workers: list[str]
) -> None:
    refused = refusing(demo_snapshot, tmp_path / "refused", "ec2:DescribeInstances")
    run = roll_call(tmp_path / "runs", "--snapshot", str(refused), *workers)
    assert (run.status, last_line(run)) == (
        7,
        "exit status 7: the instances could not be listed: ec2:DescribeInstances was refused",
    )


@pytest.fixture(scope="module")
def before(demo: RollCall, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's findings as they might have been a month before.

    The look-alike policy was not there yet; one instance failed that passes now, and one that is
    gone since; IAM-02's failure was there, with another code.
    """
    document = demo.findings
    document["run"]["as_of"] = "2026-10-01T12:00:00+00:00"
    for one in document["findings"]:
        if one["code"] == LOOKALIKE:
            one |= {"verdict": "pass", "code": "BEFORE"}
        elif one["control"] == "IAM-02" and one["verdict"] == "fail":
            one["code"] = "OTHER"
    passing = next(
        one
        for one in document["findings"]
        if one["control"] == "IAM-07" and one["verdict"] == "pass" and one["code"] != "BEFORE"
    )
    passing |= {"verdict": "fail", "code": "REPAIRED"}
    gone: dict[str, Any] = passing | {"resource": "i-0gone", "code": "X"}
    gone["id"] = "/".join(gone[key] for key in ("control", "account", "region", "resource"))
    document["findings"].append(gone)
    folder = tmp_path_factory.mktemp("before")
    (folder / "findings.json").write_text(json.dumps(document))
    return folder


NARROW = ("tests/compliance/test_iam.py", "-k", "IAM-02 or IAM-07")


@SERIAL_AND_WORKERS
def test_only_what_is_new_closes_the_gate(
    demo_snapshot: Path, before: Path, tmp_path: Path, workers: list[str]
) -> None:
    options = ("--baseline", str(before), "--fail-on-new", *workers)
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *NARROW, *options)
    assert (run.status, last_line(run)) == (
        1,
        "exit status 1: 1 new finding failed; not counted: 1 known",
    )
    told = run.findings["baseline"]
    new, known = ids(run, LOOKALIKE), [key for key in told["was"] if key.startswith("IAM-02/")]
    assert (told["new"], told["known"]) == (new, known)
    assert told["was"] == {new[0]: "was pass BEFORE", known[0]: "was fail OTHER"}
    assert len(told["fixed"]) == 1
    assert [one.split("/")[-1] for one in told["gone"]] == ["i-0gone"]
    assert told["as_of"] == "2026-10-01T12:00:00+00:00"
    changes = {one["id"]: one["change"] for one in run.findings["findings"] if one["change"]}
    assert changes == {new[0]: "new", known[0]: "known"}
    assert [one.get("type") for one in cases(run, "skipped")].count("below-gate") == 1
    assert len(cases(run, "failure")) == 1


def test_every_report_tells_the_changes(demo_snapshot: Path, before: Path, tmp_path: Path) -> None:
    baseline = ("--baseline", str(before / "findings.json"))
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *NARROW, *baseline)
    assert run.folder is not None
    gone = len(run.findings["baseline"]["not_judged"])
    counts = f"1 new, 1 known, 1 fixed, {gone} not judged (1 of them gone)."
    assert "since the baseline of 2026-10-01T12:00:00+00:00\n" in run.output
    for text in (
        run.output,
        (run.folder / "summary.md").read_text(encoding="utf-8"),
        (run.folder / "report.html").read_text(encoding="utf-8"),
    ):
        assert counts in text
        assert "was pass BEFORE" in text
    with (run.folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        changes = [row["change"] for row in csv.DictReader(file) if row["change"]]
    assert sorted(changes) == ["known", "new"]
    properties = [one.get("value") for one in cases(run, "property") if one.get("name") == "change"]
    assert sorted(str(one) for one in properties) == ["known", "new"]
    assert (run.status, last_line(run)) == (1, "exit status 1: 2 findings failed")


def test_a_run_against_itself_is_no_news_and_a_replay_of_it_the_same_bytes(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    options = ("--baseline", str(demo.folder), "--fail-on-new")
    first, second = (
        roll_call(tmp_path / name, "--snapshot", str(demo_snapshot), *NARROW, *options, *workers)
        for name, workers in (("serial", ()), ("workers", ("-n", "2")))
    )
    assert (first.status, second.status) == (0, 0)
    assert last_line(first) == (
        "exit status 0: no new failure at or above the gate (low); not counted: 2 known"
    )
    assert first.folder is not None
    assert second.folder is not None
    for name in ("findings.json", "findings.csv", "summary.md"):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


def test_the_baseline_of_another_fleet_is_said_to_be_one(
    demo: RollCall, demo_snapshot: Path, tmp_path: Path
) -> None:
    text = json.dumps(demo.findings).replace("123456789012", "999900001111")
    (tmp_path / "theirs.json").write_text(text)
    options = ("--baseline", str(tmp_path / "theirs.json"), "--fail-on-new")
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), *IAM, *options)
    told = " ".join(run.output.split())
    assert "This run and the baseline have no finding in common" in told
    assert "the baseline is of 999900001111, this run of 123456789012" in told
    assert last_line(run) == "exit status 1: 1 new finding failed"


@pytest.mark.parametrize(
    ("content", "options", "told"),
    [
        pytest.param(None, ["--fail-on-new"], "--fail-on-new: new since when?", id="new-of-what"),
        pytest.param(None, ["--fail-on", "severe"], "invalid choice: 'severe'", id="severity"),
        pytest.param(None, ["--baseline", "nowhere.json"], "there is no such file", id="no-file"),
        pytest.param('{"results": []}', [], "missing required field `schema`", id="another-tool"),
    ],
)
def test_a_wrong_option_or_file_is_told_and_nothing_is_judged(
    demo_snapshot: Path, tmp_path: Path, content: str | None, options: list[str], told: str
) -> None:
    if content is not None:
        (tmp_path / "base.json").write_text(content)
        options = ["--baseline", str(tmp_path / "base.json")]
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), *options)
    assert (run.status, run.folder) == (4, None)
    assert told in run.output
    assert "Traceback" not in run.output


def test_a_wrong_baseline_is_told_once_under_workers(demo_snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text("{}")
    options = ("--baseline", str(tmp_path / "base.json"), "-n", "2")
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), *options)
    assert (run.status, run.folder) == (4, None)
    assert run.output.count("base.json: ") == 1
