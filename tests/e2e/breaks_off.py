"""A plugin for tests of broken-off runs: after some cells something happens to the process.

``BREAK_AFTER`` is how many cells are judged before, in each process that judges; ``BREAK_BY`` what
happens then: ``standing`` still, so that the test can do the rest, or a ``signal`` to itself.
``BREAK_NOTE`` is a folder in which a file tells that it has come so far.
"""

import os
import signal
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

_CELLS: Iterator[int] = count()


def pytest_runtest_setup() -> None:
    time.sleep(0.05)  # long enough for the cases before to be written
    if next(_CELLS) != int(os.environ["BREAK_AFTER"]):
        return
    (Path(os.environ["BREAK_NOTE"]) / str(os.getpid())).write_text("")
    if os.environ["BREAK_BY"] == "standing":
        time.sleep(300)
    os.kill(os.getpid(), signal.Signals[os.environ["BREAK_BY"]])
