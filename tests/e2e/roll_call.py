"""Runs the suite as a user does: a process of its own, started in the checkout."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class RollCall:
    """How a run ended: its status, what it printed, and the folder it left (or ``None``)."""

    status: int
    output: str
    folder: Path | None

    @property
    def findings(self) -> dict[str, Any]:
        """The findings.json of the run."""
        assert self.folder is not None, self.output
        document: dict[str, Any] = json.loads((self.folder / "findings.json").read_text())
        return document

    @property
    def verdicts(self) -> dict[str, str]:
        """Finding id → ``fail IMDS_DISABLED``."""
        return {one["id"]: f"{one['verdict']} {one['code']}" for one in self.findings["findings"]}


def roll_call(
    report_dir: Path, *arguments: str, environment: dict[str, str] | None = None
) -> RollCall:
    """Run ``pytest --report-dir … <arguments>`` with no AWS settings but the given ones."""
    before = _folders(report_dir)
    ended = subprocess.run(
        command_line(report_dir, *arguments),
        cwd=ROOT,
        env=surroundings(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    new = sorted(_folders(report_dir) - before)
    return RollCall(ended.returncode, ended.stdout, new[0] if new else None)


def command_line(report_dir: Path, *arguments: str) -> list[str]:
    """The command that a user gives, started in ``ROOT``."""
    return [
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider"),
        *("--report-dir", str(report_dir)),
        *arguments,
    ]


def surroundings(environment: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of such a command: ours without AWS settings, and the given variables."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "PYTEST_", "ROLLCALL_", "COV_"))
    }
    quiet = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_COLOR": "1",
        "COLUMNS": "120",
    }
    return inherited | quiet | (environment or {})


def _folders(report_dir: Path) -> set[Path]:
    if not report_dir.is_dir():
        return set()
    return {path for path in report_dir.iterdir() if path.is_dir() and not path.is_symlink()}
