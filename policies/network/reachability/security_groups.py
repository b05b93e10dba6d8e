"""Security groups: allow rules, united over all groups of one ENI (network.md 2.1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from enum import StrEnum

import msgspec

from inventory.facts import Evidence, Unread
from inventory.facts.network import Permission, SecurityGroup
from policies.control import Gap, Missing
from policies.network.reachability.addresses import (
    AddressSet,
    Family,
    MalformedAddressError,
    is_public,
)
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts, passes
from policies.network.reachability.network import Network
from policies.network.reachability.protocols import (
    Protocol,
    covers_every_protocol,
    names_protocol,
)
from policies.network.reachability.walk import Walk


class Direction(StrEnum):
    """Which rules of a group; the values are EC2's own names of them."""

    EGRESS = "IpPermissionsEgress"
    INGRESS = "IpPermissions"


@dataclasses.dataclass(frozen=True)
class Rule:
    """A rule that names the protocol and the port, with what it admits of one family."""

    group: SecurityGroup
    permission: Permission
    addresses: AddressSet
    references: frozenset[str]
    prefix_lists: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class GroupRules:
    """The groups of one ENI, read for one direction, family, protocol and port.

    ``doubts`` are unread groups and malformed rules: each of them could admit anything.
    """

    direction: Direction
    groups: tuple[SecurityGroup, ...]
    rules: tuple[Rule, ...]
    admitted: AddressSet
    doubts: tuple[Doubt, ...]


@dataclasses.dataclass(frozen=True)
class Peer:
    """The other end: its addresses, the groups of its ENI (``None`` = not known), its service."""

    label: str
    addresses: AddressSet
    groups: frozenset[str] | None
    service: str = ""


@dataclasses.dataclass(frozen=True)
class Packets:
    """One kind of packet, which the rules of one direction are asked about."""

    direction: Direction
    family: Family
    protocol: Protocol
    port: int


@dataclasses.dataclass(frozen=True)
class _Guard:
    """The groups on one ENI; ``code`` is the reason if they block."""

    interface_id: str
    group_ids: frozenset[str]
    direction: Direction
    code: str

    @property
    def hop(self) -> Hop:
        return Hop.EGRESS if self.direction is Direction.EGRESS else Hop.INGRESS


def egress(walk: Walk) -> None:
    """Let the sending ENI's groups judge the way out."""
    to, origin = walk.destination, walk.origin
    peer = Peer(to.label, walk.remaining, to.groups, to.service)
    guard = _Guard(origin.resource, origin.groups, Direction.EGRESS, "SG_EGRESS_BLOCKED")
    walk.remaining = _judge(walk, guard, peer)


def ingress(walk: Walk, interface_id: str, groups: frozenset[str], code: str) -> None:
    """Let a receiving ENI's groups judge the sender; ``code`` is the reason if they block."""
    origin = walk.origin
    peer = Peer(f"{origin.resource} {origin.address}", origin.address, origin.groups)
    _judge(walk, _Guard(interface_id, groups, Direction.INGRESS, code), peer)


def _judge(walk: Walk, guard: _Guard, peer: Peer) -> AddressSet:
    """Note what the groups do; returns the peer's addresses that may have passed."""
    if not guard.group_ids:
        call = "ec2:DescribeNetworkInterfaces"
        gap = Doubt.malformed(call, guard.interface_id, "no groups recorded")
        walk.meet(doubts(guard.hop, gap))
        return peer.addresses
    packets = Packets(guard.direction, peer.addresses.family, walk.protocol, walk.port)
    rules = rules_of(walk.network, guard.group_ids, packets)
    surely = peer.addresses & rules.admitted
    if peer.groups and any(rule.references & peer.groups for rule in rules.rules):
        surely = peer.addresses
    if peer.addresses <= surely:
        walk.meet(_admitting(guard.hop, walk, rules, peer))
        return peer.addresses
    open_questions = (*rules.doubts, *_unresolved(walk.network, rules, peer))
    if open_questions:
        walk.meet(*(doubts(guard.hop, one) for one in open_questions))
        return peer.addresses
    if not surely:
        walk.meet(_blocking(guard, walk, rules, peer))
        return peer.addresses
    walk.meet(_splitting(guard.hop, walk, rules, peer))
    return surely


