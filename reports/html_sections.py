"""What the page says about each control: failures in full, passes as ids, identical reasons once.

The page has to stay usable at 20,000 cells, so what is written out is bounded and what is left
out is counted; findings.json always has everything.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from policies.finding import Control, Finding, Outcome
from reports.tally import Row, Tally

#: Findings of one reason that are written out with their evidence.
DETAILED_PER_REASON: Final = 25
#: Findings of one control that are written out with their evidence.
DETAILED_PER_CONTROL: Final = 200
#: What findings of one reason have in common: outcome, code, sentence, whether a waiver accepts.
_Key = tuple[Outcome, str, str, bool]
#: Outcomes that need explaining, in the order in which they are told; what is waived comes last.
_EXPLAINED: Final = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN)
_LISTED: Final = (Outcome.PASS, Outcome.NOT_APPLICABLE)


@dataclasses.dataclass(frozen=True)
class Place:
    """The instances of one account and Region, as ids."""

    account: str
    region: str
    resources: tuple[str, ...]


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
    """One control's part of the page."""

    row: Row
    explained: tuple[Reason, ...]
    listed: tuple[Reason, ...]

    @property
    def control(self) -> Control:
        return self.row.control


def sections_of(tallied: Tally, findings: Iterable[Finding]) -> tuple[Section, ...]:
    """One section for each control, those that need action first, then by id."""
    by_control: dict[str, list[Finding]] = {}
    for finding in findings:
        by_control.setdefault(finding.control.id, []).append(finding)
    return tuple(
        _section(row, by_control.get(row.control.id, ())) for row in worst_first(tallied.rows)
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


def _section(row: Row, findings: Iterable[Finding]) -> Section:
    groups: dict[_Key, list[Finding]] = {}
    for finding in findings:
        # Passes differ in wording for each instance; their code says enough for a list of ids.
        told = finding.verdict.reason if finding.outcome in _EXPLAINED else ""
        key = (finding.outcome, finding.verdict.code, told, finding.waiver is not None)
        groups.setdefault(key, []).append(finding)
    return Section(row, _explained(groups), _listed(groups))


def _explained(groups: Mapping[_Key, list[Finding]]) -> tuple[Reason, ...]:
    reasons: list[Reason] = []
    room = DETAILED_PER_CONTROL
    keys = sorted(
        (key for key in groups if key[0] in _EXPLAINED),
        key=lambda key: (key[3], _EXPLAINED.index(key[0]), -len(groups[key]), key[1:]),
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


def places_of(findings: Sequence[Finding]) -> tuple[Place, ...]:
    """The findings' instances by account and Region, all in order."""
    gathered: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        gathered.setdefault((finding.account, finding.region), []).append(finding.resource)
    return tuple(
        Place(account, region, tuple(sorted(resources)))
        for (account, region), resources in sorted(gathered.items())
    )
