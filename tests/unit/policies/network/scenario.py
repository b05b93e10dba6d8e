"""Small networks written down as AWS answers, and how to change one member of them.

A world is a YAML file of listings by the name of their member in the answer; ``extends`` takes what
it does not say itself from another world. A change names the place as a list of members and ids:
``{put: [RouteTables, rtb-app, Routes, 0.0.0.0/0, State], to: blackhole}``.
"""

from __future__ import annotations

import copy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from inventory.facts import Node
from inventory.fleet import Fleet
from policies.network.reachability import Network
from tests.unit.world import ACCOUNT, REGION, fleet_of

HERE = Path(__file__).parent
HOST = "ssm.eu-central-1.amazonaws.com"
World = dict[str, Any]

_CALLS = {
    "Reservations": "ec2.DescribeInstances",
    "NetworkInterfaces": "ec2.DescribeNetworkInterfaces",
    "Vpcs": "ec2.DescribeVpcs",
    "DhcpOptions": "ec2.DescribeDhcpOptions",
    "Subnets": "ec2.DescribeSubnets",
    "RouteTables": "ec2.DescribeRouteTables",
    "NetworkAcls": "ec2.DescribeNetworkAcls",
    "SecurityGroups": "ec2.DescribeSecurityGroups",
    "PrefixLists": "ec2.DescribeManagedPrefixLists",
    "InternetGateways": "ec2.DescribeInternetGateways",
    "NatGateways": "ec2.DescribeNatGateways",
    "VpcEndpoints": "ec2.DescribeVpcEndpoints",
    "VpcBlockPublicAccessOptions": "ec2.DescribeVpcBlockPublicAccessOptions",
    "VpcBlockPublicAccessExclusions": "ec2.DescribeVpcBlockPublicAccessExclusions",
    "VpcPeeringConnections": "ec2.DescribeVpcPeeringConnections",
    "TransitGateways": "ec2.DescribeTransitGateways",
    "TransitGatewayAttachments": "ec2.DescribeTransitGatewayAttachments",
    "TransitGatewayVpcAttachments": "ec2.DescribeTransitGatewayVpcAttachments",
    "TransitGatewayRouteTables": "ec2.DescribeTransitGatewayRouteTables",
    "VpnGateways": "ec2.DescribeVpnGateways",
    "EgressOnlyInternetGateways": "ec2.DescribeEgressOnlyInternetGateways",
    "VpcEncryptionControls": "ec2.DescribeVpcEncryptionControls",
    "InstanceInformationList": "ssm.DescribeInstanceInformation",
    "ResolverRuleAssociations": "route53resolver.ListResolverRuleAssociations",
    "ResolverRules": "route53resolver.ListResolverRules",
    "FirewallRuleGroupAssociations": "route53resolver.ListFirewallRuleGroupAssociations",
    "ProfileAssociations": "route53profiles.ListProfileAssociations",
}
#: Calls made once per resource. A world has their rows by that resource: ``{vpc-1: [rows]}``, or
#: the whole response, or an error's code, in the place of the rows.
_CALLS_EACH = {
    "HostedZoneSummaries": ("route53.ListHostedZonesByVPC", "VPCId"),
    "ResourceRecordSets": ("route53.ListResourceRecordSets", "HostedZoneId"),
    "FirewallRules": ("route53resolver.ListFirewallRules", "FirewallRuleGroupId"),
    "Domains": ("route53resolver.ListFirewallDomains", "FirewallDomainListId"),
    "ProfileResourceAssociations": (
        "route53profiles.ListProfileResourceAssociations",
        "ProfileId",
    ),
    "Entries": ("ec2.GetManagedPrefixListEntries", "PrefixListId"),
    "Routes": ("ec2.SearchTransitGatewayRoutes", "TransitGatewayRouteTableId"),
}

#: What a world says of calls that are not about its network is whole answers by operation, under
#: ``Answers``; a text in the place of an answer is an error's code, or this: there is none.
ABSENT = "absent"
_ACCOUNT_WIDE = ("iam.", "organizations.")


def world(name: str) -> World:
    """A world of one's own to change."""
    return copy.deepcopy(_read_world(name))


@cache
def _read_world(name: str) -> World:
    own: World = yaml.safe_load((HERE / "worlds" / f"{name}.yaml").read_text())
    base = own.pop("extends", None)
    return {**_read_world(base), **own} if base else own


