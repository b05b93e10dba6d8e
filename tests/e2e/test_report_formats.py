"""What a run leaves behind, as asked for; and that its manifest holds to the last byte."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.roll_call import ROOT, RollCall, roll_call

FEW = ("-k", "IMDS-01")


def files_of(run: RollCall) -> set[str]:
    assert run.folder is not None, run.output
    return {path.name for path in run.folder.iterdir()} - {"snapshot", "manifest.json"}


def command(module: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def undated(demo_snapshot: Path, tmp_path: Path) -> Path:
    """Answers without a manifest, as a folder of AWS CLI outputs is."""
    folder = Path(shutil.copytree(demo_snapshot, tmp_path / "undated"))
    (folder / "manifest.json").unlink()
    return folder


@pytest.mark.parametrize(
    ("options", "files"),
    [
        (["--report-format", "csv"], {"findings.csv", "findings.json"}),
        (
            ["--report-format", "junit,asff", "-n", "2"],
            {"junit.xml", "findings.asff.json", "findings.json"},
        ),
        (
            ["--report-format=ocsf", "--report-format=md"],
            {"findings.ocsf.json", "summary.md", "findings.json"},
        ),
    ],
)
def test_only_what_was_asked_for_is_written(
    demo_snapshot: Path, tmp_path: Path, options: list[str], files: set[str]
) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *FEW, *options)
    assert files_of(run) == files
    assert all(f"/{name}" in run.output for name in files)
    assert "report.html" not in run.output
    assert command("reports.verify", run.folder).returncode == 0


def test_a_path_given_by_hand_brings_its_format(demo_snapshot: Path, tmp_path: Path) -> None:
    cases, page = tmp_path / "cases.xml", tmp_path / "page.html"
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), *FEW, "--report-format", "csv"),
        *(f"--junitxml={cases}", f"--html={page}"),
    )
    assert files_of(run) == {"findings.csv", "findings.json", "junit.xml", "report.html"}
    assert run.folder is not None
    assert cases.read_bytes() == (run.folder / "junit.xml").read_bytes()
    assert page.read_bytes() == (run.folder / "report.html").read_bytes()
    assert command("reports.verify", run.folder).returncode == 0


def test_an_unknown_format_is_a_usage_error_that_names_the_others(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    run = roll_call(tmp_path, "--snapshot", str(demo_snapshot), "--report-format", "csv,pdf")
    assert run.status == 4
    assert "'pdf' is no report format: use html, junit, json, csv, md, ocsf, asff" in run.output
    assert run.folder is None


@pytest.mark.parametrize("word", ["ocsf", "asff"])
def test_a_dated_format_wants_a_date(undated: Path, tmp_path: Path, word: str) -> None:
    asked = ("--snapshot", str(undated), *FEW, "--report-format", word)
    refused = roll_call(tmp_path / "runs", *asked)
    assert refused.status == 4
    assert "add --as-of TIME" in refused.output
    assert list((tmp_path / "runs").iterdir()) == []

    dated = roll_call(tmp_path / "runs", *asked, "--as-of", "2026-11-01T12:00Z")
    assert f"findings.{word}.json" in files_of(dated)


def test_a_replay_writes_the_same_events(demo_snapshot: Path, tmp_path: Path) -> None:
    asked = ("--snapshot", str(demo_snapshot), *FEW, "--report-format", "ocsf,asff")
    first, second = (roll_call(tmp_path / name, *asked).folder for name in ("one", "two"))
    assert first is not None
    assert second is not None
    for name in ("findings.ocsf.json", "findings.asff.json"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_the_manifest_of_a_live_run_holds_until_a_byte_changes(
    demo: RollCall, tmp_path: Path
) -> None:
    assert demo.folder is not None
    manifest = json.loads((demo.folder / "manifest.json").read_text())
    assert manifest["run"]["exit_status"] == demo.status == 1
    assert manifest["run"]["exit_reason"] in demo.output
    assert manifest["run"]["options"]["--account"] == ["demo"]
    assert manifest["run"]["started"] <= manifest["run"]["ended"]
    assert command("reports.verify", demo.folder).returncode == 0

    copy = Path(shutil.copytree(demo.folder, tmp_path / "copy"))
    with (copy / "junit.xml").open("a") as file:
        file.write(" ")
    ended = command("reports.verify", copy)
    assert ended.returncode == 1
    assert "changed    junit.xml" in ended.stdout


def test_the_manifest_tells_the_status_of_a_run_that_could_not_copy(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), *FEW, f"--html={tmp_path}/gone/page.html"),
        *("-p", "tests.e2e.takes_the_place"),
        environment={"TAKEN": str(tmp_path / "gone")},
    )
    assert run.folder is not None
    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert manifest["run"]["exit_status"] == run.status == 4


def test_two_runs_are_compared(demo: RollCall, demo_snapshot: Path, tmp_path: Path) -> None:
    narrowed = roll_call(tmp_path, "--snapshot", str(demo_snapshot), *FEW)
    assert command("reports.diff", demo.folder, demo.folder).returncode == 0
    ended = command("reports.diff", demo.folder, narrowed.folder, "--json")
    assert ended.returncode == 1
    counts = json.loads(ended.stdout)["counts"]
    assert counts["same"] == len(narrowed.verdicts)
    assert counts["gone"] == len(demo.verdicts) - len(narrowed.verdicts)
    assert (counts["new"], counts["fixed"], counts["changed"], counts["appeared"]) == (0, 0, 0, 0)
