"""A line of a tool's table: what was checked, what came of it, and the tool's comment."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from typing import Final

#: Characters of a line, and lines of an output, that are read: a tool prints some 50 short ones.
LONGEST_CELL: Final = 4_000
_MOST_LINES: Final = 5_000

_SPACES: Final = re.compile(r"\s+")


@dataclasses.dataclass(frozen=True)
class Row:
    """``value`` is the tool's word (``Success``, ``Pass``, ``Skip``) or what it found."""

    check: str
    value: str
    note: str = ""

    def says(self, *words: str) -> bool:
        """Whether the value is one of those words, in any case."""
        return self.value.strip().rstrip(".").casefold() in words


def may_have_heading(text: str) -> bool:
    """Whether the heading of the toolkits' tables can be in a text: a quick no for most."""
    return all(word in text for word in ("Check", "Note"))


def cells_to_row(check: str, value: str, note: str = "") -> Row:
    """A row of cells as a tool wrote them: wrapped, padded, and with what a terminal obeys."""
    return Row(one_line(check), one_line(value), one_line(note))


def one_line(text: str) -> str:
    """Wrapped text put together again, each run of white space one blank; printable, and bounded.

    JSON may hold in an escape what a file as such could not.
    """
    plain = _SPACES.sub(" ", text[:LONGEST_CELL]).strip()
    return plain if plain.isprintable() else "".join(one for one in plain if one.isprintable())


def bounded_lines(text: str) -> list[str]:
    """The lines of an output, as many and as much of each as any tool prints."""
    return [line[:LONGEST_CELL] for line in text.split("\n", _MOST_LINES)[:_MOST_LINES]]


def row_of(rows: Iterable[Row], name: str) -> Row | None:
    """The first row of a check, whatever the case of its name; ``None`` where it is absent."""
    return next((row for row in rows if row.check.casefold() == name.casefold()), None)
