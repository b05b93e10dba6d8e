"""The command line of a POSIX probe, and the lines that it printed.

A script prints lines of words between tabs (``tell`` in posix/preamble.sh), ends with the word
``end`` and passes everything through a filter on the machine: plain ASCII, never more than
``LIMIT`` characters. Without its end it was cut short, and nothing of it counts.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

#: Characters that one script may print.
LIMIT: Final = 65_536
#: Characters that are kept of one word of a line: the agent's configuration is the longest.
_WORD_LIMIT: Final = 33_000
_WHOLE: Final = re.compile(r"[0-9]{1,18}")
_HERE: Final = Path(__file__).parent
_NOT_PRINTED: Final = re.compile(r"[^\t\n -~]")


@dataclasses.dataclass(frozen=True)
class Told:
    """What a script said: lines, each a tuple of words, the first of which names the line."""

    lines: tuple[tuple[str, ...], ...] = ()

    def every(self, name: str) -> tuple[tuple[str, ...], ...]:
        """The words of all lines of that name, without the name."""
        return tuple(words[1:] for words in self.lines if words[0] == name)

    def first(self, name: str) -> tuple[str, ...] | None:
        """The words of the first line of that name; ``None`` = there is none."""
        return next(iter(self.every(name)), None)

    def word(self, name: str, place: int = 0) -> str:
        """One word of the first line of that name, ``""`` where it has none."""
        return at(self.first(name) or (), place)


def at(words: Sequence[str], place: int) -> str:
    """One word of a line, ``""`` where the line is shorter."""
    return words[place] if place < len(words) else ""


def whole(word: str) -> int | None:
    """A whole number of at most 18 digits; ``None`` = it is none."""
    return int(word) if _WHOLE.fullmatch(word) else None


def command(scripts: tuple[str, ...], arguments: tuple[str, ...] = ()) -> str:
    """The command line that runs these script files, one after the other, as one script.

    ``scripts`` are paths under this folder, ``arguments`` what the script sees as ``$1`` and on:
    quoted, never part of its text.
    """
    body = "\n".join(_text(name) for name in ("posix/preamble.sh", *scripts))
    script = (
        f"{{\n{body}\ntell end\n}} </dev/null 2>/dev/null "
        f"| LC_ALL=C tr -cd '\\11\\12\\40-\\176' | head -c {LIMIT}"
    )
    return shlex.join(("sh", "-c", script, "rollcall", *arguments))


def told(printed: str) -> Told | None:
    """The lines that a script printed; ``None`` where it did not come to its end."""
    lines = [
        tuple(word.strip()[:_WORD_LIMIT] for word in line.split("\t"))
        for line in _NOT_PRINTED.sub("", printed[:LIMIT]).splitlines()
        if line.strip()
    ]
    if not lines or lines[-1] != ("end",):
        return None
    return Told(tuple(lines[:-1]))


def printable(text: str) -> str:
    """The text on one line, without anything that a terminal might act on."""
    return " ".join(_NOT_PRINTED.sub("", text[:LIMIT]).split())


@functools.cache
def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
