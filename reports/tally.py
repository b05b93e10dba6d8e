"""The numbers every report tells, counted once: per control, per instance, in total."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

from policies.finding import Control, Finding, Outcome, Severity
from policies.roll import Roll

#: The order in which reports show outcomes: what needs action first.
OUTCOMES: Final = (
    Outcome.FAIL,
    Outcome.WARN,
    Outcome.UNKNOWN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)
#: Outcomes in words for people.
WORDS: Final[Mapping[Outcome, str]] = {
    Outcome.FAIL: "fail",
    Outcome.WARN: "warn",
    Outcome.UNKNOWN: "unknown",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "not applicable",
}
#: What an instance, or a control, comes to when its findings differ: a definite failure outweighs
#: unknowns, an unknown outweighs what is known to hold (design 4).
WORST_FIRST: Final = (
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.WARN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)
_RANKS: Final = {outcome: rank for rank, outcome in enumerate(WORST_FIRST)}
#: A failure that a waiver accepts, in words.
WAIVED: Final = "waived"
_SEVERITIES: Final = tuple(Severity)

Place = tuple[str, str, str]


@dataclasses.dataclass(frozen=True)
class Row:
    """One control's line of the matrix; ``crashed`` are cells it left without an answer.

    ``waived`` are the failures that a waiver accepts; ``counts`` leaves these out.
    """

    control: Control
    counts: Mapping[Outcome, int]
    crashed: int
    waived: int = 0

    @property
    def total(self) -> int:
        return sum(self.counts.values()) + self.waived

    @property
    def worst(self) -> Outcome | None:
        """The outcome that stands for the control; ``None`` where all it has is waived."""
        return worst_of(outcome for outcome, count in self.counts.items() if count)


@dataclasses.dataclass(frozen=True)
class Tally:
    """A roll counted: rows in control order, totals, and how many instances came to what.

    ``totals`` leaves out the failures that a waiver accepts: those are ``waived``. In
    ``instances`` and ``regions`` they count as what they are, failures; ``excused`` is how many
    instances have no others. ``regions`` counts the Regions that a control judges as a whole.
    ``not_asked`` are the controls that have no cell in this run: they have no row, because a row
    of zeros would read as an answer.
    """

    rows: tuple[Row, ...]
    not_asked: tuple[str, ...]
    totals: Mapping[Outcome, int]
    instances: Mapping[Outcome, int]
    regions: Mapping[Outcome, int]
    findings: int
    roots: int
    crashed: int
    unanswered: int
    waived: int = 0
    excused: int = 0

    @property
    def consequences(self) -> int:
        """Failures that follow from another finding."""
        return self.totals[Outcome.FAIL] - self.roots

    @property
    def judged(self) -> int:
        """How many instances have a finding."""
        return sum(self.instances.values())

    @property
    def regions_judged(self) -> int:
        """How many accounts' Regions have a finding of their own."""
        return sum(self.regions.values())


@functools.lru_cache(maxsize=2)
def tally(roll: Roll) -> Tally:
    """Count a roll once; counts come from the findings, never from what was planned."""
    alike = Counter([(one.control.id, one.outcome, one.waiver is None) for one in roll.findings])
    failing = [one for one in roll.findings if one.outcome is Outcome.FAIL]
    by_control: dict[str, Counter[Outcome]] = {}
    waived: Counter[str] = Counter()
    for (control, outcome, counts_as_such), number in alike.items():
        if counts_as_such:
            by_control.setdefault(control, Counter())[outcome] += number
        else:
            waived[control] += number
    for control_id, counts in (roll.counted.counts if roll.counted else {}).items():
        by_control.setdefault(control_id, Counter()).update(counts)
    crashed = Counter(crash.control for crash in roll.crashes)
    rows = [
        Row(
            control,
            by_control.get(control.id, Counter()),
            crashed[control.id],
            waived[control.id],
        )
        for control in controls_of(roll)
    ]
    return Tally(
        rows=tuple(row for row in rows if row.total or row.crashed),
        not_asked=tuple(row.control.id for row in rows if not row.total and not row.crashed),
        totals=sum(by_control.values(), Counter()),
        instances=_instances(roll),
        regions=_standings(one for one in roll.findings if not one.is_about_instance),
        findings=roll.total,
        roots=sum(one.waiver is None and not one.caused_by for one in failing),
        crashed=len(roll.crashes),
        unanswered=max(0, roll.run.cells - roll.total - len(roll.crashes)),
        waived=waived.total(),
        excused=_excused(failing),
    )


@functools.lru_cache(maxsize=2)
def controls_of(roll: Roll) -> tuple[Control, ...]:
    """Every control the roll lists or has a finding of, by id."""
    known = {finding.control.id: finding.control for finding in roll.findings}
    known |= {control.id: control for control in roll.controls}
    return tuple(known[control_id] for control_id in sorted(known))


def place_of(finding: Finding) -> Place:
    """Account, Region and resource id: what tells two instances apart."""
    return (finding.account, finding.region, finding.resource)


def worst_of(outcomes: Iterable[Outcome]) -> Outcome | None:
    """The outcome that outweighs the others; ``None`` of none."""
    return min(outcomes, key=_RANKS.__getitem__, default=None)


def severity_rank(severity: Severity) -> int:
    """0 for critical, counting up: sorts worst first."""
    return _SEVERITIES.index(severity)


def _excused(failing: Iterable[Finding]) -> int:
    """How many instances fail something, and nothing that a waiver does not accept."""
    of_instances = [one for one in failing if one.is_about_instance]
    held_back = {place_of(one) for one in of_instances if one.waiver is None}
    return len({place_of(one) for one in of_instances} - held_back)


def _instances(roll: Roll) -> Counter[Outcome]:
    """How many instances came to each outcome, counted cells among theirs."""
    worst = _worst_by_place(one for one in roll.findings if one.is_about_instance)
    found = Counter(worst.values())
    counted = roll.counted
    if counted is None:
        return found
    for place in counted.judged:
        told = worst.get(place_in(counted.resources[place]))
        holds = Outcome.PASS if place in counted.holding else Outcome.NOT_APPLICABLE
        if told is None:
            found[holds] += 1
        elif _RANKS[holds] < _RANKS[told]:
            found[told] -= 1
            found[holds] += 1
    return +found


def place_in(resource: str) -> Place:
    """``account/Region/id`` in its parts."""
    account, region, resource_id = resource.split("/", 2)
    return account, region, resource_id


def _standings(findings: Iterable[Finding]) -> Counter[Outcome]:
    """How many resources came to each outcome, each by its worst finding."""
    return Counter(_worst_by_place(findings).values())


def _worst_by_place(findings: Iterable[Finding]) -> dict[Place, Outcome]:
    standing: dict[Place, Outcome] = {}
    for finding in findings:
        place = place_of(finding)
        known = standing.get(place)
        if known is None or _RANKS[finding.outcome] < _RANKS[known]:
            standing[place] = finding.outcome
    return standing
