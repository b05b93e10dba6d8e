"""Network ACLs: numbered, stateless, at the edge of every subnet (network.md 2.2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from enum import StrEnum
from typing import Literal

import msgspec

from inventory.facts import Evidence, Unread
from inventory.facts.network import NetworkAcl, NetworkAclEntry
from policies.control import Gap, Missing
from policies.network.reachability.addresses import AddressSet, Family
from policies.network.reachability.answer import (
    Crossing,
    Doubt,
    Hop,
    Stage,
    blocks,
    doubts,
    passes,
)
from policies.network.reachability.flow import ANY_EPHEMERAL_PORTS
from policies.network.reachability.network import Network
from policies.network.reachability.protocols import (
    Ports,
    Protocol,
    covers_every_protocol,
    names_protocol,
)
from policies.network.reachability.walk import Walk


class Side(StrEnum):
    """Seen from the subnet: what leaves it and what enters it."""

    OUT = "out"
    IN = "in"


@dataclasses.dataclass(frozen=True)
class Admission:
    """What an ACL admits of one side, family, protocol and range of destination ports.

    ``wholly``: addresses for which every port of the range is admitted; ``partly``: at least one
    (a superset); ``doubtful``: those that a malformed entry may decide.
    """

    wholly: AddressSet
    partly: AddressSet
    doubtful: AddressSet
    doubts: tuple[Doubt, ...]


@dataclasses.dataclass(frozen=True)
class _Question:
    """Which packets at which subnet; ``ports`` is ``None`` where the client's own are unknown."""

    subnet_id: str
    side: Side
    kind: Literal["request", "answer"]
    ports: Ports | None


@dataclasses.dataclass(frozen=True)
class _Judged:
    """What an ACL does, and which of the addresses may have passed."""

    stages: tuple[Stage, ...]
    passing: AddressSet


@dataclasses.dataclass(frozen=True)
class _Line:
    """An entry as far as one kind of packet is concerned."""

    addresses: AddressSet
    ports: Ports | None
    allows: bool


def request(walk: Walk, subnet_id: str, side: Side, addresses: AddressSet) -> AddressSet:
    """Judge packets to the service port; returns the addresses that may have passed."""
    ports = Ports(walk.port, walk.port)
    return _judge(walk, _Question(subnet_id, side, "request", ports), addresses)


def answer(
    walk: Walk, subnet_id: str, side: Side, addresses: AddressSet, ports: Ports | None
) -> AddressSet:
    """Judge packets back to the sender's own ports, ``None`` = range unknown (NA4, NA8)."""
    return _judge(walk, _Question(subnet_id, side, "answer", ports), addresses)


def _judge(walk: Walk, question: _Question, addresses: AddressSet) -> AddressSet:
    """Judged once for all who go to the same destination; what names the sender is not kept."""
    acl = walk.network.network_acl(question.subnet_id)
    if isinstance(acl, Unread):
        walk.meet(doubts(Hop.ACL, Doubt.unread(acl, question.subnet_id)))
        return addresses
    told = _Told(walk.network, acl, question, walk.protocol, addresses)
    if addresses is walk.origin.address:
        judged = told.judged()
    else:
        key = ("judged by ACL", acl.id, question, walk.protocol, addresses)
        judged = walk.network.once(key, told.judged)
    walk.meet(*judged.stages)
    return judged.passing


def _admission(
    acl: NetworkAcl, side: Side, family: Family, protocol: Protocol, ports: Ports
) -> Admission:
    lines, gap = _lines(acl, side, family, protocol)
    wholly = AddressSet.everything(family)
    partly = AddressSet.nothing(family)
    doubtful = AddressSet.nothing(family)
    for part in _elementary(ports, lines):
        undecided = AddressSet.everything(family)
        allowed = AddressSet.nothing(family)
        for line in lines:
            if line.ports is not None and part.first not in line.ports:
                continue
            if line.allows:
                allowed |= undecided & line.addresses
            undecided -= line.addresses
        wholly &= allowed
        partly |= allowed
        if gap:
            doubtful |= undecided
    return Admission(wholly, partly, doubtful, gap)


def _lines(
    acl: NetworkAcl, side: Side, family: Family, protocol: Protocol
) -> tuple[list[_Line], tuple[Doubt, ...]]:
    """The entries that concern the packet by number, up to the first that cannot be read (NA2)."""
    lines: list[_Line] = []
    numbers: set[int] = set()
    for entry in _entries(acl, side):
        try:
            line = _line(entry, family, protocol)
            if line is not None and entry.rule_number in numbers:
                raise ValueError("another entry has the same RuleNumber")
        except ValueError as error:
            place = f"{acl.id} entry {entry.rule_number} {side}"
            return lines, (Doubt.malformed(acl.call, place, str(error)),)
        if line is not None:
            lines.append(line)
            numbers.add(entry.rule_number)
    return lines, ()


def _entries(acl: NetworkAcl, side: Side) -> list[NetworkAclEntry]:
    """One direction's entries by rule number: the answer's order is not to be trusted (NA2)."""
    chosen = [entry for entry in acl.entries if entry.egress is (side is Side.OUT)]
    return sorted(chosen, key=lambda one: (one.rule_number, msgspec.json.encode(one)))


