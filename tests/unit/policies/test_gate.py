"""The gate's table of design 6."""

import pytest

from inventory.facts import Coverage, Status
from policies.control import Control, Gap, Missing, Outcome, Severity, Verdict
from policies.finding import Finding
from policies.gate import gate


def finding(
    outcome: Outcome, severity: Severity = Severity.HIGH, gap: Gap | None = None
) -> Finding:
    control = Control("TEST-01", "t", severity, "test", "", "", (), ())
    missing = (Missing(gap, "ec2:DescribeX"),) if gap else ()
    verdict = Verdict(outcome, "CODE", "reason", missing=missing)
    return Finding(control, "111122223333", "eu-central-1", "i-1", "", verdict)


FAIL = finding(Outcome.FAIL)
PASS = finding(Outcome.PASS)
UNREAD = finding(Outcome.UNKNOWN, gap=Gap.UNREAD)
UNDECIDABLE = finding(Outcome.UNKNOWN, gap=Gap.UNDECIDABLE)


@pytest.mark.parametrize(
    ("findings", "status"),
    [
        pytest.param([PASS], 0, id="all-pass"),
        pytest.param([PASS, finding(Outcome.WARN)], 0, id="warnings-do-not-gate"),
        pytest.param([PASS, FAIL], 1, id="a-failure"),
        pytest.param([FAIL, UNREAD], 1, id="a-failure-outranks-unknowns"),
        pytest.param([PASS, UNREAD], 7, id="unread-alone"),
        pytest.param([PASS, UNDECIDABLE], 0, id="undecidable-does-not-gate"),
        pytest.param([finding(Outcome.FAIL, Severity.LOW)], 1, id="low-is-at-the-gate"),
        pytest.param([finding(Outcome.FAIL, Severity.INFO)], 0, id="info-is-below-it"),
        pytest.param([finding(Outcome.NOT_APPLICABLE)], 0, id="nothing-applies"),
    ],
)
def test_exit_status(findings: list[Finding], status: int) -> None:
    assert gate(findings).status == status


def test_a_region_that_could_not_be_listed_closes_the_gate() -> None:
    gap = Coverage(
        account="111122223333",
        region="us-east-1",
        call="ec2:DescribeInstances",
        status=Status.DENIED,
        code="UnauthorizedOperation",
    )
    assert gate([PASS], [gap]).status == 7
    assert "111122223333 us-east-1" in gate([PASS], [gap]).reason
    assert gate([FAIL], [gap]).status == 1


def test_the_reason_counts_what_closed_the_gate() -> None:
    assert gate([FAIL, FAIL, PASS]).reason == "2 findings failed"
    assert "1 finding" in gate([UNREAD, PASS]).reason
