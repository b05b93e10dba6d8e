"""What a Region is asked, by what its other answers name: each pair differs in one member."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.collect import PLAN
from inventory.collect.call import PerResource, Request
from inventory.collect.refusal import Refusal
from inventory.collect.region_agenda import NO_INSTANCES, NOT_DEEP, RegionAgenda, Step
from inventory.collect.replies import NOTHING_TO_ASK, Outcome
from inventory.facts import Status
from tests.unit.inventory.collect.networks import ALL_NAMED, route_table, security_group
from tests.unit.inventory.collect.scripted import NOTHING, REGION, with_one_instance

INSTANCES = "ec2.DescribeInstances"
FIREWALL_RULES = "route53resolver.ListFirewallRules"
ZONES = "route53.ListHostedZonesByVPC"
RESOURCES = "route53profiles.ListProfileResourceAssociations"
PREFIX_LISTS = "ec2.GetManagedPrefixListEntries"
PEERINGS = "ec2.DescribeVpcPeeringConnections"
RECORDS = "route53.ListResourceRecordSets"
RULES = "route53resolver.ListResolverRules"
NODES = "ssm.DescribeInstanceInformation"
CHANNEL, CONSOLE = "ssm.GetConnectionStatus", "ec2.GetConsoleOutput"
BY_OPERATION = {call.operation: call for call in PLAN}
REGIONAL = [call.operation for call in PLAN if call.scope == "region"]
REFUSED = Outcome(None, (Refusal(Status.DENIED, "UnauthorizedOperation", "no"),))
ARN = "arn:aws:route53resolver:eu-central-1:111122223333"


def response(answer: Any) -> list[dict[str, Any]]:
    """The answer of a per-resource call with one request."""
    return [{"request": {"Id": "1"}, "response": answer}]


def merged(operation: str, answer: Any) -> Any:
    """A single response as the collector hands it on."""
    is_one_of_many = isinstance(BY_OPERATION[operation].shape, PerResource)
    return response(answer) if is_one_of_many else answer


#: Answers of a Region whose objects name nothing further.
NOTHING_NAMED = {name: merged(name, NOTHING[name]) for name in REGIONAL}


def steps(*, is_hub: bool = False, deep: bool = False, **answers: Any) -> dict[str, Step]:
    """What became of every call where the given ones were answered so, and others with nothing.

    Operations are named with ``_`` for the dot; an Outcome stands for itself. The Region holds one
    instance, if nothing else is given; ``is_hub`` counts where it holds none.
    """
    given = {name.replace("_", "."): answer for name, answer in answers.items()}
    given.setdefault(INSTANCES, with_one_instance())
    agenda = RegionAgenda(REGION, deep=deep)
    taken: dict[str, Step] = {}
    to_settle = [INSTANCES]
    while to_settle:
        operation = to_settle.pop()
        answer = given.get(operation, NOTHING_NAMED.get(operation))
        outcome = answer if isinstance(answer, Outcome) else Outcome(answer)
        next_steps = agenda.settle(BY_OPERATION[operation], outcome)
        if operation == INSTANCES and agenda.holds_instances is False:
            assert next_steps == []
            next_steps = agenda.go_on_without_instances(is_hub=is_hub)
        for step in next_steps:
            assert step.call.operation not in taken
            taken[step.call.operation] = step
            if step.not_asked is None:
                to_settle.append(step.call.operation)
    return taken


def running(*, state: str = "running", status: str = "ConnectionLost") -> dict[str, Any]:
    """A managed node, and the instance that it is."""
    instance = {
        "InstanceId": "i-1",
        "VpcId": "vpc-1",
        "ImageId": "ami-1",
        "State": {"Name": state},
    }
    return {
        INSTANCES.replace(".", "_"): {"Reservations": [{"Instances": [instance]}]},
        NODES.replace(".", "_"): {
            "InstanceInformationList": [{"InstanceId": "i-1", "PingStatus": status}]
        },
    }


#: Both deep calls have one instance to ask about.
SILENT = running()


def asked(operation: str, **answers: Any) -> bool:
    return steps(**answers)[operation].not_asked is None


def requests(operation: str, **answers: Any) -> tuple[Request, ...]:
    return steps(**answers)[operation].requests


def test_every_call_takes_its_turn_once() -> None:
    everything = {
        name.replace(".", "_"): merged(name, answer) for name, answer in ALL_NAMED.items()
    }
    taken = steps(**everything, **SILENT, deep=True)
    assert {*taken} == {*REGIONAL} - {INSTANCES}
    assert {one.not_asked for one in taken.values()} == {None}
    assert {*steps()} == {*REGIONAL} - {INSTANCES}


@pytest.mark.parametrize(
    ("operation", "route", "other"),
    [
        ("ec2.DescribeTransitGateways", {"TransitGatewayId": "tgw-1"}, {"GatewayId": "tgw-1"}),
        ("ec2.DescribeTransitGatewayAttachments", {"TransitGatewayId": "tgw-1"}, {}),
        ("ec2.DescribeTransitGatewayVpcAttachments", {"TransitGatewayId": "tgw-1"}, {}),
        ("ec2.DescribeTransitGatewayRouteTables", {"TransitGatewayId": "tgw-1"}, {}),
        ("ec2.DescribeVpnGateways", {"GatewayId": "vgw-1"}, {"GatewayId": "igw-1"}),
        (
            "ec2.DescribeEgressOnlyInternetGateways",
            {"EgressOnlyInternetGatewayId": "eigw-1"},
            {"GatewayId": "igw-1"},
        ),
        (PEERINGS, {"VpcPeeringConnectionId": "pcx-1"}, {"NatGatewayId": "nat-1"}),
    ],
)
def test_a_listing_is_asked_where_a_route_names_such_a_thing(
    operation: str, route: dict[str, str], other: dict[str, str]
) -> None:
    """Spec 5.1: each call only if the account has such objects."""
    assert asked(operation, ec2_DescribeRouteTables=route_table(route))
    without = steps(ec2_DescribeRouteTables=route_table(other))[operation]
    assert without.not_asked == NOTHING_TO_ASK


def test_a_group_rule_that_names_a_peering_leads_to_it_too() -> None:
    pair = {"GroupId": "sg-2", "VpcPeeringConnectionId": "pcx-1"}
    assert asked(PEERINGS, ec2_DescribeSecurityGroups=security_group(UserIdGroupPairs=[pair]))
    del pair["VpcPeeringConnectionId"]
    assert not asked(PEERINGS, ec2_DescribeSecurityGroups=security_group(UserIdGroupPairs=[pair]))


@pytest.mark.parametrize("operation", ["ec2.DescribeTransitGateways", PEERINGS])
def test_a_listing_is_asked_where_nobody_can_say_whether_it_is_needed(operation: str) -> None:
    """A refused source must not make other sources disappear without a word."""
    assert asked(operation, ec2_DescribeRouteTables=REFUSED)


def test_prefix_lists_of_routes_and_groups_are_each_asked_for_once() -> None:
    """SG7, RT6: a route and both directions of a group's rules may name one."""
    found = requests(
        PREFIX_LISTS,
        ec2_DescribeRouteTables=route_table(
            {"DestinationPrefixListId": "pl-2"}, {"DestinationPrefixListId": "pl-1"}
        ),
        ec2_DescribeSecurityGroups={
            "SecurityGroups": [
                {
                    "IpPermissions": [{"PrefixListIds": [{"PrefixListId": "pl-3"}]}],
                    "IpPermissionsEgress": [{"PrefixListIds": [{"PrefixListId": "pl-2"}]}],
                }
            ]
        },
    )
    assert found == ({"PrefixListId": "pl-1"}, {"PrefixListId": "pl-2"}, {"PrefixListId": "pl-3"})