def rules_of(network: Network, group_ids: frozenset[str], packets: Packets) -> GroupRules:
    """The union of an ENI's groups for one kind of packet, computed once per set of groups."""
    key = ("group rules", group_ids, packets)
    return network.once(key, lambda: _read_groups(network, group_ids, packets))


def _read_groups(network: Network, group_ids: frozenset[str], packets: Packets) -> GroupRules:
    groups: list[SecurityGroup] = []
    rules: list[Rule] = []
    gaps: list[Doubt] = []
    for group_id in sorted(group_ids):
        group = network.region.security_groups.find(group_id)
        if isinstance(group, Unread):
            gaps.append(Doubt.unread(group, group_id))
            continue
        groups.append(group)
        for permission in _permissions(group, packets.direction):
            applies = _applies(permission, packets)
            place = f"{group.id} {packets.direction}"
            if applies is None:
                problem = f"rule for {permission.ip_protocol!r} without a readable port range"
                gaps.append(Doubt.malformed(group.call, place, problem))
            elif applies:
                rule, malformed = _rule(group, permission, packets.family)
                rules.append(rule)
                gaps += [Doubt.malformed(group.call, place, one) for one in malformed]
    admitted = AddressSet.union(packets.family, (rule.addresses for rule in rules))
    return GroupRules(packets.direction, tuple(groups), tuple(rules), admitted, tuple(gaps))


def _permissions(group: SecurityGroup, direction: Direction) -> tuple[Permission, ...]:
    egress = direction is Direction.EGRESS
    return group.ip_permissions_egress if egress else group.ip_permissions


def _applies(permission: Permission, packets: Packets) -> bool | None:
    """Whether a rule is about that protocol and port (SG4, SG5); ``None`` = cannot be read."""
    if covers_every_protocol(permission.ip_protocol):
        return True
    named = names_protocol(permission.ip_protocol, packets.protocol)
    if not named:
        return named
    if permission.from_port is None or permission.to_port is None:
        return None
    if permission.from_port == permission.to_port == -1:
        return True
    return permission.from_port <= packets.port <= permission.to_port


def _rule(group: SecurityGroup, permission: Permission, family: Family) -> tuple[Rule, list[str]]:
    """A rule as far as one family goes, and what of it cannot be read (SG6)."""
    if family is Family.V4:
        cidrs = [one.cidr_ip for one in permission.ip_ranges]
    else:
        cidrs = [one.cidr_ipv6 for one in permission.ipv6_ranges]
    parts: list[AddressSet] = []
    malformed: list[str] = []
    for cidr in cidrs:
        try:
            block = AddressSet.network(cidr)
        except MalformedAddressError as error:
            malformed.append(str(error))
            continue
        if block.family is family:
            parts.append(block)
        else:
            malformed.append(f"{cidr!r} is no IPv{family.value} block")
    rule = Rule(
        group=group,
        permission=permission,
        addresses=AddressSet.union(family, parts),
        references=frozenset(one.group_id for one in permission.user_id_group_pairs),
        prefix_lists=tuple(sorted(one.prefix_list_id for one in permission.prefix_list_ids)),
    )
    return rule, malformed


def _unresolved(network: Network, rules: GroupRules, peer: Peer) -> Iterator[Doubt]:
    """Rules that may admit the peer but name something whose addresses are not known."""
    for rule in rules.rules:
        for list_id in rule.prefix_lists:
            if may_hold(network, list_id, peer.addresses, peer.service):
                yield prefix_list_doubt(list_id, f"{rule.group.id} {rules.direction}")
        if rule.references and peer.groups is None:
            detail = f"not known whether {peer.label} carries {_listed(rule.references)}"
            settled_by = "ec2:DescribeNetworkInterfaces"
            yield Doubt("DATA_MISSING", rule.group.id, detail, Missing(Gap.UNREAD, settled_by))


