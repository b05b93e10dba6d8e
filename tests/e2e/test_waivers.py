"""waivers.yaml in runs of their own: what is accepted, what is said of it, what is refused."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.roll_call import RollCall, roll_call
from tests.unit.reports.page_reader import Page

USAGE_ERROR = 4
FAILURES = 1
TICKET, OWNER, REASON = "OPS-4711", "platform@example.com", "the appliance goes in March"


def waiver(expires: date, control: str = "IMDS-01", resources: str = "", ticket: str = "") -> str:
    selected = resources or '{accounts: ["*"], regions: [eu-*]}'
    return (
        f"  - control: {control}\n    resources: {selected}\n    owner: {OWNER}\n"
        f"    ticket: {ticket or TICKET}\n    reason: {REASON}\n    expires: {expires}\n"
    )


@pytest.fixture(scope="session")
def day(demo: RollCall) -> date:
    """The snapshot's day: a replay knows no other today."""
    return datetime.fromisoformat(demo.findings["run"]["as_of"]).date()


def replay(snapshot: Path, folder: Path, waivers: str, *options: str) -> RollCall:
    """The snapshot judged under these entries of waivers.yaml."""
    file = folder / "accepted.yaml"
    file.write_text(f"waivers:\n{waivers}", encoding="utf-8")
    return roll_call(folder / "runs", "--snapshot", str(snapshot), "--waivers", str(file), *options)


def text_of(run: RollCall, name: str) -> str:
    assert run.folder is not None, run.output
    return (run.folder / name).read_text(encoding="utf-8")


def failed_imds_01(demo: RollCall) -> str:
    (failure,) = (
        one["id"]
        for one in demo.findings["findings"]
        if (one["control"], one["verdict"]) == ("IMDS-01", "fail")
    )
    return str(failure)


