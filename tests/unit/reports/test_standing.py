"""Where the instances stand, or why that is not told: in every report that tells it."""

from __future__ import annotations

import dataclasses

import pytest

from policies.roll import Roll
from reports.console import closing_summary
from reports.html import static_sections
from reports.standing import states_told
from reports.summary_md import summary
from tests.unit.reports.rolls import demo_roll, diagnosed

WHY = "Where the instances stand is not told: AWS was asked for no more than -k IMDS-01 needs."
NARROWED = dataclasses.replace(demo_roll(), diagnoses=(), states_left_out=WHY)


def console(roll: Roll) -> str:
    lines = closing_summary(roll, report_places=(), exit_reason="exit status 0")
    return " ".join("".join(fragment.text for fragment in line) for line in lines)


REPORTS = [
    pytest.param(console, id="console"),
    pytest.param(static_sections, id="page"),
    pytest.param(lambda roll: summary(roll).replace("\\", ""), id="summary"),
]


@pytest.mark.parametrize("told", REPORTS)
def test_a_narrowed_roll_says_once_why_it_tells_no_states(told: object) -> None:
    assert callable(told)
    assert told(NARROWED).count("Where the instances stand is not told") == 1
    assert "Where the instances stand" not in told(diagnosed(demo_roll()))


def test_states_are_told_where_there_are_any() -> None:
    roll = diagnosed(demo_roll())
    assert "managed" in states_told(roll)
    assert states_told(NARROWED) == WHY
    assert states_told(dataclasses.replace(NARROWED, states_left_out="")) == ""


def test_what_the_user_typed_acts_on_no_terminal() -> None:
    roll = dataclasses.replace(NARROWED, states_left_out="no more than -k '\x1b[31m' needs")
    assert "\x1b" not in states_told(roll)
