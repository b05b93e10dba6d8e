"""What reports say of the baseline and the gate: equal numbers, worst first, text as text."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.baseline import Baseline, Comparison, Earlier, Presence
from policies.control import Outcome, Severity, failed
from policies.finding import Finding
from policies.gate import Gate
from policies.roll import Roll
from policies.waivers import Waiver
from reports.changes import change_counts, doubts, gate_sentences, new_failures
from reports.console import closing_summary
from reports.control_rows import control_rows, row_cells
from reports.findings import findings_document
from reports.html import static_sections
from reports.junit import case_properties
from reports.summary_md import summary
from tests.unit.reports import rolls
from tests.unit.reports.page_reader import Page

THERE = Presence(
    frozenset({(rolls.ACCOUNT, rolls.REGIONS[0], rolls.instance_id(one)) for one in range(12)}),
    frozenset({(rolls.ACCOUNT, rolls.REGIONS[0])}),
)
GONE = Earlier("NET-02", (rolls.ACCOUNT, rolls.REGIONS[0], "i-0gone"), Outcome.FAIL, "X")


def earlier(one: Finding, outcome: Outcome = Outcome.FAIL, code: str = "") -> Earlier:
    subject = (one.account, one.region, one.resource)
    return Earlier(one.control.id, subject, outcome, code or one.verdict.code)


def compared(roll: Roll, *known: Earlier, gate: Gate | None = None, **of: object) -> Roll:
    """The roll against a baseline that holds these findings."""
    baseline = Baseline(
        {one.id: one for one in known},
        as_of="2026-10-01T12:00:00+00:00",
        accounts=(rolls.ACCOUNT,),
    )
    baseline = dataclasses.replace(baseline, **of)  # type: ignore[arg-type]
    findings = tuple(baseline.compared(one) for one in roll.findings)
    comparison = baseline.comparison(findings, THERE)
    return dataclasses.replace(roll, findings=findings, baseline=comparison, gate=gate or roll.gate)


def demo(gate: Gate | None = None) -> Roll:
    """The demo roll, whose 7 failures are 2 new, 5 known (one with another code), plus 1 gone.

    IMDS-01 failed on neither instance before; one more failure is fixed.
    """
    roll = rolls.demo_roll()
    failures = [one for one in roll.findings if one.outcome is Outcome.FAIL]
    known = [earlier(one) for one in failures if one.control.id != "IMDS-01"]
    known[0] = dataclasses.replace(known[0], code="OTHER")
    passes = next(one for one in roll.findings if one.control.id == "IAM-03")
    before = [earlier(one, Outcome.PASS, "FINE") for one in failures if one.control.id == "IMDS-01"]
    return compared(roll, *known, *before[:1], earlier(passes, code="NO_TRUST"), GONE, gate=gate)


def comparison_of(roll: Roll) -> Comparison:
    assert roll.baseline is not None
    return roll.baseline


def console(roll: Roll) -> list[str]:
    lines = closing_summary(roll, report_places=(), exit_reason="exit status 1")
    return ["".join(fragment.text for fragment in line) for line in lines]


def test_the_counts() -> None:
    told = change_counts(comparison_of(demo()))
    assert told == "2 new, 5 known, 1 fixed, 1 not judged (1 of them gone)"


def test_every_report_tells_the_same_counts() -> None:
    roll = demo()
    told = "2 new, 5 known, 1 fixed, 1 not judged (1 of them gone)."
    assert f"  {told}" in console(roll)
    assert told in summary(roll)
    assert told in Page(static_sections(roll)).text
    document = findings_document(roll)["baseline"]
    counts = {key: len(document[key]) for key in ("new", "known", "fixed", "not_judged", "gone")}
    assert counts == {"new": 2, "known": 5, "fixed": 1, "not_judged": 1, "gone": 1}


def test_without_a_baseline_no_report_mentions_one() -> None:
    roll = rolls.demo_roll()
    assert "baseline" not in findings_document(roll)
    assert all(one["change"] is None for one in findings_document(roll)["findings"])
    for text in ("\n".join(console(roll)), summary(roll), static_sections(roll)):
        assert "baseline" not in text.casefold()


def test_the_console_lists_new_failures_first_and_says_what_they_were() -> None:
    lines = console(demo())
    first = lines.index("since the baseline of 2026-10-01T12:00:00+00:00")
    assert lines[first + 2].startswith(f"  new critical IMDS-01 {rolls.instance_id(5)} (")
    assert lines[first + 2].endswith("IMDS_DISABLED, was pass FINE")
    assert lines[first + 3].endswith("IMDS_DISABLED, not judged then")
    assert lines[first + 4].endswith("NO_443_EGRESS, was fail OTHER")
    assert lines[first + 5] == ""


def test_worse_failures_come_first() -> None:
    lower = dataclasses.replace(rolls.IAM_03, severity=Severity.LOW)
    roll = compared(
        rolls.roll_of(
            [
                rolls.finding(lower, 1, failed("X", "x")),
                rolls.finding(rolls.NODE_03, 2, failed("Y", "y")),
            ]
        )
    )
    told = [one.finding.control.id for one in new_failures(comparison_of(roll))]
    assert told == ["NODE-03", "IAM-03"]


def test_each_finding_says_how_it_changed() -> None:
    roll = demo()
    changes = [one["change"] for one in findings_document(roll)["findings"]]
    assert (changes.count("new"), changes.count("known")) == (2, 5)
    told = [dict(case_properties(one)).get("change") for one in roll.findings]
    assert (told.count("new"), told.count("known")) == (2, 5)


@pytest.mark.parametrize(
    ("known", "of", "told"),
    [
        pytest.param([], {}, "no finding in common", id="an-empty-baseline"),
        pytest.param([GONE], {"accounts": ("999900001111",)}, "is of 999900001111", id="another"),
        pytest.param([], {"selection": {"-k": "NET"}}, "narrowed (-k NET)", id="narrowed"),
    ],
)
def test_a_doubtful_baseline_is_said_to_be_one(
    known: list[Earlier], of: dict[str, object], told: str
) -> None:
    roll = compared(rolls.demo_roll(), *known, **of)
    assert any(told in one for one in doubts(comparison_of(roll), roll))
    assert told in " ".join(line.strip() for line in console(roll))
    assert told in Page(static_sections(roll)).text


def test_a_baseline_of_the_same_fleet_raises_no_doubt() -> None:
    assert doubts(comparison_of(demo()), demo()) == ()


def test_the_default_gate_is_not_explained() -> None:
    assert gate_sentences(rolls.demo_roll()) == ()


def test_what_the_gate_does_not_count_is_told() -> None:
    """Of 7 failures, IMDS-01's two and NODE-02's one are critical."""
    roll = dataclasses.replace(rolls.demo_roll(), gate=Gate(fail_on=Severity.CRITICAL))
    told = "4 failures told and not counted: 4 below the gate."
    assert gate_sentences(roll)[-1] == told
    assert told in summary(roll)
    assert told in Page(static_sections(roll)).text
    assert "critical severity or worse" in summary(roll)


def test_a_row_says_how_many_of_its_failures_are_not_counted() -> None:
    roll = demo(Gate(new_only=True))
    cells = {row.control_id: "".join(row_cells("", row)) for row in control_rows(roll)}
    assert "4 told, not counted" in cells["NET-02"]
    assert "not counted" not in cells["IMDS-01"]


def test_a_warning_that_gates_fails_its_row() -> None:
    def outcome(gate: Gate) -> str:
        roll = rolls.roll_of([rolls.finding(rolls.NODE_03, 9, rolls.STALE)])
        (row,) = (
            one
            for one in control_rows(dataclasses.replace(roll, gate=gate))
            if one.control_id == "NODE-03"
        )
        return row.outcome

    assert outcome(Gate()) == "passed"
    assert outcome(Gate(warnings=True)) == "failed"


def test_a_waived_failure_is_told_as_such() -> None:
    waiver = Waiver(("IMDS-01",), "me", "T-1", "because", date(2026, 12, 31))
    found = rolls.finding(rolls.IMDS_01, 1, rolls.IMDS_OFF)
    roll = rolls.roll_of([dataclasses.replace(found, waiver=waiver)])
    assert gate_sentences(roll) == ("1 failure told and not counted: 1 waived.",)


@given(st.text(st.characters(codec=None)))
@settings(max_examples=30)
def test_hostile_text_stays_text(text: str) -> None:
    roll = compared(rolls.hostile_roll(text), accounts=(text,), as_of=text, selection={text: text})
    page = Page(static_sections(roll))
    assert page.unbalanced == []
    assert "script" not in page.tags
    assert all(len(line.splitlines()) <= 1 for line in console(roll))
    assert "<" not in summary(roll).replace("```sh", "").split("## What to fix first")[0]
