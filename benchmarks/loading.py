"""Opening a snapshot of N instances and decoding all of its facts, in a process of its own."""

from __future__ import annotations

import dataclasses
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.fleets import write_fleet
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot

_MEBIBYTE: Final = 1024**2


@dataclasses.dataclass(frozen=True)
class Loaded:
    """CPU seconds; MiB on disk, more in memory once the facts are there, and at the most."""

    instances: int
    on_disk: float
    opened: float
    decoded: float
    held: float
    peak: float

    def __str__(self) -> str:
        return (
            f"{self.instances:>10,} {self.on_disk:>9.1f} {self.opened:>7.2f} {self.decoded:>9.2f} "
            f"{self.held:>9.0f} {self.peak:>9.0f}"
        )


def heading() -> str:
    """The columns of a line."""
    return (
        f"{'instances':>10} {'disk MiB':>9} {'open s':>7} {'decode s':>9} "
        f"{'held MiB':>9} {'peak MiB':>9}"
    )


def measure(instances: int) -> Loaded:
    """Load such a fleet once, as each process of a run does."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "snapshot"
        write_fleet(folder, instances)
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            return process.submit(_load, folder).result()


def _load(folder: Path) -> Loaded:
    before = _memory("VmRSS")
    started = time.process_time()
    snapshot = Snapshot.open(folder)
    opened = time.process_time()
    fleet = load_fleet(snapshot)
    decoded = time.process_time()
    size = sum(file.stat().st_size for file in folder.rglob("*.*"))
    return Loaded(
        instances=len(fleet.nodes),
        on_disk=size / _MEBIBYTE,
        opened=opened - started,
        decoded=decoded - opened,
        held=_memory("VmRSS") - before,
        peak=_memory("VmHWM"),
    )


def _memory(kind: str) -> float:
    """MiB by Linux's own account: of this process alone, whoever started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (one for one in status if one.startswith(kind))
    return int(line.split()[1]) / 1024
