"""From a subnet onwards: its ACL, its route table, and whatever the route leads to."""

from __future__ import annotations

from typing import Final

import msgspec

from inventory.facts import Evidence, Unread
from inventory.facts.network import Route, RouteTable
from policies.network.reachability import gateways, network_acls, peering, vouched
from policies.network.reachability.addresses import AddressSet, MalformedAddressError
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts, passes
from policies.network.reachability.appliance import forwarding_interface
from policies.network.reachability.delivery import deliver, filters
from policies.network.reachability.nat import nat_gateway
from policies.network.reachability.network_acls import Side
from policies.network.reachability.route_tables import Forwarding, look_up
from policies.network.reachability.transit import transit_gateway
from policies.network.reachability.vpn import virtual_private_gateway
from policies.network.reachability.walk import Walk

_ACTIVE: Final = "active"
_KINDS: Final = ("igw-", "vgw-", "vpce-")


def depart(walk: Walk) -> None:
    """Take the packet out of the sender's subnet to its end, and the answer back in."""
    subnet_id = walk.origin.subnet_id
    if _stays_inside(walk):
        deliver(walk)  # neither ACLs nor routes act within one subnet (NA5)
        return
    walk.remaining = network_acls.request(walk, subnet_id, Side.OUT, walk.remaining)
    table = walk.network.route_table(subnet_id)
    if isinstance(table, Unread):
        walk.meet(doubts(Hop.ROUTE, Doubt.unread(table, subnet_id)))
        _known_receiver(walk)
    else:
        forward(walk, table)
    ports = walk.origin.ports
    if not walk.unfiltered:
        walk.remaining = network_acls.answer(walk, subnet_id, Side.IN, walk.remaining, ports)


def forward(walk: Walk, table: RouteTable) -> None:
    """Follow the table's routes for all that the destination may be."""
    service = walk.destination.service
    looked_up = look_up(walk.network, table, walk.here.vpc_id, walk.remaining, service)
    if isinstance(looked_up, Unread):
        walk.meet(doubts(Hop.ROUTE, Doubt.unread(looked_up, table.id)))
        _known_receiver(walk)
        return
    if looked_up.doubts:
        walk.meet(*(doubts(Hop.ROUTE, one) for one in looked_up.doubts))
        _known_receiver(walk)
        return
    if len(looked_up.forwardings) == 1:
        _take(walk, table, looked_up.forwardings[0])
    else:
        _take_each(walk, table, looked_up.forwardings)


def _stays_inside(walk: Walk) -> bool:
    """Whether the destination lies in the sender's own subnet."""
    subnet_id = walk.origin.subnet_id
    if walk.destination.interface is not None:
        return walk.destination.interface.subnet_id == subnet_id
    subnet = walk.network.subnet(subnet_id)
    if isinstance(subnet, Unread) or not walk.remaining.is_single:
        return False
    try:
        block = AddressSet.network(subnet.cidr_block)
    except MalformedAddressError:
        return False
    return block.family is walk.remaining.family and walk.remaining <= block


def _known_receiver(walk: Walk) -> None:
    """Filters on the far side that are known are told even where the way there is not (4, 2)."""
    interface = walk.destination.interface
    if interface is None or walk.delivered:
        return
    if interface.vpc_id in ("", walk.here.vpc_id):
        deliver(walk)
    else:
        walk.delivered = True
        filters(walk, interface)


def _take_each(walk: Walk, table: RouteTable, forwardings: tuple[Forwarding, ...]) -> None:
    """Different routes for different addresses: alike they collapse, else it is undetermined."""
    branches = []
    for forwarding in forwardings:
        branch = walk.branch(forwarding.addresses)
        _take(branch, table, forwarding)
        branches.append(branch)
    walk.join(branches, _split(walk, table, forwardings))


def _split(walk: Walk, table: RouteTable, forwardings: tuple[Forwarding, ...]) -> Stage:
    told = ", ".join(
        f"{one.addresses.witness} → {one.route.target if one.route else 'no route'}"
        for one in forwardings
    )
    detail = f"{table.id} leads the addresses of {walk.destination.label} apart: {told}"
    settled_by = f"the addresses behind {walk.destination.label}"
    return doubts(Hop.ROUTE, Doubt.outside("ROUTES_SPLIT", table.id, detail, settled_by))


