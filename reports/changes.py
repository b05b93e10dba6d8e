"""What changed since the baseline, and what closes the gate, in the words that reports share."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from typing import Any, Final

from policies.baseline import Compared, Comparison, Earlier
from policies.finding import Finding
from policies.gate import Gate, GatingUnknowns, Standing
from policies.roll import Roll
from reports.tally import WORDS, severity_rank
from reports.wording import counted

#: Failures that do not close the gate, in words.
NOT_COUNTED: Final = {
    Standing.BELOW: "below the gate",
    Standing.KNOWN: "known to the baseline",
    Standing.WAIVED: "waived",
}
_UNKNOWNS: Final = {
    GatingUnknowns.UNREAD: "unknowns that an unread call left",
    GatingUnknowns.ALL: "all unknowns",
    GatingUnknowns.NONE: "no unknowns",
}


@dataclasses.dataclass(frozen=True)
class Changed:
    """A failure and what it was before, in words: ``was pass IMDS_ENABLED``."""

    finding: Finding
    was: str

    @property
    def change(self) -> str:
        return self.finding.change.value if self.finding.change else ""


def since(comparison: Comparison) -> str:
    """``since the baseline of 2026-11-01T12:00:00+00:00``: when its data was read."""
    return f"since the baseline of {comparison.as_of or 'an unknown time'}"


def change_counts(comparison: Comparison) -> str:
    """``2 new, 5 known, 1 fixed, 3 not judged (2 of them gone)``."""
    told = [
        f"{len(comparison.new):,} new",
        f"{len(comparison.known):,} known",
        f"{len(comparison.fixed):,} fixed",
    ]
    if comparison.eased:
        told.append(f"{len(comparison.eased):,} only a warning now")
    gone = f" ({len(comparison.gone):,} of them gone)" if comparison.gone else ""
    told.append(f"{len(comparison.not_judged):,} not judged{gone}")
    return ", ".join(told)


def doubts(comparison: Comparison, roll: Roll) -> tuple[str, ...]:
    """Why the baseline may be the wrong one, or says less than it seems to."""
    told = []
    if roll.findings and not comparison.in_common:
        there = ", ".join(comparison.accounts) or "no account"
        here = ", ".join(sorted(roll.run.accounts)) or "no account"
        told.append(
            f"This run and the baseline have no finding in common (the baseline is of {there}, "
            f"this run of {here}): every failure counts as new."
        )
    if comparison.selection:
        chosen = ", ".join(f"{key} {value}" for key, value in sorted(comparison.selection.items()))
        told.append(f"The baseline was narrowed ({chosen}): what it left out counts as new.")
    return tuple(told)


def since_lists(comparison: Comparison) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What became of the baseline's other failures: in words, and their ids."""
    still = tuple(one for one in comparison.not_judged if one not in set(comparison.gone))
    return (
        ("fixed", comparison.fixed),
        ("only a warning now", comparison.eased),
        ("not judged", still),
        ("gone", comparison.gone),
    )


def new_failures(comparison: Comparison) -> tuple[Changed, ...]:
    """The new ones, worst first."""
    return _changed(comparison.new)


def known_differently(comparison: Comparison) -> tuple[Changed, ...]:
    """Those that failed before for another reason, worst first."""
    return _changed(
        tuple(
            one
            for one in comparison.known
            if one.earlier is not None and one.earlier.code != one.finding.verdict.code
        )
    )


def _changed(compared: tuple[Compared, ...]) -> tuple[Changed, ...]:
    worst_first = sorted(
        compared, key=lambda one: (severity_rank(one.finding.severity), one.finding.id)
    )
    return tuple(Changed(one.finding, _was(one.earlier)) for one in worst_first)


def _was(earlier: Earlier | None) -> str:
    if earlier is None:
        return "not judged then"
    if earlier.waived:
        return "was accepted by a waiver"
    return f"was {WORDS[earlier.outcome]} {earlier.code}".rstrip()


def gate_sentences(roll: Roll) -> tuple[str, ...]:
    """What closes the gate where the user has set it, and which failures therefore do not."""
    told = [] if roll.gate == Gate() else [f"The gate counts {_counts(roll.gate)}."]
    total = sum(standings(roll).values(), Counter())
    apart = [f"{total[one]:,} {words}" for one, words in NOT_COUNTED.items() if total[one]]
    if apart:
        failures = counted(sum(total[one] for one in NOT_COUNTED), "failure")
        told.append(f"{failures} told and not counted: {', '.join(apart)}.")
    return tuple(told)


def _counts(gate: Gate) -> str:
    kinds = "failures and warnings" if gate.warnings else "failures"
    new = f"new {kinds}" if gate.new_only else kinds
    return f"{new} of {gate.fail_on.value} severity or worse, and {_UNKNOWNS[gate.unknowns]}"


@functools.lru_cache(maxsize=2)
def standings(roll: Roll) -> dict[str, Counter[Standing]]:
    """How the findings of each control stand to the gate, by control id."""
    standing = roll.gate.standing
    counts = Counter([(one.control.id, standing(one)) for one in roll.findings])
    by_control: dict[str, Counter[Standing]] = {}
    for (control, stands), number in counts.items():
        by_control.setdefault(control, Counter())[stands] = number
    return by_control


def gate_document(gate: Gate) -> dict[str, Any]:
    """The gate's settings as plain JSON values, named as the options are."""
    return {
        "fail_on": gate.fail_on.value,
        "fail_on_new": gate.new_only,
        "fail_on_unknown": gate.unknowns.value,
        "fail_on_warn": gate.warnings,
    }


def baseline_document(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON values: finding ids, and what those that changed were before."""
    differing = [*new_failures(comparison), *known_differently(comparison)]
    return {
        "as_of": comparison.as_of,
        "snapshot": comparison.snapshot,
        "accounts": list(comparison.accounts),
        "selection": dict(sorted(comparison.selection.items())),
        "new": [one.finding.id for one in comparison.new],
        "known": [one.finding.id for one in comparison.known],
        "fixed": list(comparison.fixed),
        "eased": list(comparison.eased),
        "not_judged": list(comparison.not_judged),
        "gone": list(comparison.gone),
        "was": {one.finding.id: one.was for one in sorted(differing, key=lambda x: x.finding.id)},
    }
