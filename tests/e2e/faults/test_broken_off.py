"""Runs that end before their time: what they leave is complete, or says that it is not."""

from __future__ import annotations

import contextlib
import ctypes
import dataclasses
import json
import os
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.e2e.roll_call import ROOT, command_line, roll_call, surroundings
from tests.e2e.test_junit import assert_incomplete
from tests.faults.calling import ACCOUNT, environment
from tests.faults.faults import Fault
from tests.faults.proxy import FaultProxy
from tests.faults.recording import REGIONS
from tests.faults.schedules import always
from tests.faults.upstream import Upstream
from tests.faults.wire import Answer, Asked

ONLY: Final = ("--report-format", "junit")
#: The last answer of a run that is to be broken off while it collects, and the first not to come.
HANGS: Final = "ec2.DescribeVpcs"


def _hanging(asked: Asked, upstream: Upstream) -> Answer:
    return dataclasses.replace(upstream.answer(asked), delay=2)


@contextlib.contextmanager
def collecting(proxy: FaultProxy, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that waits for one last answer of AWS."""
    proxy.start_over(always(Fault("hangs", _hanging), HANGS))
    arguments = ("--account", ACCOUNT, "--region", REGIONS[0], *ONLY)
    with subprocess.Popen(
        command_line(folder, *arguments),
        cwd=ROOT,
        env=surroundings(environment(proxy.endpoint)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        until = time.monotonic() + 60
        while HANGS not in {one.name for one in proxy.asked}:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(0.5)  # what was asked before is answered, and written
        yield process


def partial_in(folder: Path) -> Path:
    """The one folder there, which says by its name that it is not complete."""
    (partial,) = folder.iterdir()
    assert partial.name.endswith(".partial")
    return partial


def assert_every_answer_is_whole(snapshot: Path) -> None:
    answers = list(snapshot.rglob("*.json"))
    assert len(answers) > 10
    for path in answers:
        json.loads(path.read_bytes())


def test_an_interrupted_collecting_is_taken_up(proxy: FaultProxy, tmp_path: Path) -> None:
    """The whole way of a user: Ctrl-C, then the command that the run has named."""
    with collecting(proxy, tmp_path / "runs") as process:
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=60)[0]
    partial = partial_in(tmp_path / "runs")
    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    assert f"what was read stays, go on with --resume {partial}" in output
    assert_incomplete(partial / "junit.xml")
    assert_every_answer_is_whole(partial / "snapshot")
    proxy.start_over()
    whole = roll_call(
        tmp_path / "later",
        *("--account", ACCOUNT, "--region", REGIONS[0], "--resume", str(partial)),
        environment=environment(proxy.endpoint),
    )
    assert whole.status == 1, whole.output
    assert "were read by the run before" in whole.output
    assert "ec2.DescribeInstances" not in {one.name for one in proxy.asked}
    assert HANGS in {one.name for one in proxy.asked}


def test_a_terminated_collecting_leaves_files_that_say_so(
    proxy: FaultProxy, tmp_path: Path
) -> None:
    with collecting(proxy, tmp_path / "runs") as process:
        process.terminate()
        process.communicate(timeout=30)
    partial = partial_in(tmp_path / "runs")
    assert process.returncode == -signal.SIGTERM
    assert_incomplete(partial / "junit.xml")
    assert_every_answer_is_whole(partial / "snapshot")


def test_a_terminated_judging_leaves_files_that_say_so(demo_snapshot: Path, tmp_path: Path) -> None:
    ended = {"BREAK_AFTER": "40", "BREAK_BY": "SIGTERM", "BREAK_NOTE": str(tmp_path)}
    run = roll_call(
        tmp_path / "runs",
        *("--snapshot", str(demo_snapshot), "-k", "IMDS-01", *ONLY),
        *("-p", "tests.e2e.breaks_off"),
        environment=ended,
    )
    assert run.status == -signal.SIGTERM
    partial = partial_in(tmp_path / "runs")
    assert len(assert_incomplete(partial / "junit.xml")) > 0


def test_an_interrupted_reporting_leaves_files_that_say_so(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    """Every cell is told by then; the folder keeps the name of one that is not complete."""
    folder = tmp_path / "runs"
    at_page = {"BREAK_BELOW": str(folder), "BREAK_AT": "1", "BREAK_IN": "report.html"}
    run = roll_call(
        folder,
        *("--snapshot", str(demo_snapshot), "-k", "IMDS-01"),
        *("-p", "tests.e2e.breaks_off_at_file"),
        environment=at_page | {"BREAK_BY": "SIGINT"},
    )
    partial = partial_in(folder)
    assert_incomplete(partial / "junit.xml")
    assert not (partial / "manifest.json").exists()
    assert run.status == pytest.ExitCode.INTERRUPTED, run.output
    told = " ".join(run.output.split())
    assert "exit status 2: interrupted while the reports were written" in told
    assert "Traceback" not in run.output


def judged(
    snapshot: Path,
    folder: Path,
    beforehand: Callable[[], None] | None = None,
    controls: str = "IMDS-01",
) -> subprocess.Popen[str]:
    """A run of these controls that has just begun; ``beforehand`` is done in its process."""
    return subprocess.Popen(
        command_line(folder, "--snapshot", str(snapshot), "-k", controls),
        cwd=ROOT,
        env=surroundings(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=beforehand,  # noqa: PLW1509 - what it does is a system call
    )


@pytest.mark.parametrize("phase", ["keeping", "reporting"])
def test_a_full_disk_is_told_and_leaves_nothing_that_looks_complete(
    demo_snapshot: Path, tmp_path: Path, phase: str
) -> None:
    """A limit on the size of files ends a write just as a full disk does."""
    answers = max(path.stat().st_size for path in demo_snapshot.rglob("*.json"))
    largest = {"keeping": answers // 2, "reporting": answers + 1000}[phase]
    told = {"keeping": "--report-dir: File too large", "reporting": "could not be written (File"}

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    with judged(demo_snapshot, tmp_path / "runs", no_room, "NODE or NET") as process:
        output = process.communicate(timeout=120)[0]
    assert process.returncode == pytest.ExitCode.USAGE_ERROR, output
    assert told[phase] in " ".join(output.split())
    assert "Traceback" not in output
    assert [one for one in (tmp_path / "runs").iterdir() if not one.name.endswith(".partial")] == []


def test_a_folder_that_is_read_only_is_told_before_anything_is_read(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with judged(demo_snapshot, closed / "runs", _be_no_root) as process:
        output = process.communicate(timeout=120)[0]
    if os.access(closed, os.W_OK) and process.returncode == 1:
        pytest.skip("this system lets root write everywhere")
    assert process.returncode == pytest.ExitCode.USAGE_ERROR, output
    assert "--report-dir: cannot be written: Permission denied" in output
    assert list(closed.iterdir()) == []


def _be_no_root() -> None:
    """Give up the right to write where permissions forbid it, which only root has."""
    cap_dac_override, pr_capbset_drop = 1, 24
    ctypes.CDLL(None).prctl(pr_capbset_drop, cap_dac_override, 0, 0, 0)


def test_two_runs_at_once_each_have_a_folder_of_their_own(
    demo_snapshot: Path, tmp_path: Path
) -> None:
    with judged(demo_snapshot, tmp_path) as one, judged(demo_snapshot, tmp_path) as other:
        outputs = [process.communicate(timeout=120)[0] for process in (one, other)]
    assert [one.returncode, other.returncode] == [1, 1], outputs
    latest = tmp_path / "latest"
    folders = [path for path in tmp_path.iterdir() if path != latest]
    assert len(folders) == 2
    assert latest.resolve() in folders
    documents = [(folder / "findings.json").read_bytes() for folder in folders]
    assert documents[0] == documents[1]
