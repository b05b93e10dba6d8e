"""``python -m reports.verify``: it tells what differs, follows nothing, waits for nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reports.run_manifest import NAME, RunRecord, hashed, write_manifest
from reports.verify import main

ROOT = Path(__file__).parents[3]
RECORD = RunRecord(
    tool="ssm-rollcall/0.1.0",
    python="3.11.7",
    platform="any",
    started="2026-11-01T12:00:00+00:00",
    ended="2026-11-01T12:00:09+00:00",
    exit_status=1,
    exit_reason="exit status 1: 1 finding failed",
    options={"--account": ["demo"]},
    settings={},
)
SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"  # FIPS 180-2


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    (folder / "snapshot").mkdir(parents=True)
    (folder / "findings.json").write_text("abc")
    (folder / "snapshot" / "a.json").write_text("{}")
    write_manifest(folder, RECORD)
    return folder


def altered(run: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((run / NAME).read_text())
    change(manifest)
    (run / NAME).write_text(json.dumps(manifest))


def test_the_manifest_names_every_file_by_hash_and_size(run: Path) -> None:
    manifest = json.loads((run / NAME).read_text())
    assert manifest["schema"] == 1
    assert manifest["files"]["findings.json"] == {"sha256": SHA256_OF_ABC, "size": 3}
    assert set(manifest["files"]) == {"findings.json", "snapshot/a.json"}
    assert manifest["run"]["options"] == {"--account": ["demo"]}


def test_an_untouched_run_holds(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(run)]) == 0
    told = capsys.readouterr().out
    assert "all 2 files (5 bytes) as manifest.json says" in told
    assert f"itself has SHA-256 {hashed(run / NAME).sha256}" in told
    assert "exit status 1: 1 finding failed" in told


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda run: (run / "findings.json").write_text("abd"),
            "changed    findings.json: SHA-256 is",
            id="a byte",
        ),
        pytest.param(
            lambda run: (run / "findings.json").write_text("abcd"),
            "changed    findings.json: 4 bytes, were 3",
            id="a size",
        ),
        pytest.param(
            lambda run: (run / "snapshot" / "a.json").unlink(),
            "missing    snapshot/a.json",
            id="a file that is gone",
        ),
        pytest.param(
            lambda run: (run / "snapshot" / "b.json").write_text(""),
            "extra      snapshot/b.json",
            id="a file that came",
        ),
        pytest.param(
            lambda run: (run / "snapshot" / NAME).write_text(""),
            "extra      snapshot/manifest.json",
            id="a manifest elsewhere",
        ),
        pytest.param(
            lambda run: (run / "new").symlink_to("/etc"),
            "link       new: points at /etc",
            id="link",
        ),
        pytest.param(
            lambda run: (run / "n\x1b[31m").write_text(""), "extra      n⟨ESC⟩[31m", id="escapes"
        ),
    ],
)
def test_what_differs_is_told(
    run: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Path], object], told: str
) -> None:
    change(run)
    assert main([str(run)]) == 1
    written = capsys.readouterr().out
    assert told in written
    assert "1 difference from manifest.json, which names 2 files" in written


def test_a_link_with_the_right_content_is_no_file(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "findings.json").rename(tmp_path / "elsewhere")
    (run / "findings.json").symlink_to(tmp_path / "elsewhere")
    assert main([str(run)]) == 1
    assert "link       findings.json" in capsys.readouterr().out


def test_a_folder_behind_a_link_is_not_entered(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (run / "snapshot").rename(tmp_path / "elsewhere")
    (run / "snapshot").symlink_to(tmp_path / "elsewhere")
    assert main([str(run)]) == 1
    told = capsys.readouterr().out
    assert "link       snapshot" in told
    assert "missing    snapshot/a.json" in told


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_nobody_waits_for_a_pipe(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "findings.json").unlink()
    os.mkfifo(run / "findings.json")
    assert main([str(run)]) == 1
    assert "is no ordinary file any more" in capsys.readouterr().out


def test_the_folder_itself_may_be_reached_by_a_link(run: Path, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(run)
    assert main([str(tmp_path / "latest")]) == 0


def test_a_file_larger_than_memory_is_not_read_whole(run: Path) -> None:
    with (run / "findings.json").open("r+b") as file:
        file.truncate(1 << 40)
    assert main([str(run)]) == 1


def _named(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda manifest: manifest["files"].update({name: {"sha256": "", "size": 0}})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(_named("../../etc/passwd"), "no file below the folder", id="climbs"),
        pytest.param(_named("/etc/passwd"), "no file below the folder", id="absolute"),
        pytest.param(_named("a/../b"), "no file below the folder", id="detour"),
        pytest.param(lambda found: found.update(schema=2), "this version reads 1", id="schema"),
        pytest.param(lambda found: found.pop("files"), "missing required field", id="no files"),
        pytest.param(lambda found: found.update(files=[]), "is not a run's manifest", id="kind"),
    ],
)
def test_a_manifest_that_is_none_is_unusable(
    run: Path,
    capsys: pytest.CaptureFixture[str],
    change: Callable[[dict[str, Any]], None],
    told: str,
) -> None:
    altered(run, change)
    with pytest.raises(SystemExit) as ended:
        main([str(run)])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        pytest.param(lambda run: (run / NAME).unlink(), "was interrupted", id="no manifest"),
        pytest.param(lambda run: (run / NAME).write_text("{"), "is not a run's", id="no JSON"),
        pytest.param(
            lambda run: (run / NAME).write_bytes(b'{"schema": 1, "run": {"tool": "\xff"}}'),
            "is not a run's",
            id="no UTF-8",
        ),
        pytest.param(lambda run: (run / NAME).write_text("[" * 10**6), "is not a run's", id="deep"),
        pytest.param(
            lambda run: (run / NAME).rename(run / "m") and (run / NAME).symlink_to("m"),
            "cannot be read",
            id="a link",
        ),
        pytest.param(lambda run: run.rename(run.with_name("x")), "is not a folder", id="nowhere"),
    ],
)
def test_without_a_manifest_there_is_nothing_to_compare_with(
    run: Path, capsys: pytest.CaptureFixture[str], prepare: Callable[[Path], object], told: str
) -> None:
    prepare(run)
    with pytest.raises(SystemExit) as ended:
        main([str(run)])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reports.verify", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_it_is_a_command(run: Path) -> None:
    assert command(str(run)).returncode == 0
    (run / "findings.json").unlink()
    ended = command(str(run))
    assert (ended.returncode, ended.stderr) == (1, "")
    assert command().returncode == 2
    helped = command("--help")
    assert helped.returncode == 0
    assert "Exit status: 0 all as it was" in helped.stdout
