"""Arrival at an interface of the VPC: its groups, its subnet's ACL, and the way back."""

from __future__ import annotations

from inventory.facts import NetworkInterface, Unread
from policies.network.reachability import network_acls, security_groups
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.network_acls import Side
from policies.network.reachability.route_tables import look_up
from policies.network.reachability.walk import Walk

#: Interfaces that carry no security group (SG11).
_WITHOUT_GROUPS = frozenset({"nat_gateway", "natgateway", "transit_gateway"})


def deliver(walk: Walk) -> None:
    """Judge everything between the sender's subnet and the interface that holds the address."""
    interface = _receiver(walk)
    if isinstance(interface, Unread):
        walk.meet(doubts(Hop.DELIVERY, Doubt.unread(interface, walk.destination.label)))
        return
    crosses = interface.subnet_id != walk.origin.subnet_id
    sender = walk.origin.address
    if crosses:
        network_acls.request(walk, interface.subnet_id, Side.IN, sender)
    if interface.interface_type.casefold() not in _WITHOUT_GROUPS:
        groups = frozenset(group.group_id for group in interface.groups)
        security_groups.ingress(walk, interface.id, groups, _code(walk))
    if crosses:
        network_acls.answer(walk, interface.subnet_id, Side.OUT, sender, walk.origin.ports)
        _way_back(walk, interface)


def _receiver(walk: Walk) -> NetworkInterface | Unread:
    if walk.destination.interface is not None:
        return walk.destination.interface
    return walk.network.interface_at(walk.origin.vpc_id, walk.remaining.witness)


def _code(walk: Walk) -> str:
    is_endpoint = walk.destination.endpoint is not None
    return "ENDPOINT_SG_INGRESS_BLOCKED" if is_endpoint else "SG_INGRESS_BLOCKED"


def _way_back(walk: Walk, interface: NetworkInterface) -> None:
    """The receiver's subnet has to route answers straight back, not elsewhere (RT3, RT9)."""
    table = walk.network.route_table(interface.subnet_id)
    if isinstance(table, Unread):
        walk.meet(doubts(Hop.ROUTE, Doubt.unread(table, interface.subnet_id)))
        return
    looked_up = look_up(walk.network, table, interface.vpc_id, walk.origin.address, "")
    if isinstance(looked_up, Unread):
        walk.meet(doubts(Hop.ROUTE, Doubt.unread(looked_up, table.id)))
        return
    walk.meet(*(doubts(Hop.ROUTE, one) for one in looked_up.doubts))
    for forwarding in looked_up.forwardings:
        if forwarding.is_dropped:
            detail = f"{table.id} drops answers to {walk.origin.address}"
            walk.meet(blocks(Hop.ROUTE, "ROUTE_BLACKHOLE", table.id, detail))
        elif forwarding.is_local:
            walk.meet(passes(Hop.ROUTE, table.id, f"answers to {walk.origin.address} stay local"))
        else:
            target = forwarding.route.target if forwarding.route else "nowhere"
            detail = f"{table.id} leads answers to {walk.origin.address} to {target}"
            settled_by = f"what {target} does with answers it saw no request for"
            walk.meet(
                doubts(Hop.ROUTE, Doubt.outside("FIREWALL_UNSEEN", table.id, detail, settled_by))
            )
