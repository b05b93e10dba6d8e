"""Hostile text made harmless for people's eyes: what it holds is shown, nothing of it acts.

Names, reasons and evidence come from tags and policies that anyone with write access to an account
can set: terminal escapes, newlines, NUL and text that reverses the reading direction included.
"""

from __future__ import annotations

import functools
import unicodedata
from typing import Final

#: The controls that people know by name; Unicode's pictures of them are missing in many fonts.
_NAMED: Final = {"\0": "NUL", "\t": "TAB", "\n": "LF", "\r": "CR", "\x1b": "ESC", "\x7f": "DEL"}
#: Controls, lone surrogates, line and paragraph separators.
_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: Characters that change the direction of what follows, and so what a line seems to say.
_DIRECTION: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_ELLIPSIS: Final = "…"


def visible(text: str) -> str:
    """The text on one line; each character that would act is named instead: ``⟨ESC⟩[31m``."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_named(character) if _acts(character) else character for character in text)


def _acts(character: str) -> bool:
    return character in _DIRECTION or unicodedata.category(character) in _HIDDEN_CATEGORIES


def _named(character: str) -> str:
    return f"⟨{_NAMED.get(character, f'U+{ord(character):04X}')}⟩"


def columns(text: str) -> int:
    """How many columns of a terminal the text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


@functools.lru_cache(maxsize=1_024)
def _columns_of(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened(text: str, width: int) -> str:
    """The visible text in at most ``width`` columns, an ellipsis where something was cut."""
    shown = visible(text)
    if columns(shown) <= width:
        return shown
    room = width - columns(_ELLIPSIS)
    if shown.isascii():
        return shown[: max(0, room)] + _ELLIPSIS
    kept = ""
    for character in shown:
        room -= _columns_of(character)
        if room < 0:
            break
        kept += character
    return kept + _ELLIPSIS
