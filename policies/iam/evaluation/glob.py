"""Wildcards: ``*`` for any run of characters, ``?`` for exactly one.

Regular expressions are avoided on purpose: a pattern with many ``*`` would backtrack for ages on
text that someone chose. Matching here costs at most the product of both lengths.
"""

from __future__ import annotations

import dataclasses
import itertools

#: Texts with exactly one character of any kind between them.
Piece = tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Glob:
    """``pieces`` have any run of characters between them: ``a?b*c`` is ``(("a", "b"), ("c",))``."""

    pieces: tuple[Piece, ...]

    @classmethod
    def of(cls, pattern: str) -> Glob:
        """A pattern whose ``*`` and ``?`` are wildcards."""
        return cls(tuple(tuple(piece.split("?")) for piece in pattern.split("*")))

    @classmethod
    def literal(cls, text: str) -> Glob:
        """A pattern that matches this text only, ``*`` and ``?`` included."""
        return cls(((text,),))

    def then(self, other: Glob) -> Glob:
        """Both patterns, one after the other."""
        *before, last = self.pieces
        first, *after = other.pieces
        seam = (*last[:-1], last[-1] + first[0], *first[1:])
        return Glob((*before, seam, *after))

    @property
    def is_run(self) -> bool:
        """Nothing but ``*``: matches every text."""
        return len(self.pieces) > 1 and all(piece == ("",) for piece in self.pieces)

    @property
    def ends_in_run(self) -> bool:
        return len(self.pieces) > 1 and self.pieces[-1] == ("",)

    @property
    def has_wildcard(self) -> bool:
        return len(self.pieces) > 1 or len(self.pieces[0]) > 1

    def matches(self, text: str) -> bool:
        """Whether the whole text fits."""
        first, *rest = self.pieces
        if not rest:
            return _length(first) == len(text) and _at(first, text, 0)
        *middle, last = rest
        end = len(text) - _length(last)
        position = _length(first)
        if end < position or not _at(first, text, 0) or not _at(last, text, end):
            return False
        for piece in middle:
            position = _after(piece, text, position, end)
            if position < 0:
                return False
        return True

    def segments(self, limit: int | None = None) -> tuple[Glob, ...]:
        """The pattern cut at its colons, at most ``limit`` parts: the last keeps later colons."""
        done: list[Glob] = []
        pieces: list[list[str]] = []
        for piece in self.pieces:
            pieces.append([])
            for text in piece:
                most = -1 if limit is None else limit - 1 - len(done)
                head, *tail = text.split(":", most) if most else [text]
                pieces[-1].append(head)
                for start in tail:
                    done.append(_frozen(pieces))
                    pieces = [[start]]
        return (*done, _frozen(pieces))


def _frozen(pieces: list[list[str]]) -> Glob:
    return Glob(tuple(tuple(piece) for piece in pieces))


def _length(piece: Piece) -> int:
    return sum(map(len, piece)) + len(piece) - 1


def _at(piece: Piece, text: str, position: int) -> bool:
    """Whether the piece, known to fit in, stands at that position."""
    for part in piece:
        if not text.startswith(part, position):
            return False
        position += len(part) + 1
    return True


def _after(piece: Piece, text: str, start: int, end: int) -> int:
    """The position after the piece's first occurrence in ``text[start:end]``, -1 without one."""
    if len(piece) == 1:
        found = text.find(piece[0], start, end)
        return found if found < 0 else found + len(piece[0])
    length = _length(piece)
    places = itertools.takewhile(lambda place: place + length <= end, itertools.count(start))
    return next((place + length for place in places if _at(piece, text, place)), -1)
