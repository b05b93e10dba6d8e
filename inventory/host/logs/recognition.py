"""Finding what a log says: which records hold a signature or a step of the healthy start.

All literal texts are looked for at once by an Aho-Corasick automaton, on bytes; regular expressions
see only records that hold one of them.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Hashable, Sequence
from functools import cached_property, lru_cache
from typing import Final

from ahocorasick_rs import BytesAhoCorasick, Implementation

from inventory.facts.host.signatures import IDENTITY_ASKED, RUNGS, SIGNATURES, Rung, Signature
from inventory.host.logs.details import service_of
from inventory.host.logs.grammar import Record

_STARTS: Final = frozenset({1, 2, 3})
#: Ids of requests, instances, accounts.
_ID: Final = re.compile(rb"[0-9a-f-]{8,}")
_MOST_KNOWN: Final = 1_024
#: Signature, service, the causes inside.
Key = tuple[str, str, tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class Sighting:
    """A signature in a record: ``inner`` are the others that its own text names as the cause."""

    signature: Signature
    service: str = ""
    inner: tuple[str, ...] = ()

    @cached_property
    def key(self) -> Key:
        """What the records of one error have in common."""
        return (self.signature.id, self.service, self.inner)


@dataclasses.dataclass(frozen=True)
class Meaning:
    """What a record says: steps of the healthy start, signatures, an identity being asked for."""

    rungs: frozenset[int] = frozenset()
    sightings: tuple[Sighting, ...] = ()
    asks_identity: bool = False

    @cached_property
    def is_telling(self) -> bool:
        """Whether it says anything at all."""
        return bool(self.rungs or self.sightings or self.asks_identity)

    @cached_property
    def recurs(self) -> bool:
        """Whether it does the same each time once it was told thrice: no start does."""
        return self.rungs.isdisjoint(_STARTS) and not self.asks_identity

    @cached_property
    def is_about_clock(self) -> bool:
        """Whether an error of it is one of the clock's."""
        return any(one.signature.group == "E" for one in self.sightings)

    @cached_property
    def key(self) -> Hashable:
        """The same for all that say the same."""
        return self.rungs, tuple(one.key for one in self.sightings)


@dataclasses.dataclass(frozen=True, eq=False)
class _Row:
    signature: Signature
    pattern: re.Pattern[str] | None
    unless: re.Pattern[str] | None

    def matches(self, text: str) -> bool:
        if self.pattern is not None and self.pattern.search(text) is None:
            return False
        return self.unless is None or self.unless.search(text) is None


@dataclasses.dataclass(frozen=True, eq=False)
class _Step:
    rung: Rung
    unless: re.Pattern[str] | None

    def matches(self, text: str) -> bool:
        return self.unless is None or self.unless.search(text) is None


def _compiled(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


_ROWS: Final = tuple(_Row(one, _compiled(one.pattern), _compiled(one.unless)) for one in SIGNATURES)
_STEPS: Final = tuple(_Step(one, _compiled(one.unless)) for one in RUNGS)
#: Each literal with what it may be a part of; an identity being asked for is neither.
_LITERALS: Final[tuple[tuple[str, _Row | _Step | None], ...]] = (
    *((anchor, row) for row in _ROWS for anchor in row.signature.anchors),
    *((anchor, step) for step in _STEPS for anchor in step.rung.anchors),
    (IDENTITY_ASKED, None),
)
_AUTOMATON: Final = BytesAhoCorasick(
    [literal.encode() for literal, _ in _LITERALS], implementation=Implementation.DFA
)


def places(block: bytes) -> list[int]:
    """Where in the block a literal of the table begins, in order; of overlapping ones the first."""
    return [start for _, start, _ in _AUTOMATON.find_matches_as_indexes(block)]


class Meanings:
    """What records mean, each text looked at once: ids, which no signature looks into, left out."""

    def __init__(self) -> None:
        self._known: dict[bytes, Meaning] = {}

    def of(self, record: Record) -> Meaning:
        """What it says, whatever its time and its ids."""
        known = self._known.get(record.raw)
        if known is not None:
            return known
        plain = _ID.sub(_blank, record.raw)
        known = self._known.get(plain)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[plain] = meaning_of(record.text)
        return known


def _blank(found: re.Match[bytes]) -> bytes:
    return b"\0" * len(found[0])


@lru_cache(maxsize=1_024)
def meaning_of(text: str) -> Meaning:
    """What a record's text, without its time, says."""
    hits = _AUTOMATON.find_matches_as_indexes(text.encode(), overlapping=True)
    held = [_LITERALS[index][1] for index in sorted({index for index, _, _ in hits})]
    meant = [one for one in dict.fromkeys(held) if one is not None and one.matches(text)]
    return Meaning(
        rungs=frozenset(one.rung.number for one in meant if isinstance(one, _Step)),
        sightings=_sightings([one.signature for one in meant if isinstance(one, _Row)], text),
        asks_identity=None in held,
    )


def _sightings(signatures: Sequence[Signature], text: str) -> tuple[Sighting, ...]:
    causes = tuple(one.id for one in signatures if not one.wraps)
    service = service_of(text) if signatures else ""
    return tuple(Sighting(one, service, causes if one.wraps else ()) for one in signatures)
