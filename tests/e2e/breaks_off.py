"""A plugin for tests of broken-off runs: after some cells something happens to the process.

``BREAK_AFTER`` is how many cells are judged before, in each process that judges; ``BREAK_BY`` what
happens then: ``standing`` still, so that the test can do the rest, or a ``signal`` to itself.
``BREAK_NOTE`` is a folder in which a file tells that it has come so far.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

_CELLS: Iterator[int] = count()


def pytest_sessionstart() -> None:
    """A cell is judged without being set up. By now the plugins are there, which judge it."""
    run = sys.modules["fixtures.cells.run"]
    judged = run.judged

    def judged_or_broken_off(*cell: Any) -> Any:
        _break_off()
        return judged(*cell)

    run.judged = judged_or_broken_off  # type: ignore[attr-defined]


def _break_off() -> None:
    time.sleep(0.02)  # long enough for the cases before to be written
    if next(_CELLS) != int(os.environ["BREAK_AFTER"]):
        return
    (Path(os.environ["BREAK_NOTE"]) / str(os.getpid())).write_text("")
    if os.environ["BREAK_BY"] == "standing":
        time.sleep(300)
    os.kill(os.getpid(), signal.Signals[os.environ["BREAK_BY"]])
