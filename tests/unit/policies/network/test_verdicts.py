"""What the network verdicts tell: real ids, the exact rule, the API call, the command."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from policies.control import Context, ControlModule, Gap, Outcome
from policies.network import (
    egress_443,
    endpoint_groups,
    endpoints_in_subnet,
    network_acls_443,
    path_to_ssm,
    path_to_ssmmessages,
    routes,
)
from tests.unit.policies.network.scenario import change, node_in, world

GONE = {"drop": ["VpcEndpoints", "vpce-msg"]}
FAILED = {"put": ["VpcEndpoints", "vpce-msg", "State"], "to": "failed"}
ELSEWHERE = {"put": ["Subnets", "subnet-ends", "AvailabilityZoneId"], "to": "euc1-az2"}
NO_HOSTNAMES = {"put": ["VpcAttributes", "vpc-1", "EnableDnsHostnames"], "to": False}
NO_SUPPORT = {"put": ["VpcAttributes", "vpc-1", "EnableDnsSupport"], "to": False}
DEFAULT_ROUTE = ["RouteTables", "rtb-app", "Routes", "0.0.0.0/0"]
EVERYWHERE = {
    "put": ["SecurityGroups", "sg-client", "IpPermissionsEgress", 0, "IpRanges", 0, "CidrIp"],
    "to": "0.0.0.0/0",
}
CLOSED = {"put": ["SecurityGroups", "sg-client", "IpPermissionsEgress"], "to": []}


def test_a_blocked_path_to_an_endpoint_names_rule_interface_and_command() -> None:
    """Issue 2: blockers carry the resource and the exact rule, the fix its real ids."""
    verdict = egress_443.evaluate(node_in(change(world("endpoints"), CLOSED)), Context())
    assert verdict.outcome is Outcome.FAIL
    assert {one.detail for one in verdict.blockers} == {
        "sg-client has no egress rule for tcp/443 to vpce-ssm eni-ssm 10.0.3.5",
        "sg-client has no egress rule for tcp/443 to vpce-msg eni-msg 10.0.3.6",
    }
    assert verdict.remediation == (
        "aws ec2 authorize-security-group-egress --region eu-central-1 --group-id sg-client "
        "--ip-permissions "
        "'IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{GroupId=sg-ends}]'"
    )
    quoted = {(one.resource, one.path): one for one in verdict.evidence}
    rules = quoted["sg-client", "IpPermissionsEgress"]
    assert (list(rules.value), rules.call) == ([], "ec2:DescribeSecurityGroups")
    assert quoted["vpce-ssm", "PrivateDnsEnabled"].call == "ec2:DescribeVpcEndpoints"


def test_one_rule_that_keeps_both_hosts_away_is_one_blocker() -> None:
    """D29: what is to be fixed first counts each rule of a resource once."""
    verdict = egress_443.evaluate(node_in(change(world("public"), CLOSED)), Context())
    assert "ssm.eu-central-1" in verdict.reason
    assert "ssmmessages.eu-central-1" in verdict.reason
    assert [(one.resource, one.detail) for one in verdict.blockers] == [
        (
            "sg-client",
            "sg-client has no egress rule for tcp/443 to the public addresses of the agent's hosts",
        )
    ]


def test_a_pass_quotes_the_rule_that_lets_it_out() -> None:
    verdict = egress_443.evaluate(node_in(world("public")), Context())
    (rules,) = (one for one in verdict.evidence if one.path == "IpPermissionsEgress")
    assert rules.resource == "sg-client"
    assert [list(rule["IpRanges"]) for rule in rules.value] == [[{"CidrIp": "0.0.0.0/0"}]]


def test_the_evidence_says_what_was_looked_at_for_the_name() -> None:
    """D22, network.md 2.7: zones, rules, Profiles and DNS Firewall, empty as they are."""
    verdict = egress_443.evaluate(node_in(world("public")), Context())
    looked_at = {one.call: one.value for one in verdict.evidence if one.call.startswith("route53")}
    assert looked_at == {
        "route53:ListHostedZonesByVPC": [],
        "route53resolver:ListResolverRuleAssociations": [],
        "route53resolver:ListFirewallRuleGroupAssociations": [],
        "route53profiles:ListProfileAssociations": [],
    }


def test_an_unresolved_prefix_list_names_the_call_that_would_settle_it() -> None:
    rule = {"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-own"}]}
    limited = {"put": ["SecurityGroups", "sg-client", "IpPermissionsEgress"], "to": [rule]}
    verdict = egress_443.evaluate(node_in(change(world("public"), limited)), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "PREFIX_LIST_UNRESOLVED")
    assert [(one.gap, one.what) for one in verdict.missing] == [
        (Gap.UNREAD, "ec2:GetManagedPrefixListEntries for pl-own")
    ]


def test_a_missing_endpoint_is_asked_for_where_the_instance_is() -> None:
    gone = {"drop": ["VpcEndpoints", "vpce-msg"]}
    verdict = endpoints_in_subnet.evaluate(node_in(change(world("endpoints"), gone)), Context())
    assert verdict.code == "ENDPOINT_MISSING"
    assert "--vpc-id vpc-1 --subnet-ids subnet-app" in verdict.remediation
    assert "ssmmessages.eu-central-1.amazonaws.com" in verdict.remediation
    assert "vpce-ssm" not in verdict.remediation


ODD = "$(touch x); 'y' \"z\""


def _odd(scene: Any, plain: str) -> Any:
    """The world with an id that a shell would take apart."""
    if isinstance(scene, dict):
        return {ODD if key == plain else key: _odd(one, plain) for key, one in scene.items()}
    if isinstance(scene, list):
        return [_odd(one, plain) for one in scene]
    return ODD if scene == plain else scene


@pytest.mark.parametrize(
    ("control", "changes", "plain", "option"),
    [
        (egress_443, [CLOSED], "sg-client", "--group-id"),
        (egress_443, [CLOSED], "sg-ends", "--ip-permissions"),
        (endpoints_in_subnet, [GONE], "vpc-1", "--vpc-id"),
        (endpoints_in_subnet, [GONE], "subnet-app", "--subnet-ids"),
        (endpoints_in_subnet, [ELSEWHERE], "vpce-ssm", "--vpc-endpoint-id"),
        (endpoints_in_subnet, [ELSEWHERE], "subnet-app", "--add-subnet-ids"),
        (endpoints_in_subnet, [FAILED], "vpce-msg", "--vpc-endpoint-ids"),
        (endpoints_in_subnet, [NO_HOSTNAMES], "vpc-1", "--vpc-id"),
    ],
)
def test_whatever_an_id_holds_is_one_word_of_the_command(
    control: ControlModule, changes: list[dict[str, Any]], plain: str, option: str
) -> None:
    """Ids come from answers that anybody may have written; the command is pasted into a shell."""
    scene = _odd(change(world("endpoints"), *changes), plain)
    lines = control.evaluate(node_in(scene), Context()).remediation.splitlines()
    command = next(one for one in lines if one.startswith("aws ") and option in one)
    words = shlex.split(command)
    expected = f"IpProtocol=tcp,FromPort=443,ToPort=443,UserIdGroupPairs=[{{GroupId={ODD}}}]"
    assert words[words.index(option) + 1] == (expected if option == "--ip-permissions" else ODD)


def test_a_second_interface_that_differs_is_told() -> None:
    """MH1: the primary one decides, the other makes a note."""
    second = {
        "NetworkInterfaceId": "eni-second",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-app",
        "PrivateIpAddress": "10.0.1.12",
        "Groups": [{"GroupId": "sg-closed"}],
        "Attachment": {"DeviceIndex": 1, "NetworkCardIndex": 0},
    }
    interfaces = ["Reservations", 0, "Instances", "i-client", "NetworkInterfaces"]
    closed = {
        "GroupId": "sg-closed",
        "VpcId": "vpc-1",
        "IpPermissions": [],
        "IpPermissionsEgress": [],
    }
    scene = change(
        world("public"),
        {"add": closed, "to": ["SecurityGroups"]},
        {"add": second, "to": interfaces},
    )
    verdict = egress_443.evaluate(node_in(scene), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.PASS, "EGRESS_ALLOWED")
    assert "eni-second: fail SG_EGRESS_BLOCKED" in verdict.reason


@pytest.mark.parametrize(
    ("scene", "entailed"),
    [
        (change(world("public"), CLOSED), False),
        (change(world("endpoints"), {"drop": ["VpcEndpoints", "vpce-ssm"]}), True),
        (change(world("endpoints"), {"drop": ["VpcEndpoints", "vpce-msg"]}), False),
    ],
    ids=["both hosts", "only ssm", "only ssmmessages"],
)
def test_a_ping_speaks_for_the_ssm_host_alone(scene: dict[str, object], entailed: bool) -> None:
    """D9: Online entails nothing about ssmmessages."""
    node = node_in(scene)
    verdicts = [one.evaluate(node, Context()) for one in (egress_443, endpoints_in_subnet)]
    failures = {one.entailed_by_online for one in verdicts if one.outcome is Outcome.FAIL}
    assert failures == {entailed}


def test_both_hosts_unknown_are_not_settled_by_a_ping() -> None:
    """D9."""
    custom = {
        "put": ["DhcpOptions", "dopt-1", "DhcpConfigurations", 0, "Values", 0, "Value"],
        "to": "10.0.0.53",
    }
    verdict = endpoints_in_subnet.evaluate(node_in(change(world("public"), custom)), Context())
    assert verdict.outcome is Outcome.UNKNOWN
    assert not verdict.entailed_by_online


@pytest.mark.parametrize(("acl", "place"), [("acl-nat", "subnet-nat"), ("acl-app", "subnet-app")])
def test_a_network_acl_is_named_with_its_subnet(acl: str, place: str) -> None:
    """R-5.7, D26: behind a NAT gateway it may be either subnet's."""
    emptied = {"put": ["NetworkAcls", acl, "Entries"], "to": []}
    verdict = network_acls_443.evaluate(node_in(change(world("nat"), emptied)), Context())
    assert {one.resource for one in verdict.blockers} == {acl}
    assert f"{acl} drops requests on tcp/443" in verdict.reason
    assert f" at {place}" in verdict.reason


