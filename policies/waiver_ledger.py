"""How each waiver fared in a run: what it accepted, and whether anyone still needs it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from inventory.facts import Node, Place
from policies.control import Outcome
from policies.finding import Finding
from policies.waivers import Waiver, WaiverBook

#: Within so many days of its last one, a waiver is told as expiring.
EXPIRING_DAYS: Final = 30
#: A waiver that holds for longer is told as far off: nobody looks again, or the year is a slip.
FAR_OFF_DAYS: Final = 366
#: What no waiver is needed for.
_IN_ORDER: Final = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


class WaiverState(StrEnum):
    """Exactly one for each waiver of the file.

    ``STALE`` takes a pass: what merely does not apply today (a stopped instance, a call that was
    not asked for) may fail again tomorrow.
    """

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    STALE = "stale"
    UNMATCHED = "unmatched"
    NOT_JUDGED = "not_judged"
    NOT_APPLIED = "not_applied"


@dataclasses.dataclass(frozen=True)
class WaiverEntry:
    """A waiver and its state.

    ``findings`` are the ids of the failures that it accepts, or would if it had not expired.
    ``days_left`` counts from the run's day to its last one, negative where that is over, and is
    ``None`` where the run's day is not known.
    """

    waiver: Waiver
    state: WaiverState
    findings: tuple[str, ...] = ()
    days_left: int | None = None

    @property
    def is_expiring(self) -> bool:
        """Whether it holds for at most ``EXPIRING_DAYS`` more."""
        return self._holds and self.days_left is not None and self.days_left <= EXPIRING_DAYS

    @property
    def is_far_off(self) -> bool:
        """Whether it holds for more than ``FAR_OFF_DAYS``."""
        return self._holds and self.days_left is not None and self.days_left > FAR_OFF_DAYS

    @property
    def _holds(self) -> bool:
        return self.state not in (WaiverState.EXPIRED, WaiverState.NOT_APPLIED)


@dataclasses.dataclass(frozen=True)
class WaiverLedger:
    """All waivers in the order of the file; ``as_of`` is the day they were looked at.

    ``not_applied`` says why none was applied, ``""`` where they were.
    """

    entries: tuple[WaiverEntry, ...] = ()
    as_of: date | None = None
    not_applied: str = ""


@dataclasses.dataclass(frozen=True)
class Judged:
    """What a run could and did judge, as far as waivers are concerned.

    ``nodes`` and ``places`` are all of the snapshot, selected or not; ``regions`` the Regions read
    of each account; ``region_controls`` the ids of the controls that judge a Region as a whole.
    ``is_whole`` is false where options or refused calls kept instances of these Regions out of the
    snapshot: what a waiver names may then be there all the same.
    """

    nodes: Sequence[Node]
    places: Sequence[Place]
    regions: Mapping[str, tuple[str, ...]]
    region_controls: frozenset[str]
    findings: Iterable[Finding]
    is_whole: bool


def ledger_of(book: WaiverBook, judged: Judged, today: date | None) -> WaiverLedger:
    """The state of each waiver after a run on that day, ``None`` where the day is not known."""
    not_applied = _why_not_applied(book, today)
    if not_applied or today is None:
        entries = tuple(
            WaiverEntry(one, WaiverState.NOT_APPLIED, days_left=_days_left(one, today))
            for one in book.waivers
        )
        return WaiverLedger(entries, today, not_applied)
    findings = {one.id: one for one in judged.findings} if book.waivers else {}
    entries = tuple(_entry(one, judged, findings, today) for one in book.waivers)
    return WaiverLedger(entries, today)


def _why_not_applied(book: WaiverBook, today: date | None) -> str:
    if not book.waivers:
        return ""
    if not book.is_applied:
        return "--runxfail judges without waivers"
    if today is None:
        return "the time of the snapshot is not known (AS_OF_MISSING), --as-of TIME tells it"
    return ""


def _days_left(waiver: Waiver, today: date | None) -> int | None:
    return (waiver.expires - today).days if today is not None else None


def _entry(
    waiver: Waiver, judged: Judged, findings: Mapping[str, Finding], today: date
) -> WaiverEntry:
    covered = answered = in_order = passing = 0
    told: list[str] = []
    for cell in _cells(waiver, judged):
        covered += 1
        finding = findings.get(cell)
        if finding is None:
            continue
        answered += 1
        in_order += finding.outcome in _IN_ORDER
        passing += finding.outcome is Outcome.PASS
        if waiver in (finding.waiver, finding.expired_waiver):
            told.append(cell)
    state = WaiverState.IN_FORCE
    if waiver.is_expired(today):
        state = WaiverState.EXPIRED
    elif not covered:
        state = _without_match(waiver, judged)
    elif not told and answered < covered:
        state = WaiverState.NOT_JUDGED
    elif passing and in_order == covered:
        state = WaiverState.STALE
    return WaiverEntry(waiver, state, tuple(sorted(told)), _days_left(waiver, today))


def _cells(waiver: Waiver, judged: Judged) -> Iterator[str]:
    """The ids of the findings that it covers, whether they were judged or not."""
    of_instances = [one for one in waiver.controls if one not in judged.region_controls]
    of_regions = [one for one in waiver.controls if one in judged.region_controls]
    if of_instances:
        for node in filter(waiver.selects, judged.nodes):
            yield from (f"{control}/{'/'.join(node.key)}" for control in of_instances)
    if of_regions:
        for place in filter(waiver.selects, judged.places):
            account, region = place.key
            yield from (f"{control}/{account}/{region}/{region}" for control in of_regions)


def _without_match(waiver: Waiver, judged: Judged) -> WaiverState:
    """One for accounts and Regions that this run did not read says nothing about itself."""
    is_concerned = any(
        waiver.may_select_in(account, region)
        for account, regions in judged.regions.items()
        for region in regions
    )
    return WaiverState.UNMATCHED if judged.is_whole and is_concerned else WaiverState.NOT_JUDGED
