"""``--deep``: what a call an instance adds to the roll call of the demo account."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.roll_call import ROOT, RollCall, roll_call


@pytest.fixture(scope="module")
def deep(tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    return roll_call(tmp_path_factory.mktemp("deep"), "--account", "demo", "--deep")


def by_name(run: RollCall, control: str) -> dict[str, str]:
    return {
        one["name"]: f"{one['verdict']} {one['code']}"
        for one in run.findings["findings"]
        if one["control"] == control
    }


def test_session_channels_are_judged(deep: RollCall) -> None:
    """D14, D9: Online says nothing of the channel; api-4's role does not allow ssmmessages."""
    channels = by_name(deep, "NODE-04")
    assert channels["web-1"] == "pass SESSION_CHANNEL_OPEN"
    assert channels["api-4"] == "fail SESSION_CHANNEL_CLOSED"
    assert channels["build-1"] == "not_applicable NOT_REGISTERED"
    assert channels["staging-1"] == "not_applicable NOT_RUNNING"


def test_a_console_picks_the_cause_of_a_silent_node(deep: RollCall) -> None:
    (lost,) = [
        one
        for one in deep.findings["findings"]
        if one["name"] == "worker-1" and one["control"] == "NODE-03"
    ]
    assert lost["code"] == "CONNECTION_LOST"
    assert "no disk space" in lost["reason"]
    assert "\n1. no disk space" in lost["remediation"]


def test_no_other_line_of_a_console_is_anywhere_in_the_run(deep: RollCall) -> None:
    assert deep.folder is not None
    files = [path for path in deep.folder.rglob("*") if path.is_file()]
    assert any(path.name == "ec2.GetConsoleOutput.json" for path in files)
    assert not [path for path in files if b"correct-horse" in path.read_bytes()]
    manifest = json.loads((deep.folder / "snapshot" / "manifest.json").read_text())
    assert "signatures" in manifest["parameters"]["ec2:GetConsoleOutput"]


def test_the_snapshot_judges_to_the_same(deep: RollCall, tmp_path: Path) -> None:
    assert deep.folder is not None
    replay = roll_call(tmp_path, "--snapshot", str(deep.folder / "snapshot"))
    assert replay.verdicts == deep.verdicts


def test_deep_has_no_meaning_with_a_snapshot(tmp_path: Path) -> None:
    recorded = ROOT / "tests" / "recorded" / "public-subnet"
    refused = roll_call(tmp_path, "--snapshot", str(recorded), "--deep")
    assert refused.status == 4
    assert "--deep asks AWS" in refused.output