@pytest.mark.parametrize(
    ("scene", "see"),
    [
        (change(world("endpoints"), CLOSED), "see NET-02"),
        (
            change(
                world("endpoints"),
                {"put": ["SecurityGroups", "sg-ends", "IpPermissions"], "to": []},
            ),
            "see NET-06",
        ),
        (
            change(world("endpoints"), {"put": ["NetworkAcls", "acl-ends", "Entries"], "to": []}),
            "see NET-03",
        ),
        (change(world("endpoints"), NO_SUPPORT), "see NET-01"),
        (change(world("endpoints"), GONE, EVERYWHERE), "see NET-04"),
        (change(world("endpoints"), FAILED, CLOSED), "see NET-02, NET-04, NET-05"),
    ],
)
def test_an_end_to_end_failure_points_at_the_controls_of_its_hops(
    scene: dict[str, Any], see: str
) -> None:
    """D29."""
    verdict = path_to_ssmmessages.evaluate(node_in(scene), Context())
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.endswith(f"; {see}")


def test_the_same_rule_is_the_same_blocker_for_a_hop_and_for_the_path() -> None:
    """D29: the diagnosis counts each resource and rule once."""
    node = node_in(change(world("public"), {"drop": DEFAULT_ROUTE}))
    path = path_to_ssm.evaluate(node, Context()).blockers
    assert path
    assert set(path) <= set(routes.evaluate(node, Context()).blockers)


def test_a_dual_stack_instance_is_judged_on_ipv4_and_that_is_told() -> None:
    """D30, V61."""
    path = ["Reservations", 0, "Instances", "i-client", "NetworkInterfaces", "eni-client"]
    both = {"put": [*path, "Ipv6Addresses"], "to": [{"Ipv6Address": "2600:1f14::10"}]}
    for scene, expected in (
        (world("public"), set()),
        (change(world("public"), both), {"eni-client"}),
    ):
        verdict = path_to_ssm.evaluate(node_in(scene), Context())
        assert verdict.code == "REACHABLE"
        assert {one.resource for one in verdict.evidence if one.path == "judged on"} == expected


@pytest.mark.parametrize(
    "control", [egress_443, network_acls_443, routes, endpoint_groups, path_to_ssm]
)
def test_the_evidence_says_which_names_were_taken(control: ControlModule) -> None:
    """D30: unseen = the default names, said in the evidence."""
    verdict = control.evaluate(node_in(world("public")), Context())
    told = {one.resource: one.value for one in verdict.evidence if one.path == "network.hosts"}
    assert "ssm.eu-central-1.amazonaws.com" in told
    assert all(value.startswith("default: ") for value in told.values())
