"""Where the instances stand, in words: how many in each state, and which first hop is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from policies.diagnosis import CrossCheck, Diagnosis, Layer, Stand, State, Together
from policies.finding import Outcome
from policies.roll import Roll
from reports.visible import visible
from reports.wording import counted

#: The verdict whose sign and colour a state shares.
OUTCOME_OF: Final[Mapping[State, Outcome]] = {
    State.NOT_MANAGED: Outcome.FAIL,
    State.UNDETERMINED: Outcome.UNKNOWN,
    State.AT_RISK: Outcome.WARN,
    State.MANAGED: Outcome.PASS,
    State.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}
LAYER_NAMES: Final[Mapping[Layer, str]] = {
    Layer.REGISTERED: "registered",
    Layer.HEARTBEAT: "heartbeat",
    Layer.COMMAND_CHANNEL: "command channel",
    Layer.FEATURES: "features",
}
#: How many causes in the guest are told; the finding's remediation has them all, with the checks.
_GUEST_CAUSES: Final = 3
_STANDS: Final[Mapping[Stand, str]] = {
    Stand.AGREES: "host evidence agrees",
    Stand.CONTRADICTS: "host evidence contradicts",
    Stand.MODEL_DOUBT: "host evidence puts the model in doubt",
    Stand.SETTLES: "host evidence settles what AWS's side leaves open",
}
_TO_EXPLAIN: Final = (State.NOT_MANAGED, State.UNDETERMINED)


def states_sentence(diagnoses: Sequence[Diagnosis]) -> str:
    """``27 instances managed, 2 managed with risk, …``: those there are, best first."""
    counts = Counter(one.state for one in diagnoses)
    there = [state for state in (State.MANAGED, State.AT_RISK, *_TO_EXPLAIN) if counts[state]]
    if counts[State.NOT_APPLICABLE]:
        there.append(State.NOT_APPLICABLE)
    if not there:
        return ""
    first, *rest = there
    told = [f"{counted(counts[first], 'instance')} {first}"]
    told += [f"{counts[state]:,} {state}" for state in rest]
    return f"{', '.join(told)}."


def states_told(roll: Roll) -> str:
    """The sentence about the states, or why there is none."""
    return states_sentence(roll.diagnoses) or visible(roll.states_left_out)


def to_explain(diagnoses: Sequence[Diagnosis]) -> tuple[Diagnosis, ...]:
    """The nodes that are not managed and those nothing is known of, each kind in node order."""
    return tuple(
        one
        for state in _TO_EXPLAIN
        for one in sorted(diagnoses, key=lambda one: one.node)
        if one.state is state
    )


def guest_sentence(diagnosis: Diagnosis) -> str:
    """``look inside, likeliest first: …; …``: empty where the reason is not in the guest."""
    if not diagnosis.guest_causes:
        return ""
    return f"look inside, likeliest first: {'; '.join(diagnosis.guest_causes[:_GUEST_CAUSES])}"


def cross_check_sentence(one: CrossCheck) -> str:
    """``host evidence agrees: its connections to ssm time out …``."""
    return f"{_STANDS[one.stand]}: {one.told}"


def together_sentence(together: Together) -> str:
    """``sg-1 and role-a: only both together free 3 instances``, or may do so."""
    *first, last = dict.fromkeys(one.resource for one in together.blockers)
    number = len(together.blockers)
    named = f"{', '.join(first)} and {last}" if first else f"{number} obstacles at {last}"
    both = "both" if number == len(("one", "other")) else f"all {number}"
    freed, hoped = len(together.frees), len(together.may_free)
    if not hoped:
        return f"{named}: only {both} together free {counted(freed, 'instance')}"
    sure = f"free {freed:,} and " if freed else ""
    return f"{named}: only {both} together {sure}may free {counted(hoped, 'instance')}"
