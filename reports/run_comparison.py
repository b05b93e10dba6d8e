"""What changed between two runs, from their findings.json alone."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from policies.control import Outcome
from policies.counted import CountedVerdicts
from reports.counted import CountedPart, counted_of
from reports.findings import SCHEMA
from reports.silent_cells import silent_cells

FINDINGS: Final = "findings.json"
#: As for a snapshot's files: far above what any fleet needs.
_LARGEST: Final = 2 * 1024**3
_FAIL: Final = "fail"
#: What a failure has to come to for it to be fixed (design 6): unknown or gone is not judged.
_HOLDS: Final = frozenset({"pass", "not_applicable"})


class DocumentError(ValueError):
    """A file that is no findings.json of this version; the message names it."""


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What a run said of one finding."""

    id: str
    control: str
    name: str
    verdict: str
    code: str
    severity: str
    waiver: Any = None

    @property
    def state(self) -> str:
        """``fail NO_443_EGRESS``, ``fail NO_443_EGRESS (waived)``; ``pass`` of a counted one."""
        return f"{self.verdict} {self.code}{' (waived)' if self.waiver else ''}".rstrip()

    def is_as(self, other: Said) -> bool:
        """Whether nothing differs; a verdict that was counted has no code that could."""
        if self.code and other.code:
            return self.state == other.state
        return self.verdict == other.verdict

    @property
    def is_open_failure(self) -> bool:
        return self.verdict == _FAIL and not self.waiver


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was about; ``selection`` is empty where it judged everything."""

    tool: str
    as_of: str
    snapshot: str
    accounts: dict[str, list[str]]
    selection: dict[str, str]


class Document(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """As much of a findings.json as a comparison needs."""

    schema: int
    run: Scope
    findings: list[Said]
    counted: CountedPart | None = None

    @functools.cached_property
    def by_id(self) -> Mapping[str, Said]:
        """The findings."""
        return {one.id: one for one in self.findings}

    @functools.cached_property
    def matrix(self) -> CountedVerdicts:
        """All verdicts of those controls of which some were counted; empty where none were."""
        told = (_cell(one.id) for one in self.findings)
        return counted_of(self.counted or CountedPart(0, [], {}), told)

    @property
    def total(self) -> int:
        """How many findings it has, told and counted."""
        return len(self.findings) + self.matrix.total


class Kind(StrEnum):
    """How a finding differs. Each that differs is of exactly one kind."""

    NEW = "new"
    FIXED = "fixed"
    CHANGED = "changed"
    APPEARED = "appeared"
    GONE = "gone"


@dataclasses.dataclass(frozen=True)
class Difference:
    """One finding that differs; ``None`` where a run does not have it, ``said`` the newer word."""

    kind: Kind
    said: Said
    before: Said | None
    after: Said | None


@dataclasses.dataclass(frozen=True)
class Compared:
    """Two runs side by side: the differences by kind and id, and how many findings are alike."""

    differences: tuple[Difference, ...]
    same: int

    @property
    def total(self) -> Counter[Kind]:
        """How many differences there are of each kind."""
        return Counter(one.kind for one in self.differences)

    @property
    def by_control(self) -> Mapping[str, Counter[Kind]]:
        """The same for each control that has any, by its id."""
        found: dict[str, Counter[Kind]] = {}
        for one in self.differences:
            found.setdefault(one.said.control, Counter())[one.kind] += 1
        return dict(sorted(found.items()))


def read_document(place: Path) -> Document:
    """The findings.json at ``place``, or in the run's folder there. Raises DocumentError."""
    path = place / FINDINGS if place.is_dir() else place
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read: {error.strerror}") from error
    if len(content) > _LARGEST:
        raise DocumentError(f"{path}: is larger than {_LARGEST} bytes")
    try:
        document = msgspec.json.decode(content, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"{path}: is no findings.json of a run: {error}") from error
    if document.schema != SCHEMA:
        raise DocumentError(f"{path}: schema is {document.schema}, this version reads {SCHEMA}")
    ids = Counter(one.id for one in document.findings)
    twice = next((one for one, number in ids.items() if number > 1), None)
    if twice is not None:
        raise DocumentError(f"{path}: holds the finding {twice} twice")
    try:
        _ = document.matrix
    except ValueError as error:
        raise DocumentError(f"{path}: is no findings.json of a run: {error}") from error
    return document


def compare(before: Document, after: Document) -> Compared:
    """Each finding that differs in verdict, code or waiver, or that one run alone has.

    New is a failure that nobody accepts and that was none before; fixed one that passes now or no
    longer applies (design 6).
    """
    found, same = [], 0
    for key in before.by_id.keys() | after.by_id.keys():
        difference = _difference(*_said_of(key, before, after))
        if difference is None:
            same += 1
        else:
            found.append(difference)
    silent = silent_cells(before.matrix, after.matrix, before.by_id.keys() | after.by_id.keys())
    same += silent.same
    for key, was, now in silent.differing:
        difference = _difference(_counted(key, was), _counted(key, now))
        if difference is not None:
            found.append(difference)
    order = list(Kind)
    found.sort(key=lambda one: (order.index(one.kind), one.said.id))
    return Compared(tuple(found), same)


def _difference(before: Said | None, after: Said | None) -> Difference | None:
    if after is None:
        return Difference(Kind.GONE, before, before, None) if before else None
    kind = _kind(before, after)
    return Difference(kind, after, before, after) if kind else None


def _kind(before: Said | None, after: Said) -> Kind | None:
    failed_before = before is not None and before.is_open_failure
    if after.is_open_failure and not failed_before:
        return Kind.NEW
    if before is None:
        return Kind.APPEARED
    if failed_before and after.verdict in _HOLDS:
        return Kind.FIXED
    return None if before.is_as(after) else Kind.CHANGED


def _cell(key: str) -> tuple[str, str]:
    """Control, and account, Region and resource, of a finding's id."""
    control, _, resource = key.partition("/")
    return control, resource


def _said_of(key: str, before: Document, after: Document) -> tuple[Said | None, Said | None]:
    """What both runs said of a cell that at least one of them told."""
    was, now = before.by_id.get(key), after.by_id.get(key)
    return (
        was or _counted(key, before.matrix.outcome(*_cell(key)), now),
        now or _counted(key, after.matrix.outcome(*_cell(key)), was),
    )


def _counted(key: str, outcome: Outcome | None, other: Said | None = None) -> Said | None:
    """A verdict that was counted, as far as it is known; ``other`` is what the other run told."""
    if outcome is None:
        return None
    return Said(
        id=key,
        control=_cell(key)[0],
        name=other.name if other else "",
        verdict=outcome.value,
        code="",
        severity=other.severity if other else "",
    )