def test_what_one_source_names_is_asked_although_the_other_was_refused() -> None:
    group = security_group(PrefixListIds=[{"PrefixListId": "pl-1"}])
    found = requests(
        PREFIX_LISTS, ec2_DescribeRouteTables=REFUSED, ec2_DescribeSecurityGroups=group
    )
    assert found == ({"PrefixListId": "pl-1"},)


def test_without_names_a_refused_source_is_the_reason() -> None:
    step = steps(ec2_DescribeRouteTables=REFUSED)[PREFIX_LISTS]
    assert step.not_asked == Refusal(
        Status.NOT_ASKED, "NO_SOURCE", "needs the answer of ec2:DescribeRouteTables"
    )


def test_each_table_of_a_transit_gateway_is_searched() -> None:
    """TG2: active and blackhole routes are those that take packets."""
    tables = [{"TransitGatewayRouteTableId": name} for name in ("tgw-rtb-2", "tgw-rtb-1")]
    found = requests(
        "ec2.SearchTransitGatewayRoutes",
        ec2_DescribeRouteTables=route_table({"TransitGatewayId": "tgw-1"}),
        ec2_DescribeTransitGatewayRouteTables={"TransitGatewayRouteTables": tables},
    )
    states = [{"Name": "state", "Values": ["active", "blackhole"]}]
    assert found == (
        {"TransitGatewayRouteTableId": "tgw-rtb-1", "Filters": states},
        {"TransitGatewayRouteTableId": "tgw-rtb-2", "Filters": states},
    )


