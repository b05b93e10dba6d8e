"""Policies of one's own as a user meets them: over a snapshot, in every report, and without one."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.e2e.roll_call import ROOT, RollCall, roll_call
from tests.unit.policies.nodes import INSTANCE
from tests.unit.world import ACCOUNT, REGION

EXAMPLES = ROOT / "policies" / "custom" / "examples"
OWNED, NAMELESS, STOPPED = (f"i-{digit * 17}" for digit in "abc")
PLACE = f"{ACCOUNT}/{REGION}"
POLICY = """\
policies:
  - id: ORG-TAG-01
    title: Instance names the team that owns it
    severity: high
    applies_to: Tag.Name != 'sandbox'
    assert: Tag.Owner == 'payments'
    message: owner is {Tag.Owner}, {{not}} payments
    remediation: tag {instance_id} in {region} of {account}
    references: [https://example.com/tags]
  - id: ORG-EBS-01
    title: Instance is EBS-optimized
    severity: low
    assert: Instance.EbsOptimized
    if_null: not_applicable
    message: it is not
    remediation: stop it, change it, start it
"""
VERDICTS = {
    f"ORG-TAG-01/{PLACE}/{OWNED}": "pass POLICY_HOLDS",
    f"ORG-TAG-01/{PLACE}/{NAMELESS}": "unknown NULL",
    f"ORG-TAG-01/{PLACE}/{STOPPED}": "not_applicable NOT_RUNNING",
    f"ORG-EBS-01/{PLACE}/{OWNED}": "fail POLICY_BROKEN",
    f"ORG-EBS-01/{PLACE}/{NAMELESS}": "not_applicable NULL",
    f"ORG-EBS-01/{PLACE}/{STOPPED}": "not_applicable NOT_RUNNING",
}


def instance(instance_id: str, *, state: str = "running", **changes: object) -> dict[str, object]:
    return INSTANCE | {"InstanceId": instance_id, "State": {"Name": state}} | changes


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three instances, of which nothing but their own rows was read."""
    folder = tmp_path_factory.mktemp("answers")
    tags = [{"Key": "Owner", "Value": "payments"}, {"Key": "Name", "Value": "web"}]
    rows = [
        instance(OWNED, Tags=tags, EbsOptimized=False),
        instance(NAMELESS, Tags=[]),
        instance(STOPPED, state="stopped"),
    ]
    path = folder / ACCOUNT / REGION / "ec2.DescribeInstances.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"Reservations": [{"Instances": rows}]}), encoding="utf-8")
    return folder


@pytest.fixture
def policies(tmp_path: Path) -> Path:
    """A folder with the policies above."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "org.yaml").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(snapshot: Path, tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    """These policies judged on that snapshot."""
    folder = tmp_path_factory.mktemp("mine")
    (folder / "org.yaml").write_text(POLICY, encoding="utf-8")
    return called(snapshot, folder, "--policy-dir", str(folder), "-k", "ORG", "-v")


def called(snapshot: Path, folder: Path, *arguments: str) -> RollCall:
    return roll_call(folder / "runs", "--snapshot", str(snapshot), *arguments)


def scenarios(*arguments: str) -> RollCall:
    """``pytest`` on scenario files alone: no account, no snapshot, no credentials."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={name: one for name, one in os.environ.items() if not name.startswith("AWS_")}
        | {"NO_COLOR": "1", "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return RollCall(ended.returncode, ended.stdout + ended.stderr, None)


def test_each_policy_judges_each_instance(run: RollCall) -> None:
    assert run.verdicts == VERDICTS
    assert run.status == 1
    (broken,) = (one for one in run.findings["findings"] if one["verdict"] == "fail")
    assert broken["severity"] == "low"
    assert broken["remediation"] == "stop it, change it, start it"
    assert [(one["path"], one["value"]) for one in broken["evidence"]] == [
        ("Instance.EbsOptimized", False)
    ]


def test_an_item_is_found_by_the_policy_first(run: RollCall) -> None:
    assert f"[ORG-TAG-01-{PLACE}/{OWNED}] PASSED" in run.output
    assert "SKIPPED" in run.output
    assert "what to fix first" not in run.output  # no prerequisite of a managed node is judged


def test_every_report_groups_them_by_id(run: RollCall) -> None:
    assert run.folder is not None
    controls = {one["id"]: one for one in run.findings["controls"]}
    assert controls["ORG-TAG-01"]["references"] == ["https://example.com/tags"]
    assert controls["ORG-TAG-01"]["counts"]["unknown"] == 1
    with (run.folder / "findings.csv").open(encoding="utf-8", newline="") as file:
        rows = Counter(row["control"] for row in csv.DictReader(file))
    assert rows == {"ORG-TAG-01": 3, "ORG-EBS-01": 3}
    cases = ET.parse(run.folder / "junit.xml").getroot().iter("property")
    told = Counter(one.get("value") for one in cases if one.get("name") == "control")
    assert told == rows
    page = (run.folder / "report.html").read_text(encoding="utf-8")
    assert 'id="control-ORG-TAG-01"' in page
    for text in (run.output, (run.folder / "summary.md").read_text(encoding="utf-8"), page):
        assert "Instance names the team that owns it" in text


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (("-k", "ORG-TAG-01"), {"ORG-TAG-01"}),
        (("-m", "ORG-TAG or ORG-EBS", "-n", "2"), {"ORG-TAG-01", "ORG-EBS-01"}),
        (("-m", "high and (ORG-TAG or ORG-EBS)"), {"ORG-TAG-01"}),
        (("-m", "low", "-k", "ORG and not AGENT"), {"ORG-EBS-01"}),
    ],
)
def test_id_family_and_severity_select(
    snapshot: Path, policies: Path, arguments: tuple[str, ...], left: set[str]
) -> None:
    ended = called(snapshot, policies, "--policy-dir", str(policies), *arguments)
    assert ended.verdicts == {
        finding: verdict for finding, verdict in VERDICTS.items() if finding[:10] in left
    }


