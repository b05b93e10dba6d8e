"""The telling records of one log file, read once and in bounded memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final, NamedTuple

from inventory.host.logs.blocks import UnreadableError, blocks
from inventory.host.logs.folding import Folding
from inventory.host.logs.grammar import LONGEST, Grammar, Record, grammar_of
from inventory.host.logs.recognition import Meaning, Meanings, places

#: Bytes by which the grammar and the first time of a file are told.
_HEAD: Final = 1 << 16
#: Lines that a record is looked back for.
_LINES_BACK: Final = 64


class Telling(NamedTuple):
    """A record that says something, and the file it stands in."""

    record: Record
    meaning: Meaning
    file: str


@dataclasses.dataclass(frozen=True)
class Again:
    """A round of records that has been told before, and how often it came once more after that."""

    round: tuple[Telling, ...]
    times: int

    @property
    def record(self) -> Record:
        """The first one."""
        return self.round[0].record


class Scan:
    """One file. ``tellings`` reads it and may be walked once; the rest is complete after that.

    With ``folds`` what repeats itself is told as ``Again``.
    """

    def __init__(self, name: str, stream: BinaryIO, collected_at: datetime | None) -> None:
        self.name = name
        self.folds = False
        self._meanings = Meanings()
        self.lines = 0
        self.problem = ""
        self._blocks = self._guarded(blocks(stream))
        self._first_block = next(self._blocks, b"")
        head = self._first_block[:_HEAD]
        self.grammar: Grammar = grammar_of(head, collected_at)
        self.first = self._time_in(head)
        self.last = self.first

    def tellings(self) -> Iterator[Telling | Again]:
        """Its telling records, in the order of the file."""
        tail = b""
        folding = Folding() if self.folds and self.grammar.is_native else None
        for window, is_last in self._windows():
            self.lines += window.count(b"\n")
            yield from self._tellings_in(window, folding)
            tail = window or tail
            if is_last and tail and not tail.endswith(b"\n"):
                self.lines += 1
        self.last = self._last_time_in(tail) or self.last

    def _guarded(self, found: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from found
        except UnreadableError as error:
            self.problem = f"{self.name}: {error}"

    def _windows(self) -> Iterator[tuple[bytes, bool]]:
        """The file cut between records, so that none is torn; and whether it was the last."""
        held = self._first_block
        for block in self._blocks:
            cut = self._cut(held)
            yield held[:cut], False
            held = held[cut:] + block
        yield held, True

    def _cut(self, held: bytes) -> int:
        """Where the last record begins; a line without end is cut where it is."""
        lowest = max(1, len(held) - 2 * LONGEST)
        place = held.rfind(b"\n", lowest)
        newest = place
        while place > 0:
            if self.grammar.begins.match(held, place + 1):
                return place + 1
            place = held.rfind(b"\n", lowest, place)
        return newest + 1 if newest > 0 else len(held)

    def _tellings_in(self, window: bytes, folding: Folding | None) -> Iterator[Telling | Again]:
        if folding is not None:
            folding.forget()
        end = 0
        for place in places(window):
            if place < end:
                continue
            start, end = self._bounds(window, place, end)
            telling = self._telling(window[start : min(end, start + LONGEST)])
            if telling is None:
                continue
            yield telling
            if folding is None:
                continue
            if not telling.meaning.recurs:
                folding.forget()
            elif fold := folding.after(telling.meaning.key, window, start, end):
                yield Again(self._round(window[end + 1 : fold.second]), fold.times)
                end = fold.last

    def _telling(self, raw: bytes) -> Telling | None:
        record = self.grammar.read(raw)
        if record is None:
            return None
        meaning = self._meanings.of(record)
        return Telling(record, meaning, self.name) if meaning.is_telling else None

    def _round(self, window: bytes) -> tuple[Telling, ...]:
        told = self._tellings_in(window, None)
        return tuple(one for one in told if isinstance(one, Telling))

    def _bounds(self, window: bytes, place: int, floor: int) -> tuple[int, int]:
        """First and last byte of the record around a place; none begins before ``floor``."""
        begins = self.grammar.begins.match
        start = line = window.rfind(b"\n", floor, place) + 1 or floor
        for _ in range(_LINES_BACK):
            if begins(window, line) or line <= floor:
                start = line
                break
            line = window.rfind(b"\n", floor, line - 1) + 1 or floor
        end = window.find(b"\n", place)
        while 0 <= end < start + LONGEST and end + 1 < len(window) and not begins(window, end + 1):
            end = window.find(b"\n", end + 1)
        return start, len(window) if end < 0 else end

    def _time_in(self, head: bytes) -> str:
        for line in head.split(b"\n"):
            if self.grammar.timed and self.grammar.begins.match(line):
                record = self.grammar.read(line)
                if record is not None and record.time:
                    return record.time
        return ""

    def _last_time_in(self, tail: bytes) -> str:
        for line in reversed(tail[-_HEAD:].split(b"\n")):
            if self.grammar.timed and self.grammar.begins.match(line):
                record = self.grammar.read(line)
                if record is not None and record.time:
                    return record.time
        return ""
