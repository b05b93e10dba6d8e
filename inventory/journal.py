"""The journal of a snapshot that is being written: what each call came to, a line as it comes.

A manifest is written last. Until then this file says when collecting began and which answers are
whole, so that a run that was broken off can be taken up where it ended. A line that was only half
written is the last one, and says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from inventory.errors import SnapshotError
from inventory.facts.coverage import Coverage
from inventory.private_files import private_folder, write_private

JOURNAL: Final = "collecting.jsonl"
#: The version of the file's shape.
_SCHEMA: Final = 1


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """The first line. ``collected_at`` is ISO 8601 UTC: when collecting began."""

    schema: int = _SCHEMA
    tool: str
    collected_at: str


class Journal:
    """Written by one thread. Every method may raise OSError."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / JOURNAL

    def begin(self, *, tool: str, collected_at: str) -> None:
        """Write the first line; an earlier file of that name is gone."""
        private_folder(self._path.parent, self._path.parent)
        first = msgspec.json.encode(Beginning(tool=tool, collected_at=collected_at))
        write_private(self._path, first + b"\n")

    def note(self, line: Coverage) -> None:
        """Add a line; nothing where no journal was begun."""
        if self._path.exists():
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(line) + b"\n")

    def remove(self) -> None:
        """The manifest says all that it said."""
        self._path.unlink(missing_ok=True)


def read_journal(folder: Path) -> tuple[Beginning, tuple[Coverage, ...]] | None:
    """The first line, and the others; ``None`` where there is no journal.

    Raises SnapshotError for one whose beginning cannot be read.
    """
    path = folder / JOURNAL
    try:
        first, *others = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SnapshotError(path, f"cannot be read: {error.strerror}") from error
    try:
        beginning = msgspec.json.decode(first, type=Beginning)
    except msgspec.DecodeError as error:
        raise SnapshotError(path, f"is not the journal of a run: {error}") from error
    if beginning.schema != _SCHEMA:
        raise SnapshotError(path, f"schema: found {beginning.schema}, this version reads {_SCHEMA}")
    return beginning, tuple(_whole_lines(others))


def _whole_lines(lines: Iterable[bytes]) -> Iterator[Coverage]:
    """The lines before the first that is none: nothing behind it can be relied upon."""
    for line in lines:
        try:
            yield msgspec.json.decode(line, type=Coverage)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
