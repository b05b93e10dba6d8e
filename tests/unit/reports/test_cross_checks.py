"""What machines told against AWS's side stands in every report (issue 10, item 4)."""

from __future__ import annotations

import dataclasses

import pytest

from policies.diagnosis import CrossCheck, Stand, State
from policies.roll import Roll
from reports.console import closing_summary
from reports.console_lines import View
from reports.findings import findings_document
from reports.html import static_sections
from reports.summary_md import summary
from tests.unit.reports import rolls
from tests.unit.reports.page_reader import Page

TOLD = "its connections time out"


def roll_with(stand: Stand, told: str = TOLD) -> Roll:
    """The demo's roll, its one instance that is not managed with a remark."""
    roll = rolls.demo_roll()
    remark = CrossCheck(stand, told, ("HOST-07",), ("NET-06",))
    checked = tuple(
        dataclasses.replace(one, cross_checks=(remark,) if one.state is State.NOT_MANAGED else ())
        for one in roll.diagnoses
    )
    return dataclasses.replace(roll, diagnoses=checked)


def words_of(roll: Roll) -> dict[str, str]:
    """Each report for people as one line."""
    lines = closing_summary(
        roll, report_places=("r/report.html",), exit_reason="exit status 1: x", view=View()
    )
    console = " ".join(fragment.text for line in lines for fragment in line)
    texts = {
        "console": console,
        "page": Page(static_sections(roll)).text,
        "markdown": summary(roll),
    }
    return {name: " ".join(text.split()).casefold() for name, text in texts.items()}


@pytest.mark.parametrize(
    ("stand", "words"),
    [
        (Stand.AGREES, "host evidence agrees"),
        (Stand.CONTRADICTS, "host evidence contradicts"),
        (Stand.MODEL_DOUBT, "host evidence puts the model in doubt"),
        (Stand.SETTLES, "host evidence settles what aws's side leaves open"),
    ],
)
def test_people_read_how_both_sides_stand_to_each_other(stand: Stand, words: str) -> None:
    for name, text in words_of(roll_with(stand)).items():
        assert f"{words}: {TOLD}" in text.replace("&#39;", "'"), name


def test_a_hostile_machine_adds_no_tag() -> None:
    hostile = roll_with(Stand.AGREES, "<script>alert(1)</script>")
    assert "<script>alert" not in static_sections(hostile) + summary(hostile)


def test_nothing_is_said_where_nobody_looked() -> None:
    for name, text in words_of(rolls.demo_roll()).items():
        assert "host evidence" not in text, name


def test_machines_read_it_with_the_controls_compared() -> None:
    document = findings_document(roll_with(Stand.AGREES))
    checked = [one["cross_checks"] for one in document["diagnosis"]["instances"]]
    assert [one for one in checked if one] == [
        [{"stand": "agrees", "told": TOLD, "within": ["HOST-07"], "aws": ["NET-06"]}]
    ]