def test_hosted_zones_are_asked_of_each_vpc_in_its_region() -> None:
    assert requests(ZONES) == ({"VPCId": "vpc-1", "VPCRegion": REGION},)


@pytest.mark.parametrize(
    ("name", "owner", "is_asked"),
    [
        ("amazonaws.com.", {"OwningAccount": "111122223333"}, True),
        (f"SSM.{REGION}.amazonaws.com.", {"OwningAccount": "111122223333"}, True),
        ("corp.example.", {"OwningAccount": "111122223333"}, False),
        (f"ssm.{REGION}.amazonaws.com.", {"OwningService": "vpce.amazonaws.com"}, False),
    ],
)
def test_records_are_asked_of_zones_that_could_answer_for_the_agent(
    name: str, owner: dict[str, str], is_asked: bool
) -> None:
    zone = {"HostedZoneId": "Z1", "Name": name, "Owner": owner}
    found = requests(
        RECORDS, **{ZONES.replace(".", "_"): response({"HostedZoneSummaries": [zone]})}
    )
    assert found == (({"HostedZoneId": "Z1"},) if is_asked else ())


def brought(arn: str) -> dict[str, Any]:
    """A Profile that brings the thing of that ARN."""
    resources = {"ProfileResourceAssociations": [{"ResourceArn": arn}]}
    return {
        "route53profiles_ListProfileAssociations": {"ProfileAssociations": [{"ProfileId": "rp-1"}]},
        "route53profiles_ListProfileResourceAssociations": response(resources),
    }


def test_a_profile_brings_zones_rules_and_rule_groups() -> None:
    zone = brought("arn:aws:route53:::hostedzone/Z9")
    assert requests(RESOURCES, **zone) == ({"ProfileId": "rp-1"},)
    assert requests(RECORDS, **zone) == ({"HostedZoneId": "Z9"},)
    assert not asked(RULES, **zone)
    assert asked(RULES, **brought(f"{ARN}:resolver-rule/rslvr-rr-1"))
    group = brought(f"{ARN}:firewall-rule-group/rslvr-frg-9")
    assert requests(FIREWALL_RULES, **group) == ({"FirewallRuleGroupId": "rslvr-frg-9"},)
    assert requests(RECORDS, **group) == ()


def test_resolver_rules_are_asked_where_one_is_associated() -> None:
    rules = {"ResolverRuleAssociations": [{"ResolverRuleId": "rslvr-rr-1"}]}
    assert asked(RULES, route53resolver_ListResolverRuleAssociations=rules)
    assert steps()[RULES].not_asked == NOTHING_TO_ASK


def test_a_rule_group_leads_to_its_rules_and_they_to_their_lists() -> None:
    """D21; a rule against what AWS thinks a threat names no list."""
    associated = {"FirewallRuleGroupAssociations": [{"FirewallRuleGroupId": "rslvr-frg-1"}]}
    rules = [{"FirewallDomainListId": "rslvr-fdl-1"}, {"FirewallThreatProtectionId": "t-1"}]
    taken = steps(
        route53resolver_ListFirewallRuleGroupAssociations=associated,
        route53resolver_ListFirewallRules=response({"FirewallRules": rules}),
    )
    assert taken[FIREWALL_RULES].requests == ({"FirewallRuleGroupId": "rslvr-frg-1"},)
    assert taken["route53resolver.ListFirewallDomains"].requests == (
        {"FirewallDomainListId": "rslvr-fdl-1"},
    )


