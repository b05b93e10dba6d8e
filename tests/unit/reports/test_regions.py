"""Findings about an account's Region: counted apart from instances, told in every report."""

from __future__ import annotations

import dataclasses

import pytest

from policies.control import Blocker, Scope, failed, undecidable
from policies.finding import Finding, Outcome
from policies.iam.repairs import IN_TERRAFORM
from policies.roll import Roll
from reports.console import closing_summary
from reports.control_rows import control_rows
from reports.findings import findings_document
from reports.html import static_sections
from reports.junit import case_properties
from reports.summary_md import summary
from reports.tally import tally
from reports.wording import run_count, verdict_sentence
from tests.unit.reports import rolls

DHMC_01 = dataclasses.replace(
    rolls.control("DHMC-01", "The role of Default Host Management serves"), scope=Scope.REGION
)
GONE = failed(
    "DHMC_ROLE_MISSING",
    "the role is gone",
    blockers=(Blocker("role/dhmc", "is gone"),),
)
UNSEEN = undecidable("UNSEEN", "it was not seen", settled_by="iam:GetRole")
REGION = rolls.REGIONS[0]
ALL_MET = "All 3 instances meet every prerequisite that was asked."


def about(verdict: object, region: str = REGION, remediation: str = "") -> Finding:
    return Finding(DHMC_01, rolls.ACCOUNT, region, region, "", verdict, remediation)  # type: ignore[arg-type]


def roll(*regional: Finding, instances: int = 3) -> Roll:
    each = [rolls.finding(rolls.IMDS_01, number, rolls.HOLDS) for number in range(instances)]
    return rolls.roll_of([*each, *regional], controls=(rolls.IMDS_01, DHMC_01))


def test_a_region_is_no_instance() -> None:
    counted = tally(roll(about(GONE)))
    assert (counted.judged, counted.regions_judged) == (3, 1)
    assert counted.instances[Outcome.FAIL] == 0
    assert counted.regions[Outcome.FAIL] == 1
    assert counted.totals[Outcome.FAIL] == 1


@pytest.mark.parametrize(
    ("told", "judged"),
    [
        (
            "1 control × 3 instances, 1 control × 2 Regions: 5 findings",
            roll(about(rolls.HOLDS), about(rolls.HOLDS, rolls.REGIONS[1])),
        ),
        ("1 control × 1 Region: 1 finding", roll(about(rolls.HOLDS), instances=0)),
        ("1 control × 3 instances: 3 findings", roll()),
    ],
)
def test_the_run_count_names_both(told: str, judged: Roll) -> None:
    assert run_count(tally(judged)) == told


@pytest.mark.parametrize(
    ("sentence", "judged"),
    [
        (
            f"{ALL_MET} 1 of 2 Regions misses a prerequisite that is set for a whole Region.",
            roll(about(GONE), about(rolls.HOLDS, rolls.REGIONS[1])),
        ),
        (
            f"{ALL_MET} 1 of 1 Region could not be fully judged.",
            roll(about(UNSEEN)),
        ),
        (ALL_MET, roll(about(rolls.HOLDS))),
        (
            "None of 1 Region is known to miss a prerequisite that is set for a whole Region.",
            roll(about(rolls.HOLDS), instances=0),
        ),
    ],
)
def test_the_verdict_is_never_better_than_the_regions_are(sentence: str, judged: Roll) -> None:
    assert verdict_sentence(tally(judged)) == sentence


def test_every_report_tells_it() -> None:
    judged = roll(about(GONE, remediation="aws iam create-role"))
    page, page_in_words = static_sections(judged), summary(judged)
    terminal = "\n".join(
        "".join(part.text for part in line)
        for line in closing_summary(judged, report_places=(), exit_reason="exit status 1: …")
    )
    (document,) = [
        one for one in findings_document(judged)["findings"] if one["control"] == "DHMC-01"
    ]
    for text in (page, page_in_words, terminal):
        assert "DHMC-01" in text
        assert "role/dhmc" in text
        assert "concerns every instance" in text.casefold()
    assert (document["resource"], document["region"], document["name"]) == (REGION, REGION, "")


def test_its_row_counts_regions() -> None:
    (row,) = [one for one in control_rows(roll(about(GONE))) if one.control_id == "DHMC-01"]
    assert row.text == "fail DHMC_ROLE_MISSING (1 Region): the role is gone"


def test_its_junit_case_names_no_instance() -> None:
    properties = dict(case_properties(about(GONE)))
    assert "instance" not in properties
    assert properties["resource"] == properties["region"] == REGION


def test_the_terminal_leaves_terraform_to_the_reports() -> None:
    told = f"aws iam create-role --role-name r\n{IN_TERRAFORM}\nresource {{}}"
    judged = roll(about(GONE, remediation=told))
    lines = [
        "".join(part.text for part in line)
        for line in closing_summary(judged, report_places=(), exit_reason="")
    ]
    assert any("aws iam create-role --role-name r" in line for line in lines)
    assert not any("resource {}" in line for line in lines)
    assert IN_TERRAFORM in summary(judged)
