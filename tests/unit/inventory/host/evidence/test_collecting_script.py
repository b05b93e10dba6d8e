"""The scripts of docs/host.md: what they collect is what --host-evidence reads."""

from __future__ import annotations

import base64
import codecs
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from inventory.host.evidence import EvidenceFound, read_evidence
from tests.unit.inventory.host.evidence.outputs import ID, KNOWN, ssm_cli_json

PAGE = Path(__file__).parents[5] / "docs" / "host.md"
LOG = "2026-11-01 08:15:02 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.40.0\n"
SERVICE = ("Agent service", "Success", "Agent service is running and is running as expected user")


def script(name: str) -> str:
    page = PAGE.read_text("utf-8")
    found = re.search(rf"<!-- script: {name} -->\n```\w+\n(.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


def tool(folder: Path, name: str, output: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.out").write_text(output, "utf-8")
    path = folder / name
    path.write_text('#!/bin/sh\ncat "$0.out"\n', "utf-8")
    path.chmod(0o755)


def collect(evidence: Path, *arguments: str, path: Path | None = None) -> EvidenceFound:
    """Run the script with its archive below ``evidence``; what is read of it."""
    evidence.mkdir(exist_ok=True)
    environment = os.environ | {"TMPDIR": str(evidence.parent)}
    if path is not None:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    subprocess.run(
        ["sh", "-c", script("collect.sh"), "collect.sh", ID, *arguments],
        cwd=evidence,
        env=environment,
        check=True,
        capture_output=True,
    )
    assert [one.name for one in evidence.iterdir()] == [f"{ID}.tar.gz"]
    return read_evidence(evidence, KNOWN)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    logs = tmp_path / "volume" / "var" / "log"
    (logs / "amazon" / "ssm").mkdir(parents=True)
    (logs / "amazon" / "ssm" / "amazon-ssm-agent.log").write_text(LOG, "utf-8")
    (logs / "amazon" / "ssm" / "amazon-ssm-agent.log.1").write_text(LOG, "utf-8")
    (logs / "messages").write_text(
        "Nov  1 08:15:02 web-1 amazon-ssm-agent[812]: started\n"
        "Nov  1 08:15:03 web-1 sshd[813]: password hunter2\n",
        "utf-8",
    )
    return tmp_path / "volume"


def test_it_has_ten_lines_and_no_more() -> None:
    assert script("collect.sh").count("\n") <= 10
    assert script("collect.ps1").count("\n") <= 10


def test_a_mounted_volume_is_collected_by_its_path(volume: Path, tmp_path: Path) -> None:
    found = collect(tmp_path / "evidence", str(volume))
    assert found.problems == ()
    assert found.readings == ()
    (log,) = found.logs
    assert (log.instance_id, log.version, log.utc_offset) == (ID, "3.3.40.0", None)
    assert {"amazon-ssm-agent.log", "amazon-ssm-agent.log.1", "syslog.txt"} <= set(log.files)
    assert log.collected_at
    assert "hunter2" not in str(log)


def test_the_machine_itself_adds_ssm_cli_and_its_journal(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tool(tools, "ssm-cli", ssm_cli_json(SERVICE))
    tool(tools, "journalctl", "Nov 01 08:15:02 web-1 amazon-ssm-agent[812]: started\n")
    found = collect(tmp_path / "evidence", path=tools)
    (reading,) = found.readings
    assert (reading.instance_id, reading.source) == (ID, "ssm-cli")
    assert reading.taken_at
    (log,) = found.logs
    assert log.utc_offset is not None
    assert found.problems == ()


def test_an_archive_copied_off_a_serial_console_is_read(volume: Path, tmp_path: Path) -> None:
    collected = collect(tmp_path / "evidence", str(volume))
    archive = (tmp_path / "evidence" / f"{ID}.tar.gz").read_bytes()
    pasted = tmp_path / "pasted"
    pasted.mkdir()
    text = base64.encodebytes(archive).decode().replace("\n", "\r\n")
    (pasted / "screen.txt").write_text(text, "utf-8")
    found = read_evidence(pasted, KNOWN)
    assert [log.version for log in found.logs] == [log.version for log in collected.logs]
    (pasted / "screen.txt").write_text(text[:-7], "utf-8")
    cut = read_evidence(pasted, KNOWN)
    assert cut.logs == ()
    assert cut.problems


def test_what_the_windows_script_packs_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / f"{ID}.zip", "w") as archive:
        archive.writestr("collected-at.txt", "2026-11-01T09:20:00+01:00\r\n")
        archive.writestr("amazon-ssm-agent.log", LOG.replace("\n", "\r\n"))
        cli = ssm_cli_json(SERVICE).encode("utf-16-le")
        archive.writestr("ssm-cli.json", codecs.BOM_UTF16_LE + cli)
    found = read_evidence(tmp_path, KNOWN)
    assert found.problems == ()
    assert [(one.source, one.taken_at) for one in found.readings] == [
        ("ssm-cli", "2026-11-01T08:20:00Z")
    ]
    assert [(one.version, one.utc_offset) for one in found.logs] == [("3.3.40.0", 3600)]
