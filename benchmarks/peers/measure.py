"""One command, measured from outside: wall, CPU of it and its children, peak memory, API calls."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from benchmarks.peers.server import CALLS

_ROOT: Final = Path(__file__).parents[2]


@dataclasses.dataclass(frozen=True)
class Run:
    """Seconds of wall and CPU; MiB of the largest process; requests by operation."""

    wall: float
    cpu: float
    peak_mib: float
    calls: Mapping[str, int]

    @property
    def unanswered(self) -> int:
        """Requests that the server had no honest answer to: such a run measures something else."""
        return sum(count for name, count in self.calls.items() if name.endswith("(422)"))


class FailedRunError(Exception):
    """A tool that did not do what it should: its command, status and last words."""


@contextmanager
def served(instances: int, region: str) -> Iterator[str]:
    """The URL of a server of its own process for such a fleet, until the block ends."""
    command = (sys.executable, "-m", "benchmarks.peers.server", "0", str(instances), region)
    with subprocess.Popen(command, cwd=_ROOT, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        try:
            if server.stdout is None:
                raise FailedRunError("the server has no output to tell its port on")
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def write_fleet_elsewhere(folder: Path, instances: int) -> None:
    """In a process of its own: the memory of this one would count as that of all it starts."""
    command = (sys.executable, "-m", "benchmarks.fleets", str(folder), str(instances))
    subprocess.run(command, cwd=_ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def calls_of(endpoint: str) -> Mapping[str, int]:
    """Requests by operation since the last time that they were asked for."""
    with urlopen(endpoint + CALLS) as response:  # noqa: S310 - our own server
        told: dict[str, int] = json.load(response)
    return told


def measured(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    endpoint: str,
    log: Path,
    exits: Sequence[int],
) -> Run:
    """Run it once from the checkout. Raises FailedRunError for any other exit status."""
    calls_of(endpoint)
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - our own commands
            command, cwd=_ROOT, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in exits:
        told = log.read_text(errors="replace")[-2000:]
        raise FailedRunError(f"{' '.join(command)}: status {process.returncode}\n{told}")
    cpu = usage.ru_utime + usage.ru_stime
    return Run(wall, cpu, usage.ru_maxrss / 1024, calls_of(endpoint))
