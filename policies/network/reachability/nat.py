"""NAT gateways, public and private, zonal and regional (network.md 2.5, D25)."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import NatGateway
from policies.network.reachability import encryption, network_acls
from policies.network.reachability.addresses import AddressSet, Family, MalformedAddressError
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.delivery import enter_subnet
from policies.network.reachability.encryption import Carrier
from policies.network.reachability.flow import ANY_EPHEMERAL_PORTS, Origin, Sender
from policies.network.reachability.network_acls import Side
from policies.network.reachability.ownership import not_seen
from policies.network.reachability.walk import Depart, Forward, Location, Walk
from policies.network.reachability.way_back import way_back, way_back_from

#: Statuses of an address: older answers have none. The others that AWS lists carry no traffic.
_USABLE: Final = frozenset({"", "succeeded"})
_UNUSABLE: Final = frozenset(
    {"assigning", "unassigning", "associating", "disassociating", "failed"}
)
_UNAVAILABLE: Final = frozenset({"pending", "failed", "deleting", "deleted"})


def nat_gateway(walk: Walk, gateway_id: str, depart: Depart, forward: Forward) -> None:
    """Judge the gateway, then follow its own subnet's way on (regional: its own table)."""
    vpc_id = walk.here.vpc_id
    gateway = walk.network.nat_gateway(gateway_id, vpc_id)
    if isinstance(gateway, Unread):
        walk.meet(doubts(Hop.NAT, not_seen(walk.network, gateway, gateway_id, vpc_id)))
        return
    _state(walk, gateway)
    encryption.judge(walk, vpc_id, Carrier.NAT_GATEWAY, gateway_id)
    if gateway.attached_appliances:
        detail = f"{gateway.id} sends traffic through an attached appliance"
        settled_by = f"the rules of the appliances attached to {gateway.id}"
        doubt = Doubt.outside("NAT_PROXY_UNSEEN", gateway.id, detail, settled_by)
        walk.meet(doubts(Hop.NAT, doubt, gateway.evidence("AttachedAppliances")))
    if gateway.id in walk.visited or gateway.subnet_id == walk.here.subnet_id:
        detail = f"{gateway.id} lies in the very subnet that routes to it: its traffic loops"
        walk.meet(blocks(Hop.NAT, "NAT_SAME_SUBNET_LOOP", gateway.id, detail))
        return
    sender = _sender(walk, gateway)
    if sender is None:
        return
    if gateway.subnet_id:
        _zonal(walk, gateway, sender, depart)
    else:
        _regional(walk, gateway, sender, forward)


def _state(walk: Walk, gateway: NatGateway) -> None:
    state = gateway.state.casefold()
    evidence = gateway.evidence("State")
    detail = f"{gateway.id} is {gateway.state or 'in no stated state'}"
    if state == "available":
        walk.meet(passes(Hop.NAT, gateway.id, detail, evidence))
    elif state in _UNAVAILABLE:
        walk.meet(blocks(Hop.NAT, "NAT_STATE", gateway.id, detail, evidence))
    else:
        doubt = Doubt.malformed(gateway.call, gateway.id, f"State {gateway.state!r}")
        walk.meet(doubts(Hop.NAT, doubt, evidence))


def _sender(walk: Walk, gateway: NatGateway) -> Origin | None:
    """The gateway as a sender. Its ports are its own range (NA7).

    Older answers have no ConnectivityType: public only if an address shows a public IP (NG1).
    """
    addresses = gateway.nat_gateway_addresses
    usable = [one for one in addresses if one.status.casefold() in _USABLE]
    public = min((one.public_ip for one in usable if one.public_ip), default="")
    kind = gateway.connectivity_type.casefold()
    if kind not in ("public", "private") and not (kind == "" and public):
        problem = f"ConnectivityType {gateway.connectivity_type!r}"
        walk.meet(doubts(Hop.NAT, Doubt.malformed(gateway.call, gateway.id, problem)))
        return None
    unclear = [
        one
        for one in addresses
        if one.public_ip and one.status.casefold() not in _USABLE | _UNUSABLE
    ]
    if unclear and not public and kind == "public":
        problem = f"address Status {unclear[0].status!r}"
        walk.meet(doubts(Hop.NAT, Doubt.malformed(gateway.call, gateway.id, problem)))
        return None
    address = min((one.private_ip for one in usable if one.private_ip), default="")
    try:
        own = AddressSet.address(address) if address else AddressSet.everything(Family.V4)
    except MalformedAddressError as error:
        walk.meet(doubts(Hop.NAT, Doubt.malformed(gateway.call, gateway.id, str(error))))
        return None
    return Origin(
        resource=gateway.id,
        vpc_id=gateway.vpc_id,
        subnet_id=gateway.subnet_id,
        address=own,
        public="" if kind == "private" else public,
        ports=ANY_EPHEMERAL_PORTS,
        kind=Sender.PRIVATE_NAT if kind == "private" else Sender.PUBLIC_NAT,
    )


def _zonal(walk: Walk, gateway: NatGateway, sender: Origin, depart: Depart) -> None:
    client = walk.origin
    enter_subnet(walk, gateway.subnet_id)
    _follow(walk, gateway, sender, depart)
    network_acls.answer(walk, gateway.subnet_id, Side.OUT, client.address, client.ports)
    way_back(walk, Location(gateway.vpc_id, gateway.subnet_id))


def _regional(walk: Walk, gateway: NatGateway, sender: Origin, forward: Forward) -> None:
    """No subnet and so no ACL; a route table of its own (NG6)."""
    table = walk.network.route_table_by_id(gateway.route_table_id, gateway.vpc_id)
    if isinstance(table, Unread):
        walk.meet(doubts(Hop.NAT, Doubt.unread(table, f"{gateway.id} {gateway.route_table_id}")))
        return
    _follow(walk, gateway, sender, lambda onward: forward(onward, table))
    way_back_from(walk, Location(gateway.vpc_id, ""), table)


def _follow(walk: Walk, gateway: NatGateway, sender: Origin, depart: Depart) -> None:
    onward = walk.sent_on(gateway.id, sender)
    translates = walk.remaining.family is Family.V6
    if translates:
        if walk.destination.translated is None:
            detail = f"{gateway.id} carries IPv6 under 64:ff9b::/96 only (NAT64)"
            walk.meet(blocks(Hop.NAT, "NO_ROUTE", gateway.id, detail))
            return
        onward.remaining = walk.destination.translated
        onward.destination = dataclasses.replace(
            walk.destination, addresses=onward.remaining, translated=None
        )
    depart(onward)
    walk.meet(*onward.stages)
    walk.delivered = onward.delivered
    if not translates:
        walk.remaining = onward.remaining
