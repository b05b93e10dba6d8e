"""What the page says about each instance: where it stands, and each finding that needs action."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Final

from policies.diagnosis import Diagnosis, State, hop_of
from policies.finding import Finding, Outcome
from policies.roll import Roll
from reports.html_bounds import DETAILED_BY_INSTANCE, EXPLAINED, INSTANCES_LISTED
from reports.standing import OUTCOME_OF
from reports.tally import WORDS, WORST_FIRST, Place, place_in, place_of, worst_of

_STATES: Final = tuple(State)


@dataclasses.dataclass(frozen=True)
class Entry:
    """One instance. ``explained`` are its findings that need action, first hop first.

    ``held`` and ``exempt`` are the ids of the controls that pass and that do not apply.
    ``is_detailed``: its findings are written out with their evidence. ``diagnosis`` is ``None``
    where the roll has none of it.
    """

    place: Place
    name: str
    diagnosis: Diagnosis | None
    outcome: Outcome
    explained: tuple[Finding, ...]
    held: tuple[str, ...]
    exempt: tuple[str, ...]
    is_detailed: bool = False

    @property
    def account(self) -> str:
        return self.place[0]

    @property
    def region(self) -> str:
        return self.place[1]

    @property
    def resource(self) -> str:
        return self.place[2]

    @property
    def standing(self) -> str:
        """``not managed``; without a diagnosis what its worst finding says: ``fail``."""
        return self.diagnosis.state.value if self.diagnosis else WORDS[self.outcome]


@dataclasses.dataclass(frozen=True)
class Entries:
    """The instances that the page lists, and how many it leaves to findings.json."""

    listed: tuple[Entry, ...]
    left_out: int

    @property
    def outlined(self) -> int:
        """How many are told without the evidence of their findings."""
        return sum(bool(one.explained) and not one.is_detailed for one in self.listed)


def entries_of(roll: Roll) -> Entries:
    """Every instance that was judged, those that are not managed first."""
    told: dict[Place, list[Finding]] = {}
    for finding in roll.findings:
        if finding.is_about_instance:
            told.setdefault(place_of(finding), []).append(finding)
    if roll.counted is not None:
        for number in sorted(roll.counted.judged):
            told.setdefault(place_in(roll.counted.resources[number]), [])
    diagnoses = {(one.account, one.region, one.resource): one for one in roll.diagnoses}

    def rank(place: Place) -> tuple[int, int, Place]:
        known = diagnoses.get(place)
        state = _STATES.index(known.state) if known else len(_STATES)
        outcome = OUTCOME_OF[known.state] if known else _worst(roll, place, told[place])
        return (state, WORST_FIRST.index(outcome), place)

    ordered = sorted(told, key=rank)
    entries = [
        _entry(roll, place, told[place], diagnoses.get(place))
        for place in ordered[:INSTANCES_LISTED]
    ]
    return Entries(tuple(_with_detail(entries)), len(ordered) - len(entries))


def _counted(roll: Roll, place: Place) -> Mapping[str, Outcome]:
    """Control id → outcome, of those controls whose cells may be counted."""
    return roll.counted.outcomes("/".join(place)) if roll.counted else {}


def _worst(roll: Roll, place: Place, found: list[Finding]) -> Outcome:
    """What an instance without a diagnosis comes to: its worst verdict."""
    worst = worst_of((*(one.outcome for one in found), *_counted(roll, place).values()))
    return worst or Outcome.NOT_APPLICABLE


def _entry(roll: Roll, place: Place, found: list[Finding], diagnosis: Diagnosis | None) -> Entry:
    explained = (one for one in found if one.outcome in EXPLAINED)
    outcomes = {**_counted(roll, place), **{one.control.id: one.outcome for one in found}}
    names = (*(one.name for one in found[:1]), diagnosis.name if diagnosis else "")
    return Entry(
        place=place,
        name=names[0],
        diagnosis=diagnosis,
        outcome=OUTCOME_OF[diagnosis.state] if diagnosis else _worst(roll, place, found),
        explained=tuple(sorted(explained, key=_by_need)),
        held=_ids(outcomes, Outcome.PASS),
        exempt=_ids(outcomes, Outcome.NOT_APPLICABLE),
    )


def _ids(outcomes: Mapping[str, Outcome], outcome: Outcome) -> tuple[str, ...]:
    return tuple(sorted(control for control, one in outcomes.items() if one is outcome))


def _by_need(finding: Finding) -> tuple[bool, int, bool, int, str]:
    """Roots before consequences, and the first hop first: what hides the rest."""
    return (
        finding.waiver is not None,
        EXPLAINED.index(finding.outcome),
        bool(finding.caused_by),
        hop_of(finding.control.id),
        finding.control.id,
    )


def _with_detail(entries: list[Entry]) -> Iterator[Entry]:
    room = DETAILED_BY_INSTANCE
    for entry in entries:
        room -= len(entry.explained)
        yield dataclasses.replace(entry, is_detailed=room >= 0)