@pytest.fixture(scope="module")
def accepted(demo_snapshot: Path, day: date, tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    """All controls, three waivers: one accepts a failure, one is stale, one matches nothing."""
    return replay(
        demo_snapshot,
        tmp_path_factory.mktemp("accepted"),
        waiver(day + timedelta(days=30))
        + waiver(day + timedelta(days=90), "NODE-06", "{regions: [us-east-1]}", "OPS-STALE")
        + waiver(day + timedelta(days=90), "NODE-06", "{ids: [i-0ab]}", "OPS-NONE"),
    )


def test_a_waived_failure_is_xfailed_and_all_else_is_as_it_was(
    demo: RollCall, accepted: RollCall
) -> None:
    """The verdict stays; unknowns and every other failure are untouched."""
    assert accepted.verdicts == demo.verdicts
    assert accepted.findings["diagnosis"]["instances"] == demo.findings["diagnosis"]["instances"]
    suite = ET.fromstring(text_of(accepted, "junit.xml")).find("testsuite")
    before = ET.fromstring(text_of(demo, "junit.xml")).find("testsuite")
    assert suite is not None
    assert before is not None
    changes = {
        key: int(suite.get(key) or 0) - int(before.get(key) or 0)
        for key in ("tests", "failures", "errors", "skipped")
    }
    assert changes == {"tests": 0, "failures": -1, "errors": 0, "skipped": 1}
    assert " 1 xfailed" in accepted.output


def test_the_case_says_who_accepts_it(demo: RollCall, accepted: RollCall, day: date) -> None:
    cases = ET.fromstring(text_of(accepted, "junit.xml")).iter("testcase")
    (case,) = (one for one in cases if one.find("skipped[@type='pytest.xfail']") is not None)
    (skipped,) = case.iter("skipped")
    properties = {one.get("name"): one.get("value") for one in case.iter("property")}
    assert properties["waiver"] == TICKET
    assert properties["verdict"] == "fail"
    assert "/".join(
        str(properties[key]) for key in ("control", "account", "region", "resource")
    ) == (failed_imds_01(demo))
    until = day + timedelta(days=30)
    told = f"accepted until {until} by {OWNER}, {TICKET}: {REASON}"
    assert told in str(skipped.get("message"))


def test_every_report_tells_the_waiver_and_its_state(
    demo: RollCall, accepted: RollCall, day: date
) -> None:
    summary = (
        f"1 failure accepted; 3 waivers as of {day}: 1 in force, 1 expiring within 30 days, "
        "1 stale, 1 unmatched."
    )
    stale = f"OPS-STALE of {OWNER} is stale"
    for text in (
        " ".join(accepted.output.split()),
        text_of(accepted, "summary.md").replace("\\", ""),
        text_of(accepted, "report.html"),
    ):
        assert summary in text
        assert stale in text
        assert f"OPS-NONE of {OWNER} matches nothing that was read: ids i-0ab" in text
    document = accepted.findings
    assert document["run"]["waivers_as_of"] == day.isoformat()
    states = {one["ticket"]: one["state"] for one in document["run"]["waivers"]}
    assert states == {TICKET: "in_force", "OPS-STALE": "stale", "OPS-NONE": "unmatched"}
    waived = {one["id"]: one["waiver"]["owner"] for one in document["findings"] if one["waiver"]}
    assert waived == {failed_imds_01(demo): OWNER}
    lines = csv.DictReader(text_of(accepted, "findings.csv").splitlines())
    assert [one["id"] for one in lines if one["waiver"] == TICKET] == [failed_imds_01(demo)]


def test_the_page_shows_the_row_as_waived(accepted: RollCall) -> None:
    """The rows of pytest-html's script: one that failed stays, the waived one is an xfail."""
    page = Page(text_of(accepted, "report.html"))
    (blob,) = [value for name, value in page.attributes if name == "data-jsonblob"]
    rows = json.loads(blob)["tests"]
    assert [one["result"] for one in rows["IMDS-01"]] == ["XFailed"]
    assert [one["result"] for one in rows["NODE-06"]] == ["Failed"]


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["serial", "workers"])
def test_a_run_whose_failures_are_all_accepted_ends_with_0(
    demo_snapshot: Path, day: date, tmp_path: Path, options: tuple[str, ...]
) -> None:
    run = replay(demo_snapshot, tmp_path, waiver(day), "-k", "IMDS-01", *options)
    assert run.status == 0, run.output
    (why,) = (line for line in run.output.splitlines() if line.startswith("exit status 0"))
    assert "1 waived" in why
    assert [one["waiver"]["ticket"] for one in run.findings["findings"] if one["waiver"]] == [
        TICKET
    ]


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["serial", "workers"])
def test_the_day_after_the_last_it_is_a_failure_and_every_report_says_so(
    demo: RollCall, demo_snapshot: Path, day: date, tmp_path: Path, options: tuple[str, ...]
) -> None:
    over = day - timedelta(days=1)
    run = replay(demo_snapshot, tmp_path, waiver(over), "-k", "IMDS-01", "--tb=short", *options)
    told = f"waiver {TICKET} of {OWNER} expired on {over}"
    assert run.status == FAILURES
    for name in ("junit.xml", "report.html", "findings.csv"):
        assert told in text_of(run, name), name
    assert f"{TICKET} of {OWNER} expired on {over}: 1 failure no longer accepted" in run.output
    (failure,) = (one for one in run.findings["findings"] if one["verdict"] == "fail")
    assert (failure["id"], failure["waiver"]) == (failed_imds_01(demo), None)
    assert failure["expired_waiver"]["expires"] == over.isoformat()


def test_runxfail_judges_without_waivers(demo_snapshot: Path, day: date, tmp_path: Path) -> None:
    run = replay(demo_snapshot, tmp_path, waiver(day), "-k", "IMDS-01", "--runxfail")
    assert run.status == FAILURES
    assert "1 waiver not applied: --runxfail judges without waivers." in run.output
    assert not [one for one in run.findings["findings"] if one["waiver"]]


