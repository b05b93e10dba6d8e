"""Answers of a Region whose objects name one of everything that is asked about further."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.unit.inventory.collect.scripted import REGION, Script

ZONE = {"HostedZoneId": "Z1", "Name": f"{REGION}.amazonaws.com.", "Owner": {"OwningAccount": "1"}}


def route_table(*routes: Mapping[str, str]) -> dict[str, Any]:
    table = {"RouteTableId": "rtb-1", "Associations": [], "Routes": list(routes)}
    return {"RouteTables": [table]}


def security_group(**rule: Any) -> dict[str, Any]:
    """A group with one rule that lets something out."""
    return {
        "SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [], "IpPermissionsEgress": [rule]}]
    }


#: Every condition is met and every per-resource call has exactly one thing to ask about.
ALL_NAMED: Mapping[str, Script] = {
    "ec2.DescribeRouteTables": route_table(
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"},
        {"DestinationPrefixListId": "pl-1", "TransitGatewayId": "tgw-1"},
        {"DestinationCidrBlock": "10.1.0.0/16", "VpcPeeringConnectionId": "pcx-1"},
        {"DestinationCidrBlock": "10.2.0.0/16", "GatewayId": "vgw-1"},
        {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"},
    ),
    "ec2.DescribeTransitGatewayRouteTables": {
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]
    },
    "route53.ListHostedZonesByVPC": {"HostedZoneSummaries": [ZONE], "MaxItems": "100"},
    "route53resolver.ListResolverRuleAssociations": {
        "ResolverRuleAssociations": [{"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1"}]
    },
    "route53resolver.ListFirewallRuleGroupAssociations": {
        "FirewallRuleGroupAssociations": [{"Id": "a-1", "FirewallRuleGroupId": "rslvr-frg-1"}]
    },
    "route53resolver.ListFirewallRules": {
        "FirewallRules": [{"FirewallDomainListId": "rslvr-fdl-1"}, {"Action": "BLOCK"}]
    },
    "route53profiles.ListProfileAssociations": {
        "ProfileAssociations": [{"Id": "rpassoc-1", "ProfileId": "rp-1"}]
    },
}
