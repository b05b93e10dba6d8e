"""What only the machines can tell: probed, handed in as files, judged again from the snapshot."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from inventory.host.local_identity import ENDPOINT_VARIABLE
from tests.e2e.roll_call import ROOT, RollCall, roll_call
from tests.metadata_service import answers, metadata_service

ID = "i-0123456789abcdef0"
RECORDED = ROOT / "tests" / "recorded" / "public-subnet"
THERE = "554773406868/us-east-2/i-06669a407b2ef3ae5"
STOPPED_AGENT = {
    "DiagnosticsOutput": [
        {
            "Check": "Agent service",
            "Status": "Failed",
            "Note": "Agent is installed as a systemctl service but is not running",
        }
    ]
}


def folder_of(run: RollCall) -> Path:
    assert run.folder is not None, run.output
    return run.folder


def host_findings(run: RollCall) -> dict[str, str]:
    return {name: told for name, told in run.verdicts.items() if name.startswith("HOST-")}


def assert_replays(run: RollCall, into: Path) -> None:
    """The snapshot holds all that was judged: the same findings, byte for byte."""
    again = roll_call(into, "--snapshot", str(folder_of(run) / "snapshot"))
    before, after = (folder_of(one) / "findings.json" for one in (run, again))
    assert before.read_bytes() == after.read_bytes()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    """The machine that the tests run on by itself, on two workers."""
    with metadata_service(answers(ID)) as endpoint:
        return roll_call(
            tmp_path_factory.mktemp("alone"),
            *("--probe", "local", "-n", "2"),
            environment={ENDPOINT_VARIABLE: endpoint},
        )


def test_a_machine_is_judged_by_itself_without_aws(alone: RollCall) -> None:
    assert {name.partition("-")[0] for name in alone.verdicts} == {"HOST"}
    assert {name.partition("/")[2] for name in alone.verdicts} == {
        f"111122223333/eu-central-1/{ID}"
    }
    assert alone.verdicts[f"HOST-04/111122223333/eu-central-1/{ID}"].startswith("pass ")
    assert "probe: 1 machine by local" in alone.output


def test_what_two_workers_saw_is_one_reading_in_the_snapshot(alone: RollCall) -> None:
    (file,) = (folder_of(alone) / "snapshot").rglob("host.*.json")
    (reading,) = json.loads(file.read_text())
    assert (reading["instance_id"], reading["source"], reading["origin"]) == (ID, "probe", "local")
    assert not list(folder_of(alone).glob(".*"))


def test_pytest_told_of_each_cell_what_the_findings_say(alone: RollCall) -> None:
    totals = alone.findings["controls"]
    counted = {
        name: sum(one["counts"][name] for one in totals)
        for name in ("fail", "unknown", "pass", "warn", "not_applicable")
    }
    last = alone.output.rstrip().splitlines()[-1]
    told = {word: int(number) for number, word in re.findall(r"(\d+) ([a-z]+)", last)}
    assert told.get("failed", 0) == counted["fail"]
    assert told.get("errors", told.get("error", 0)) == counted["unknown"]
    assert told.get("passed", 0) == counted["pass"] + counted["warn"]
    assert told.get("skipped", 0) == counted["not_applicable"]


def test_a_probed_machine_is_judged_again_from_the_snapshot(
    alone: RollCall, tmp_path: Path
) -> None:
    assert_replays(alone, tmp_path)


def test_no_credentials_of_the_role_are_anywhere_in_the_run(alone: RollCall) -> None:
    files = [path for path in folder_of(alone).rglob("*") if path.is_file()]
    assert not [path for path in files if b"AKIA-SECRET" in path.read_bytes()]


def test_a_machine_whose_metadata_service_is_silent_is_judged_all_the_same(
    tmp_path: Path,
) -> None:
    run = roll_call(
        tmp_path, "--probe", "local", environment={ENDPOINT_VARIABLE: "http://127.0.0.1:1"}
    )
    assert run.verdicts["HOST-04/000000000000/unknown-region/this-machine"].startswith("fail ")
    assert "--instance ID and --region REGION say who it is" in run.output


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    """A recorded account, with the output of ssm-cli and a file of which nothing is understood."""
    evidence = tmp_path_factory.mktemp("evidence")
    (evidence / "i-06669a407b2ef3ae5").mkdir()
    (evidence / "i-06669a407b2ef3ae5" / "diagnostics.json").write_text(json.dumps(STOPPED_AGENT))
    (evidence / "shopping.txt").write_text("milk\n")
    return roll_call(
        tmp_path_factory.mktemp("handed-in"),
        *("--snapshot", str(RECORDED), "--as-of", "2026-11-01T12:00Z"),
        *("--host-evidence", str(evidence)),
    )


def test_what_was_handed_in_joins_the_findings(handed_in: RollCall) -> None:
    told = host_findings(handed_in)
    assert told[f"HOST-02/{THERE}"].partition(" ")[0] in {"fail", "warn"}
    assert told[f"HOST-12/{THERE}"] == "not_applicable NOT_ASKED"
    assert f"NODE-01/{THERE}" in handed_in.verdicts


def test_a_file_that_cannot_be_used_is_told(handed_in: RollCall) -> None:
    (line,) = [one for one in handed_in.findings["coverage"] if one["call"] == "host:Evidence"]
    assert (line["status"], line["code"]) == ("failed", "shopping.txt")
    assert "host evidence not used: shopping.txt " in handed_in.output


def test_the_users_own_snapshot_stays_as_it_was(handed_in: RollCall, tmp_path: Path) -> None:
    assert not list(RECORDED.rglob("host.*"))
    snapshot = folder_of(handed_in) / "snapshot"
    again = roll_call(tmp_path, "--snapshot", str(snapshot), "--as-of", "2026-11-01T12:00Z")
    before, after = (folder_of(one) / "findings.json" for one in (handed_in, again))
    assert before.read_bytes() == after.read_bytes()


def test_a_machine_that_cannot_be_logged_in_to_is_unknown(tmp_path: Path) -> None:
    refuses = tmp_path / "bin" / "ssh"
    refuses.parent.mkdir()
    refuses.write_text("#!/bin/sh\necho 'ssh: connect to host: timed out' >&2\nexit 255\n")
    refuses.chmod(0o755)
    path = f"{refuses.parent}{os.pathsep}{os.environ['PATH']}"
    run = roll_call(
        tmp_path / "run",
        *("--snapshot", str(RECORDED), "--probe", "ssh", "-k", "HOST-01"),
        environment={"PATH": path},
    )
    assert host_findings(run) == {f"HOST-01/{THERE}": "unknown UNREAD"}
    assert "host:ssh (UNREACHABLE)" in run.output
    assert run.status == 7


def test_a_runner_of_ci_is_never_judged_as_a_node(tmp_path: Path) -> None:
    """Without ``--probe`` and without facts from within nothing of it is collected."""
    listed = roll_call(tmp_path, "--snapshot", str(RECORDED), "--collect-only", "-q").output
    assert "compliance/test_imds.py" in listed
    assert "compliance/host/" not in listed


def test_the_demo_tells_of_its_machines_in_files_and_probes_none(demo: RollCall) -> None:
    """Issue 10: three machines, one of them with a clock that AWS's side cannot see."""
    files = (folder_of(demo) / "snapshot").rglob("host.Readings.json")
    readings = [one for file in files for one in json.loads(file.read_text())]
    assert {one["source"] for one in readings} == {"ssm-cli"}
    assert {name.partition("/")[2] for name in host_findings(demo)} == {
        f"123456789012/eu-central-1/{one['instance_id']}" for one in readings
    }
    assert "host evidence: 3 machines" in demo.output


def test_the_console_and_the_page_say_that_a_clock_is_off(demo: RollCall) -> None:
    """R-10.1: every control of AWS's side passes, and the connection is lost."""
    said = "AWS side in order; its clock is 10 minutes behind (host evidence)"
    page = (folder_of(demo) / "report.html").read_text(encoding="utf-8")
    summary = (folder_of(demo) / "summary.md").read_text(encoding="utf-8")
    assert said in page
    assert said in " ".join(demo.output.split())
    assert "its clock is 10 minutes behind" in summary
    assert "ost evidence agrees: its connections to ssm time out at 10.50.20.4" in page


def test_evidence_of_ones_own_takes_the_place_of_the_demos(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    own = ("--host-evidence", str(tmp_path / "evidence"), "--collect-only", "-q")
    listed = roll_call(tmp_path / "runs", "--account", "demo", *own).output
    assert "compliance/test_imds.py" in listed
    assert "compliance/host/" not in listed


def test_a_command_without_a_fleet_says_what_to_add(tmp_path: Path) -> None:
    refused = roll_call(tmp_path, "--probe", "ssh")
    assert refused.status == 4
    assert "add --account NAME or --snapshot DIR; --probe local looks at this" in refused.output
