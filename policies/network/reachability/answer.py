"""What the engine answers: stages in order, paths made of stages, and what they come to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from enum import StrEnum
from functools import cached_property
from itertools import dropwhile, takewhile
from typing import Final

from inventory.facts import Evidence, Unread
from inventory.facts.network import VpcEndpoint
from policies.control import Gap, Missing
from policies.network.reachability.addresses import AddressSet
from policies.network.reachability.protocols import Ports


class Mark(StrEnum):
    """What a stage does to the packet."""

    PASS = "pass"  # noqa: S105 - a mark, not a secret
    BLOCK = "block"
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """The engine's three values (network.md 4)."""

    REACHABLE = "reachable"
    NOT_REACHABLE = "not reachable"
    UNDETERMINED = "undetermined"


class Hop(StrEnum):
    """What kind of thing a stage is about."""

    NAME = "name resolution"
    EGRESS = "security group egress"
    INGRESS = "security group ingress"
    ACL = "network ACL"
    ROUTE = "route"
    DELIVERY = "interface"
    INTERNET_GATEWAY = "internet gateway"
    NAT = "NAT gateway"
    APPLIANCE = "forwarding interface"
    BEYOND = "beyond the VPC"
    PROXY = "behind a proxy"


_FILTERS: Final = frozenset({Hop.EGRESS, Hop.INGRESS, Hop.ACL})


@dataclasses.dataclass(frozen=True)
class Doubt:
    """Why something cannot be decided, and what would settle it.

    ``code`` is a reason code of network.md 3.4, ``place`` the resource (and member) in question.
    """

    code: str
    place: str
    detail: str
    missing: Missing

    @classmethod
    def unread(cls, gap: Unread, place: str) -> Doubt:
        """A listing that was refused or not recorded, or a row that it lacks."""
        vanished = gap.code == "CHANGED_DURING_COLLECTION"
        code = gap.code if vanished else "DATA_MISSING"
        return cls(code, place, str(gap), Missing(Gap.UNREAD, str(gap)))

    @classmethod
    def malformed(cls, call: str, place: str, problem: str) -> Doubt:
        """A value of an answer that cannot be read; ``call`` asked again would settle it."""
        settled_by = f"{call}: {place}: {problem}"
        return cls("DATA_MALFORMED", place, problem, Missing(Gap.UNREAD, settled_by))

    @classmethod
    def outside(cls, code: str, place: str, detail: str, settled_by: str) -> Doubt:
        """Something that AWS does not show."""
        return cls(code, place, detail, Missing(Gap.UNDECIDABLE, settled_by))


@dataclasses.dataclass(frozen=True)
class Crossing:
    """The packets that a network ACL was asked about.

    ``outbound`` as seen from the subnet; ``ports`` are destination ports; ``peer`` are the
    addresses outside the subnet.
    """

    subnet_id: str
    outbound: bool
    ports: Ports
    peer: AddressSet


@dataclasses.dataclass(frozen=True)
class Stage:
    """One component on the way and what it does.

    ``component`` is the AWS id, ``detail`` the exact rule or route in words, ``code`` a reason
    code (``""`` for a plain pass). ``partial``: it passes some connections only (NA8).
    ``missing`` is set where the mark is unknown, ``crossing`` where an ACL was asked; it says
    nothing that ``detail`` does not.
    """

    hop: Hop
    mark: Mark
    component: str
    detail: str
    code: str = ""
    evidence: tuple[Evidence, ...] = ()
    missing: Missing | None = None
    partial: bool = False
    crossing: Crossing | None = dataclasses.field(default=None, compare=False)

    @property
    def is_filter(self) -> bool:
        """Whether it lets through or drops, as groups and ACLs do, rather than leads somewhere."""
        return self.hop in _FILTERS


def passes(hop: Hop, component: str, detail: str, *evidence: Evidence) -> Stage:
    """A stage that lets the packet on."""
    return Stage(hop, Mark.PASS, component, detail, evidence=evidence)


def blocks(hop: Hop, code: str, component: str, detail: str, *evidence: Evidence) -> Stage:
    """A stage that stops the packet for certain."""
    return Stage(hop, Mark.BLOCK, component, detail, code, evidence)


