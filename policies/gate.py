"""The gate: from findings to an exit status, and the sentence that says why (design 4 and 6)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from inventory.facts import Coverage
from policies.baseline import Change
from policies.control import Gap, Outcome, Severity
from policies.finding import Finding

_RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}


class GatingUnknowns(StrEnum):
    """Which unknowns close the gate: those that an unread call left, all of them, or none."""

    UNREAD = "unread"
    ALL = "all"
    NONE = "none"


class Standing(StrEnum):
    """How a finding stands to the gate.

    ``FAILS`` and ``UNDECIDED`` close it. ``BELOW``, ``KNOWN`` and ``WAIVED`` are failures that are
    told and not counted, ``TOLERATED`` are such unknowns; ``OPEN`` is everything that holds or
    does not apply.
    """

    FAILS = "fails"
    UNDECIDED = "undecided"
    BELOW = "below"
    KNOWN = "known"
    WAIVED = "waived"
    TOLERATED = "tolerated"
    OPEN = "open"


#: What no setting makes a failure.
_HOLDS: Final = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})
#: Places that the last line names; the coverage section has all.
_NAMED: Final = 5
#: Failures that do not close the gate, in words, in the order in which the last line tells them.
_NOT_COUNTED: Final = {
    Standing.BELOW: "below the gate",
    Standing.KNOWN: "known",
    Standing.WAIVED: "waived",
}


@dataclasses.dataclass(frozen=True)
class Decision:
    """Exit status (0 open, 1 failures, 7 not decidable) and why."""

    status: int
    reason: str


@dataclasses.dataclass(frozen=True)
class Gate:
    """What closes the gate: the options ``--fail-on`` and its kin, as values.

    ``fail_on`` is the least severity whose failures count, ``warnings`` makes warnings count like
    failures, ``new_only`` leaves out what the baseline knows.
    """

    fail_on: Severity = Severity.LOW
    warnings: bool = False
    new_only: bool = False
    unknowns: GatingUnknowns = GatingUnknowns.UNREAD

    def standing(self, finding: Finding) -> Standing:
        """How one finding stands to the gate: a waiver first, then severity, then the baseline."""
        outcome = finding.outcome
        if outcome in _HOLDS:
            return Standing.OPEN
        if outcome is Outcome.UNKNOWN:
            return self._standing_of_unknown(finding)
        if not self.is_failure(finding):
            return Standing.OPEN
        if finding.waiver is not None:
            return Standing.WAIVED
        if _RANK[finding.severity] > _RANK[self.fail_on]:
            return Standing.BELOW
        if self.new_only and finding.change is Change.KNOWN:
            return Standing.KNOWN
        return Standing.FAILS

    def is_failure(self, finding: Finding) -> bool:
        """Whether the finding counts as a failure, whatever its severity."""
        return finding.outcome is Outcome.FAIL or (
            self.warnings and finding.outcome is Outcome.WARN
        )

    def _standing_of_unknown(self, finding: Finding) -> Standing:
        unread = any(missing.gap is Gap.UNREAD for missing in finding.verdict.missing)
        gating = {
            GatingUnknowns.UNREAD: unread,
            GatingUnknowns.ALL: True,
            GatingUnknowns.NONE: False,
        }[self.unknowns]
        return Standing.UNDECIDED if gating else Standing.TOLERATED

    def decide(
        self, findings: Iterable[Finding], gaps: Iterable[Coverage] = (), unjudged: int = 0
    ) -> Decision:
        """Failures close the gate; without any, gating unknowns do.

        So does an account or Region whose instances could not be listed (nobody knows whom it
        hides), unless no unknown is to gate; and so do ``unjudged`` selected cells, which a run
        that stopped early left: an open gate speaks for everything that was asked.
        """
        findings = tuple(findings)
        standings = [self.standing(one) for one in findings]
        failing = [
            one
            for one, standing in zip(findings, standings, strict=True)
            if standing is Standing.FAILS
        ]
        counts = Counter(standings)
        hidden = _hidden(gaps)
        besides = [f"{counts[one]:,} {told}" for one, told in _NOT_COUNTED.items() if counts[one]]
        if failing:
            return Decision(1, _with(self._failed(failing), besides))
        if counts[Standing.TOLERATED]:
            besides.append(f"{counts[Standing.TOLERATED]:,} undecided")
        nothing = self._nothing_failed(counts)
        obstacle = self._obstacle(counts[Standing.UNDECIDED], hidden, unjudged)
        if obstacle:
            return Decision(7, _with(f"{nothing}, but {obstacle}", besides))
        if hidden:
            besides.append(f"the instances of {hidden}, which could not be listed")
        return Decision(0, _with(nothing, besides))

    def _failed(self, failing: list[Finding]) -> str:
        warned = sum(one.outcome is Outcome.WARN for one in failing)
        kind = "new finding" if self.new_only else "finding"
        told = [
            f"{_counted(number, kind)} {verb}"
            for number, verb in ((len(failing) - warned, "failed"), (warned, "warned"))
            if number
        ]
        return " and ".join(told) + self._from()

    def _nothing_failed(self, counts: Counter[Standing]) -> str:
        if not any(counts[one] for one in _NOT_COUNTED):
            return "nothing failed"
        kind = "new failure" if self.new_only else "failure"
        return f"no {kind} at or above the gate ({self.fail_on.value})"

    def _from(self) -> str:
        """The severity from which on failures count; left out where it is the default."""
        if self.fail_on is Gate.fail_on:
            return ""
        return f" at or above the gate ({self.fail_on.value})"

    def _obstacle(self, undecided: int, hidden: str, unjudged: int) -> str:
        """What keeps the gate from opening, ``""`` if nothing does."""
        if undecided:
            told = f"{_counted(undecided, 'finding')} could not be decided"
            if self.unknowns is GatingUnknowns.ALL:
                return told
            unread = "a call it needs was not read" if undecided == 1 else "calls were not read"
            return f"{told}: {unread}"
        if hidden and self.unknowns is not GatingUnknowns.NONE:
            return f"the instances of {hidden} could not be listed"
        if unjudged:
            verb = "was" if unjudged == 1 else "were"
            return f"the run stopped early: {_counted(unjudged, 'selected cell')} {verb} not judged"
        return ""


def _with(reason: str, besides: list[str]) -> str:
    return f"{reason}; not counted: {', '.join(besides)}" if besides else reason


def _counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def _hidden(gaps: Iterable[Coverage]) -> str:
    """Where nobody knows which instances there are."""
    places = sorted({_place(one) for one in gaps if one.hides_instances})
    more = f" and {len(places) - _NAMED:,} more places" if len(places) > _NAMED else ""
    return ", ".join(places[:_NAMED]) + more


def _place(gap: Coverage) -> str:
    """The account and Region, or the whole account where it could not be opened."""
    return gap.account if gap.region == "global" else f"{gap.account} {gap.region}"
