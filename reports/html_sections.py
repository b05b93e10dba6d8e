"""What the page says about each control: failures in full, passes as ids, identical reasons once.

The page has to stay usable at 20,000 cells, so what is written out is bounded and what is left
out is counted; findings.json always has everything.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from typing import Final

from policies.finding import Control, Finding, Outcome
from policies.roll import Roll
from reports.html_bounds import (
    DETAILED_PER_REASON,
    EXPLAINED,
    REASONS_PER_CONTROL,
    Place,
    places_of,
    room_per_control,
)
from reports.tally import Row, tally

#: What findings of one reason have in common: outcome, code, sentence, whether a waiver accepts.
_Key = tuple[Outcome, str, str, bool]
_LISTED: Final = (Outcome.PASS, Outcome.NOT_APPLICABLE)
_NOTHING: Final[Mapping[Outcome, int]] = {}


@dataclasses.dataclass(frozen=True)
class Reason:
    """Findings of one control with the same outcome, code and sentence.

    ``detailed`` are written out, ``others`` are told by id only; ``total`` counts both.
    ``is_waived`` marks failures that waivers accept.
    """

    outcome: Outcome
    code: str
    text: str
    total: int
    detailed: tuple[Finding, ...]
    others: tuple[Place, ...]
    is_waived: bool = False


@dataclasses.dataclass(frozen=True)
class Section:
    """One control's part of the page; ``explained`` are its reasons, the page tells ``told``.

    ``counted`` are the outcomes, with their numbers, that have no finding of their own.
    """

    row: Row
    explained: tuple[Reason, ...]
    listed: tuple[Reason, ...]
    counted: tuple[tuple[Outcome, int], ...] = ()

    @property
    def control(self) -> Control:
        return self.row.control

    @property
    def told(self) -> tuple[Reason, ...]:
        """The reasons that the page has room for, those that concern most first."""
        return self.explained[:REASONS_PER_CONTROL]

    @property
    def untold(self) -> int:
        """How many findings the other reasons have."""
        return sum(one.total for one in self.explained[REASONS_PER_CONTROL:])


@functools.lru_cache(maxsize=2)
def sections_of(roll: Roll) -> tuple[Section, ...]:
    """One section for each control, those that need action first, then by id."""
    room = room_per_control(roll.findings)
    by_control: dict[str, list[Finding]] = {}
    for finding in roll.findings:
        by_control.setdefault(finding.control.id, []).append(finding)
    counted = roll.counted.counts if roll.counted else {}
    return tuple(
        _section(
            row, by_control.get(row.control.id, ()), room, counted.get(row.control.id, _NOTHING)
        )
        for row in worst_first(tally(roll).rows)
    )


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """Rows that fail, then those with crashes, unknowns and warnings, then the rest, each by id."""

    def rank(row: Row) -> tuple[bool, bool, bool, bool, bool, str]:
        counts = row.counts
        return (
            not counts.get(Outcome.FAIL),
            not row.crashed,
            not counts.get(Outcome.UNKNOWN),
            not counts.get(Outcome.WARN),
            not row.waived,
            row.control.id,
        )

    return sorted(rows, key=rank)


def _section(
    row: Row, findings: Iterable[Finding], room: int, counted: Mapping[Outcome, int]
) -> Section:
    groups: dict[_Key, list[Finding]] = {}
    for finding in findings:
        # Passes differ in wording for each instance; their code says enough for a list of ids.
        told = finding.verdict.reason if finding.outcome in EXPLAINED else ""
        key = (finding.outcome, finding.verdict.code, told, finding.waiver is not None)
        groups.setdefault(key, []).append(finding)
    return Section(
        row,
        _explained(groups, room),
        _listed(groups),
        tuple((outcome, counted[outcome]) for outcome in _LISTED if counted.get(outcome)),
    )


def _explained(groups: Mapping[_Key, list[Finding]], room: int) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    keys = sorted(
        (key for key in groups if key[0] in EXPLAINED),
        key=lambda key: (key[3], EXPLAINED.index(key[0]), -len(groups[key]), key[1:]),
    )
    for outcome, code, text, is_waived in keys:
        findings = sorted(groups[outcome, code, text, is_waived], key=lambda one: one.id)
        shown = min(DETAILED_PER_REASON, room)
        room -= min(shown, len(findings))
        reasons.append(
            Reason(
                outcome,
                code,
                text,
                len(findings),
                tuple(findings[:shown]),
                places_of(findings[shown:]),
                is_waived,
            )
        )
    return tuple(reasons)


def _listed(groups: Mapping[_Key, list[Finding]]) -> tuple[Reason, ...]:
    keys = sorted(
        (key for key in groups if key[0] in _LISTED),
        key=lambda key: (_LISTED.index(key[0]), key[1]),
    )
    return tuple(
        Reason(outcome, code, "", len(groups[key]), (), places_of(groups[key]))
        for key in keys
        for outcome, code, *_ in (key,)
    )