def test_without_a_known_day_waivers_are_not_applied_and_as_of_tells_it(
    demo_snapshot: Path, day: date, tmp_path: Path
) -> None:
    timeless = Path(shutil.copytree(demo_snapshot, tmp_path / "timeless"))
    (timeless / "manifest.json").unlink()
    unknown = replay(timeless, tmp_path, waiver(day), "-k", "IMDS-01")
    assert unknown.status == FAILURES
    assert "1 waiver not applied: the time of the snapshot is not known (AS_OF_MISSING)" in (
        unknown.output
    )
    assert unknown.findings["run"]["waivers_as_of"] == ""
    known = replay(timeless, tmp_path, waiver(day), "-k", "IMDS-01", "--as-of", f"{day}T12:00Z")
    assert known.status == 0, known.output


def test_a_partial_selection_says_not_judged(
    demo_snapshot: Path, day: date, tmp_path: Path
) -> None:
    entries = waiver(day + timedelta(days=90), "[NODE-06, IMDS-02]", "{regions: [us-east-1]}")
    run = replay(demo_snapshot, tmp_path, entries, "-k", "NODE-06")
    assert [one["state"] for one in run.findings["run"]["waivers"]] == ["not_judged"]
    assert "1 waiver as of " in run.output
    assert "1 not judged." in run.output


def test_a_live_run_reads_the_configuration_folder_and_takes_its_own_day(tmp_path: Path) -> None:
    far = date(2400, 1, 1)
    (tmp_path / "waivers.yaml").write_text(f"waivers:\n{waiver(far)}", encoding="utf-8")
    run = roll_call(
        tmp_path / "runs",
        *("--account", "demo", "--config-dir", str(tmp_path), "-k", "IMDS-01"),
    )
    assert run.status == 0, run.output
    assert run.findings["run"]["waivers_as_of"] == run.findings["run"]["as_of"][:10]
    assert "more than a year ahead: is the date right?" in " ".join(run.output.split())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("waivers:\n- control: IMDS-1\n", "line 2, column 3, waivers[1].control: found 'IMDS-1'"),
        (
            "waivers:\n" + waiver(date(2027, 1, 1)).replace("2027-01-01", "2026-13-01"),
            "line 7, column 14: is not YAML: '2026-13-01' is no timestamp",
        ),
        (
            "waivers:\n" + waiver(date(2027, 1, 1)).replace("    reason", "    # reason"),
            "line 2, column 5, waivers[1].reason: is missing",
        ),
        (
            "waivers:\n" + waiver(date(2027, 1, 1), resources='{ids: ["*"]}'),
            "line 3, column 17, waivers[1].resources.ids: matches everything",
        ),
        ("waivers: [\n", "is not YAML"),
    ],
    ids=["control", "date", "no-reason", "everything", "syntax"],
)
def test_a_broken_file_is_a_usage_error_and_nothing_is_judged(
    demo_snapshot: Path, tmp_path: Path, text: str, told: str
) -> None:
    """Told by the process that the user started, with workers as without: none has begun yet."""
    (tmp_path / "waivers.yaml").write_text(text, encoding="utf-8")
    workers = ("-n", "2") if "control" in told else ()
    options = ("--snapshot", str(demo_snapshot), "--config-dir", str(tmp_path), *workers)
    run = roll_call(tmp_path / "runs", *options)
    assert (run.status, run.folder) == (USAGE_ERROR, None)
    assert f"{tmp_path / 'waivers.yaml'}: " in run.output
    assert told in run.output
    assert "Traceback" not in run.output


def test_a_file_given_by_hand_has_to_be_there(demo_snapshot: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"
    run = roll_call(tmp_path / "runs", "--snapshot", str(demo_snapshot), "--waivers", str(missing))
    assert (run.status, run.folder) == (USAGE_ERROR, None)
    assert f"--waivers {missing}: there is no such file" in run.output
