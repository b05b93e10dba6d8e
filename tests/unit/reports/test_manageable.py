"""The verdict in one sentence: true numbers, and no promise that was not judged (issue 7)."""

from __future__ import annotations

import dataclasses

import pytest

from policies.control import Blocker
from policies.diagnosis import Diagnosis, Fix, State
from policies.roll import Roll
from reports.manageable import manageable_sentence, state_counts
from tests.unit.reports import rolls


def roll_of(*states: State, **changes: object) -> Roll:
    diagnoses = tuple(
        Diagnosis(rolls.ACCOUNT, "eu-central-1", f"i-{number}", "", state, "")
        for number, state in enumerate(states)
    )
    roll = rolls.roll_of([], **changes)  # type: ignore[arg-type]
    return dataclasses.replace(roll, diagnoses=diagnoses)


def fix(*frees: int, may_free: tuple[int, ...] = ()) -> Fix:
    freed, hoped = (
        tuple(f"{rolls.ACCOUNT}/eu-central-1/i-{number}" for number in numbers)
        for numbers in (frees, may_free)
    )
    return Fix(Blocker("sg-1", "closed"), ("NET-02",), (*freed, *hoped), freed, "", "", hoped)


ABLE, RISKY, LOST, OPEN, OUT = (
    State.MANAGED,
    State.AT_RISK,
    State.NOT_MANAGED,
    State.UNDETERMINED,
    State.NOT_APPLICABLE,
)


@pytest.mark.parametrize(
    ("states", "fixes", "told"),
    [
        ((), (), ""),
        ((OUT, OUT), (), ""),
        ((ABLE,), (), "The 1 running instance can be managed."),
        ((ABLE, RISKY, OUT), (), "All 2 running instances can be managed."),
        ((ABLE, LOST), (), "1 of 2 running instances can be managed."),
        (
            (ABLE, LOST, LOST, OPEN),
            (fix(1, 2),),
            "1 of 4 running instances can be managed; 1 change would free 2 of the other 3.",
        ),
        (
            (LOST, LOST, LOST),
            (fix(0), fix(1)),
            "0 of 3 running instances can be managed; 2 changes would free 2 of the other 3.",
        ),
        (
            (LOST, LOST),
            (fix(0, may_free=(1,)),),
            (
                "0 of 2 running instances can be managed; 1 change would free 1 of the other 2, "
                "1 change may free 1 more."
            ),
        ),
        (
            (LOST, ABLE),
            (fix(may_free=(0,)),),
            "1 of 2 running instances can be managed; 1 change may free 1.",
        ),
    ],
)
def test_the_sentence(states: tuple[State, ...], fixes: tuple[Fix, ...], told: str) -> None:
    assert manageable_sentence(roll_of(*states), fixes) == told


def test_who_is_managed_already_is_not_freed() -> None:
    told = manageable_sentence(roll_of(RISKY, LOST), (fix(0),))

    assert told == "1 of 2 running instances can be managed."


@pytest.mark.parametrize("changes", [{"selection": {"-k": "NET"}}, {"cells": 7}])
def test_a_narrowed_or_incomplete_roll_promises_nothing(changes: dict[str, object]) -> None:
    """What was not judged may hold an instance back too."""
    roll = roll_of(ABLE, LOST)
    partial = dataclasses.replace(roll, run=dataclasses.replace(roll.run, **changes))  # type: ignore[arg-type]

    assert manageable_sentence(roll, (fix(1),)).endswith("would free 1 of the other 1.")
    assert manageable_sentence(partial, (fix(1),)) == "1 of 2 running instances can be managed."


def test_states_are_counted_those_that_need_action_first() -> None:
    assert state_counts(roll_of(ABLE, LOST, ABLE, OUT)) == ((LOST, 1), (ABLE, 2), (OUT, 1))
