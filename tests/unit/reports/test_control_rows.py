"""One row for each control: worst of failed, unknown, passed, not applicable (design 6)."""

from __future__ import annotations

import pytest

from policies.finding import Crash
from reports.control_rows import control_rows, row_cells, row_header
from tests.unit.reports import rolls
from tests.unit.reports.rolls import HOLDS, IMDS_OFF, STALE, STOPPED, SUBNETS_DENIED


@pytest.mark.parametrize(
    ("verdicts", "outcome", "is_error"),
    [
        ((HOLDS, SUBNETS_DENIED, IMDS_OFF), "failed", False),
        ((HOLDS, SUBNETS_DENIED, STALE), "failed", True),
        ((HOLDS, STALE, STOPPED), "passed", False),
        ((STALE,), "passed", False),
        ((STOPPED,), "skipped", False),
    ],
)
def test_a_control_is_shown_by_its_worst_finding(verdicts, outcome, is_error):
    findings = [rolls.finding(rolls.IMDS_01, at, one) for at, one in enumerate(verdicts)]
    (row,) = control_rows(rolls.roll_of(findings))

    assert (row.outcome, row.is_error) == (outcome, is_error)


def test_a_crash_is_a_failure_even_beside_unknowns():
    crash = Crash(control="IMDS-01", resource="i-1", error="KeyError")
    findings = [rolls.finding(rolls.IMDS_01, 1, SUBNETS_DENIED)]
    (row,) = control_rows(rolls.roll_of(findings, crashes=(crash,)))

    assert (row.outcome, row.is_error) == ("failed", False)
    assert row.text
    assert row.text.startswith("CONTROL_CRASHED on 1 instance")


def test_a_control_that_was_not_asked_has_no_row():
    findings = [rolls.finding(rolls.IMDS_01, 1, HOLDS)]

    assert [row.control_id for row in control_rows(rolls.roll_of(findings))] == ["IMDS-01"]


def test_header_and_rows_agree():
    """A cell more than there are heads ends the whole run (spec pytest.md 5.1)."""
    for row in control_rows(rolls.demo_roll()):
        assert len(row_cells("<td>Failed</td>", row)) == len(row_header())


def test_cells_are_escaped():
    control = rolls.control("<b>X</b>-01", "<img src=x onerror=alert(1)>")
    (row,) = control_rows(rolls.roll_of([rolls.finding(control, 1, HOLDS)], controls=(control,)))
    cells = "".join(row_cells("", row))

    assert "<img" not in cells
    assert "<b>" not in cells


def test_reasons_are_counted_and_bounded():
    findings = [rolls.finding(rolls.NET_02, at, rolls.NO_EGRESS) for at in range(500)]
    (row,) = control_rows(rolls.roll_of(findings))

    assert row.text == f"fail NO_443_EGRESS (500 instances): {rolls.NO_EGRESS.reason}"
