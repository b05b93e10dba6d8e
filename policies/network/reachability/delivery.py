"""Arrival at an interface: its groups, its subnet's ACL, and the way back."""

from __future__ import annotations

from inventory.facts import NetworkInterface, Unread
from policies.network.reachability import network_acls, security_groups
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts
from policies.network.reachability.network_acls import Side
from policies.network.reachability.walk import Location, Walk
from policies.network.reachability.way_back import way_back

#: Interfaces that carry no security group (SG11).
_WITHOUT_GROUPS = frozenset({"nat_gateway", "natgateway", "transit_gateway"})


def deliver(walk: Walk) -> None:
    """Judge everything between where the packet is and the interface that holds the address."""
    walk.delivered = True
    interface = _receiver(walk)
    if isinstance(interface, Doubt):
        walk.meet(doubts(Hop.DELIVERY, interface))
        return
    if interface.vpc_id and interface.vpc_id != walk.here.vpc_id:
        detail = f"{walk.here.vpc_id} keeps {walk.remaining} to itself: {interface.id} is elsewhere"
        walk.meet(blocks(Hop.ROUTE, "NO_ROUTE", walk.here.vpc_id, detail))
        return
    crosses = interface.subnet_id != walk.here.subnet_id
    filters(walk, interface, crosses=crosses)
    if crosses or walk.at is not None:
        way_back(walk, Location(walk.here.vpc_id, interface.subnet_id))


def filters(walk: Walk, interface: NetworkInterface, *, crosses: bool = True) -> None:
    """Judge the ACL and the groups around an interface, both directions."""
    sender = walk.origin.address
    if crosses:
        enter_subnet(walk, interface.subnet_id)
    if interface.interface_type.casefold() not in _WITHOUT_GROUPS:
        groups = frozenset(group.group_id for group in interface.groups)
        security_groups.ingress(walk, interface.id, groups, _code(walk))
    if crosses or walk.at is not None:  # to a gateway's interface beside it, answers leave (NA9)
        network_acls.answer(walk, interface.subnet_id, Side.OUT, sender, walk.origin.ports)


def enter_subnet(walk: Walk, subnet_id: str) -> None:
    """Judge the ACLs into a subnet; from an attachment subnet also that one's way out (NA9)."""
    if walk.at is not None and walk.at.subnet_id:
        walk.remaining = network_acls.request(walk, walk.at.subnet_id, Side.OUT, walk.remaining)
    network_acls.request(walk, subnet_id, Side.IN, walk.origin.address)


def _receiver(walk: Walk) -> NetworkInterface | Doubt:
    if walk.destination.interface is not None:
        return walk.destination.interface
    vpc_id = walk.here.vpc_id
    if not walk.remaining.is_single:
        detail = f"{walk.destination.label} may be any interface of {vpc_id}"
        settled_by = f"the address behind {walk.destination.label}"
        return Doubt.outside("RECEIVER_UNKNOWN", vpc_id, detail, settled_by)
    found = walk.network.interface_at(vpc_id, walk.remaining.witness)
    if isinstance(found, Unread):
        return Doubt.unread(found, walk.destination.label)
    return found


def _code(walk: Walk) -> str:
    is_endpoint = walk.destination.endpoint is not None
    return "ENDPOINT_SG_INGRESS_BLOCKED" if is_endpoint else "SG_INGRESS_BLOCKED"