def test_a_refusal_reaches_what_would_have_followed_from_it() -> None:
    """Not "nothing to ask": nobody knows whether there are rules."""
    taken = steps(route53resolver_ListFirewallRuleGroupAssociations=REFUSED)
    for operation in (FIREWALL_RULES, "route53resolver.ListFirewallDomains"):
        refusal = taken[operation].not_asked
        assert refusal is not None
        assert refusal.code == "NO_SOURCE"


def test_a_refused_request_leaves_the_others_to_follow() -> None:
    entries = [
        {"request": {"ProfileId": "rp-1"}, "error": {"Code": "AccessDeniedException"}},
        *response({"FirewallRules": [{"FirewallDomainListId": "rslvr-fdl-1"}]}),
    ]
    associated = {"FirewallRuleGroupAssociations": [{"FirewallRuleGroupId": "rslvr-frg-1"}]}
    assert requests(
        "route53resolver.ListFirewallDomains",
        route53resolver_ListFirewallRuleGroupAssociations=associated,
        route53resolver_ListFirewallRules=entries,
    ) == ({"FirewallDomainListId": "rslvr-fdl-1"},)


def test_a_region_without_instances_is_asked_nothing_more() -> None:
    taken = steps(ec2_DescribeInstances={"Reservations": []})
    assert {one.not_asked for one in taken.values()} == {NO_INSTANCES}


def test_deep_calls_are_asked_of_running_nodes_with_deep_only() -> None:
    """D14: a session channel of each managed node, a console of each that is not Online."""
    taken = steps(**SILENT, deep=True)
    assert taken[CHANNEL].requests == ({"Target": "i-1"},)
    assert taken[CONSOLE].requests == ({"InstanceId": "i-1", "Latest": True},)
    without = steps(**SILENT)
    assert [without[one].not_asked for one in (CHANNEL, CONSOLE)] == [NOT_DEEP, NOT_DEEP]


@pytest.mark.parametrize(
    ("node", "called"),
    [
        ({"status": "Inactive"}, {CHANNEL, CONSOLE}),
        ({"status": "Online"}, {CHANNEL}),
        ({"status": "ONLINE"}, {CHANNEL}),
        ({"state": "Running"}, {CHANNEL, CONSOLE}),
        ({"state": "stopped"}, set()),
        ({"state": "terminated"}, set()),
    ],
)
def test_whom_a_deep_call_is_about(node: dict[str, str], called: set[str]) -> None:
    taken = steps(**running(**node), deep=True)
    for operation in (CHANNEL, CONSOLE):
        expected = None if operation in called else NOTHING_TO_ASK
        assert taken[operation].not_asked == expected


def test_nobody_counts_as_silent_where_the_nodes_were_refused() -> None:
    """Else a missing permission would cost a request for every instance of the account."""
    refused = SILENT | {NODES.replace(".", "_"): REFUSED}
    assert steps(**refused, deep=True)[CONSOLE].not_asked == Refusal(
        Status.NOT_ASKED, "NO_SOURCE", f"needs the answer of {BY_OPERATION[NODES].action}"
    )


@pytest.mark.parametrize("is_hub", [False, True])
@pytest.mark.parametrize("deep", [False, True])
def test_a_region_without_instances_has_nobody_to_ask_deeply_about(
    is_hub: bool, deep: bool
) -> None:
    """A hub is asked for its network, whatever a listing of managed nodes still shows."""
    empty = SILENT | {INSTANCES.replace(".", "_"): {"Reservations": []}}
    taken = steps(**empty, is_hub=is_hub, deep=deep)
    assert [taken[one].not_asked for one in (CHANNEL, CONSOLE)] == [NO_INSTANCES, NO_INSTANCES]
