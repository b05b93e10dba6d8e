"""A run against an earlier one (design 6): new, known, fixed, not judged, each failure once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.baseline import Baseline, Change, Comparison, Earlier, Presence
from policies.control import Control, Gap, Missing, Outcome, Severity, Verdict
from policies.finding import Finding
from policies.waivers import Waiver

ACCOUNT, REGION = "111122223333", "eu-central-1"
WAIVER = Waiver(("TEST-01",), "me", "T-1", "because", date(2026, 12, 31))
CONTROL = Control("TEST-01", "t", Severity.HIGH, "test", "", "", (), ())
EVERYWHERE = Presence(
    frozenset({(ACCOUNT, REGION, f"i-{number}") for number in range(9)}),
    frozenset({(ACCOUNT, REGION)}),
)


def now(
    outcome: Outcome, number: int = 1, code: str = "CODE", waiver: Waiver | None = None
) -> Finding:
    missing = (Missing(Gap.UNREAD, "ec2:DescribeX"),) if outcome is Outcome.UNKNOWN else ()
    verdict = Verdict(outcome, code, "reason", missing=missing)
    return Finding(CONTROL, ACCOUNT, REGION, f"i-{number}", "", verdict, waiver=waiver)


def then(outcome: Outcome, number: int = 1, code: str = "CODE", waived: bool = False) -> Earlier:
    return Earlier("TEST-01", (ACCOUNT, REGION, f"i-{number}"), outcome, code, waived)


def baseline_of(*findings: Earlier, warnings: bool = False) -> Baseline:
    return Baseline({one.id: one for one in findings}, warnings=warnings)


def fate(comparison: Comparison) -> str:
    """The one part that the only finding is in."""
    parts = {
        name: getattr(comparison, name)
        for name in ("new", "known", "fixed", "eased", "not_judged")
        if getattr(comparison, name)
    }
    (name,) = parts or {"": ()}
    return name


FAIL, WARN, PASS = Outcome.FAIL, Outcome.WARN, Outcome.PASS
UNKNOWN, NOT_APPLICABLE = Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("earlier", "judged", "part"),
    [
        pytest.param(None, FAIL, "new", id="was-not-there"),
        pytest.param(PASS, FAIL, "new", id="passed"),
        pytest.param(UNKNOWN, FAIL, "new", id="was-unknown"),
        pytest.param(NOT_APPLICABLE, FAIL, "new", id="did-not-apply"),
        pytest.param(WARN, FAIL, "new", id="warned"),
        pytest.param(FAIL, FAIL, "known", id="failed"),
        pytest.param(FAIL, PASS, "fixed", id="passes-now"),
        pytest.param(FAIL, NOT_APPLICABLE, "fixed", id="does-not-apply-now"),
        pytest.param(FAIL, WARN, "eased", id="warns-now"),
        pytest.param(FAIL, UNKNOWN, "not_judged", id="unknown-now"),
        pytest.param(FAIL, None, "not_judged", id="not-selected-now"),
        pytest.param(PASS, PASS, "", id="passes-still"),
        pytest.param(WARN, PASS, "", id="a-warning-was-no-failure"),
        pytest.param(UNKNOWN, PASS, "", id="an-unknown-was-no-failure"),
    ],
)
def test_the_part_of_a_finding(earlier: Outcome | None, judged: Outcome | None, part: str) -> None:
    baseline = baseline_of(*([then(earlier)] if earlier else []))
    findings = [now(judged)] if judged else []
    assert fate(baseline.comparison(findings, EVERYWHERE)) == part


@pytest.mark.parametrize(
    ("earlier", "judged", "part"),
    [
        pytest.param(PASS, WARN, "new", id="warns-now"),
        pytest.param(WARN, WARN, "known", id="warned"),
        pytest.param(FAIL, WARN, "known", id="was-worse"),
        pytest.param(WARN, FAIL, "new", id="was-less"),
        pytest.param(WARN, PASS, "fixed", id="passes-now"),
    ],
)
def test_warnings_are_compared_like_failures_where_they_gate(
    earlier: Outcome, judged: Outcome, part: str
) -> None:
    baseline = baseline_of(then(earlier), warnings=True)
    assert fate(baseline.comparison([now(judged)], EVERYWHERE)) == part


@pytest.mark.parametrize(
    ("was_waived", "waiver", "change"),
    [
        (False, None, Change.KNOWN),
        (True, WAIVER, Change.KNOWN),
        (False, WAIVER, Change.KNOWN),
        (True, None, Change.NEW),
    ],
)
def test_a_baseline_does_not_lengthen_a_waiver(
    was_waived: bool, waiver: Waiver | None, change: Change
) -> None:
    """Accepted until a date, and not any more: news, or --fail-on-new would never tell it."""
    baseline = baseline_of(then(FAIL, waived=was_waived))
    assert baseline.compared(now(FAIL, waiver=waiver)).change is change


def test_only_failures_have_a_change() -> None:
    for outcome in (PASS, WARN, UNKNOWN, NOT_APPLICABLE):
        assert baseline_of(then(FAIL)).compared(now(outcome)).change is None


def test_a_known_failure_keeps_what_it_was() -> None:
    baseline = baseline_of(then(FAIL, code="NO_ROUTE"))
    (known,) = baseline.comparison([now(FAIL, code="NO_EGRESS")], EVERYWHERE).known
    assert known.earlier is not None
    assert (known.finding.verdict.code, known.earlier.code) == ("NO_EGRESS", "NO_ROUTE")


def test_a_switched_off_control_repairs_nothing() -> None:
    baseline = baseline_of(then(FAIL))
    switched_off = now(NOT_APPLICABLE, code="DISABLED")
    assert fate(baseline.comparison([switched_off], EVERYWHERE)) == "not_judged"


@pytest.mark.parametrize(
    ("presence", "gone"),
    [
        pytest.param(EVERYWHERE, False, id="it-is-there-and-was-not-selected"),
        pytest.param(Presence(frozenset(), frozenset({(ACCOUNT, REGION)})), True, id="terminated"),
        pytest.param(Presence(frozenset(), frozenset()), False, id="its-Region-was-not-listed"),
    ],
)
def test_gone_is_what_a_list_lacks(presence: Presence, gone: bool) -> None:
    comparison = baseline_of(then(FAIL)).comparison([], presence)
    assert comparison.not_judged == (then(FAIL).id,)
    assert comparison.gone == (comparison.not_judged if gone else ())


numbered = st.dictionaries(st.integers(0, 8), st.sampled_from(Outcome))


@given(numbered, numbered, st.booleans(), st.sets(st.integers(0, 8)))
def test_each_failure_is_told_exactly_once(
    before: dict[int, Outcome], after: dict[int, Outcome], warnings: bool, waived: set[int]
) -> None:
    earlier = [then(one, number, waived=number in waived) for number, one in before.items()]
    findings = [now(one, number) for number, one in after.items()]
    counted = {FAIL, WARN} if warnings else {FAIL}
    comparison = baseline_of(*earlier, warnings=warnings).comparison(findings, EVERYWHERE)
    ids = {name: [one.finding.id for one in getattr(comparison, name)] for name in ("new", "known")}
    told_now = [*ids["new"], *ids["known"]]
    told_then = [
        *(*ids["known"], *comparison.fixed, *comparison.eased),
        *(*comparison.worsened, *comparison.not_judged),
    ]
    assert sorted(told_now) == sorted(one.id for one in findings if one.outcome in counted)
    assert sorted(told_then) == sorted(one.id for one in earlier if one.outcome in counted)
    assert set(comparison.worsened) <= set(ids["new"])


@given(numbered)
def test_a_run_is_no_news_against_itself(outcomes: dict[int, Outcome]) -> None:
    earlier = [then(one, number) for number, one in outcomes.items()]
    findings = [now(one, number) for number, one in outcomes.items()]
    comparison = baseline_of(*earlier).comparison(findings, EVERYWHERE)
    assert (comparison.new, comparison.fixed, comparison.eased) == ((), (), ())
    assert comparison.in_common == len(outcomes)


def test_the_order_of_findings_makes_no_difference() -> None:
    findings = [now(FAIL, 1), now(PASS, 2), now(FAIL, 3), now(UNKNOWN, 4)]
    earlier = [then(FAIL, number) for number in (1, 2, 3, 4, 5)]
    told = baseline_of(*earlier).comparison(findings, EVERYWHERE)
    assert baseline_of(*earlier[::-1]).comparison(findings[::-1], EVERYWHERE) == told
