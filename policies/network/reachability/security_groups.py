"""Security groups: allow rules, united over all groups of one ENI (network.md 2.1)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final

from policies.network.reachability import group_references
from policies.network.reachability.addresses import AddressSet
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts, passes
from policies.network.reachability.group_references import Reference, unknown_carrier
from policies.network.reachability.group_rules import (
    Direction,
    GroupRules,
    Packets,
    place_of,
    rules_of,
)
from policies.network.reachability.prefix_lists import may_hold, prefix_list_doubt
from policies.network.reachability.walk import Walk

_HOPS: Final = {Direction.EGRESS: Hop.EGRESS, Direction.INGRESS: Hop.INGRESS}
_WORDS: Final = {Hop.EGRESS: ("egress", "to"), Hop.INGRESS: ("ingress", "from")}


@dataclasses.dataclass(frozen=True)
class _Guard:
    """The groups on one ENI; ``code`` is the reason if they block."""

    interface_id: str
    group_ids: frozenset[str]
    direction: Direction
    code: str

    @property
    def hop(self) -> Hop:
        return _HOPS[self.direction]


@dataclasses.dataclass(frozen=True)
class _Peer:
    """The other end: its addresses, the groups of its ENI (``None`` = not known), its service."""

    label: str
    addresses: AddressSet
    groups: frozenset[str] | None
    service: str = ""


@dataclasses.dataclass(frozen=True)
class _Judged:
    """What the groups of an ENI do, and which of the peer's addresses may have passed."""

    stages: tuple[Stage, ...]
    passing: AddressSet


def egress(walk: Walk) -> None:
    """Let the sending ENI's groups judge the way out; once for all ENIs with these groups."""
    to, origin = walk.destination, walk.origin
    peer = _Peer(to.label, walk.remaining, to.groups, to.service)
    guard = _Guard(origin.resource, origin.groups, Direction.EGRESS, "SG_EGRESS_BLOCKED")
    if not origin.groups:
        judged = _judge(walk, guard, peer)
    else:
        receiver = to.interface.id if to.interface is not None else ""
        key = ("egress", origin.groups, origin.vpc_id, walk.service_port, peer, receiver)
        judged = walk.network.once(key, lambda: _judge(walk, guard, peer))
    walk.meet(*judged.stages)
    walk.remaining = judged.passing


def ingress(walk: Walk, interface_id: str, groups: frozenset[str], code: str) -> None:
    """Let a receiving ENI's groups judge the sender; ``code`` is the reason if they block."""
    origin = walk.origin
    peer = _Peer(f"{origin.resource} {origin.address}", origin.address, origin.groups)
    guard = _Guard(interface_id, groups, Direction.INGRESS, code)
    walk.meet(*_judge(walk, guard, peer).stages)


def _judge(walk: Walk, guard: _Guard, peer: _Peer) -> _Judged:
    if not guard.group_ids:
        call = "ec2:DescribeNetworkInterfaces"
        gap = Doubt.malformed(call, guard.interface_id, "no groups recorded")
        return _Judged((doubts(guard.hop, gap),), peer.addresses)
    packets = Packets(
        guard.direction, peer.addresses.family, walk.protocol, walk.port, peer.service
    )
    rules = rules_of(walk.network, guard.group_ids, packets)
    references = tuple(_references(walk, guard, rules))
    told = _Told(walk, guard.hop, packets, guard.group_ids, rules, peer, references)
    surely = peer.addresses & rules.admitted
    if any(one.holds for one in references):
        surely = peer.addresses
    if peer.addresses <= surely:
        return _Judged((told.admitting(),), peer.addresses)
    open_questions = (
        *rules.doubts,
        *_unresolved(walk, packets, rules, peer, references),
        *(one.doubt for one in references if one.doubt is not None),
    )
    if open_questions:
        return _Judged(tuple(doubts(guard.hop, one) for one in open_questions), peer.addresses)
    if not surely:
        return _Judged((told.blocking(guard.code),), peer.addresses)
    return _Judged((told.splitting(),), surely)


