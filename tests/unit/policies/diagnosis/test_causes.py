"""Which failure follows from which (D3, D9, D24, D29)."""

from __future__ import annotations

import pytest

from policies.control import Blocker, Outcome, failed
from policies.diagnosis import with_causes
from policies.finding import Finding
from tests.unit.policies.diagnosis.findings import answered, blocked, finding, lost

SILENT = lost("i-1")


def causes(one: Finding, *others: Finding) -> set[str]:
    """The controls that a finding follows from."""
    return {cause.partition("/")[0] for cause in with_causes(one, (one, *others)).caused_by}


def test_what_systems_manager_says_follows_from_what_is_broken_on_the_way() -> None:
    trust = finding("IAM-03", "i-1", blocked("role-a"))
    assert with_causes(SILENT, [trust, SILENT]).caused_by == (trust.id,)
    assert with_causes(trust, [trust, SILENT]) is trust


@pytest.mark.parametrize(
    "control",
    ["NODE-01", "IMDS-01", "IMDS-02", "IAM-01", "IAM-04", "DHMC-03", "DHMC-04", "NET-01", "NET-06"],
)
def test_every_prerequisite_of_the_heartbeat_explains_silence(control: str) -> None:
    assert causes(SILENT, finding(control, "i-1", blocked("x"))) == {control}


@pytest.mark.parametrize(
    "control", ["DHMC-02", "IAM-05", "IAM-06", "IAM-07", "NET-09", "NET-11", "AGENT-01", "CUSTOM-1"]
)
def test_a_node_is_heard_of_all_the_same_without_these(control: str) -> None:
    """D3, D9, D17: none of these is entailed by Online, so none explains that a node is silent."""
    assert causes(SILENT, finding(control, "i-1", blocked("x"))) == set()


@pytest.mark.parametrize("outcome", [Outcome.WARN, Outcome.UNKNOWN, Outcome.PASS])
def test_only_a_failure_is_a_cause(outcome: Outcome) -> None:
    assert causes(SILENT, finding("IAM-03", "i-1", answered(outcome, "SOME"))) == set()


def test_only_a_failure_follows() -> None:
    unknown = finding("NODE-02", "i-1", answered(Outcome.UNKNOWN, "UNREAD"))
    assert causes(unknown, finding("IAM-03", "i-1", blocked("role-a"))) == set()


@pytest.mark.parametrize("control", ["NET-08", "NET-09", "NET-10"])
def test_a_path_follows_from_the_hop_that_names_the_same_rule(control: str) -> None:
    path = finding(control, "i-1", blocked("acl-1"))
    assert causes(path, finding("NET-03", "i-1", blocked("acl-1"))) == {"NET-03"}
    assert causes(path, finding("NET-03", "i-1", blocked("acl-2"))) == set()


def test_another_rule_of_the_same_resource_is_another_blocker() -> None:
    path = finding("NET-08", "i-1", failed("X", "x", blockers=(Blocker("acl-1", "rule 100"),)))
    hop = finding("NET-03", "i-1", failed("X", "x", blockers=(Blocker("acl-1", "rule 90"),)))
    assert causes(path, hop) == set()


def test_a_vpc_without_a_way_out_was_meant_to_have_endpoints() -> None:
    """D24: NET-04 and NET-05 are two ways to the same end; one of them is the root."""
    endpoint = finding("NET-05", "i-1", blocked("vpc-1"))
    no_route = finding("NET-04", "i-1", blocked("rtb-1", code="NO_ROUTE"))
    assert causes(no_route, endpoint) == {"NET-05"}
    assert causes(endpoint, no_route) == set()


def test_a_broken_way_out_was_meant_to_be_used() -> None:
    endpoint = finding("NET-05", "i-1", blocked("vpc-1"))
    dead_nat = finding("NET-04", "i-1", blocked("nat-1", code="NAT_STATE"))
    assert causes(dead_nat, endpoint) == set()
    assert causes(endpoint, dead_nat) == {"NET-04"}


def test_nodes_without_a_profile_wait_for_default_host_management() -> None:
    role = finding("DHMC-01", "eu-central-1", blocked("role/dhmc"), of_region=True)
    assert causes(finding("IAM-01", "i-1", blocked("i-1")), role) == {"DHMC-01"}
    assert causes(finding("IMDS-01", "i-1", blocked("i-1")), role) == set()
