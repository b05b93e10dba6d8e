"""The transit gateway of a Region's branches: all of their packets leave by a VPN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks.fleets.identifiers import identifier
from benchmarks.fleets.vpcs import Row, Vpc

_ANYWHERE: Final = "0.0.0.0/0"


def transit_gateway(region: str) -> str:
    """Its id."""
    return identifier("tgw", region)


def transit_answers(vpcs: Sequence[Vpc], region: str) -> Iterator[tuple[str, Any]]:
    """Operation and answer; none where there is no branch."""
    attached = [vpc for vpc in vpcs if "branch" in vpc.subnets]
    if not attached:
        return
    table = identifier("tgw-rtb", region)
    about = {"TransitGatewayId": transit_gateway(region), "State": "available"}
    row = {**about, "TransitGatewayRouteTableId": table, "DefaultAssociationRouteTable": True}
    resources = [("vpc", vpc.id) for vpc in attached] + [("vpn", identifier("vpn", region))]
    owners = {"TransitGatewayOwnerId": vpcs[0].account, "ResourceOwnerId": vpcs[0].account}
    association = {"TransitGatewayRouteTableId": table, "State": "associated"}
    yield "ec2.DescribeTransitGateways", {"TransitGateways": [about]}
    yield "ec2.DescribeTransitGatewayRouteTables", {"TransitGatewayRouteTables": [row]}
    listed = [
        {**about, **owners, **_attachment(kind, one), "Association": association}
        for kind, one in resources
    ]
    yield "ec2.DescribeTransitGatewayAttachments", {"TransitGatewayAttachments": listed}
    in_vpcs = [
        {
            **about,
            "TransitGatewayAttachmentId": identifier("tgw-attach", vpc.id),
            "VpcId": vpc.id,
            "VpcOwnerId": vpc.account,
            "SubnetIds": [vpc.named("subnet", "branch")],
        }
        for vpc in attached
    ]
    yield "ec2.DescribeTransitGatewayVpcAttachments", {"TransitGatewayVpcAttachments": in_vpcs}
    blocks = [vpc.cidr for vpc in attached] + [_ANYWHERE]
    routes = [_route(block, *one) for block, one in zip(blocks, resources, strict=True)]
    states = {"Name": "state", "Values": ["active", "blackhole"]}
    request = {"TransitGatewayRouteTableId": table, "Filters": [states]}
    response = {"Routes": routes, "AdditionalRoutesAvailable": False}
    yield "ec2.SearchTransitGatewayRoutes", [{"request": request, "response": response}]


def _attachment(kind: str, resource: str) -> Row:
    return {
        "TransitGatewayAttachmentId": identifier("tgw-attach", resource),
        "ResourceType": kind,
        "ResourceId": resource,
    }


def _route(block: str, kind: str, resource: str) -> Row:
    return {
        "DestinationCidrBlock": block,
        "State": "active",
        "Type": "static" if block == _ANYWHERE else "propagated",
        "TransitGatewayAttachments": [_attachment(kind, resource)],
    }
