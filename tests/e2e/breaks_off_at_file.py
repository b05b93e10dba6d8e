"""A plugin for tests of broken-off runs: a signal to the process before it changes a file.

``BREAK_BELOW`` is the run's report directory, ``BREAK_AT`` before which of the operations there the
``BREAK_BY`` signal comes; ``BREAK_IN``: only those whose path holds it are counted. ``BREAK_NOTE``
is a file that tells how many there were in a run that nothing broke off.
"""

import os
import signal
from pathlib import Path

from tests.faults.moments import Moments, watch


def _end() -> None:
    os.kill(os.getpid(), signal.Signals[os.environ["BREAK_BY"]])


_MOMENTS = Moments(
    Path(os.environ["BREAK_BELOW"]),
    int(os.environ["BREAK_AT"]),
    _end,
    os.environ.get("BREAK_IN", ""),
)


def pytest_configure() -> None:
    """From the beginning, the folder itself included."""
    watch(_MOMENTS)


def pytest_unconfigure() -> None:
    """Nothing has come in between."""
    if "BREAK_NOTE" in os.environ:
        Path(os.environ["BREAK_NOTE"]).write_text(str(_MOMENTS.seen))
