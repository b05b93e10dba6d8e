"""What changed between two runs, from their findings.json alone."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec

from reports.findings import SCHEMA

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
        """``fail NO_443_EGRESS``, ``fail NO_443_EGRESS (waived)``."""
        return f"{self.verdict} {self.code}{' (waived)' if self.waiver else ''}"

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


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """As much of a findings.json as a comparison needs."""

    schema: int
    run: Scope
    findings: list[Said]


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
    return document


def compare(before: Document, after: Document) -> Compared:
    """Each finding that differs in verdict, code or waiver, or that one run alone has.

    New is a failure that nobody accepts and that was none before; fixed one that passes now or no
    longer applies (design 6).
    """
    earlier = {one.id: one for one in before.findings}
    later = {one.id: one for one in after.findings}
    found, same = [], 0
    for key in earlier.keys() | later.keys():
        difference = _difference(earlier.get(key), later.get(key))
        if difference is None:
            same += 1
        else:
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
    return None if before.state == after.state else Kind.CHANGED
