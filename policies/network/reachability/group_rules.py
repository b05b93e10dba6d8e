"""The rules of security groups, read for one kind of packet (network.md 2.1, SG1-SG7)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from inventory.facts import Evidence, Unread
from inventory.facts.network import GroupPair, Permission, SecurityGroup
from policies.network.reachability.addresses import AddressSet, Family, MalformedAddressError
from policies.network.reachability.answer import Doubt
from policies.network.reachability.network import Network
from policies.network.reachability.prefix_lists import listed_addresses
from policies.network.reachability.protocols import (
    Protocol,
    covers_every_protocol,
    names_protocol,
)


class Direction(StrEnum):
    """Which rules of a group; the values are EC2's own names of them."""

    EGRESS = "IpPermissionsEgress"
    INGRESS = "IpPermissions"


@dataclasses.dataclass(frozen=True)
class Packets:
    """One kind of packet; ``service``: the first label of the host name they go to (``ssm``)."""

    direction: Direction
    family: Family
    protocol: Protocol
    port: int
    service: str = ""


@dataclasses.dataclass(frozen=True)
class Rule:
    """A rule that names the protocol and the port, with what it admits of one family.

    ``unresolved`` are the prefix lists whose entries are not known.
    """

    group: SecurityGroup
    permission: Permission
    addresses: AddressSet
    pairs: tuple[GroupPair, ...]
    unresolved: tuple[str, ...]

    @property
    def references(self) -> frozenset[str]:
        """The groups that the rule admits (SG8)."""
        return frozenset(one.group_id for one in self.pairs)

    def __str__(self) -> str:
        permission = self.permission
        names = [one.cidr_ip for one in permission.ip_ranges]
        names += [one.cidr_ipv6 for one in permission.ipv6_ranges]
        names += [one.group_id for one in permission.user_id_group_pairs]
        names += [one.prefix_list_id for one in permission.prefix_list_ids]
        return ", ".join(sorted(names))


@dataclasses.dataclass(frozen=True)
class GroupRules:
    """The groups of one ENI, read for one kind of packet.

    ``doubts`` are unread groups and malformed rules: each of them could admit anything.
    """

    direction: Direction
    groups: tuple[SecurityGroup, ...]
    rules: tuple[Rule, ...]
    admitted: AddressSet
    doubts: tuple[Doubt, ...]

    def quote(self, rules: Sequence[Rule]) -> tuple[Evidence, ...]:
        """Those rules of each group, word for word."""
        quoted = ((group, [one for one in rules if one.group is group]) for group in self.groups)
        return tuple(
            Evidence(
                resource=group.id,
                path=self.direction.value,
                value=[msgspec.to_builtins(one.permission) for one in chosen],
                call=group.call,
            )
            for group, chosen in quoted
            if chosen
        )


def rules_of(network: Network, group_ids: frozenset[str], packets: Packets) -> GroupRules:
    """The union of an ENI's groups for one kind of packet, computed once per set of groups."""
    key = ("group rules", group_ids, packets)
    return network.once(key, lambda: _read_groups(network, group_ids, packets))


def _read_groups(network: Network, group_ids: frozenset[str], packets: Packets) -> GroupRules:
    groups: list[SecurityGroup] = []
    rules: list[Rule] = []
    gaps: list[Doubt] = []
    for group_id in sorted(group_ids):
        group = network.security_group(group_id)
        if isinstance(group, Unread):
            gaps.append(Doubt.unread(group, group_id))
            continue
        groups.append(group)
        for permission in _permissions(group, packets.direction):
            applies = _applies(permission, packets)
            if applies is None:
                problem = f"rule for {permission.ip_protocol!r} without a readable port range"
                gaps.append(Doubt.malformed(group.call, place_of(group, packets), problem))
            elif applies:
                rule, malformed = _rule(network, group, permission, packets)
                rules.append(rule)
                gaps += malformed
    admitted = AddressSet.union(packets.family, (rule.addresses for rule in rules))
    return GroupRules(packets.direction, tuple(groups), tuple(rules), admitted, tuple(gaps))


def place_of(group: SecurityGroup, packets: Packets) -> str:
    """The rules of one direction, as doubts name them."""
    return f"{group.id} {packets.direction}"


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
    first, last = permission.from_port, permission.to_port
    if first is None or last is None or first > last:
        return None
    return first == last == -1 or first <= packets.port <= last


def _rule(
    network: Network, group: SecurityGroup, permission: Permission, packets: Packets
) -> tuple[Rule, list[Doubt]]:
    """A rule as far as one family goes, and what of it cannot be read (SG6, SG7)."""
    family = packets.family
    parts, malformed = _blocks(_cidrs(permission, family), family)
    if any(not one.group_id for one in permission.user_id_group_pairs):
        malformed.append("a group reference without GroupId")
    place = place_of(group, packets)
    gaps = [Doubt.malformed(group.call, place, one) for one in malformed]
    unresolved = []
    for list_id in sorted(one.prefix_list_id for one in permission.prefix_list_ids):
        listed = listed_addresses(network, list_id, family, packets.service)
        parts.append(listed.addresses)
        gaps += listed.doubts
        if not listed.is_known:
            unresolved.append(list_id)
    rule = Rule(
        group=group,
        permission=permission,
        addresses=AddressSet.union(family, parts),
        pairs=permission.user_id_group_pairs,
        unresolved=tuple(unresolved),
    )
    return rule, gaps


def _cidrs(permission: Permission, family: Family) -> list[str]:
    if family is Family.V4:
        return [one.cidr_ip for one in permission.ip_ranges]
    return [one.cidr_ipv6 for one in permission.ipv6_ranges]


def _blocks(cidrs: Iterable[str], family: Family) -> tuple[list[AddressSet], list[str]]:
    """The blocks, and what is wrong with those that are none."""
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
    return parts, malformed
