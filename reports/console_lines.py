"""What lines of a terminal are made of: fragments of text, each with a style; no escapes here.

A :class:`View` says how wide a summary is and how much of everything it tells.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from policies.finding import Outcome
from reports.visible import columns, shortened, visible

#: How wide a summary is where nobody says how wide the terminal is …
COLUMNS: Final = 100
#: … and how wide one may be: tables need the room, and sentences are hard to read beyond.
LEAST_COLUMNS: Final = 60
MOST_COLUMNS: Final = 120
#: How many fixes, causes and crashes are listed; the rest is counted.
LISTED: Final = 10


#: The margin of what belongs to a numbered line.
INDENT: Final = "     "
_ELLIPSIS: Final = "…"

Thing = TypeVar("Thing")


class Style(StrEnum):
    """What a fragment says; ``MARKUP`` is how a terminal shows it."""

    PLAIN = "plain"
    HEADING = "heading"
    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAINT = "faint"
    COMMAND = "command"


#: The keywords of ``terminalreporter.write`` for each style.
MARKUP: Final[Mapping[Style, Mapping[str, bool]]] = {
    Style.PLAIN: {},
    Style.HEADING: {"bold": True},
    Style.FAIL: {"red": True, "bold": True},
    Style.WARN: {"yellow": True},
    Style.UNKNOWN: {"purple": True},
    Style.PASS: {"green": True},
    Style.FAINT: {"light": True},
    Style.COMMAND: {"cyan": True},
}
STYLES: Final = {
    Outcome.FAIL: Style.FAIL,
    Outcome.WARN: Style.WARN,
    Outcome.UNKNOWN: Style.UNKNOWN,
    Outcome.PASS: Style.PASS,
    Outcome.NOT_APPLICABLE: Style.FAINT,
}


@dataclasses.dataclass(frozen=True)
class Fragment:
    """A piece of a line; ``text`` holds no newline and no control character."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Fragment, ...]
BLANK: Final[Line] = ()


@dataclasses.dataclass(frozen=True)
class View:
    """How wide the summary is, in columns, and how much it tells.

    ``verbosity`` is pytest's: below 0 (``-q``) the least, 1 (``-v``) lists everything and cuts
    nothing, 2 (``-vv``) adds the evidence of each failure.
    """

    columns: int = COLUMNS
    verbosity: int = 0

    @classmethod
    def of_terminal(cls, terminal_columns: int, verbosity: int) -> View:
        """The view on a terminal that wide; beyond the bounds it does not follow."""
        return cls(min(max(terminal_columns, LEAST_COLUMNS), MOST_COLUMNS), verbosity)

    @property
    def is_quiet(self) -> bool:
        return self.verbosity < 0

    @property
    def lists_everything(self) -> bool:
        return self.verbosity > 0

    @property
    def tells_evidence(self) -> bool:
        return self.verbosity > 1

    @property
    def room(self) -> int:
        """The columns beside the margin of a numbered line."""
        return self.columns - len(INDENT)

    def listed(self, things: Sequence[Thing], most: int = LISTED) -> Sequence[Thing]:
        """Those of the things that are told one by one."""
        return things if self.lists_everything else things[:most]

    def more(self, total: int, most: int = LISTED) -> Iterator[Line]:
        """How many there are beyond those listed."""
        if total > most and not self.lists_everything:
            yield (
                Fragment(
                    f"{INDENT}{_ELLIPSIS} and {total - most:,} more in the reports", Style.FAINT
                ),
            )

    def clipped(self, text: str, width: int, most: int) -> list[str]:
        """The text folded into ``most`` lines; what is cut is cut between words, and marked."""
        lines = folded(text, width)
        if self.lists_everything or len(lines) <= most:
            return lines
        words = lines[most - 1].split(" ")
        while words and columns(" ".join([*words, _ELLIPSIS])) > width:
            words.pop()
        return [*lines[: most - 1], " ".join([*words, _ELLIPSIS])]

    def entry(
        self, head: str, told: str, style: Style, *, margin: str = "  ", most: int = LISTED
    ) -> Iterator[Line]:
        """A hanging paragraph of at most ``most`` lines that begins with ``head`` in its style."""
        width = self.columns - max(len(margin), len(INDENT))
        first, *rest = self.clipped(f"{head}{told}", width, most) or [""]
        named = visible(head)
        if not first.startswith(named):
            named = first if named.startswith(first) else ""
        yield (Fragment(margin), Fragment(named, style), Fragment(first.removeprefix(named)))
        for line in rest:
            yield (Fragment(INDENT + line),)

    def paragraph(self, text: str, style: Style = Style.PLAIN, indent: str = "") -> Iterator[Line]:
        """A text over as many lines as it takes."""
        for line in folded(text, self.columns - len(indent)):
            yield (Fragment(indent + line, style),)


def folded(text: str, width: int) -> list[str]:
    """The visible text broken at spaces into lines of at most ``width`` columns.

    Nothing is cut: a word that is longer than a line goes on in the next. No line for no text.
    """
    lines: list[str] = []
    room = 0
    for word in visible(text).split():
        taken = columns(word)
        if lines and taken < room:
            lines[-1] += f" {word}"
            room -= taken + 1
            continue
        lines += _pieces(word, width) if taken > width else [word]
        room = width - columns(lines[-1])
    return lines


def _pieces(word: str, width: int) -> Iterator[str]:
    piece = ""
    for character in word:
        if piece and columns(piece + character) > width:
            yield piece
            piece = ""
        piece += character
    yield piece


def spaced(block: Iterable[Line]) -> Iterator[Line]:
    """The block and an empty line; nothing for an empty block."""
    lines = tuple(block)
    if lines:
        yield from lines
        yield BLANK


def heading(text: str) -> Line:
    """The first line of a block."""
    return (Fragment(text, Style.HEADING),)


def filled(text: str, width: int) -> str:
    """The text cut or padded to that many columns."""
    shown = shortened(text, width)
    return shown + " " * (width - columns(shown))
