"""What NET-01 tells: where each name leads, the real resource at fault, the command (issue 4)."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from policies.control import Context, Gap, Outcome
from policies.network import name_resolution
from policies.network.clients import client_of, primary_interface
from policies.network.reachability import Client, HostName, Network, Way, resolved
from tests.unit.policies.network.scenario import HOST, change, node_in, world

HOSTNAMES_OFF = {"put": ["VpcAttributes", "vpc-1", "EnableDnsHostnames"], "to": False}
SUPPORT_OFF = {"put": ["VpcAttributes", "vpc-1", "EnableDnsSupport"], "to": False}
ODD = "$(touch x); 'y'"


def _zone(name: str, zone_id: str = "Z1") -> list[dict[str, Any]]:
    """A private hosted zone of the VPC, without records."""
    zone = {"HostedZoneId": zone_id, "Name": name, "Owner": {"OwningAccount": "111122223333"}}
    return [
        {"put": ["HostedZoneSummaries", "vpc-1"], "to": [zone]},
        {"put": ["ResourceRecordSets", zone_id], "to": []},
    ]


def _firewall(action: str, group_id: str = "rslvr-frg-1") -> list[dict[str, Any]]:
    """A rule group on the VPC with one rule about the Region's names."""
    association = {
        "Id": "rslvr-frgassoc-1",
        "FirewallRuleGroupId": group_id,
        "VpcId": "vpc-1",
        "Priority": 101,
        "Status": "COMPLETE",
    }
    rule = {"FirewallDomainListId": "rslvr-fdl-1", "Priority": 10, "Action": action}
    return [
        {"put": ["FirewallRuleGroupAssociations"], "to": [association]},
        {"put": ["FirewallRules", group_id], "to": [rule]},
        {"put": ["Domains", "rslvr-fdl-1"], "to": ["*.eu-central-1.amazonaws.com"]},
    ]


def _client(scene: dict[str, Any]) -> tuple[Network, Client]:
    node = node_in(scene)
    interface = primary_interface(node.instance)
    assert interface is not None
    return Network(node.region), client_of(node, interface)


@pytest.mark.parametrize(
    ("scene", "leads_to"),
    [
        ("public", "ssm.eu-central-1.amazonaws.com leads to public addresses"),
        ("endpoints", "ssm.eu-central-1.amazonaws.com leads to vpce-ssm"),
        ("endpoints", "ssmmessages.eu-central-1.amazonaws.com leads to vpce-msg"),
        ("hijack", "ssmmessages.eu-central-1.amazonaws.com leads to public addresses"),
        ("hub", "ssm.eu-central-1.amazonaws.com leads to vpce-hub"),
    ],
)
def test_a_pass_says_where_each_name_leads(scene: str, leads_to: str) -> None:
    """Task of NET-01: endpoint ids, or public; trap 2, each name for itself (EP6)."""
    verdict = name_resolution.evaluate(node_in(world(scene)), Context())
    assert verdict.outcome is Outcome.PASS
    assert leads_to in verdict.reason


ATTRIBUTE = "aws ec2 modify-vpc-attribute --region eu-central-1 --vpc-id vpc-1"
LET_GO = "aws route53 disassociate-vpc-from-hosted-zone --hosted-zone-id Z1"


@pytest.mark.parametrize(
    ("scene", "changes", "resource", "command"),
    [
        ("public", [SUPPORT_OFF], "vpc-1", f"{ATTRIBUTE} --enable-dns-support"),
        ("endpoints", [HOSTNAMES_OFF], "vpc-1", f"{ATTRIBUTE} --enable-dns-hostnames"),
        (
            "public",
            _zone("amazonaws.com."),
            "Z1",
            f"{LET_GO} --vpc VPCRegion=eu-central-1,VPCId=vpc-1",
        ),
    ],
    ids=["support", "hostnames", "zone"],
)
def test_a_failure_names_the_resource_and_the_command(
    scene: str, changes: list[dict[str, Any]], resource: str, command: str
) -> None:
    verdict = name_resolution.evaluate(node_in(change(world(scene), *changes)), Context())
    assert verdict.outcome is Outcome.FAIL
    assert {one.resource for one in verdict.blockers} == {resource}
    assert verdict.remediation == command


def test_a_firewall_rule_is_named_and_the_names_are_allowed_before_it() -> None:
    """D21: by priority, so the rule that allows goes before the one that blocks."""
    scene = change(world("public"), *_firewall("BLOCK"))
    verdict = name_resolution.evaluate(node_in(scene), Context())
    assert verdict.code == "DNS_FIREWALL_BLOCK"
    assert {one.resource for one in verdict.blockers} == {"rslvr-frg-1"}
    assert "rslvr-frg-1 rule 10 blocks queries for ssm.eu-central-1" in verdict.reason
    create, fill, allow = verdict.remediation.splitlines()
    assert "create-firewall-domain-list" in create
    assert shlex.split(fill)[-1] == "*.eu-central-1.amazonaws.com"
    words = shlex.split(allow)
    assert words[words.index("--firewall-rule-group-id") + 1] == "rslvr-frg-1"
    assert words[words.index("--priority") + 1] == "9"


