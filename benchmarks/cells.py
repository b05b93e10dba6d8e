"""What a cell costs beyond its judging: a whole pytest process, without what it takes to start.

The same command on the same snapshot with one test alone is the start. Every answer is prepared
(``prepared_answers``), so that nothing is judged and no report is written.
"""

from __future__ import annotations

import dataclasses
import os
import resource
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.fleets import write_fleet
from fixtures.options import ROOT
from policies.catalogue import CONTROLS

#: Cells of each way of running: stock items would take minutes where cells take seconds, and from
#: 50,000 cells on what holds is counted.
_STOCK: Final = 3_200
_REPORTED: Final = (26_000, 49_000)
_COUNTED: Final = 330_000
_ROUNDS: Final = 3
_ONE_TEST: Final = "tests/compliance/test_dhmc.py::test_role_of_default_host_management_serves"


@dataclasses.dataclass(frozen=True)
class Measured:
    """CPU of the process and its children, in seconds and, per cell, in microseconds."""

    way: str
    cells: int
    start: float
    whole: float

    @property
    def each(self) -> float:
        """Microseconds for each cell."""
        return (self.whole - self.start) / self.cells * 1e6

    def __str__(self) -> str:
        return (
            f"{self.way:<10} {self.cells:>9,} {self.start:>8.2f} {self.whole:>8.2f} "
            f"{self.each:>8.1f}"
        )


def heading() -> str:
    """The heads of the columns that ``Measured`` prints."""
    return f"{'way':<10} {'cells':>9} {'start s':>8} {'whole s':>8} {'us/cell':>8}"


def measure(sizes: Sequence[int] = ()) -> Iterator[Measured]:
    """Stock items, cells that are all told, cells that are counted; or cells of these numbers."""
    if sizes:
        yield from (_measured("cells", size) for size in sizes)
        return
    yield _measured("stock", _STOCK, "--stock-items")
    yield from (_measured("reported", size) for size in _REPORTED)
    yield _measured("counted", _COUNTED)


def _measured(way: str, cells: int, *options: str) -> Measured:
    instances = -(-cells // len(CONTROLS))
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_fleet(folder / "snapshot", instances)
        start = [_cpu(folder, _ONE_TEST, *options) for _ in range(_ROUNDS)]
        whole = [_cpu(folder, *options) for _ in range(_ROUNDS)]
    return Measured(
        way, instances * len(CONTROLS), statistics.median(start), statistics.median(whole)
    )


def _cpu(folder: Path, *options: str) -> float:
    """CPU seconds of one such process; raises CalledProcessError where it does not end well."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(  # noqa: S603 - this interpreter, and options of our own
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-p", "benchmarks.prepared_answers", "--report-format", "json"),
            *("--snapshot", str(folder / "snapshot"), "--report-dir", str(folder / "runs")),
            *options,
        ],
        cwd=ROOT,
        env={key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
