"""Calls about what carries packets on, each made where an answer of the Region names such a thing.

A call that depends on route tables or groups that could not be read is made all the same, as far
as it needs no names from there (spec network.md 5.1). A hub is asked for its transit gateways
whatever its own routes name: those of its spokes lead there (TG5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from inventory.collect.call import Answered, Call, Condition, Listing, PerResource, Request, Single

ROUTE_TABLES: Final = "ec2.DescribeRouteTables"
SECURITY_GROUPS: Final = "ec2.DescribeSecurityGroups"
_TRANSIT_GATEWAY_TABLES: Final = "ec2.DescribeTransitGatewayRouteTables"


def _routes(answered: Answered) -> Iterator[Mapping[str, Any]]:
    for table in answered.rows(ROUTE_TABLES, "RouteTables"):
        yield from table.get("Routes", ())


def _permissions(answered: Answered) -> Iterator[Mapping[str, Any]]:
    """The rules of every group, both ways."""
    for group in answered.rows(SECURITY_GROUPS, "SecurityGroups"):
        yield from group.get("IpPermissions", ())
        yield from group.get("IpPermissionsEgress", ())


def _route_names(member: str, prefix: str = "") -> Condition:
    """Some route's target is such a thing; the prefix tells apart what shares a member (RT5)."""

    def is_met(answered: Answered) -> bool:
        targets = (route.get(member) for route in _routes(answered))
        return any(target and target.startswith(prefix) for target in targets)

    return Condition((ROUTE_TABLES,), is_met)


def _names_peering(answered: Answered) -> bool:
    pairs = (pair for rule in _permissions(answered) for pair in rule.get("UserIdGroupPairs", ()))
    named = (*_routes(answered), *pairs)
    return any(one.get("VpcPeeringConnectionId") for one in named)


def _transit_gateway_tables(answered: Answered) -> tuple[Request, ...]:
    """One search a table: TG2 reads active and blackhole routes, and nothing else takes packets."""
    tables = answered.rows(_TRANSIT_GATEWAY_TABLES, "TransitGatewayRouteTables")
    return tuple(
        {
            "TransitGatewayRouteTableId": table_id,
            "Filters": [{"Name": "state", "Values": ["active", "blackhole"]}],
        }
        for table_id in sorted({table["TransitGatewayRouteTableId"] for table in tables})
    )


def _prefix_lists(answered: Answered) -> tuple[Request, ...]:
    """Each list that a route or a group's rule names, whoever owns it (SG7, RT6)."""
    named = {route.get("DestinationPrefixListId") for route in _routes(answered)}
    named |= {
        entry.get("PrefixListId")
        for rule in _permissions(answered)
        for entry in rule.get("PrefixListIds", ())
    }
    return tuple({"PrefixListId": list_id} for list_id in sorted(filter(None, named)))


def _listing(
    name: str, member: str, page_size: int = 1000, only_if: Condition | None = None
) -> Call:
    return Call(operation=f"ec2.{name}", shape=Listing((member,), page_size), only_if=only_if)


_NAMED_BY_ROUTES: Final = _route_names("TransitGatewayId")
_TRANSIT: Final = Condition(
    _NAMED_BY_ROUTES.sources,
    lambda answered: answered.is_hub or _NAMED_BY_ROUTES.is_met(answered),
)

NETWORK_CALLS: Final = (
    Call(
        operation="ec2.GetManagedPrefixListEntries",
        shape=PerResource("Entries", _prefix_lists, (ROUTE_TABLES, SECURITY_GROUPS), 100),
    ),
    _listing(
        "DescribeVpcPeeringConnections",
        "VpcPeeringConnections",
        only_if=Condition((ROUTE_TABLES, SECURITY_GROUPS), _names_peering),
    ),
    _listing("DescribeTransitGateways", "TransitGateways", only_if=_TRANSIT),
    _listing("DescribeTransitGatewayAttachments", "TransitGatewayAttachments", only_if=_TRANSIT),
    _listing(
        "DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", only_if=_TRANSIT
    ),
    _listing("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables", only_if=_TRANSIT),
    Call(
        operation="ec2.SearchTransitGatewayRoutes",
        shape=PerResource("Routes", _transit_gateway_tables, (_TRANSIT_GATEWAY_TABLES,), 1000),
    ),
    Call(
        operation="ec2.DescribeVpnGateways",
        shape=Single("VpnGateways"),
        only_if=_route_names("GatewayId", "vgw-"),
    ),
    _listing(
        "DescribeEgressOnlyInternetGateways",
        "EgressOnlyInternetGateways",
        255,
        only_if=_route_names("EgressOnlyInternetGatewayId"),
    ),
    _listing("DescribeVpcEncryptionControls", "VpcEncryptionControls"),
)