def _take(walk: Walk, table: RouteTable, forwarding: Forwarding) -> None:
    route = forwarding.route
    if route is None:
        code = "NAT_SUBNET_NO_IGW" if walk.origin.is_nat else "NO_ROUTE"
        detail = f"{table.id} has no route to {walk.destination.label}"
        walk.meet(blocks(Hop.ROUTE, code, table.id, detail, _quote(walk, table)))
        _known_receiver(walk)
        return
    told = f"{table.id} {route.destination or 'local'} → {route.target or 'an unknown target'}"
    quoted = _quote(walk, table, route)
    if forwarding.is_dropped:
        detail = f"{told} is a black hole"
        walk.meet(blocks(Hop.ROUTE, "ROUTE_BLACKHOLE", table.id, detail, quoted))
        _known_receiver(walk)
        return
    if route.state.casefold() != _ACTIVE:
        doubt = Doubt.malformed(table.call, told, f"State {route.state!r}")
        walk.meet(doubts(Hop.ROUTE, doubt, quoted))
        _known_receiver(walk)
        return
    walk.meet(passes(Hop.ROUTE, table.id, told, quoted))
    if forwarding.is_local:
        deliver(walk)
        return
    _leave(walk, table, route)
    _known_receiver(walk)


def _leave(walk: Walk, table: RouteTable, route: Route) -> None:
    """By the field that holds the target; a field unknown here is never "no route" (RT5)."""
    if route.nat_gateway_id:
        nat_gateway(walk, route.nat_gateway_id, depart, forward)
    elif route.network_interface_id or route.instance_id:
        forwarding_interface(walk, route, depart)
    elif route.transit_gateway_id:
        gateway_id = route.transit_gateway_id
        vouched.over(walk, gateway_id, lambda on: transit_gateway(on, gateway_id, forward))
    elif route.vpc_peering_connection_id:
        _over_peering(walk, route.vpc_peering_connection_id)
    elif route.egress_only_internet_gateway_id:
        gateways.egress_only_gateway(walk, route.egress_only_internet_gateway_id)
    elif route.gateway_id.startswith(_KINDS):
        _over_gateway(walk, route.gateway_id)
    elif not gateways.out_of_sight(walk, route):
        place = f"{table.id} {route.destination}"
        problem = f"target {route.target!r} is of no known kind"
        doubt = Doubt.malformed(table.call, place, problem)
        walk.meet(doubts(Hop.ROUTE, doubt, _quote(walk, table, route)))


def _over_gateway(walk: Walk, gateway_id: str) -> None:
    """Gateways that share one field of the route, by what their ids begin with (RT5)."""
    if gateway_id.startswith("igw-"):
        gateways.internet_gateway(walk, gateway_id)
    elif gateway_id.startswith("vgw-"):
        vouched.over(walk, gateway_id, lambda on: virtual_private_gateway(on, gateway_id))
    else:
        vouched.over(walk, gateway_id, lambda on: gateways.endpoint(on, gateway_id))


def _over_peering(walk: Walk, connection_id: str) -> None:
    entered = peering.request(walk, connection_id)
    if entered is not None:
        deliver(entered)
        walk.join((entered,), entered.stages[0])


def _quote(walk: Walk, table: RouteTable, route: Route | None = None) -> Evidence:
    """One route of a table word for word; ``None`` = all of them."""
    key = ("quoted routes", table.id, route)
    return walk.network.once(key, lambda: _word_for_word(table, route))


def _word_for_word(table: RouteTable, route: Route | None) -> Evidence:
    if route is not None:
        value = msgspec.to_builtins(route)
    else:
        ordered = sorted(table.routes, key=lambda one: (one.destination, one.target))
        value = [msgspec.to_builtins(one) for one in ordered]
    return Evidence(resource=table.id, path="Routes", value=value, call=table.call)