def doubts(hop: Hop, doubt: Doubt, *evidence: Evidence) -> Stage:
    """A stage that cannot be decided."""
    return Stage(
        hop, Mark.UNKNOWN, doubt.place, doubt.detail, doubt.code, evidence, missing=doubt.missing
    )


class Way(StrEnum):
    """Where a path leads."""

    ENDPOINT = "interface endpoint"
    PUBLIC = "public addresses"
    ADDRESS = "address"
    HUB = "private addresses outside the VPC"
    PROXY = "declared proxy"
    ANYWHERE = "an answer that is not known"
    NOWHERE = "no answer"


@dataclasses.dataclass(frozen=True)
class Path:
    """One destination of a flow and the components on the way to it, in order."""

    way: Way
    destination: str
    stages: tuple[Stage, ...]
    endpoint: VpcEndpoint | None = None

    @cached_property
    def answer(self) -> Answer:
        """A definite block outweighs unknowns (network.md 4, rule 3)."""
        return _answer_of(self.stages)

    @cached_property
    def routing(self) -> Answer:
        """The answer that names, routes and gateways give, filters left out."""
        return _answer_of(stage for stage in self.stages if not stage.is_filter)

    @cached_property
    def egress(self) -> tuple[Stage, ...]:
        """What the client's own groups do; empty where the path ended before them."""
        after_name = dropwhile(lambda stage: stage.hop is Hop.NAME, self.stages)
        return tuple(takewhile(lambda stage: stage.hop is Hop.EGRESS, after_name))

    @cached_property
    def admission(self) -> tuple[Stage, ...]:
        """What the groups of the endpoint's own interface do; empty where no endpoint is there.

        The groups of a machine that forwards come before its own egress, or block by another code.
        """
        if self.endpoint is None:
            return ()
        at_the_end = takewhile(lambda stage: stage.hop is not Hop.EGRESS, reversed(self.stages))
        found = [one for one in at_the_end if one.hop is Hop.INGRESS]
        return tuple(one for one in reversed(found) if one.code != "SG_INGRESS_BLOCKED")

    @cached_property
    def blockers(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.mark is Mark.BLOCK)

    @cached_property
    def unknowns(self) -> tuple[Stage, ...]:
        return tuple(stage for stage in self.stages if stage.mark is Mark.UNKNOWN)


@dataclasses.dataclass(frozen=True)
class Reach:
    """The answer for one flow.

    ``rotation``: the paths share one name and connections go by turns over all of them, so some
    blocked is ``intermittent``. Otherwise they are the answers the name may have, one of them the
    true one, so differing answers are undetermined (network.md 4, rules 4 and 5).
    """

    paths: tuple[Path, ...]
    rotation: bool = True

    @cached_property
    def answer(self) -> Answer:
        answers = {path.answer for path in self.paths}
        if len(answers) == 1:
            return next(iter(answers))
        if self.rotation and answers and Answer.UNDETERMINED not in answers:
            return Answer.REACHABLE
        return Answer.UNDETERMINED

    @cached_property
    def intermittent(self) -> bool:
        """Reachable, but not with every connection: an ENI of several, or a part of the ports."""
        if self.answer is not Answer.REACHABLE:
            return False
        return len({path.answer for path in self.paths}) > 1 or any(
            stage.partial for path in self.paths for stage in path.stages
        )

    @cached_property
    def blockers(self) -> tuple[Stage, ...]:
        """Every definite block, each once, in path order."""
        return _each_once(stage for path in self.paths for stage in path.blockers)

    @cached_property
    def unknowns(self) -> tuple[Stage, ...]:
        """Every stage that could not be decided, each once, in path order."""
        return _each_once(stage for path in self.paths for stage in path.unknowns)


def _answer_of(stages: Iterable[Stage]) -> Answer:
    marks = {stage.mark for stage in stages}
    if Mark.BLOCK in marks:
        return Answer.NOT_REACHABLE
    return Answer.UNDETERMINED if Mark.UNKNOWN in marks else Answer.REACHABLE


def _each_once(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    told = {(stage.component, stage.code, stage.detail): stage for stage in stages}
    return tuple(told.values())
