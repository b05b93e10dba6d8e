"""Settings of parameters.yaml as a user meets them, over the demo's snapshot."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.e2e.roll_call import RollCall, roll_call

#: The demo's pings are minutes old and most of its instances are weeks old.
SETTINGS = """
thresholds: {ping_fresh: 1s}
controls:
  IMDS-01: {severity: low}
  AGENT-03: {enabled: false, owner: platform@example.com, reason: images are rebuilt weekly}
overrides:
  - for: {regions: [us-*]}
    thresholds: {ping_fresh: 15m}
    controls: {IMDS-01: {severity: high}, AGENT-03: {enabled: true}}
"""
ASKED = "IMDS-01 or AGENT-03 or NODE-03"
SENTENCE = "6 settings differ from the defaults"


def called(snapshot: Path, folder: Path, settings: str, *arguments: str) -> RollCall:
    file = folder / "mine.yaml"
    file.write_text(settings, encoding="utf-8")
    return roll_call(
        folder / "runs", "--snapshot", str(snapshot), "--parameters", str(file), *arguments
    )


@pytest.fixture(scope="module")
def run(demo_snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    return called(demo_snapshot, tmp_path_factory.mktemp("settings"), SETTINGS, "-k", ASKED)


def found(run: RollCall, control: str, region: str) -> list[dict[str, object]]:
    """The findings of a control in a Region, but for instances that nobody judges."""
    outside = ("NOT_RUNNING", "SERVICE_MANAGED")
    return [
        one
        for one in run.findings["findings"]
        if (one["control"], one["region"]) == (control, region) and one["code"] not in outside
    ]


def test_a_threshold_holds_where_no_override_does(run: RollCall) -> None:
    """D13: an Online node's ping is fresh up to ping_fresh."""
    codes = {
        region: {str(one["code"]) for one in found(run, "NODE-03", region)}
        for region in ("eu-central-1", "us-east-1")
    }
    assert "STALE_PING" in codes["eu-central-1"]
    assert "ONLINE" not in codes["eu-central-1"]
    assert "ONLINE" in codes["us-east-1"]


def test_a_disabled_control_is_told_and_never_gone(run: RollCall) -> None:
    off, on = found(run, "AGENT-03", "eu-central-1"), found(run, "AGENT-03", "us-east-1")
    assert {(one["verdict"], one["code"]) for one in off} == {("not_applicable", "DISABLED")}
    assert {one["reason"] for one in off} == {
        "switched off by platform@example.com: images are rebuilt weekly"
    }
    assert on
    assert not any(one["code"] == "DISABLED" for one in on)


def test_findings_tell_the_settings_they_rest_on(run: RollCall) -> None:
    (eu,) = {json.dumps(one["parameters"]) for one in found(run, "IMDS-01", "eu-central-1")}
    (us,) = {json.dumps(one["parameters"]) for one in found(run, "IMDS-01", "us-east-1")}
    assert json.loads(eu) == {"thresholds.ping_fresh": "1s", "controls.IMDS-01.severity": "low"}
    assert json.loads(us) == {"controls.IMDS-01.severity": "high"}


def test_tables_tell_the_severity_for_everyone(run: RollCall) -> None:
    severities = {one["id"]: one["severity"] for one in run.findings["controls"]}
    assert (severities["IMDS-01"], severities["NODE-03"]) == ("low", "critical")


def test_every_report_tells_the_settings(run: RollCall) -> None:
    assert run.folder is not None
    told = run.findings["run"]["settings"]
    assert told[0] == {
        "name": "thresholds.ping_fresh",
        "value": "1s",
        "accounts": [],
        "regions": [],
        "tags": {},
    }
    assert [one["name"] for one in told if one["regions"] == ["us-*"]] == [
        "thresholds.ping_fresh",
        "controls.IMDS-01.severity",
        "controls.AGENT-03.enabled",
    ]
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    summary = (run.folder / "summary.md").read_text(encoding="utf-8")
    for text in (" ".join(run.output.split()), page, summary):
        assert SENTENCE in text
        assert "images are rebuilt weekly" in text
    suite = ElementTree.parse(run.folder / "junit.xml").getroot().find("testsuite")
    assert suite is not None
    properties = {one.get("name"): one.get("value", "") for one in suite.findall("properties/*")}
    assert SENTENCE in str(properties["settings"])
    with (run.folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        told_rows = {row["parameters"] for row in csv.DictReader(file)}
    assert "controls.AGENT-03.enabled = false" in told_rows


def test_workers_read_the_same_file(run: RollCall, demo_snapshot: Path, tmp_path: Path) -> None:
    spread = called(demo_snapshot, tmp_path, SETTINGS, "-k", ASKED, "-n", "2")
    assert spread.findings == run.findings
    assert spread.status == run.status


def test_marks_follow_the_users_severity(demo_snapshot: Path, tmp_path: Path) -> None:
    low = called(demo_snapshot, tmp_path, SETTINGS, "-k", "IMDS-01", "-m", "low")
    regions = {one["region"] for one in low.findings["findings"]}
    assert (regions, {one["severity"] for one in low.findings["findings"]}) == (
        {"eu-central-1"},
        {"low"},
    )


def test_the_gate_follows_the_users_severity(demo_snapshot: Path, tmp_path: Path) -> None:
    """Design 6: 1 = a failure at or above the gate; a failure of severity info is told only."""
    info = "controls: {IMDS-01: {severity: info}}\n"
    assert called(demo_snapshot, tmp_path, info, "-k", "IMDS-01").status == 0
    same = "controls: {IMDS-01: {severity: low}}\n"
    assert called(demo_snapshot, tmp_path, same, "-k", "IMDS-01").status == 1


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("thresholds:\n  ping_fresh: 15\n", "line 2, thresholds.ping_fresh: found a int, expected"),
        ("controls: {IMDS-09: {severity: low}}\n", "line 1, controls.IMDS-09: there is no such"),
        ("controls: {IMDS-01: {enabled: false}}\n", "controls.IMDS-01.owner: is missing"),
        ("thresholds: {ping_fresh: 1m\n", "is not YAML"),
    ],
)
def test_a_wrong_file_is_a_wrong_command(
    demo_snapshot: Path, tmp_path: Path, settings: str, told: str
) -> None:
    run = called(demo_snapshot, tmp_path, settings)
    assert (run.status, run.folder) == (4, None)
    assert "mine.yaml: " in run.output
    assert told in run.output
    assert "Traceback" not in run.output


def test_a_file_given_by_hand_has_to_be_there(demo_snapshot: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.yaml"
    run = roll_call(
        tmp_path / "runs", "--snapshot", str(demo_snapshot), "--parameters", str(missing)
    )
    assert (run.status, run.folder) == (4, None)
    assert f"--parameters {missing}: there is no such file" in run.output


def test_regions_are_those_of_accounts_without_a_list_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text("mine: {embedded: true}\n", encoding="utf-8")
    (tmp_path / "parameters.yaml").write_text("regions: [us-east-*]\n", encoding="utf-8")
    options = ("--account", "mine", "--config-dir", str(tmp_path), "-k", "NODE-01")
    run = roll_call(tmp_path / "runs", *options)
    (regions,) = run.findings["run"]["accounts"].values()
    assert "us-east-1" in regions
    assert all(one.startswith("us-east-") for one in regions)