def test_policies_of_the_configuration_folder_need_no_option(
    snapshot: Path, policies: Path
) -> None:
    config = policies.parent
    (config / "policies").mkdir()
    shutil.copy(policies / "org.yaml", config / "policies" / "org.yaml")
    ended = called(snapshot, policies, "--config-dir", str(config), "-k", "ORG-TAG-01")
    assert len(ended.verdicts) == 3


def test_without_policies_there_is_no_cell_of_them(snapshot: Path, tmp_path: Path) -> None:
    ended = called(snapshot, tmp_path, "-k", "custom or NODE-01")
    assert {finding.split("/")[0] for finding in ended.verdicts} == {"NODE-01"}
    assert "test_custom" not in ended.output


WRONG = {
    "an expression": (
        "assert: Tag.Owner == 'payments'",
        "assert: Tag.Owner = 'payments'",
        (
            "line 6, column 23: policies[1].assert: cannot be read from here: Unknown token '='",
            "    6 |     assert: Tag.Owner = 'payments'",
            "      |                       ^",
        ),
    ),
    "a key": (
        "applies_to:",
        "aplies_to:",
        ("line 5, column 5: policies[1].aplies_to: is not a known key", "mean 'applies_to'?"),
    ),
    "a built-in id": (
        "id: ORG-TAG-01",
        "id: IMDS-01",
        ("line 2, column 9: policies[1].id: IMDS-01 is of a family that built-in controls have",),
    ),
    "an id twice": (
        "id: ORG-EBS-01",
        "id: ORG-TAG-01",
        ("line 10, column 9: policies[2].id: ORG-TAG-01 is there already", "line 2, column 9"),
    ),
    "a severity": (
        "severity: low",
        "severity: bad",
        ("line 12, column 15", "found 'bad', allowed: critical, high, medium, low, info"),
    ),
    "the YAML itself": ("policies:", "policies: [", ("is not YAML",)),
}


