"""The gate's tables of design 4 and 6: what closes it, what is told and not counted."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import Coverage, Status
from policies.baseline import Change
from policies.control import Control, Gap, Missing, Outcome, Severity, Verdict
from policies.finding import Finding
from policies.gate import Decision, Gate, GatingUnknowns, Standing
from policies.waivers import Waiver

WAIVER = Waiver(("TEST-01",), "me", "T-1", "because", date(2026, 12, 31))


def finding(
    outcome: Outcome,
    severity: Severity = Severity.HIGH,
    gap: Gap | None = None,
    change: Change | None = None,
    waiver: Waiver | None = None,
) -> Finding:
    control = Control("TEST-01", "t", severity, "test", "", "", (), ())
    missing = (Missing(gap, "ec2:DescribeX"),) if gap else ()
    verdict = Verdict(outcome, "CODE", "reason", missing=missing)
    made = Finding(control, "111122223333", "eu-central-1", "i-1", "", verdict)
    return dataclasses.replace(made, change=change, waiver=waiver)


FAIL = finding(Outcome.FAIL)
WARN = finding(Outcome.WARN)
PASS = finding(Outcome.PASS)
NOT_APPLICABLE = finding(Outcome.NOT_APPLICABLE)
UNREAD = finding(Outcome.UNKNOWN, gap=Gap.UNREAD)
UNDECIDABLE = finding(Outcome.UNKNOWN, gap=Gap.UNDECIDABLE)
LOW, INFO = finding(Outcome.FAIL, Severity.LOW), finding(Outcome.FAIL, Severity.INFO)
NEW, KNOWN = finding(Outcome.FAIL, change=Change.NEW), finding(Outcome.FAIL, change=Change.KNOWN)
KNOWN_WARN = finding(Outcome.WARN, change=Change.KNOWN)
WAIVED = finding(Outcome.FAIL, waiver=WAIVER)
UNLISTED = Coverage(
    account="111122223333",
    region="us-east-1",
    call="ec2:DescribeInstances",
    status=Status.DENIED,
    code="UnauthorizedOperation",
)

DEFAULT = Gate()
HIGH = Gate(fail_on=Severity.HIGH)
FROM_INFO = Gate(fail_on=Severity.INFO)
WITH_WARNINGS = Gate(warnings=True)
NEW_ONLY = Gate(new_only=True)
ALL_UNKNOWNS = Gate(unknowns=GatingUnknowns.ALL)
NO_UNKNOWNS = Gate(unknowns=GatingUnknowns.NONE)


@pytest.mark.parametrize(
    ("gate", "findings", "status"),
    [
        pytest.param(DEFAULT, [PASS], 0, id="all-pass"),
        pytest.param(DEFAULT, [PASS, WARN], 0, id="warnings-do-not-gate"),
        pytest.param(DEFAULT, [PASS, FAIL], 1, id="a-failure"),
        pytest.param(DEFAULT, [FAIL, UNREAD], 1, id="a-failure-outranks-unknowns"),
        pytest.param(DEFAULT, [PASS, UNREAD], 7, id="unread-alone"),
        pytest.param(DEFAULT, [PASS, UNDECIDABLE], 0, id="undecidable-does-not-gate"),
        pytest.param(DEFAULT, [LOW], 1, id="low-is-at-the-gate"),
        pytest.param(DEFAULT, [INFO], 0, id="info-is-below-it"),
        pytest.param(DEFAULT, [NOT_APPLICABLE], 0, id="nothing-applies"),
        pytest.param(FROM_INFO, [INFO], 1, id="info-gates-where-asked"),
        pytest.param(HIGH, [LOW], 0, id="low-is-below-high"),
        pytest.param(HIGH, [FAIL], 1, id="high-is-at-high"),
        pytest.param(HIGH, [LOW, UNREAD], 7, id="below-the-gate-leaves-unknowns"),
        pytest.param(DEFAULT, [WAIVED], 0, id="waived"),
        pytest.param(DEFAULT, [WAIVED, FAIL], 1, id="waived-beside-a-failure"),
        pytest.param(DEFAULT, [WAIVED, UNREAD], 7, id="waived-hides-no-unknown"),
        pytest.param(WITH_WARNINGS, [WARN], 1, id="warnings-gate-where-asked"),
        pytest.param(WITH_WARNINGS, [finding(Outcome.WARN, Severity.INFO)], 0, id="info-warning"),
        pytest.param(DEFAULT, [KNOWN], 1, id="known-counts-without-new-only"),
        pytest.param(NEW_ONLY, [KNOWN], 0, id="known"),
        pytest.param(NEW_ONLY, [KNOWN, NEW], 1, id="new-beside-known"),
        pytest.param(NEW_ONLY, [KNOWN, UNREAD], 7, id="known-beside-unread"),
        pytest.param(NEW_ONLY, [FAIL], 1, id="a-failure-that-was-not-compared-counts"),
        pytest.param(Gate(new_only=True, warnings=True), [KNOWN_WARN], 0, id="known-warning"),
        pytest.param(
            Gate(new_only=True, fail_on=Severity.CRITICAL), [NEW], 0, id="new-but-below-the-gate"
        ),
        pytest.param(ALL_UNKNOWNS, [UNDECIDABLE], 7, id="undecidable-gates-where-asked"),
        pytest.param(NO_UNKNOWNS, [UNREAD, UNDECIDABLE], 0, id="no-unknown-gates"),
        pytest.param(NO_UNKNOWNS, [UNREAD, FAIL], 1, id="failures-do-all-the-same"),
    ],
)
def test_exit_status(gate: Gate, findings: list[Finding], status: int) -> None:
    assert gate.decide(findings).status == status


@pytest.mark.parametrize(
    ("gate", "judged", "standing"),
    [
        (DEFAULT, FAIL, Standing.FAILS),
        (DEFAULT, WARN, Standing.OPEN),
        (WITH_WARNINGS, WARN, Standing.FAILS),
        (DEFAULT, INFO, Standing.BELOW),
        (NEW_ONLY, KNOWN, Standing.KNOWN),
        (NEW_ONLY, finding(Outcome.FAIL, Severity.INFO, change=Change.KNOWN), Standing.BELOW),
        (NEW_ONLY, dataclasses.replace(KNOWN, waiver=WAIVER), Standing.WAIVED),
        (DEFAULT, UNDECIDABLE, Standing.TOLERATED),
        (ALL_UNKNOWNS, UNDECIDABLE, Standing.UNDECIDED),
    ],
)
def test_standing(gate: Gate, judged: Finding, standing: Standing) -> None:
    assert gate.standing(judged) is standing


def test_the_users_own_severity_decides() -> None:
    """A severity set in parameters.yaml outranks the verdict's and the control's (Finding)."""
    lowered = dataclasses.replace(FAIL, set_severity=Severity.INFO)
    raised = dataclasses.replace(INFO, set_severity=Severity.CRITICAL)
    assert DEFAULT.decide([lowered]).status == 0
    assert DEFAULT.decide([raised]).status == 1


@pytest.mark.parametrize(
    ("gate", "findings", "status"),
    [(DEFAULT, [PASS], 7), (DEFAULT, [FAIL], 1), (ALL_UNKNOWNS, [PASS], 7), (NO_UNKNOWNS, [], 0)],
)
def test_a_region_that_could_not_be_listed(
    gate: Gate, findings: list[Finding], status: int
) -> None:
    decision = gate.decide(findings, [UNLISTED])
    assert decision.status == status
    if status != 1:
        assert "111122223333 us-east-1" in decision.reason


def test_an_account_that_could_not_be_opened_is_named_as_a_whole() -> None:
    locked = Coverage(
        account="444455556666", region="global", call="sts:AssumeRole", status=Status.DENIED
    )
    decision = DEFAULT.decide([PASS], [locked])
    assert decision == Decision(
        7, "nothing failed, but the instances of 444455556666 could not be listed"
    )


def test_a_refusal_that_hides_nobody_leaves_the_gate_to_the_findings() -> None:
    refused = Coverage(
        account="111122223333", region="r", call="ec2:DescribeX", status=Status.DENIED
    )
    assert DEFAULT.decide([PASS], [refused]).status == 0


def test_many_hidden_places_are_named_in_short() -> None:
    gaps = [
        Coverage(
            account="111122223333",
            region=f"region-{number:02}",
            call="ec2:DescribeInstances",
            status=Status.FAILED,
        )
        for number in range(17)
    ]
    reason = DEFAULT.decide([PASS], gaps).reason
    assert reason.endswith("111122223333 region-04 and 12 more places could not be listed")


def test_cells_that_a_stopped_run_left_keep_the_gate_shut() -> None:
    """An open gate speaks for everything that was asked; a failure is one all the same."""
    assert DEFAULT.decide([PASS], unjudged=3) == dataclasses.replace(
        DEFAULT.decide([PASS]),
        status=7,
        reason="nothing failed, but the run stopped early: 3 selected cells were not judged",
    )
    assert DEFAULT.decide([PASS, FAIL], unjudged=3).status == 1


@pytest.mark.parametrize(
    ("gate", "findings", "reason"),
    [
        (DEFAULT, [PASS], "nothing failed"),
        (DEFAULT, [FAIL, FAIL, PASS], "2 findings failed"),
        (DEFAULT, [FAIL, UNDECIDABLE], "1 finding failed"),
        (DEFAULT, [PASS, UNDECIDABLE], "nothing failed; not counted: 1 undecided"),
        (
            HIGH,
            [FAIL, LOW],
            ("1 finding failed at or above the gate (high); not counted: 1 below the gate"),
        ),
        (HIGH, [LOW, LOW], "no failure at or above the gate (high); not counted: 2 below the gate"),
        (
            NEW_ONLY,
            [NEW, KNOWN, KNOWN, WAIVED],
            "1 new finding failed; not counted: 2 known, 1 waived",
        ),
        (NEW_ONLY, [KNOWN], "no new failure at or above the gate (low); not counted: 1 known"),
        (WITH_WARNINGS, [FAIL, WARN, WARN], "1 finding failed and 2 findings warned"),
        (
            DEFAULT,
            [UNREAD, WAIVED],
            (
                "no failure at or above the gate (low), but 1 finding could "
                "not be decided: a call it needs was not read; not counted: 1 waived"
            ),
        ),
        (
            ALL_UNKNOWNS,
            [UNREAD, UNDECIDABLE],
            ("nothing failed, but 2 findings could not be decided"),
        ),
    ],
)
def test_the_reason_counts_what_closed_the_gate_and_what_did_not(
    gate: Gate, findings: list[Finding], reason: str
) -> None:
    assert gate.decide(findings).reason == reason


gates = st.builds(
    Gate, st.sampled_from(Severity), st.booleans(), st.booleans(), st.sampled_from(GatingUnknowns)
)
some_findings = st.lists(
    st.builds(
        finding,
        st.sampled_from([Outcome.PASS, Outcome.WARN, Outcome.FAIL, Outcome.NOT_APPLICABLE]),
        st.sampled_from(Severity),
        change=st.sampled_from([None, *Change]),
        waiver=st.sampled_from([None, WAIVER]),
    )
    | st.builds(finding, st.just(Outcome.UNKNOWN), st.sampled_from(Severity), st.sampled_from(Gap))
)


@given(gates, some_findings, st.sampled_from([PASS, NOT_APPLICABLE]))
def test_what_holds_never_changes_the_status(
    gate: Gate, findings: list[Finding], holding: Finding
) -> None:
    assert gate.decide([*findings, holding]).status == gate.decide(findings).status


@given(gates, some_findings, st.sampled_from(Severity))
def test_a_higher_gate_never_closes_an_open_one(
    gate: Gate, findings: list[Finding], severity: Severity
) -> None:
    order = list(Severity)
    higher = dataclasses.replace(gate, fail_on=min(gate.fail_on, severity, key=order.index))
    if gate.decide(findings).status == 0:
        assert higher.decide(findings).status == 0


@given(gates, st.lists(st.sampled_from([UNREAD, UNDECIDABLE])))
def test_an_unknown_is_never_a_failure(gate: Gate, findings: list[Finding]) -> None:
    assert gate.decide(findings).status in (0, 7)


@given(gates, some_findings)
def test_a_failure_that_counts_is_never_outweighed(gate: Gate, findings: list[Finding]) -> None:
    failing = any(gate.standing(one) is Standing.FAILS for one in findings)
    assert (gate.decide(findings, [UNLISTED], unjudged=1).status == 1) is failing
