"""What is asked further about a Region's network comes back as facts, refusals included."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory.collect import collect
from inventory.facts import RegionFacts, Table, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.inventory.collect.networks import ALL_NAMED
from tests.unit.inventory.collect.scripted import (
    ACCOUNT,
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    with_one_instance,
)

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
STATES = [{"Name": "state", "Values": ["active", "blackhole"]}]
ROUTE = {
    "DestinationCidrBlock": "0.0.0.0/0",
    "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}],
    "Type": "static",
    "State": "active",
}
RECORD = {
    "Name": f"ssm.{REGION}.amazonaws.com.",
    "Type": "A",
    "ResourceRecords": [{"Value": "::1"}],
}
RULE = {"Priority": 1, "Action": "BLOCK", "FirewallDomainListId": "rslvr-fdl-1"}
RESOURCE = {"ResourceType": "PRIVATE_HOSTED_ZONE", "ResourceArn": "arn:aws:route53:::hostedzone/Z1"}

#: Listings and single answers, as AWS gives them and as the AWS CLI prints them.
LISTED: dict[str, Any] = {
    "ec2.DescribeVpcPeeringConnections": {
        "VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}}]
    },
    "ec2.DescribeTransitGateways": {
        "TransitGateways": [{"TransitGatewayId": "tgw-1", "State": "available"}]
    },
    "ec2.DescribeTransitGatewayAttachments": {
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]
    },
    "ec2.DescribeTransitGatewayVpcAttachments": {
        "TransitGatewayVpcAttachments": [
            {"TransitGatewayAttachmentId": "tgw-attach-1", "SubnetIds": ["subnet-1"]}
        ]
    },
    "ec2.DescribeTransitGatewayRouteTables": {
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]
    },
    "ec2.DescribeVpnGateways": {"VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "available"}]},
    "ec2.DescribeEgressOnlyInternetGateways": {
        "EgressOnlyInternetGateways": [
            {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-1"}]}
        ]
    },
    "ec2.DescribeVpcEncryptionControls": {
        "VpcEncryptionControls": [{"VpcEncryptionControlId": "vpcec-1", "Mode": "enforce"}]
    },
    "route53resolver.ListResolverRules": {
        "ResolverRules": [{"Id": "rslvr-rr-1", "DomainName": "example.", "RuleType": "FORWARD"}]
    },
}
#: One request and its response, for each call that is made once per resource.
PER_RESOURCE: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ec2.GetManagedPrefixListEntries": (
        {"PrefixListId": "pl-1"},
        {"Entries": [{"Cidr": "10.0.0.0/8"}]},
    ),
    "ec2.SearchTransitGatewayRoutes": (
        {"TransitGatewayRouteTableId": "tgw-rtb-1", "Filters": STATES},
        {"Routes": [ROUTE], "AdditionalRoutesAvailable": False},
    ),
    "route53.ListResourceRecordSets": ({"HostedZoneId": "Z1"}, {"ResourceRecordSets": [RECORD]}),
    "route53resolver.ListFirewallRules": (
        {"FirewallRuleGroupId": "rslvr-frg-1"},
        {"FirewallRules": [RULE]},
    ),
    "route53resolver.ListFirewallDomains": (
        {"FirewallDomainListId": "rslvr-fdl-1"},
        {"Domains": ["*.amazonaws.com."]},
    ),
    "route53profiles.ListProfileResourceAssociations": (
        {"ProfileId": "rp-1"},
        {"ProfileResourceAssociations": [RESOURCE]},
    ),
}
#: The facts' names of all that is asked further.
FACTS = (
    "prefix_list_entries",
    "peering_connections",
    "transit_gateways",
    "transit_gateway_attachments",
    "transit_gateway_vpc_attachments",
    "transit_gateway_route_tables",
    "transit_gateway_routes",
    "vpn_gateways",
    "egress_only_internet_gateways",
    "encryption_controls",
    "hosted_zones",
    "record_sets",
    "resolver_rule_associations",
    "resolver_rules",
    "firewall_associations",
    "firewall_rules",
    "firewall_domains",
    "dns_profile_associations",
    "dns_profile_resources",
)


def scripts() -> dict[str, Script]:
    responses = {name: response for name, (_, response) in PER_RESOURCE.items()}
    return {
        "ec2.DescribeInstances": with_one_instance(),
        **ALL_NAMED,
        **LISTED,
        **responses,
    }


def collected(folder: Path, **changed: Script) -> RegionFacts:
    """The Region as it loads after a collection; operations with ``_`` for the dot."""
    changes = {name.replace("_", "."): script for name, script in changed.items()}
    aws = ScriptedAws({**scripts(), **changes})
    collect([aws.account()], SnapshotWriter(folder), now=NOW)
    (region,) = load_fleet(Snapshot.open(folder)).regions
    return region


def written_by_hand() -> RegionFacts:
    """The same Region out of answers that nobody collected."""
    answers = {
        **{name: answer for name, answer in ALL_NAMED.items() if name not in PER_RESOURCE},
        **LISTED,
        "ec2.DescribeInstances": with_one_instance(),
        "route53.ListHostedZonesByVPC": [
            {
                "request": {"VPCId": "vpc-1", "VPCRegion": REGION},
                "response": ALL_NAMED["route53.ListHostedZonesByVPC"],
            }
        ],
        **{
            name: [{"request": request, "response": response}]
            for name, (request, response) in PER_RESOURCE.items()
        },
    }
    placed = {(ACCOUNT, REGION, name): answer for name, answer in answers.items()}
    (region,) = load_fleet(Snapshot(placed, as_of=NOW)).regions
    return region


def test_what_was_collected_is_what_aws_answered(tmp_path: Path) -> None:
    """Collected, written, read again: the facts of the answers themselves."""
    found, expected = collected(tmp_path), written_by_hand()
    for name in FACTS:
        told, wanted = getattr(found, name), getattr(expected, name)
        assert isinstance(told, Table), (name, told)
        assert isinstance(wanted, Table), (name, wanted)
        assert len(told) == 1, name
        assert list(told) == list(wanted), name


def test_a_refused_zone_is_a_gap_of_that_zone(tmp_path: Path) -> None:
    """Another account's zone may refuse to be read: only what it could answer is unknown."""
    zones = [
        {"HostedZoneId": name, "Name": "amazonaws.com.", "Owner": {"OwningAccount": ACCOUNT}}
        for name in ("Z1", "Z2")
    ]

    def records(asked: Any, _region: str) -> Any:
        if asked["HostedZoneId"] == "Z2":
            return RefusedError("AccessDenied", "not authorized")
        return {"ResourceRecordSets": [RECORD], "IsTruncated": False}

    region = collected(
        tmp_path,
        route53_ListHostedZonesByVPC={"HostedZoneSummaries": zones},
        route53_ListResourceRecordSets=records,
    )
    assert isinstance(region.record_sets, Table)
    assert not isinstance(region.record_sets.find("Z1"), Unread)
    assert region.record_sets.find("Z2") == Unread(
        "route53:ListResourceRecordSets", "AccessDenied", "not authorized"
    )


