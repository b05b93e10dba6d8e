"""Ctrl-C and SIGTERM at random times, to whole processes, for as long as one likes."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from itertools import count
from pathlib import Path

import pytest

from tests.e2e.roll_call import ROOT, command_line, roll_call, surroundings
from tests.e2e.test_junit import assert_incomplete
from tests.faults.calling import ACCOUNT, environment
from tests.faults.proxy import serving
from tests.faults.recording import REGIONS, recording_in

MINUTES = float(os.environ.get("SOAK_MINUTES", "10")) / 4
#: A run of the smaller Region takes two; most of that it spends on getting ready.
SECONDS = 3.0
ARGUMENTS = ("--account", ACCOUNT, "--region", REGIONS[1])


def test_signals_at_random_times(tmp_path: Path) -> None:
    recording = recording_in(tmp_path)
    until = time.monotonic() + 60 * MINUTES
    with serving(recording.memory()) as proxy:
        surrounding = environment(proxy.endpoint)
        for number in count(1):
            chance = random.Random(number)  # noqa: S311 - no secret
            sent = chance.choice([signal.SIGINT, signal.SIGTERM])
            runs = tmp_path / f"runs-{number}"
            status, output = _broken_off(runs, sent, chance.uniform(0, SECONDS), surrounding)
            assert status in (1, pytest.ExitCode.INTERRUPTED, -sent), output
            for folder in _folders(runs):
                _assert_whole_or_partial(folder)
                if folder.name.endswith(".partial") and "--resume" in output:
                    whole = roll_call(
                        runs, *ARGUMENTS, "--resume", str(folder), environment=surrounding
                    )
                    assert whole.status == 1, whole.output
            if time.monotonic() > until:
                return


def _broken_off(
    runs: Path, sent: signal.Signals, after: float, surrounding: dict[str, str]
) -> tuple[int, str]:
    """The status of a run that gets the signal so many seconds after it began, and what it told."""
    with subprocess.Popen(
        command_line(runs, *ARGUMENTS),
        cwd=ROOT,
        env=surroundings(surrounding),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        time.sleep(after)
        process.send_signal(sent)
        output = process.communicate(timeout=120)[0]
    return process.returncode, output


def _folders(runs: Path) -> list[Path]:
    if not runs.is_dir():
        return []
    return [one for one in runs.iterdir() if one.is_dir() and not one.is_symlink()]


def _assert_whole_or_partial(folder: Path) -> None:
    for path in folder.rglob("*.json"):
        json.loads(path.read_bytes())
    if not folder.name.endswith(".partial"):
        assert {"findings.json", "junit.xml", "manifest.json"} <= {p.name for p in folder.iterdir()}
    elif (folder / "junit.xml").exists() and not (folder / "report.html").exists():
        assert_incomplete(folder / "junit.xml")
