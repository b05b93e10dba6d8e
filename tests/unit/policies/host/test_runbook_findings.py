"""HOST-16 by the spec: domain.md 1.1, T-55, T-56; advisory, so that it never fails a node."""

from __future__ import annotations

import dataclasses

import pytest

from inventory.facts.host import HostFacts, Reading
from policies.control import Context, Outcome, Verdict
from policies.host import runbook_findings
from tests.unit.policies.nodes import ID, node_with

OK = "OK security group: Found Outbound Rule for TCP 443 to 0.0.0.0/0"
SUBNET = "WARNING endpoint: endpoint exists, but does not include the subnet of instance."
APPLIANCE = "WARNING route table: ENI eni-0b2 is present and routing traffic towards 0.0.0.0."
LOCAL = "WARNING route table: A local route is required to communicate with the endpoint."
NO_ROUTE = "WARNING route table: No route found for 0.0.0.0/0. Internet access is required."
NO_PROFILE = "ERROR instance profile: No EC2 instance IAM profile attached"
DHMC = "WARNING instance profile: Default Host Management Configuration is off."
ACL = "ERROR network ACL: outbound traffic to port 443 is denied"


def judged(*readings: Reading) -> Verdict:
    node = dataclasses.replace(node_with(), host=HostFacts(readings=readings))
    return runbook_findings.evaluate(node, Context())


def runbook(*remarks: str) -> Reading:
    return Reading(instance_id=ID, source="runbook", origin="runbook.txt", remarks=remarks)


@pytest.mark.parametrize(
    ("rule", "remarks", "expected"),
    [
        ("nothing but OK", (OK,), "pass RUNBOOK_FOUND_NOTHING"),
        ("facts alone", ("INFO endpoint: No VPC endpoint found",), "pass RUNBOOK_FOUND_NOTHING"),
        ("T-56 another subnet serves as well", (OK, SUBNET), "pass RUNBOOK_FOUND_NOTHING"),
        ("T-55 an appliance may route", (OK, APPLIANCE), "pass RUNBOOK_FOUND_NOTHING"),
        ("R-5.1 every table has it", (OK, LOCAL), "pass RUNBOOK_FOUND_NOTHING"),
        ("T-50 NET-04 decides", (OK, NO_ROUTE), "warn RUNBOOK_FINDINGS"),
        ("an error", (OK, NO_PROFILE), "warn RUNBOOK_FINDINGS"),
        ("one of several", (SUBNET, APPLIANCE, NO_ROUTE), "warn RUNBOOK_FINDINGS"),
        ("nothing readable", (), "unknown RUNBOOK_UNREADABLE"),
        ("no form of it", ("something else",), "unknown RUNBOOK_UNREADABLE"),
    ],
)
def test_what_the_runbook_said(rule: str, remarks: tuple[str, ...], expected: str) -> None:
    verdict = judged(runbook(*remarks))
    assert f"{verdict.outcome} {verdict.code}" == expected, rule


@pytest.mark.parametrize(
    ("remark", "controls"),
    [
        (NO_ROUTE, "; compare NET-04"),
        (ACL, "; compare NET-03"),
        (NO_PROFILE, "; compare IAM-01, IAM-04"),
        (DHMC, "; compare DHMC-01"),
        ("ERROR endpoint: none of them is available", "; compare NET-05, NET-06"),
        ("ERROR security group: nothing leaves", "; compare NET-02"),
    ],
)
def test_a_finding_names_the_controls_that_judge_the_same(remark: str, controls: str) -> None:
    verdict = judged(runbook(OK, remark))
    assert verdict.reason.endswith(controls)
    assert [(one.value, one.call) for one in verdict.evidence] == [(remark, "host:Readings")]


def test_a_finding_of_no_known_section_is_told_without_a_control() -> None:
    verdict = judged(runbook("ERROR: the automation stopped"))
    assert verdict.reason == "the runbook says: the automation stopped"


def test_the_latest_output_counts() -> None:
    assert judged(runbook(OK), runbook(NO_PROFILE)).outcome is Outcome.PASS


def test_without_its_output_there_is_nothing_to_judge() -> None:
    other = Reading(instance_id=ID, source="ssm-cli", remarks=(NO_PROFILE,))
    assert judged(other).code == "NO_RUNBOOK_OUTPUT"
    assert runbook_findings.evaluate(node_with(), Context()).code == "NO_RUNBOOK_OUTPUT"