def test_a_refused_attribute_of_a_vpc_leaves_the_other_one(tmp_path: Path) -> None:
    def attribute(asked: Any, _region: str) -> Any:
        if asked["Attribute"] == "enableDnsSupport":
            return RefusedError("UnauthorizedOperation", "no")
        return {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}}

    region = collected(tmp_path, ec2_DescribeVpcAttribute=attribute)
    found = region.vpc_attributes.find("vpc-1")
    assert not isinstance(found, Unread)
    assert (found.enable_dns_support, found.enable_dns_hostnames) == (None, True)


def test_a_zone_that_went_away_is_no_refusal(tmp_path: Path) -> None:
    aws = ScriptedAws(
        {**scripts(), "route53.ListResourceRecordSets": RefusedError("NoSuchHostedZone", "gone")}
    )
    manifest = collect([aws.account()], SnapshotWriter(tmp_path), now=NOW)
    lines = [one for one in manifest.calls if one.call == "route53:ListResourceRecordSets"]
    assert [one.status for one in lines] == ["collected"]
    (region,) = load_fleet(Snapshot.open(tmp_path)).regions
    gone = region.record_sets.find("Z1")
    assert isinstance(gone, Unread)
    assert gone.has_vanished


def test_what_was_not_asked_says_so(tmp_path: Path) -> None:
    """Design 6: nothing that was not read reads as an empty answer."""
    aws = ScriptedAws({"ec2.DescribeInstances": with_one_instance()})
    collect([aws.account()], SnapshotWriter(tmp_path), now=NOW)
    (region,) = load_fleet(Snapshot.open(tmp_path)).regions
    assert isinstance(region.transit_gateways, Unread)
    assert region.transit_gateways.code == "NOTHING_TO_ASK"


def test_route_53_is_asked_through_one_client_for_all_regions(tmp_path: Path) -> None:
    """One endpoint and one rate for an account; each request tells the VPC's own Region."""
    regions = {"Regions": [{"RegionName": "eu-north-1"}, {"RegionName": REGION}]}
    aws = ScriptedAws({**scripts(), "ec2.DescribeRegions": regions})
    made: list[str] = []
    aws.session.events.register("creating-client-class.route-53", lambda **_: made.append("one"))
    collect([aws.account()], SnapshotWriter(tmp_path), now=NOW)
    asked = aws.requests("route53.ListHostedZonesByVPC")
    assert {one["VPCRegion"] for one in asked} == {REGION, "eu-north-1"}
    assert made == ["one"]