def change(scene: World, *changes: dict[str, Any]) -> World:
    """The world with each change made: ``put … to``, ``add … to``, ``drop`` or ``deny``.

    ``deny: NatGateways`` = the call was refused. Members on the way that are missing are an error.
    """
    changed = copy.deepcopy(scene)
    for one in changes:
        match one:
            case {"put": path, "to": value}:
                holder, member = _place(changed, path)
                holder[member] = copy.deepcopy(value)
            case {"add": value, "to": path}:
                holder, member = _place(changed, path)
                holder[member].append(copy.deepcopy(value))
            case {"drop": path}:
                holder, member = _place(changed, path)
                del holder[member]
            case {"deny": listing}:
                changed[listing] = None
            case _:
                raise ValueError(f"no such change: {one}")
    return changed


def _place(scene: Any, path: list[Any]) -> tuple[Any, Any]:
    holder = scene
    for name in path[:-1]:
        holder = holder[_member(holder, name)]
    return holder, _member(holder, path[-1])


def _member(holder: Any, name: Any) -> Any:
    """A list's element by position or by an id among its members."""
    if isinstance(holder, dict) or isinstance(name, int):
        return name
    return next(place for place, row in enumerate(holder) if name in _names(row))


def _names(row: Any) -> list[Any]:
    return list(row.values()) if isinstance(row, dict) else [row]


def node_in(scene: World, instance_id: str = "i-client") -> Node:
    """The instance as the loader that snapshots use makes it."""
    return next(node for node in fleet_in(scene).nodes if node.id == instance_id)


def fleet_in(scene: World, account: str = ACCOUNT, region: str = REGION) -> Fleet:
    """Everything that the world says of one place; a world may name a ``Region`` of its own."""
    listings = {key: rows for key, rows in scene.items() if key in _CALLS}
    regional: dict[str, Any] = {
        _CALLS[key]: {key: rows} for key, rows in listings.items() if rows is not None
    }
    denied = {
        _CALLS[key]: "UnauthorizedOperation" for key, rows in listings.items() if rows is None
    }
    for key, (call, asked_by) in _CALLS_EACH.items():
        if key in scene and scene[key] is None:
            denied[call] = "AccessDeniedException"
        elif key in scene:
            regional[call] = [_answered(key, asked_by, *one) for one in scene[key].items()]
    attributes = scene.get("VpcAttributes", [])
    if attributes is None:
        denied["ec2.DescribeVpcAttribute"] = "UnauthorizedOperation"
    else:
        regional["ec2.DescribeVpcAttribute"] = [
            {"request": {}, "response": {"VpcId": row["VpcId"], name: {"Value": row[name]}}}
            for row in attributes
            for name in ("EnableDnsSupport", "EnableDnsHostnames")
            if name in row
        ]
    more = scene.get("Answers", {})
    told = {call: one for call, one in more.items() if not isinstance(one, str)}
    account_wide = {call: one for call, one in told.items() if call.startswith(_ACCOUNT_WIDE)}
    denied |= {call: one for call, one in more.items() if isinstance(one, str) and one != ABSENT}
    return fleet_of(
        regional | {call: one for call, one in told.items() if call not in account_wide},
        account_wide,
        denied=denied,
        absent=tuple(call for call, one in more.items() if one == ABSENT),
        account=account,
        region=scene.get("Region", region),
    )


def network_in(scene: World) -> Network:
    """All that is collected: the place of the world itself, and those of ``Elsewhere``.

    ``Elsewhere: {"222233334444 eu-west-1": {Vpcs: [rows]}}``
    """
    places = list(fleet_in(scene).regions)
    for place, listings in scene.get("Elsewhere", {}).items():
        account, region = place.split()
        places += fleet_in(listings, account, region).regions
    return Network(
        places,
        assumed_servers=frozenset(scene.get("AssumedServers", ())),
        assumed_gateways=frozenset(scene.get("AssumedGateways", ())),
    )


def _answered(
    key: str, asked_by: str, resource: str, rows: list[Any] | dict[str, Any] | str
) -> dict[str, Any]:
    """One request about a resource, answered with the rows or refused with the code."""
    request = {asked_by: resource}
    if isinstance(rows, str):
        return {"request": request, "error": {"Code": rows, "Message": ""}}
    return {"request": request, "response": rows if isinstance(rows, dict) else {key: rows}}
