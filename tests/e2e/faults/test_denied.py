"""Each call of a run is denied in turn: what needs it becomes unknown, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from inventory.collect import OpenAccount
from inventory.facts import Status
from inventory.snapshot import iam_action
from policies.catalogue import RECORDS
from policies.control import Outcome
from tests.faults.calling import Called, Run, call_the_roll
from tests.faults.faults import DENIED, DENIED_BY_SCP, NOT_OPTED_IN, Fault
from tests.faults.proxy import FaultProxy
from tests.faults.recording import REGIONS, Recording
from tests.faults.rule import made_up
from tests.faults.schedules import always

NEEDS: Final = {record.id: record.needs for record in RECORDS}
#: What a run of the quiet account asks; that these are all of them is a test of its own.
CALLS: Final = (
    *(f"ec2.Describe{name}" for name in (
        "DhcpOptions", "IamInstanceProfileAssociations", "Images", "InstanceStatus",
        "InternetGateways", "ManagedPrefixLists", "NatGateways", "NetworkAcls",
        "NetworkInterfaces", "RouteTables", "SecurityGroups", "Subnets",
        "TransitGatewayAttachments", "TransitGatewayRouteTables",
        "TransitGatewayVpcAttachments", "TransitGateways", "VpcAttribute",
        "VpcBlockPublicAccessExclusions", "VpcBlockPublicAccessOptions",
        "VpcEncryptionControls", "VpcEndpoints", "Vpcs",
    )),
    "ec2.SearchTransitGatewayRoutes",
    *(f"iam.{name}" for name in (
        "GetPolicy", "GetPolicyVersion", "GetRole", "GetRolePolicy", "ListAttachedRolePolicies",
        "ListInstanceProfiles", "ListRolePolicies",
    )),
    "organizations.DescribeOrganization",
    "route53.ListHostedZonesByVPC",
    "route53.ListResourceRecordSets",
    "route53profiles.ListProfileAssociations",
    "route53resolver.ListFirewallRuleGroupAssociations",
    "route53resolver.ListResolverRuleAssociations",
    "ssm.DescribeInstanceInformation",
    "ssm.GetServiceSetting",
    "ssm.ListAssociations",
)  # fmt: skip
#: Read in another way where they are denied, so that nothing has to become unknown.
HAVE_A_SECOND_WAY: Final = frozenset(one for one in CALLS if one.startswith("iam."))
#: Of what the quiet account has nothing: no rule names a list, nothing is excluded.
NOT_DEPENDED_ON: Final = frozenset(
    {"ec2.DescribeManagedPrefixLists", "ec2.DescribeVpcBlockPublicAccessExclusions"}
)


pytestmark = pytest.mark.usefixtures("one_set_of_clients")


def test_the_list_holds_every_call_of_the_run(quiet: Called) -> None:
    asked = {one.call for one in quiet.manifest.calls if one.status is not Status.NOT_ASKED}
    assert asked == {iam_action(one) for one in (*CALLS, "ec2.DescribeInstances")}


@pytest.mark.parametrize("operation", CALLS)
def test_a_denied_call_costs_what_needs_it_and_nothing_else(
    proxy: FaultProxy, quiet: Called, run: Run, operation: str
) -> None:
    """T-07, T-16; design 4: one denied call is one cause, and each unknown names it."""
    proxy.start_over(always(DENIED, operation))
    told = run()
    assert {call for _, call in told.gaps} == {iam_action(operation)}
    changed = assert_that_it_costs_what_needs_it(quiet, told, operation)
    assert changed is (operation not in HAVE_A_SECOND_WAY | NOT_DEPENDED_ON)


def assert_that_it_costs_what_needs_it(quiet: Called, told: Called, operation: str) -> bool:
    """Whether it cost anything: nothing else changed, no failure is new, each unknown names it."""
    action = iam_action(operation)
    assert action in {call for _, call in told.gaps}
    changed = {key for key, verdict in quiet.verdicts.items() if told.verdicts[key] != verdict}
    for key in changed:
        after = told.findings[key]
        assert action in NEEDS[after.control.id], f"{key} depends on {action} and does not say so"
        assert after.outcome is not Outcome.FAIL, key
        if after.outcome is Outcome.UNKNOWN:
            assert any(action in one.what for one in after.verdict.missing), after.verdict
    assert made_up(quiet, told) == []
    return bool(changed)


@pytest.fixture(scope="module")
def deep(
    proxy: FaultProxy,
    account: OpenAccount,
    recording: Recording,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str | None], Called]:
    """Call the roll with ``--deep``, one operation denied, or none."""

    def call(operation: str | None) -> Called:
        proxy.start_over(always(DENIED, operation)) if operation else proxy.start_over()
        folder = tmp_path_factory.mktemp("deep")
        return call_the_roll(account, folder, REGIONS[:1], recording.taken, deep=True)

    return call


def test_a_denied_call_about_each_instance_costs_what_needs_it_and_nothing_else(
    deep: Callable[[str | None], Called],
) -> None:
    """Also the pings, without which nobody knows of which instances to ask for channels."""
    quiet = deep(None)
    for operation in ("ssm.GetConnectionStatus", "ssm.DescribeInstanceInformation"):
        assert assert_that_it_costs_what_needs_it(quiet, deep(operation), operation)


@pytest.mark.parametrize("fault", [DENIED, DENIED_BY_SCP, NOT_OPTED_IN], ids=lambda one: one.name)
def test_refused_instances_leave_no_finding_and_a_gap_that_gates(
    proxy: FaultProxy, quiet: Called, run: Run, fault: Fault
) -> None:
    """Design 6: without the list of instances the run ends with status 7, never green."""
    proxy.start_over(always(fault, "ec2.DescribeInstances"))
    told = run()
    assert told.findings == {}
    assert [one.status for one in told.fleet.coverage if one.hides_instances] == [Status.DENIED]
    assert made_up(quiet, told) == []
