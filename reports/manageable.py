"""The verdict in one sentence: how many instances can be managed, and what would free the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from policies.diagnosis import Fix, State
from policies.roll import Roll
from reports.picture import Part, bar_parts
from reports.standing import OUTCOME_OF
from reports.wording import counted

_CAN_BE = frozenset({State.MANAGED, State.AT_RISK})


def manageable_sentence(roll: Roll, fixes: Sequence[Fix]) -> str:
    """How many running instances can be managed, and how many changes would free how many others.

    ``412 of 430 running instances can be managed; 3 changes would free 15 of the other 18.``
    Instances that take no part are not among them: those that do not run, that a service operates,
    that were just launched. Of a narrowed or incomplete roll nothing is promised: what was not
    judged may hold an instance back too. Empty without any diagnosis.
    """
    states = Counter(one.state for one in roll.diagnoses)
    running = states.total() - states[State.NOT_APPLICABLE]
    able = sum(states[state] for state in _CAN_BE)
    if not running:
        return ""
    if able == running:
        whom = "The 1 running instance" if running == 1 else f"All {running:,} running instances"
        return f"{whom} can be managed."
    told = f"{able:,} of {counted(running, 'running instance')} can be managed"
    return f"{told}{_promise(roll, fixes, running - able)}."


def _promise(roll: Roll, fixes: Sequence[Fix], others: int) -> str:
    asked_all = not roll.run.selection and roll.total == roll.run.cells
    if not asked_all:
        return ""
    held_back = {
        one.node
        for one in roll.diagnoses
        if one.state not in _CAN_BE and one.state is not State.NOT_APPLICABLE
    }
    gains = [held_back.intersection(fix.frees) for fix in fixes]
    hopes = [held_back.intersection(fix.may_free) for fix in fixes]
    told = ""
    if any(gains):
        changes = counted(sum(map(bool, gains)), "change")
        told = f"; {changes} would free {len(set().union(*gains)):,} of the other {others:,}"
    if any(hopes):
        changes = counted(sum(map(bool, hopes)), "change")
        more = f"{len(set().union(*hopes)):,}"
        told += f", {changes} may free {more} more" if told else f"; {changes} may free {more}"
    return told


def state_counts(roll: Roll) -> tuple[tuple[State, int], ...]:
    """Each state that an instance is in, and how many are: what needs action first."""
    counts = Counter(one.state for one in roll.diagnoses)
    return tuple((state, counts[state]) for state in State if counts[state])


def state_parts(roll: Roll) -> tuple[Part, ...]:
    """The states as a bar: what is not managed first, as in every bar of the page."""
    return bar_parts({OUTCOME_OF[state]: number for state, number in state_counts(roll)})