def may_hold(network: Network, list_id: str, addresses: AddressSet, service: str) -> bool:
    """Whether a prefix list can hold any of the addresses, its entries not being collected.

    AWS's own lists hold the public addresses of the service in their name and no one else's, and
    Systems Manager has none (SG7, D30).
    """
    managed = network.region.managed_prefix_lists.find(list_id)
    if isinstance(managed, Unread):
        return True
    if managed.address_family and not managed.address_family.endswith(str(addresses.family.value)):
        return False
    if managed.owner_id.casefold() != "aws":
        return True
    if service:
        return managed.prefix_list_name.rpartition(".")[2] == service
    return is_public(addresses)


def prefix_list_doubt(list_id: str, place: str) -> Doubt:
    """A prefix list that a rule or a route names and whose entries are not known (SG7, RT6)."""
    settled_by = f"ec2:GetManagedPrefixListEntries for {list_id}"
    return Doubt(
        "PREFIX_LIST_UNRESOLVED",
        place,
        f"{list_id} is not resolved into addresses",
        Missing(Gap.UNREAD, settled_by),
    )


def _admitting(hop: Hop, walk: Walk, rules: GroupRules, peer: Peer) -> Stage:
    def admits(rule: Rule) -> bool:
        return bool(rule.addresses & peer.addresses or rule.references & (peer.groups or set()))

    matching = [rule for rule in rules.rules if admits(rule)]
    first = min(matching, key=lambda rule: (rule.group.id, _told(rule)))
    word, towards = _words(hop)
    detail = f"{word} {walk.service_port} {towards} {_told(first)}"
    return passes(hop, first.group.id, detail, *_quote(rules, lambda rule: rule in matching))


def _blocking(guard: _Guard, walk: Walk, rules: GroupRules, peer: Peer) -> Stage:
    word, towards = _words(guard.hop)
    names = [group.id for group in rules.groups]
    others = f" (nor has {', '.join(names[1:])})" if len(names) > 1 else ""
    detail = f"{names[0]} has no {word} rule for {walk.service_port} {towards} {peer.label}{others}"
    quoted = (group.evidence(rules.direction.value) for group in rules.groups)
    return blocks(guard.hop, guard.code, names[0], detail, *quoted)


def _splitting(hop: Hop, walk: Walk, rules: GroupRules, peer: Peer) -> Stage:
    """Some addresses pass and others do not: two witnesses, and what would settle it (2.7)."""
    word, towards = _words(hop)
    passing = (peer.addresses & rules.admitted).witness
    dropped = (peer.addresses - rules.admitted).witness
    detail = (
        f"the {word} rules for {walk.service_port} {towards} {peer.label} admit {passing}, "
        f"but not {dropped}"
    )
    settled_by = f"the addresses of {peer.label}"
    doubt = Doubt.outside("RESTRICTED_CIDR", rules.groups[0].id, detail, settled_by)
    return doubts(hop, doubt, *_quote(rules, lambda _rule: True))


def _words(hop: Hop) -> tuple[str, str]:
    return ("egress", "to") if hop is Hop.EGRESS else ("ingress", "from")


def _told(rule: Rule) -> str:
    permission = rule.permission
    names = [one.cidr_ip for one in permission.ip_ranges]
    names += [one.cidr_ipv6 for one in permission.ipv6_ranges]
    names += [one.group_id for one in permission.user_id_group_pairs]
    return ", ".join(sorted(names))


def _listed(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))


def _quote(rules: GroupRules, wanted: Callable[[Rule], bool]) -> Iterator[Evidence]:
    """The wanted rules of each group, word for word."""
    for group in rules.groups:
        quoted = [
            msgspec.to_builtins(rule.permission)
            for rule in rules.rules
            if rule.group is group and wanted(rule)
        ]
        if quoted:
            yield Evidence(
                resource=group.id, path=rules.direction.value, value=quoted, call=group.call
            )
