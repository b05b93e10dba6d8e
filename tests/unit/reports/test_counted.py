"""Of a large fleet passes are counted: every report says so, and totals stay true (design 7)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.finding import Outcome
from policies.roll import Roll
from reports.console import closing_summary
from reports.control_rows import control_rows
from reports.counted import counting_sentences, totals_of
from reports.findings import findings_json
from reports.html import run_count_line, static_sections
from reports.html_instances import entries_of
from reports.junit import suite_properties
from reports.manageable import manageable_sentence
from reports.picture import MOST_COLUMNS, heat_map
from reports.summary_md import summary
from reports.tally import tally
from tests.unit.reports import rolls
from tests.unit.reports.counted_rolls import ABOVE, counted
from tests.unit.reports.page_reader import Page
from tests.unit.reports.test_findings_document import SCHEMA

VERDICTS = {
    "fail": rolls.IMDS_OFF,
    "unknown": rolls.SUBNETS_DENIED,
    "warn": rolls.STALE,
    "pass": rolls.HOLDS,
    "not_applicable": rolls.STOPPED,
}
RULE = (
    "Above 50,000 cells, those that pass or do not apply are counted: 121 passes and 7 not "
    "applicable are in all totals, and have no finding of their own, no line of findings.csv and "
    "no JUnit case. findings.json has each one's verdict under counted."
)


@st.composite
def random_rolls(draw: st.DrawFn) -> tuple[Roll, Roll]:
    """A roll in which not every cell was judged, and the same counted; some passes are told."""
    numbers = draw(st.integers(1, 3 * MOST_COLUMNS // 2))
    said = st.sampled_from([*VERDICTS, "pass", "pass", ""])
    told = [
        rolls.finding(control, number, VERDICTS[verdict])
        for control in rolls.CONTROLS[:3]
        for number, verdict in enumerate(draw(st.lists(said, max_size=numbers)))
        if verdict
    ]
    besides = draw(st.sets(st.sampled_from([one.id for one in told]))) if told else set()
    roll = rolls.diagnosed(rolls.roll_of(told))
    return roll, counted(roll, besides)


@settings(deadline=None)
@given(random_rolls())
def test_all_numbers_are_those_of_a_roll_with_every_finding(pair: tuple[Roll, Roll]) -> None:
    every, most_counted = pair
    assert most_counted.total == every.total
    assert most_counted.count() == every.count()
    assert tally(most_counted) == tally(every)
    assert run_count_line(most_counted) == run_count_line(every)
    assert manageable_sentence(most_counted, ()) == manageable_sentence(every, ())


@settings(deadline=None)
@given(random_rolls())
def test_the_map_and_the_rows_show_the_same(pair: tuple[Roll, Roll]) -> None:
    every, most_counted = pair
    assert heat_map(most_counted) == heat_map(every)
    assert [one.row for one in control_rows(most_counted)] == [
        one.row for one in control_rows(every)
    ]


@settings(deadline=None)
@given(random_rolls())
def test_every_instance_is_listed_with_its_state_and_what_it_holds(
    pair: tuple[Roll, Roll],
) -> None:
    every, most_counted = pair
    assert entries_of(most_counted) == entries_of(every)


def test_an_instance_is_listed_by_its_worst_verdict_where_nothing_diagnosed_it() -> None:
    roll = rolls.roll_of([rolls.finding(rolls.IMDS_01, 1, rolls.HOLDS)])
    (entry,) = entries_of(counted(roll)).listed
    assert (entry.outcome, entry.held) == (Outcome.PASS, ("IMDS-01",))


def terminal_text(roll: Roll) -> str:
    lines = closing_summary(roll, report_places=[], exit_reason="")
    return " ".join("".join(one.text for one in line) for line in lines)


def property_text(roll: Roll) -> str:
    return dict(suite_properties(roll)).get("counted.rule", "")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(terminal_text, id="console"),
        pytest.param(lambda roll: Page(static_sections(roll)).text, id="page"),
        pytest.param(lambda roll: summary(roll).replace("\\", ""), id="summary.md"),
        pytest.param(property_text, id="junit"),
    ],
)
def test_every_report_states_the_rule_and_only_where_it_was_applied(
    told: Callable[[Roll], str],
) -> None:
    """Spec pytest_scale.md 4.4: state the rule in the report itself."""
    roll = rolls.demo_roll()
    assert RULE in " ".join(told(counted(roll)).split())
    assert "50,000" not in told(roll)


def test_the_page_tells_how_many_of_each_control_were_counted() -> None:
    page = Page(static_sections(counted(rolls.demo_roll())))
    assert "pass (17 instances, counted)" in page.text
    assert "not applicable (1 instance, counted)" in page.text
    assert "No finding." not in page.text


def test_the_properties_of_the_suite_have_the_numbers() -> None:
    said = dict(suite_properties(counted(rolls.demo_roll())))
    assert (said["counted.pass"], said["counted.not_applicable"]) == ("121", "7")
    assert (said["findings.pass"], said["findings.not_applicable"]) == ("121", "7")
    assert "counted.pass" not in dict(suite_properties(rolls.demo_roll()))


def document_of(roll: Roll) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(findings_json(roll))
    return document


def test_the_document_is_valid_and_has_each_verdict() -> None:
    every = rolls.demo_roll()
    document = document_of(counted(every))
    jsonschema.validate(document, SCHEMA)
    matrix = document["counted"]
    assert (matrix["above"], matrix["counts"]) == (ABOVE, {"pass": 121, "not_applicable": 7})
    said = {
        f"{control}/{resource}": matrix["letters"][letter]
        for control, letters in matrix["verdicts"].items()
        for resource, letter in zip(matrix["resources"], letters, strict=True)
    }
    assert said == {one.id: one.outcome.value for one in every.findings}
    assert document["controls"] == document_of(every)["controls"]
    assert "counted" not in document_of(every)


def test_what_was_counted_and_told_is_not_counted_twice() -> None:
    every = rolls.demo_roll()
    first = next(one for one in every.findings if one.outcome is Outcome.PASS)
    roll = counted(every, {first.id})
    assert roll.counted is not None
    assert totals_of(roll.counted)[Outcome.PASS] == 120
    assert first in roll.findings
    assert "120 passes and 7 not applicable" in counting_sentences(roll)[0]
