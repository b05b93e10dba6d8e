"""The pictures as numbers: true shares, everything in place, nothing drawn twice (issue 7)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Outcome
from reports.picture import MOST_COLUMNS, QUIET, bar_parts, heat_map
from reports.verdict_grid import MARKS
from tests.unit.reports import rolls

_VERDICTS = {
    "fail": rolls.IMDS_OFF,
    "unknown": rolls.SUBNETS_DENIED,
    "warn": rolls.STALE,
    "pass": rolls.HOLDS,
    "not_applicable": rolls.STOPPED,
}


def fleet(verdicts, *, region=None):
    """One control, one instance for each verdict's name."""
    findings = [
        rolls.finding(rolls.IMDS_01, number, _VERDICTS[name])
        for number, name in enumerate(verdicts)
    ]
    if region:
        findings = [dataclasses.replace(one, region=region) for one in findings]
    return findings


def squares_of(found):
    return {mark: len(found.squares[mark]) for mark in MARKS if found.squares[mark]}


@given(st.dictionaries(st.sampled_from(Outcome), st.integers(0, 10_000)), st.integers(0, 50))
def test_a_bar_is_full_and_without_gaps(counts, waived):
    parts = bar_parts(counts, waived)
    drawn = {part.mark for part in parts}
    there = {one.value for one, number in counts.items() if number}

    assert drawn == there | ({"waived"} if waived else set())
    if parts:
        assert sum(part.length for part in parts) == pytest.approx(100, abs=0.1)
    ends = 0.0
    for part in parts:
        assert part.start == pytest.approx(ends, abs=0.1)
        assert part.length >= 1
        ends = part.start + part.length


def test_a_bar_begins_with_what_needs_action():
    parts = bar_parts({Outcome.PASS: 3, Outcome.FAIL: 1})

    assert [(part.mark, part.length) for part in parts] == [("fail", 25), ("pass", 75)]


def test_no_instance_no_map():
    assert heat_map(rolls.empty_roll()) is None


def test_each_square_stands_in_its_row_and_column():
    found = heat_map(rolls.demo_roll())

    assert found.controls == tuple(sorted(one.id for one in rolls.CONTROLS))
    assert (found.columns, found.instances, found.is_grouped) == (20, 20, False)
    covered = [
        (square.row, square.column + step)
        for mark in MARKS
        for square in found.squares[mark]
        for step in range(square.length)
    ]
    assert sorted(covered) == [(row, column) for row in range(7) for column in range(20)]
    assert {mark: len(found.squares[mark]) for mark in MARKS if mark not in QUIET} == {
        "fail": 7,
        "unknown": 4,
        "warn": 1,
        "waived": 0,
    }


def test_columns_are_told_by_account_and_region():
    spans = heat_map(rolls.demo_roll()).spans

    assert [(one.region, one.column, one.length) for one in spans] == [
        ("eu-central-1", 0, 12),
        ("us-east-1", 12, 8),
    ]


def test_alike_instances_stand_side_by_side():
    found = heat_map(rolls.roll_of(fleet(["fail", "pass", "fail", "pass", "fail"])))

    assert [square.column for square in found.squares["fail"]] == [0, 1, 2]
    assert [(one.column, one.length) for one in found.squares["pass"]] == [(3, 2)]


def test_a_square_of_one_instance_names_it_and_its_code():
    (square,) = heat_map(rolls.roll_of(fleet(["fail"]))).squares["fail"]

    assert square.told == f"IMDS-01, {rolls.instance_id(0)} web-00: fail, IMDS_DISABLED"


def test_up_to_the_bound_every_instance_has_its_column():
    whole = heat_map(rolls.roll_of(fleet(["pass"] * MOST_COLUMNS, region="eu-west-1")))
    above = heat_map(rolls.roll_of(fleet(["pass"] * (MOST_COLUMNS + 1), region="eu-west-1")))

    assert not whole.is_grouped
    assert above.is_grouped
    assert above.columns <= MOST_COLUMNS


def test_a_group_shows_its_worst_and_how_much_of_it():
    verdicts = ["fail"] * 3 + ["pass"] * (MOST_COLUMNS * 4 - 3)
    found = heat_map(rolls.roll_of(fleet(verdicts, region="eu-west-1")))
    (square,) = found.squares["fail"]

    assert square.share == 0.75
    assert square.told == "IMDS-01, 4 instances: 3 fail, 1 pass"


def test_a_small_region_keeps_a_column_of_its_own():
    many = fleet(["pass"] * 500, region="eu-west-1")
    few = dataclasses.replace(rolls.finding(rolls.IMDS_01, 600, rolls.IMDS_OFF), region="us-west-2")
    found = heat_map(rolls.roll_of([*many, few]))

    assert [(one.region, one.length) for one in found.spans][-1] == ("us-west-2", 1)
    assert found.squares["fail"][0].share == 1


def test_many_accounts_share_columns_rather_than_make_thousands():
    findings = [
        dataclasses.replace(one, account=f"{number:012}")
        for number, one in enumerate(fleet(["pass"] * 1_000))
    ]
    found = heat_map(rolls.roll_of(findings))

    assert found.columns <= MOST_COLUMNS
    assert found.spans == ()
    assert squares_of(found) == {"pass": 1}


@given(st.lists(st.sampled_from(sorted(_VERDICTS)), min_size=1, max_size=300))
def test_no_failure_is_lost_in_a_group(verdicts):
    found = heat_map(rolls.roll_of(fleet(verdicts)))

    assert bool(found.squares["fail"]) == ("fail" in verdicts)
    assert sum(square.length for mark in MARKS for square in found.squares[mark]) == found.columns
