"""Counts and sentences are those of the findings, and never better (design 4)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.control import Outcome
from policies.finding import Crash
from reports.tally import tally
from reports.wording import (
    accounts_title,
    gain,
    not_asked,
    roots_and_consequences,
    run_count,
    shortcomings,
    verdict_sentence,
)
from tests.unit.reports import rolls
from tests.unit.reports.rolls import HOLDS, IMDS_OFF, STALE, STOPPED, SUBNETS_DENIED

VERDICTS = (IMDS_OFF, STALE, SUBNETS_DENIED, HOLDS, STOPPED)


def counted_roll(*verdicts):
    """One instance for each verdict, all under IMDS-01."""
    return tally(
        rolls.roll_of(
            [rolls.finding(rolls.IMDS_01, at, verdict) for at, verdict in enumerate(verdicts)],
            controls=(rolls.IMDS_01,),
        )
    )


def test_the_demo_fleet():
    tallied = tally(rolls.demo_roll())

    assert run_count(tallied) == "7 controls × 20 instances: 140 findings"
    assert tallied.totals == {"fail": 7, "warn": 1, "unknown": 4, "pass": 121, "not_applicable": 7}
    assert tallied.instances == {
        "fail": 5,
        "warn": 1,
        "unknown": 4,
        "pass": 9,
        "not_applicable": 1,
    }
    assert roots_and_consequences(tallied) == "6 roots, 1 consequence"


SENTENCES = {
    "No instance was judged: this roll call says nothing about any fleet.": (),
    "All 2 instances meet every prerequisite that was asked.": (HOLDS, STALE),
    "1 of 2 instances misses at least one prerequisite.": (HOLDS, IMDS_OFF),
    "2 of 4 instances miss at least one prerequisite. "
    "1 instance is not known to miss any, but could not be fully judged.": (
        IMDS_OFF,
        IMDS_OFF,
        SUBNETS_DENIED,
        HOLDS,
    ),
    "None of 2 instances is known to miss a prerequisite. 2 instances could not be fully judged.": (
        SUBNETS_DENIED,
        SUBNETS_DENIED,
    ),
    "The 1 instance judged meets every prerequisite that was asked. "
    "1 further instance took no part (not applicable).": (HOLDS, STOPPED),
    "None of the prerequisites applies to the 1 instance judged.": (STOPPED,),
}


@pytest.mark.parametrize(("sentence", "verdicts"), SENTENCES.items())
def test_the_verdict_sentence(sentence, verdicts):
    assert verdict_sentence(counted_roll(*verdicts)) == sentence


def test_a_roll_with_a_crash_never_says_that_all_is_met():
    roll = rolls.roll_of(
        [rolls.finding(rolls.IMDS_01, 1, HOLDS)],
        crashes=(Crash(control="NET-02", resource="i-1", error="KeyError"),),
    )

    assert verdict_sentence(tally(roll)) == (
        "The 1 instance judged is not known to miss a prerequisite."
    )


@pytest.mark.parametrize(
    ("one", "other", "standing"),
    [
        (IMDS_OFF, SUBNETS_DENIED, Outcome.FAIL),
        (SUBNETS_DENIED, STALE, Outcome.UNKNOWN),
        (STALE, HOLDS, Outcome.WARN),
        (HOLDS, STOPPED, Outcome.PASS),
    ],
)
def test_an_instance_stands_by_its_worst_finding(one, other, standing):
    findings = [rolls.finding(rolls.IMDS_01, 1, one), rolls.finding(rolls.NET_02, 1, other)]

    assert tally(rolls.roll_of(findings)).instances == {standing: 1}


@given(st.lists(st.tuples(st.sampled_from(rolls.CONTROLS), st.integers(0, 9)), unique=True))
def test_rows_add_up_to_the_totals(cells):
    findings = [rolls.finding(one, at, VERDICTS[at % len(VERDICTS)]) for one, at in cells]
    tallied = tally(rolls.roll_of(findings))

    for outcome in Outcome:
        assert sum(row.counts.get(outcome, 0) for row in tallied.rows) == tallied.totals[outcome]
    assert tallied.findings == len(cells)
    assert len(tallied.rows) + len(tallied.not_asked) == len(rolls.CONTROLS)


def test_a_selection_breaks_the_product():
    findings = [
        rolls.finding(rolls.IMDS_01, 1, HOLDS),
        rolls.finding(rolls.IMDS_01, 2, HOLDS),
        rolls.finding(rolls.NET_02, 1, HOLDS),
    ]
    tallied = tally(rolls.roll_of(findings))

    assert run_count(tallied) == "3 findings: 2 controls, 2 instances"
    assert not_asked(tallied) == "Not asked in this run: DHMC-02, IAM-03, NET-05, NODE-02, NODE-03."


def test_a_crash_is_no_verdict_and_is_told():
    roll = rolls.roll_of(
        [rolls.finding(rolls.IMDS_01, 1, HOLDS)],
        crashes=(Crash(control="NET-02", resource="i-1", error="KeyError"),),
    )
    tallied = tally(roll)

    assert tallied.totals == {"pass": 1}
    assert [row.crashed for row in tallied.rows] == [0, 1]
    assert "CONTROL_CRASHED" in shortcomings(tallied)[0]


def test_cells_that_never_ran_are_told():
    roll = rolls.demo_roll()
    stopped = dataclasses.replace(roll, run=dataclasses.replace(roll.run, cells=150))

    assert shortcomings(tally(stopped)) == ("10 selected cells were not judged in this run.",)
    assert shortcomings(tally(roll)) == ()


@pytest.mark.parametrize(
    ("freed", "hoped", "touched", "told"),
    [
        (1, 0, 1, "frees the 1 instance it touches"),
        (4, 0, 4, "frees all 4 instances it touches"),
        (1200, 0, 4000, "frees 1,200 of the 4,000 instances it touches"),
        (0, 0, 1, "touches 1 instance that other obstacles hold back too"),
        (0, 1, 1, "may free the 1 instance it touches: more may come to light behind it"),
        (0, 2, 4, "may free 2 of the 4 instances it touches: more may come to light behind it"),
        (
            *(1, 2, 4),
            (
                "frees 1 and may free 2 of the 4 instances it touches: "
                "more may come to light behind it"
            ),
        ),
    ],
)
def test_what_a_repair_gives(freed, hoped, touched, told):
    assert gain(freed, touched, hoped) == told


@pytest.mark.parametrize(
    ("accounts", "title"),
    [
        ([], "ssm-rollcall: no account"),
        (["222", "111"], "ssm-rollcall: 111, 222"),
        (["1", "2", "3", "4"], "ssm-rollcall: 4 accounts"),
    ],
)
def test_the_title_names_few_accounts(accounts, title):
    roll = rolls.roll_of([], accounts=dict.fromkeys(accounts, ()))

    assert accounts_title(roll) == title
