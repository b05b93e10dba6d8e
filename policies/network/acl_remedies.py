"""Commands that add the network ACL entry that a path lacks, before the entry that denies (NA2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from shlex import quote
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import NetworkAcl, NetworkAclEntry
from policies.network.asked import Asked
from policies.network.reachability import ANY_EPHEMERAL_PORTS, AddressSet, Crossing, Family, Stage

#: The catch-all deny, which every ACL ends with (NA2); the highest number an entry can have.
_LAST: Final = 32767
_TCP: Final = "6"
_ROUND: Final = 10


def let_through(asked: Asked, stage: Stage) -> str:
    """One entry for the packets that a stage drops, or lets through in part; ``""`` = no room."""
    crossing = stage.crossing
    acl = asked.network.network_acl(crossing.subnet_id) if crossing else None
    if crossing is None or acl is None or isinstance(acl, Unread):
        return ""
    number = free_number(acl, crossing)
    if number is None:
        return ""
    option, block = _peer(asked, crossing.peer)
    return (
        f"aws ec2 create-network-acl-entry --region {quote(asked.node.region.name)} "
        f"--network-acl-id {quote(stage.component)} "
        f"--{'egress' if crossing.outbound else 'ingress'} --rule-number {number} --protocol tcp "
        f"--port-range From={crossing.ports.first},To={crossing.ports.last} "
        f"--{option} {quote(block)} --rule-action allow"
    )


def free_number(acl: NetworkAcl, crossing: Crossing) -> int | None:
    """The number of an entry that comes before the first that may deny the packets.

    Each kind of packet has its own, so that the commands for several hosts do not collide.
    """
    entries = [one for one in acl.entries if one.egress is crossing.outbound]
    denies = min((one.rule_number for one in entries if _may_deny(one, crossing)), default=_LAST)
    taken = {one.rule_number for one in entries}
    free = (number for number in _before(denies) if number not in taken)
    return next(islice(free, _kind(crossing), None), None)


def _kind(crossing: Crossing) -> int:
    """Requests, answers to a NAT gateway, answers to a client; each from public or private."""
    private, ports = crossing.peer.is_single, crossing.ports
    if ports.first == ports.last:
        return int(private)
    return (2 if ports == ANY_EPHEMERAL_PORTS else 4) + private


def _before(number: int) -> Iterator[int]:
    """Round numbers first: they leave room around a new entry."""
    yield from range((number - 1) // _ROUND * _ROUND, 0, -_ROUND)
    yield from (one for one in range(number - 1, 0, -1) if one % _ROUND)


def _may_deny(entry: NetworkAclEntry, crossing: Crossing) -> bool:
    """Whether it denies some of the packets by protocol, family and port; blocks are not compared.

    A number before more entries than needed is a free number all the same.
    """
    if entry.rule_action.casefold() != "deny" or entry.protocol not in ("-1", _TCP):
        return False
    is_v6 = bool(entry.ipv6_cidr_block)
    if is_v6 is not (crossing.peer.family is Family.V6):
        return False
    ports = entry.port_range
    if ports is None:
        return True
    return ports.first <= crossing.ports.last and crossing.ports.first <= ports.last


def _peer(asked: Asked, peer: AddressSet) -> tuple[str, str]:
    """The far side as an option and a block: the VPC's that holds it, or everything public."""
    option = "cidr-block" if peer.family is Family.V4 else "ipv6-cidr-block"
    if not peer.is_single:
        return option, "0.0.0.0/0" if peer.family is Family.V4 else "::/0"
    vpc = asked.network.vpc(asked.interface.vpc_id)
    cidrs = () if isinstance(vpc, Unread) or peer.family is Family.V6 else vpc.cidrs
    around = (cidr for cidr in cidrs if peer <= AddressSet.network(cidr))
    return option, next(around, f"{peer.witness}/{peer.family.bits}")
