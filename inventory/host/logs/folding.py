"""What an agent writes again and again, passed over at the speed of one regular expression.

A log of nothing but errors repeats a few records for months, each time with another time stamp,
request id, address or port. Once such a round of records was told often enough, those that follow
it without a gap are matched as a whole: of them only the number counts, and whether the clock was
set back.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections import deque
from collections.abc import Hashable
from typing import Final

#: Records of a round, and bytes of one of them and of all.
_LONGEST_ROUND: Final = 32
_LARGEST: Final = 2_048
_LARGEST_ROUND: Final = 16_384
#: Rounds that are told before any is passed over: by then each does what the one before it did.
_TOLD: Final = 3
#: Rounds that a run has at least: its first and its last one are told as well.
_FEWEST: Final = 4
#: Expressions that are kept of one file, and records to wait after one that led nowhere.
_MOST_KNOWN: Final = 16
_LONGEST_WAIT: Final = 4_096
#: Looking back costs as much as telling: only after so many records.
_EVERY: Final = 8

_STAMP_LENGTH: Final = len("2026-11-01 08:15:02")
_STAMP: Final = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_FRACTION: Final = rb"[.,]\d{1,9}"
_OCTET: Final = rb"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_ADDRESS: Final = rb"(?!169\.254\.)" + _OCTET + rb"(?:\." + _OCTET + rb"){3}(?!\w|\.\d)"
#: With the line feed in front a search leaps from line to line.
_STAMPS: Final = re.compile(rb"\n(" + _STAMP + rb")")
_HEAD: Final = re.compile(_STAMP + rb"(?P<fraction>" + _FRACTION + rb")?(?= )")
#: What differs from one time to the next without another meaning: no signature looks into such a
#: token. The address of the metadata service is none of them.
_TOKEN: Final = re.compile(
    rb"(?<![\w.])(?:(?P<address>" + _ADDRESS + rb")"
    rb"|(?P<id>(?=[a-f-]{0,36}\d)[0-9a-f]{8}(?:(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{0,56}))"
    rb"(?![\w.]))"
    rb"|(?<=\d:)(?P<port>\d{4,5})(?=->)"
)


@dataclasses.dataclass(frozen=True)
class Fold:
    """A run of rounds in a window: the bytes up to ``second`` are the first of them.

    ``times`` more follow; the one that begins at ``last`` is the last.
    """

    second: int
    last: int
    times: int


class Folding:
    """The rounds of one file: told of its records, it says where those that follow can fold."""

    def __init__(self) -> None:
        self._recent: deque[tuple[Hashable, int, int]] = deque(maxlen=_TOLD * _LONGEST_ROUND)
        self._known: dict[bytes, re.Pattern[bytes]] = {}
        self._wait = self._waited = 0
        self._stamp = b""

    def forget(self) -> None:
        """What comes next repeats nothing: another window, a clock that was set, a start."""
        self._recent.clear()

    def after(self, meaning: Hashable, window: bytes, start: int, end: int) -> Fold | None:
        """The run that follows a record with that meaning, which ends before a line feed."""
        stamp = window[start : start + _STAMP_LENGTH]
        if stamp < self._stamp:
            self.forget()
        self._stamp = stamp
        self._recent.append((meaning, start, end))
        self._waited += 1
        is_time = self._waited > self._wait and self._waited % _EVERY == 0
        size = self._size() if is_time else 0
        if not size:
            return None
        expression = self._expression(window, size)
        fold = None if expression is None else self._fold(expression, window, end + 1, size)
        self._waited = 0
        self._wait = 0 if fold else min(2 * self._wait + 1, _LONGEST_WAIT)
        return fold

    def _size(self) -> int:
        """Records of the shortest round that was just told often enough, 0 = of none."""
        latest, *before = [meaning for meaning, _, _ in reversed(self._recent)]
        told = [latest, *before]
        for size, meaning in enumerate(before[: len(told) // _TOLD], start=1):
            if meaning == latest and told[: size * _TOLD] == told[:size] * _TOLD:
                return size
        return 0

    def _expression(self, window: bytes, size: int) -> re.Pattern[bytes] | None:
        """What matches rounds like the last one; ``None`` where no expression should."""
        places = list(self._recent)[-size:]
        if sum(end - start for _, start, end in places) > _LARGEST_ROUND:
            return None
        forms = [form_of(window[start:end]) for _, start, end in places]
        whole = b"".join(forms)
        known = self._known.get(whole)
        if known is None and all(forms) and len(self._known) < _MOST_KNOWN:
            known = self._known[whole] = re.compile(b"(" + whole + b")++")
        return known

    def _fold(
        self, expression: re.Pattern[bytes], window: bytes, start: int, size: int
    ) -> Fold | None:
        """The run that begins there, up to where the clock was set back."""
        run = expression.match(window, start)
        if run is None:
            return None
        before = start - 1
        stamps = _STAMPS.findall(window, before, run.end() - 1)
        in_order = _in_order([self._stamp, *stamps]) - 1
        whole, rounds = len(stamps) // size, in_order // size
        if rounds < _FEWEST:
            return None
        second = _place(window, before, size)
        last = run.start(1) if rounds == whole else _place(window, before, (rounds - 1) * size)
        return Fold(second, last, rounds - 2)


def form_of(record: bytes) -> bytes:
    """An expression of the records that say the same with other tokens, ``b""`` = of none."""
    head = _HEAD.match(record)
    if head is None or len(record) > _LARGEST:
        return b""
    parts = [_STAMP, _FRACTION if head["fraction"] else b""]
    at = head.end()
    for token in _TOKEN.finditer(record, at):
        parts += (re.escape(record[at : token.start()]), _class_of(token))
        at = token.end()
    return b"".join((*parts, re.escape(record[at:]), rb"\n"))


def _class_of(token: re.Match[bytes]) -> bytes:
    match token.lastgroup:
        case "address":
            return _ADDRESS
        case "port":
            return rb"\d{4,5}"
        case _:
            return b"-".join(rb"[0-9a-f]{%d}" % len(part) for part in token[0].split(b"-"))


def _place(window: bytes, before: int, records: int) -> int:
    """Where the record after so many others begins."""
    found = itertools.islice(_STAMPS.finditer(window, before), records, None)
    return next(found).start(1)


def _in_order(stamps: list[bytes]) -> int:
    """How many there are before the first that is earlier than the one before it."""
    if stamps == sorted(stamps):
        return len(stamps)
    pairs = enumerate(itertools.pairwise(stamps), start=1)
    return next(place for place, (before, after) in pairs if after < before)