def _references(walk: Walk, guard: _Guard, rules: GroupRules) -> Iterator[Reference]:
    """The rules' references to groups that the peer carries."""
    for rule in rules.rules:
        for pair in rule.pairs:
            if guard.direction is Direction.EGRESS:
                found = group_references.outgoing(walk, rule, pair)
            else:
                found = group_references.incoming(walk, rule, pair, guard.interface_id)
            if found is not None:
                yield found


def _unresolved(
    walk: Walk,
    packets: Packets,
    rules: GroupRules,
    peer: _Peer,
    references: Sequence[Reference],
) -> Iterator[Doubt]:
    """Rules that may admit the peer but name something whose addresses are not known."""
    for rule in rules.rules:
        for list_id in rule.unresolved:
            if may_hold(walk.network, list_id, peer.addresses, peer.service):
                yield prefix_list_doubt(list_id, place_of(rule.group, packets))
        if rule.pairs and peer.groups is None and not references:
            yield unknown_carrier(rule, peer.label)


@dataclasses.dataclass(frozen=True)
class _Told:
    """One judgement of an ENI's groups, in words."""

    walk: Walk
    hop: Hop
    packets: Packets
    group_ids: frozenset[str]
    rules: GroupRules
    peer: _Peer
    references: tuple[Reference, ...]

    def admitting(self) -> Stage:
        by_reference = {id(one.rule) for one in self.references if one.holds}
        matching = tuple(
            at
            for at, rule in enumerate(self.rules.rules)
            if id(rule) in by_reference or rule.addresses & self.peer.addresses
        )
        key = ("admitting rules", self.group_ids, self.packets, matching)
        return self.walk.network.once(key, lambda: self._admitting(matching))

    def _admitting(self, matching: tuple[int, ...]) -> Stage:
        """The stage names the rules alone, so that it suits whoever they admit."""
        rules = [self.rules.rules[at] for at in matching]
        first = min(rules, key=lambda rule: (rule.group.id, str(rule)))
        word, towards = _WORDS[self.hop]
        detail = f"{word} {self.walk.service_port} {towards} {first}"
        return passes(self.hop, first.group.id, detail, *self.rules.quote(rules))

    def blocking(self, code: str) -> Stage:
        if self.references:
            return self._not_honoured()
        names = [group.id for group in self.rules.groups]
        others = f" (nor has {', '.join(names[1:])})" if len(names) > 1 else ""
        word, towards = _WORDS[self.hop]
        port = self.walk.service_port
        detail = f"{names[0]} has no {word} rule for {port} {towards} {self.peer.label}{others}"
        quoted = (group.evidence(self.rules.direction.value) for group in self.rules.groups)
        return blocks(self.hop, code, names[0], detail, *quoted)

    def _not_honoured(self) -> Stage:
        """A rule names the peer's group, but such names mean nothing on this way (SG9, SG10)."""
        one = min(self.references, key=lambda one: (one.rule.group.id, one.group_id))
        detail = (
            f"{one.rule.group.id} admits {self.peer.label} only as a member of {one.group_id}, "
            f"which does not hold {one.refused}"
        )
        code = "SG_REFERENCE_NOT_HONOURED"
        quoted = self.rules.quote([one.rule for one in self.references])
        return blocks(self.hop, code, one.rule.group.id, detail, *quoted)

    def splitting(self) -> Stage:
        """Some addresses pass and others do not: two witnesses, and what would settle it (2.7)."""
        addresses, admitted = self.peer.addresses, self.rules.admitted
        word, towards = _WORDS[self.hop]
        detail = (
            f"the {word} rules for {self.walk.service_port} {towards} {self.peer.label} admit "
            f"{(addresses & admitted).witness}, but not {(addresses - admitted).witness}"
        )
        settled_by = f"the addresses of {self.peer.label}"
        doubt = Doubt.outside("RESTRICTED_CIDR", self.rules.groups[0].id, detail, settled_by)
        return doubts(self.hop, doubt, *self.rules.quote(self.rules.rules))
