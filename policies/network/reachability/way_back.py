"""The way of the answers from the far VPC to whoever sent the packet (RT9, TG4)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Unread
from inventory.facts.network import RouteTable, Vpc
from policies.network.reachability import peering, transit
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts, passes
from policies.network.reachability.route_tables import Forwarding, look_up
from policies.network.reachability.walk import Location, Walk

#: Gateways that take new connections out to public addresses, and never answers to private ones.
_OUT_ONLY: Final = ("igw-", "eigw-")


def way_back(walk: Walk, start: Location) -> None:
    """Judge the routes of the subnet that the answers leave."""
    table = walk.network.route_table(start.subnet_id)
    if isinstance(table, Unread):
        walk.meet(doubts(Hop.ROUTE, Doubt.unread(table, start.subnet_id)))
    else:
        way_back_from(walk, start, table)


def way_back_from(walk: Walk, start: Location, table: RouteTable) -> None:
    """Judge the routes of that table; ``start`` may be no subnet (a regional NAT gateway)."""
    looked_up = look_up(walk.network, table, start.vpc_id, walk.origin.address, "")
    if isinstance(looked_up, Unread):
        walk.meet(doubts(Hop.ROUTE, Doubt.unread(looked_up, table.id)))
        return
    walk.meet(*(doubts(Hop.ROUTE, one) for one in looked_up.doubts))
    branches = []
    for forwarding in looked_up.forwardings:
        branch = walk.branch(walk.remaining)
        if not looked_up.doubts:
            _follow(branch, start, table, forwarding)
        branches.append(branch)
    walk.join(branches, _apart(walk, table.id))


def _follow(walk: Walk, start: Location, table: RouteTable, forwarding: Forwarding) -> None:
    to = walk.origin.address
    route = forwarding.route
    at_home = start.vpc_id == walk.origin.vpc_id
    if at_home and forwarding.is_local:
        return
    if at_home and not forwarding.is_middlebox:
        problem = f"no CIDR block of {start.vpc_id} holds {to}"
        walk.meet(doubts(Hop.ROUTE, Doubt.malformed(Vpc.call, start.vpc_id, problem)))
    elif route is None:
        _missing(walk, table, f"{table.id} has no route for answers to {to}")
    elif forwarding.is_dropped:
        walk.meet(
            blocks(Hop.ROUTE, "ROUTE_BLACKHOLE", table.id, f"{table.id} drops answers to {to}")
        )
    elif forwarding.is_local:
        _missing(walk, table, f"{table.id} keeps answers to {to} in {start.vpc_id}")
    elif route.transit_gateway_id:
        walk.meet(passes(Hop.ROUTE, table.id, _told(table, to, route.target)))
        _last_leg(walk, transit.answer(walk, route.transit_gateway_id, start))
    elif route.vpc_peering_connection_id:
        walk.meet(passes(Hop.ROUTE, table.id, _told(table, to, route.target)))
        peering.answer(walk, route.vpc_peering_connection_id, start)
    elif route.nat_gateway_id or route.target.startswith(_OUT_ONLY):
        _missing(walk, table, _told(table, to, route.target))
    else:
        settled_by = f"what {route.target} does with answers it saw no request for"
        detail = _told(table, to, route.target)
        doubt = Doubt.outside("FIREWALL_UNSEEN", table.id, detail, settled_by)
        walk.meet(doubts(Hop.ROUTE, doubt))


def _last_leg(walk: Walk, subnets: tuple[str, ...]) -> None:
    """From where the answers come into the sender's VPC, its own tables lead them on (TG4)."""
    vpc_id = walk.origin.vpc_id
    branches = [walk.branch(walk.remaining) for _ in subnets]
    for branch, subnet_id in zip(branches, subnets, strict=True):
        way_back(branch, Location(vpc_id, subnet_id))
    if branches:
        walk.join(branches, _apart(walk, vpc_id))


def _apart(walk: Walk, component: str) -> Stage:
    to = walk.origin.address
    detail = f"{component} leads answers to {to} apart"
    settled_by = f"the address of {walk.origin.resource}"
    return doubts(Hop.ROUTE, Doubt.outside("ROUTES_SPLIT", component, detail, settled_by))


def _missing(walk: Walk, table: RouteTable, detail: str) -> None:
    over_gateway = any(one.startswith("tgw-") for one in walk.crossed)
    code = "TGW_RETURN_MISSING" if over_gateway else "NO_ROUTE"
    evidence = table.evidence("Routes")
    walk.meet(blocks(Hop.ROUTE, code, table.id, detail, evidence))


def _told(table: RouteTable, to: object, target: str) -> str:
    return f"{table.id} leads answers to {to} to {target}"