def test_a_vpc_without_a_server_gets_amazons() -> None:
    scene = change(
        world("public"),
        {"put": ["Vpcs", "vpc-1", "DhcpOptionsId"], "to": "default"},
        {"put": ["Reservations", 0, "Instances", "i-client", "InstanceType"], "to": "t2.micro"},
    )
    verdict = name_resolution.evaluate(node_in(scene), Context())
    assert verdict.code == "DNS_NO_SERVER"
    assert "associate-dhcp-options --region eu-central-1 --vpc-id vpc-1" in verdict.remediation


def test_a_server_that_cannot_be_asked_is_let_out_to() -> None:
    """SG12: both protocols, for answers that are too long for UDP."""
    scene = change(
        world("public"),
        {
            "put": ["DhcpOptions", "dopt-1", "DhcpConfigurations", 0, "Values", 0, "Value"],
            "to": "10.0.0.53",
        },
        {"drop": ["SecurityGroups", "sg-client", "IpPermissionsEgress", 1]},
    )
    verdict = name_resolution.evaluate(node_in(scene), Context())
    assert verdict.code == "DNS_SERVER_UNREACHABLE"
    assert [line.partition("IpProtocol=")[2][:3] for line in verdict.remediation.splitlines()] == [
        "udp",
        "tcp",
    ]


@pytest.mark.parametrize(
    ("changes", "option"),
    [
        (_zone("amazonaws.com.", ODD), "--hosted-zone-id"),
        (_firewall("BLOCK", ODD), "--firewall-rule-group-id"),
    ],
)
def test_whatever_an_id_holds_is_one_word_of_the_command(
    changes: list[dict[str, Any]], option: str
) -> None:
    verdict = name_resolution.evaluate(node_in(change(world("public"), *changes)), Context())
    words = shlex.split(verdict.remediation.splitlines()[-1])
    assert words[words.index(option) + 1] == ODD


def test_an_unread_listing_is_named_with_its_call() -> None:
    """Network.md 4 rule 5: an own zone may swallow the name."""
    scene = change(world("public"), {"deny": "HostedZoneSummaries"})
    verdict = name_resolution.evaluate(node_in(scene), Context())
    assert verdict.outcome is Outcome.UNKNOWN
    assert [(one.gap, one.what) for one in verdict.missing] == [
        (Gap.UNREAD, "route53:ListHostedZonesByVPC (AccessDeniedException)")
    ]


@pytest.mark.parametrize(
    ("zone", "entailed"),
    [
        ("ssm.eu-central-1.amazonaws.com.", True),
        ("ssmmessages.eu-central-1.amazonaws.com.", False),
        ("eu-central-1.amazonaws.com.", False),
    ],
    ids=["ssm", "ssmmessages", "both"],
)
def test_a_ping_speaks_for_the_ssm_host_alone(zone: str, entailed: bool) -> None:
    """D9: Online entails nothing about the name of ssmmessages."""
    verdict = name_resolution.evaluate(node_in(change(world("public"), *_zone(zone))), Context())
    assert verdict.code == "DNS_NXDOMAIN_PRIVATE_ZONE"
    assert verdict.entailed_by_online is entailed


def test_a_name_that_only_old_agents_need_is_a_warning() -> None:
    """D17: ec2messages is advisory for agents between 3.1.821.0 and 3.3.40.0."""
    version = {"put": ["InstanceInformationList", "i-client", "AgentVersion"], "to": "3.2.0.0"}
    scene = change(world("public"), version, *_zone("ec2messages.eu-central-1.amazonaws.com."))
    verdict = name_resolution.evaluate(node_in(scene), Context())
    assert (verdict.outcome, verdict.code) == (Outcome.WARN, "EC2MESSAGES_MAY_BE_NEEDED")


@pytest.mark.parametrize(
    ("scene", "changes", "way"),
    [
        ("public", [], Way.PUBLIC),
        ("endpoints", [], Way.ENDPOINT),
        ("public", [SUPPORT_OFF], Way.NOWHERE),
        ("public", [{"deny": "DhcpOptions"}], Way.ANYWHERE),
    ],
)
def test_the_resolution_is_told_without_the_way_there(
    scene: str, changes: list[dict[str, Any]], way: Way
) -> None:
    """Network.md 4 rule 1: even where no route leads anywhere."""
    closed = {"put": ["RouteTables"], "to": []}
    network, client = _client(change(world(scene), *changes, closed))
    assert resolved(network, client, HostName(HOST)).way is way


def test_one_vpc_is_resolved_once_for_all_its_clients() -> None:
    """Network.md 5.3: (VPC, host name) → resolution result."""
    network, client = _client(world("hijack"))
    first = resolved(network, client, HostName(HOST))
    assert resolved(network, client, HostName(HOST)) is first
