"""VPC peering: to the interfaces of the other VPC and to nothing behind it (PX1)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Unread
from inventory.facts.transit import PeeredVpc, VpcPeeringConnection
from policies.network.reachability import encryption
from policies.network.reachability.addresses import (
    AddressSet,
    Family,
    MalformedAddressError,
    is_public,
)
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts, passes
from policies.network.reachability.encryption import Carrier
from policies.network.reachability.ownership import not_seen
from policies.network.reachability.walk import Location, Walk

_NOT_UP: Final = frozenset(
    {
        "initiating-request",
        "pending-acceptance",
        "deleted",
        "rejected",
        "failed",
        "expired",
        "provisioning",
        "deleting",
    }
)


def request(walk: Walk, connection_id: str) -> Walk | None:
    """The packet as it enters the peer VPC; ``None`` = it does not, or not known so."""
    here = walk.here
    found = walk.network.peering_connection(connection_id, here.vpc_id)
    if isinstance(found, Unread):
        walk.meet(_not_listed(walk, found, connection_id))
        return None
    peer = _peer(walk, found, here.vpc_id)
    if peer is None:
        return None
    is_up, belongs = _is_up(walk, found), _belongs(walk, found, peer)
    encryption.judge(walk, here.vpc_id, Carrier.PEERING, connection_id)
    if not (is_up and belongs):
        return None
    if isinstance(walk.network.vpc(peer.vpc_id), Unread):
        detail = f"{peer.vpc_id} belongs to account {peer.owner_id}, which was not collected"
        settled_by = f"ec2:DescribeVpcs in account {peer.owner_id} {peer.region}".rstrip()
        doubt = Doubt.outside("OWNER_NOT_COLLECTED", peer.vpc_id, detail, settled_by)
        walk.meet(doubts(Hop.BEYOND, doubt))
        return None
    encryption.judge(walk, peer.vpc_id, Carrier.PEERING, connection_id)
    return walk.entering(Location(peer.vpc_id, ""), connection_id)


def _not_listed(walk: Walk, gap: Unread, connection_id: str) -> Stage:
    """A peering never leads to public endpoints, whatever else is not known of it."""
    if walk.remaining.family is Family.V4 and is_public(walk.remaining):
        detail = f"{connection_id} is a VPC peering: it never leads to {walk.destination.label}"
        return blocks(Hop.BEYOND, "PEERING_EDGE_TO_EDGE", connection_id, detail)
    return doubts(Hop.BEYOND, not_seen(walk.network, gap, connection_id, walk.here.vpc_id))


def answer(walk: Walk, connection_id: str, start: Location) -> None:
    """Judge whether the answers come back over a peering to the sender's VPC."""
    found = walk.network.peering_connection(connection_id, start.vpc_id)
    if isinstance(found, Unread):
        doubt = not_seen(walk.network, found, connection_id, start.vpc_id)
        walk.meet(doubts(Hop.BEYOND, doubt))
        return
    peer = _peer(walk, found, start.vpc_id)
    if peer is None or not _is_up(walk, found):
        return
    if peer.vpc_id != walk.origin.vpc_id:
        detail = f"{connection_id} leads answers to {walk.origin.address} to {peer.vpc_id}"
        walk.meet(blocks(Hop.BEYOND, "PEERING_EDGE_TO_EDGE", connection_id, detail))


def _peer(walk: Walk, connection: VpcPeeringConnection, vpc_id: str) -> PeeredVpc | None:
    """The other end; a connection that does not name this VPC cannot be read."""
    ends = (connection.requester_vpc_info, connection.accepter_vpc_info)
    mine = [one for one in ends if one is not None and one.vpc_id == vpc_id]
    theirs = [one for one in ends if one is not None and one.vpc_id not in ("", vpc_id)]
    if mine and theirs:
        return theirs[0]
    problem = f"{vpc_id} is not an end of it"
    walk.meet(doubts(Hop.BEYOND, Doubt.malformed(connection.call, connection.id, problem)))
    return None


def _is_up(walk: Walk, connection: VpcPeeringConnection) -> bool:
    code = connection.status.code if connection.status else ""
    evidence = connection.evidence("Status")
    detail = f"{connection.id} is {code or 'in no stated state'}"
    if code.casefold() == "active":
        walk.meet(passes(Hop.BEYOND, connection.id, detail, evidence))
        return True
    if code.casefold() in _NOT_UP:
        walk.meet(blocks(Hop.BEYOND, "PEERING_NOT_ACTIVE", connection.id, detail, evidence))
    else:
        doubt = Doubt.malformed(connection.call, connection.id, f"Status.Code {code!r}")
        walk.meet(doubts(Hop.BEYOND, doubt, evidence))
    return False


def _belongs(walk: Walk, connection: VpcPeeringConnection, peer: PeeredVpc) -> bool:
    """Whether the addresses are the peer VPC's own: a peering leads nowhere else."""
    blocks_of_peer = _blocks(walk, peer, walk.remaining.family)
    if isinstance(blocks_of_peer, str):
        doubt = Doubt.malformed(connection.call, connection.id, blocks_of_peer)
        walk.meet(doubts(Hop.BEYOND, doubt))
        return False
    inside = walk.remaining & blocks_of_peer
    if not inside:
        detail = f"{connection.id} leads to {peer.vpc_id} only, not to {walk.destination.label}"
        walk.meet(blocks(Hop.BEYOND, "PEERING_EDGE_TO_EDGE", connection.id, detail))
        return False
    walk.remaining = inside
    return True


def _blocks(walk: Walk, peer: PeeredVpc, family: Family) -> AddressSet | str:
    """The peer's blocks as the connection and the VPC itself tell them, or what is wrong."""
    vpc = walk.network.vpc(peer.vpc_id)
    cidrs = list(peer.cidrs)
    if not isinstance(vpc, Unread):
        cidrs += [*vpc.cidrs, *vpc.ipv6_cidrs]
    if not cidrs:
        return f"no CIDR block of {peer.vpc_id} is recorded"
    try:
        parts = [AddressSet.network(cidr) for cidr in cidrs if cidr]
    except MalformedAddressError as error:
        return str(error)
    return AddressSet.union(family, (part for part in parts if part.family is family))