def _line(entry: NetworkAclEntry, family: Family, protocol: Protocol) -> _Line | None:
    """The entry for that kind of packet, ``None`` if it is about others; raises ValueError."""
    action = entry.rule_action.casefold()
    if action not in ("allow", "deny"):
        raise ValueError(f"RuleAction {entry.rule_action!r} is neither allow nor deny")
    cidr = entry.cidr_block or entry.ipv6_cidr_block
    addresses = AddressSet.network(cidr)
    if addresses.family is not family:
        return None
    if covers_every_protocol(entry.protocol):
        return _Line(addresses, None, action == "allow")
    named = names_protocol(entry.protocol, protocol)
    if named is None:
        raise ValueError(f"Protocol {entry.protocol!r} is no protocol number")
    if not named:
        return None
    if entry.port_range is None:
        raise ValueError(f"Protocol {entry.protocol!r} without a PortRange")
    ports = Ports(entry.port_range.first, entry.port_range.last)
    if ports.first > ports.last:
        raise ValueError(f"PortRange {ports.first} to {ports.last} is no range")
    return _Line(addresses, ports, action == "allow")


def _elementary(ports: Ports, lines: list[_Line]) -> Iterator[Ports]:
    """The range cut so that no entry begins or ends within a part."""
    starts = {ports.first}
    for line in lines:
        if line.ports is not None:
            starts |= {line.ports.first, line.ports.last + 1}
    inside = sorted(start for start in starts if start in ports)
    for first, following in zip(inside, [*inside[1:], ports.last + 1], strict=True):
        yield Ports(first, following - 1)


@dataclasses.dataclass(frozen=True)
class _Told:
    """One judgement of one ACL, in words."""

    network: Network
    acl: NetworkAcl
    question: _Question
    protocol: Protocol
    addresses: AddressSet

    def judged(self) -> _Judged:
        """What the ACL does with all these addresses."""
        addresses, admission = self.addresses, self._admission
        if addresses <= admission.wholly:
            return _Judged((self.admitting(),), addresses)
        if addresses & admission.doubtful:
            return _Judged(tuple(doubts(Hop.ACL, one) for one in admission.doubts), addresses)
        if not addresses & admission.partly:
            return _Judged((self.blocking(),), addresses)
        if not addresses <= admission.partly:
            return _Judged((self.splitting(admission.partly),), addresses & admission.partly)
        return _Judged((self.admitting_some(),), addresses)

    def admitting(self) -> Stage:
        return passes(Hop.ACL, self.acl.id, f"{self.acl.id} lets {self._packets}", self._evidence)

    def admitting_some(self) -> Stage:
        """Part of the ports: some connections fail, or all, depending on the system (NA8, D26)."""
        detail = f"{self.acl.id} lets only a part of {self._packets}"
        if self.question.ports is not None:
            code = "NACL_EPHEMERAL_PARTIAL"
            stage = passes(Hop.ACL, self.acl.id, detail, self._evidence)
            return dataclasses.replace(stage, code=code, partial=True, crossing=self._crossing)
        settled_by = "the instance's operating system (PlatformDetails of ec2:DescribeInstances)"
        doubt = Doubt("OS_UNKNOWN", self.acl.id, detail, Missing(Gap.UNREAD, settled_by))
        return doubts(Hop.ACL, doubt, self._evidence)

    def blocking(self) -> Stage:
        forward = self.question.kind == "request"
        code = "NACL_FORWARD_BLOCKED" if forward else "NACL_RETURN_BLOCKED"
        detail = f"{self.acl.id} drops {self._packets}"
        stage = blocks(Hop.ACL, code, self.acl.id, detail, self._evidence)
        return dataclasses.replace(stage, crossing=self._crossing)

    def splitting(self, admitted: AddressSet) -> Stage:
        passing = (self.addresses & admitted).witness
        dropped = (self.addresses - admitted).witness
        detail = f"{self.acl.id} lets {self._packets}: {passing} passes, {dropped} does not"
        settled_by = "the addresses behind the host name"
        doubt = Doubt.outside("RESTRICTED_CIDR", self.acl.id, detail, settled_by)
        return doubts(Hop.ACL, doubt, self._evidence)

    @property
    def _crossing(self) -> Crossing:
        outbound = self.question.side is Side.OUT
        return Crossing(self.question.subnet_id, outbound, self.ports, self.addresses)

    @property
    def _packets(self) -> str:
        side = self.question.side
        towards = "to" if side is Side.OUT else "from"
        port = f"{self.protocol.name.casefold()}/{self.ports}"
        return f"{self.question.kind}s on {port} {towards} {self.addresses} {side}"

    @property
    def ports(self) -> Ports:
        """The client's own, or all that any client may have."""
        return self.question.ports or ANY_EPHEMERAL_PORTS

    @property
    def _admission(self) -> Admission:
        acl, side, family = self.acl, self.question.side, self.addresses.family
        key = ("admitted by ACL", acl.id, side, family, self.protocol, self.ports)
        return self.network.once(
            key, lambda: _admission(acl, side, family, self.protocol, self.ports)
        )

    @property
    def _evidence(self) -> Evidence:
        acl, side = self.acl, self.question.side
        return self.network.once(("entries of ACL", acl.id, side), lambda: _quote(acl, side))


def _quote(acl: NetworkAcl, side: Side) -> Evidence:
    """One direction's entries, word for word."""
    return Evidence(
        resource=acl.id,
        path=f"Entries ({side})",
        value=[msgspec.to_builtins(entry) for entry in _entries(acl, side)],
        call=acl.call,
    )
