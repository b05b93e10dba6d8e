"""What lines of a terminal are made of: fragments of text, each with a style; no escapes here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

from policies.finding import Outcome
from reports.visible import columns, shortened, wrapped

COLUMNS: Final = 100
#: How many fixes, causes and crashes are listed; the rest is counted.
LISTED: Final = 10


#: The margin of what belongs to a numbered line.
INDENT: Final = "     "


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


def spaced(block: Iterable[Line]) -> Iterator[Line]:
    """The block and an empty line; nothing for an empty block."""
    lines = tuple(block)
    if lines:
        yield from lines
        yield BLANK


def heading(text: str) -> Line:
    """The first line of a block."""
    return (Fragment(text, Style.HEADING),)


def paragraph(text: str, style: Style = Style.PLAIN, indent: str = "") -> Iterator[Line]:
    """A text over as many lines as it takes."""
    for line in wrapped(text, COLUMNS - len(indent)):
        yield (Fragment(indent + line, style),)


def filled(text: str, width: int) -> str:
    """The text cut or padded to that many columns."""
    shown = shortened(text, width)
    return shown + " " * (width - columns(shown))


def more(total: int) -> Iterator[Line]:
    """How many there are beyond those listed."""
    if total > LISTED:
        yield (Fragment(f"{INDENT}… and {total - LISTED:,} more in the reports", Style.FAINT),)
