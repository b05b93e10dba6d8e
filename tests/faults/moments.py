"""Every moment at which a run can be broken off: each file operation of its main thread.

Python's audit events tell of an operation before it is done. Ctrl-C there leaves what was done so
far: a file that was opened and not written, one that was written and not yet moved to its name, an
answer that the journal does not know of yet.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

#: Those that change what is on the disk, or begin to.
_CHANGES: Final = frozenset({"os.mkdir", "os.remove", "os.rename", "shutil.rmtree"})
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def ctrl_c() -> None:
    """What Python makes of Ctrl-C. Raises KeyboardInterrupt."""
    raise KeyboardInterrupt


class Moments:
    """The operations of a thread that change a folder, counted; ``end`` is called before one.

    ``named``: only those whose path holds it.
    """

    def __init__(
        self,
        folder: Path,
        end_at: int | None = None,
        end: Callable[[], None] = ctrl_c,
        named: str = "",
    ) -> None:
        self.seen = 0
        self._named = named
        self._folder = str(folder)
        self._end_at = end_at
        self._end = end
        self._thread = threading.get_ident()

    def told(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Raises whatever ``end`` raises, once."""
        if threading.get_ident() != self._thread or not self._changes(event, arguments):
            return
        self.seen += 1
        if self.seen == self._end_at:
            self._end()

    def _changes(self, event: str, arguments: tuple[Any, ...]) -> bool:
        path = arguments[0] if arguments else None
        if not isinstance(path, str | os.PathLike):
            return False
        told = os.fsdecode(path)
        if not told.startswith(self._folder) or self._named not in told:
            return False
        if event == "open":
            return bool(arguments[2] & _WRITES)
        is_there_already = event == "os.mkdir" and Path(told).is_dir()
        return event in _CHANGES and not is_there_already


_WATCHING: list[Moments] = []


@functools.cache
def _listen() -> None:
    """Hooks stay for as long as the process lives."""
    sys.addaudithook(_tell)


def _tell(event: str, arguments: tuple[Any, ...]) -> None:
    for one in _WATCHING:
        one.told(event, arguments)


def watch(watching: Moments) -> None:
    """Tell of every operation from now on."""
    _listen()
    _WATCHING.append(watching)


@contextmanager
def moments(folder: Path, end_at: int | None = None) -> Iterator[Moments]:
    """Count the operations of this thread below the folder; the ``end_at``-th is broken off."""
    watching = Moments(folder, end_at)
    watch(watching)
    try:
        yield watching
    finally:
        _WATCHING.remove(watching)