@pytest.mark.parametrize(("right", "wrong", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_policy_is_told_before_anything_is_judged(
    snapshot: Path, policies: Path, right: str, wrong: str, told: tuple[str, ...]
) -> None:
    path = policies / "org.yaml"
    path.write_text(POLICY.replace(right, wrong, 1), encoding="utf-8")
    ended = called(snapshot, policies, "--policy-dir", str(policies))
    assert (ended.status, ended.folder) == (4, None)
    assert f"{path}: " in ended.output
    for text in told:
        assert text in ended.output
    assert "Traceback" not in ended.output


def test_a_folder_that_is_not_there_is_told(snapshot: Path, tmp_path: Path) -> None:
    ended = called(snapshot, tmp_path, "--policy-dir", str(tmp_path / "none"))
    assert (ended.status, ended.folder) == (4, None)
    assert f"--policy-dir {tmp_path / 'none'}: there is no such folder" in ended.output


def test_a_folder_without_policies_is_told(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "a.scenarios.yaml").write_text("scenarios: []\n", encoding="utf-8")
    ended = called(snapshot, tmp_path, "--policy-dir", str(tmp_path))
    assert (ended.status, ended.folder) == (4, None)
    assert f"--policy-dir {tmp_path}: holds no policy file (*.yaml)" in ended.output


@pytest.mark.parametrize("more", [(), ("-n", "2")])
def test_the_examples_keep_their_scenarios(more: tuple[str, ...]) -> None:
    ended = scenarios(str(EXAMPLES), *more)
    expected = sum(path.read_text().count("- name:") for path in EXAMPLES.glob("*.scenarios.yaml"))
    files = len(list(EXAMPLES.glob("*.scenarios.yaml")))
    assert (ended.status, files) == (0, 3)
    assert f"{expected + files} passed" in ended.output


SCENARIOS = """\
policies: [org.yaml]
scenarios:
  - name: owned
    policy: ORG-TAG-01
    given: {Tag: {Owner: payments, Name: web}}
    expect: pass
  - name: owned by others
    policy: ORG-TAG-01
    given: {Tag: {Owner: others, Name: web}}
    expect: pass
  - name: optimized
    policy: ORG-EBS-01
    given: {Instance: {EbsOptimized: true}}
    expect: pass
"""


def test_a_scenario_that_fails_is_told_without_traceback(policies: Path) -> None:
    path = policies / "org.scenarios.yaml"
    path.write_text(SCENARIOS, encoding="utf-8")
    ended = scenarios(str(path))
    assert ended.status == 1
    assert "2 failed, 2 passed" in ended.output
    assert "found:    fail POLICY_BROKEN: owner is others, {not} payments" in ended.output
    assert "policy ORG-EBS-01 has no scenario that expects fail" in ended.output
    assert "Traceback" not in ended.output
    assert "shortfall" not in ended.output


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("expect: pass", "expects: pass", "line 6, column 5: scenarios[1].expects: is not a known"),
        ("policy: ORG-TAG-01", "policy: ORG-TAG-07", "allowed: ORG-EBS-01, ORG-TAG-01"),
        ("policies: [org.yaml]", "policies: [no.yaml]", "policies[1]: there is no such file"),
        ("policies: [org.yaml]\n", "", "there is no other.yaml beside it"),
    ],
)
def test_a_wrong_scenario_file_is_told(policies: Path, right: str, wrong: str, told: str) -> None:
    path = policies / "other.scenarios.yaml"
    path.write_text(SCENARIOS.replace(right, wrong, 1), encoding="utf-8")
    ended = scenarios(str(path))
    assert ended.status == 2
    assert told in ended.output
    assert "Traceback" not in ended.output
