"""Answers shared by all clients of one network signature, told to each in its own names."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable
from functools import cached_property
from operator import attrgetter
from typing import Final, Generic, TypeVar

from policies.control import Missing
from policies.network.reachability.addresses import AddressSet, Family
from policies.network.reachability.answer import Path, Reach, Stage
from policies.network.reachability.engine import reach
from policies.network.reachability.flow import Client, Flow
from policies.network.reachability.network import Network
from policies.network.reachability.signature import SourceCells, signature, source_cells

_Made = TypeVar("_Made", bound=Path | Stage)

#: What a stand-in is called. The control characters keep these apart from all that AWS says.
_INTERFACE: Final = "\x02interface\x03"
_PUBLIC: Final = "\x02public\x03"
_ADDRESSES: Final = {Family.V4: "\x02IPv4\x03", Family.V6: "\x02IPv6\x03"}
_MARK: Final = "\x02"
#: All that a question holds besides who asks it.
_QUESTION: Final = attrgetter(
    *(member.name for member in dataclasses.fields(Flow) if member.name != "client")
)


class SharedReach:
    """The engine, evaluating each network signature once (network.md 5.5)."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._answers: dict[Hashable, _Template] = {}

    def reach(self, flow: Flow) -> Reach:
        """The same answer that ``engine.reach`` gives, stage by stage."""
        signed = signature(flow.client, self._cells)
        if signed is None:
            return reach(self._network, flow)
        key = (signed, _QUESTION(flow))
        template = self._answers.get(key)
        if template is None:
            asked = dataclasses.replace(flow, client=_StandIn.of_signature(flow.client))
            template = self._answers[key] = _Template(reach(self._network, asked))
        return template.told_for(flow.client)

    @property
    def evaluated(self) -> int:
        """How many questions of how many signatures the engine was asked so far."""
        return len(self._answers)

    @cached_property
    def _cells(self) -> SourceCells:
        return source_cells(self._network)


@dataclasses.dataclass(frozen=True)
class _StandIn(Client):
    """One client of a signature under placeholders, so that what is told of it suits all."""

    @classmethod
    def of_signature(cls, client: Client) -> _StandIn:
        members = {one.name: getattr(client, one.name) for one in dataclasses.fields(client)}
        members["interface_id"] = _INTERFACE
        members["public"] = _PUBLIC if client.public else ""
        return cls(**members)

    def source(self, family: Family) -> AddressSet:
        return super().source(family).labelled(_ADDRESSES[family])


class _Template:
    """A stand-in's answer, and the places of the stages that name the client."""

    def __init__(self, found: Reach) -> None:
        self._found = found
        self._naming = tuple(
            (place, naming)
            for place, path in enumerate(found.paths)
            if (naming := tuple(at for at, one in enumerate(path.stages) if _names_client(one)))
        )

    def told_for(self, client: Client) -> Reach:
        """The answer in the client's own names; stages that do not name it are shared."""
        if not self._naming:
            return self._found
        paths = list(self._found.paths)
        for place, naming in self._naming:
            stages = list(paths[place].stages)
            for at in naming:
                stages[at] = _told_for(client, stages[at])
            paths[place] = _PATHS.replace(paths[place], stages=tuple(stages))
        return dataclasses.replace(self._found, paths=tuple(paths))


def _names_client(stage: Stage) -> bool:
    settled_by = stage.missing.what if stage.missing is not None else ""
    peer = stage.crossing.peer.label if stage.crossing is not None else ""
    return any(_MARK in text for text in (stage.component, stage.detail, settled_by, peer))


def _told_for(client: Client, stage: Stage) -> Stage:
    missing, crossing = stage.missing, stage.crossing
    if missing is not None:
        missing = Missing(missing.gap, _named(missing.what, client))
    if crossing is not None and crossing.peer.label:
        crossing = dataclasses.replace(crossing, peer=client.source(crossing.peer.family))
    return _STAGES.replace(
        stage,
        component=_named(stage.component, client),
        detail=_named(stage.detail, client),
        missing=missing,
        crossing=crossing,
    )


def _named(text: str, client: Client) -> str:
    """The text with the client's own names where the stand-in's are."""
    if _MARK not in text:
        return text
    text = text.replace(_INTERFACE, client.interface_id).replace(_PUBLIC, client.public)
    text = text.replace(_ADDRESSES[Family.V4], client.address)
    if _MARK in text:  # IPv6 addresses are told as the engine writes them
        text = text.replace(_ADDRESSES[Family.V6], str(client.source(Family.V6)))
    return text


class _Copies(Generic[_Made]):
    """``dataclasses.replace`` for many objects of one class, which it asks for members once."""

    def __init__(self, kind: type[_Made]) -> None:
        self._kind = kind
        self._names = tuple(member.name for member in dataclasses.fields(kind))
        self._members = attrgetter(*self._names)

    def replace(self, one: _Made, **changes: object) -> _Made:
        """A copy with other values of these members."""
        return self._kind(**dict(zip(self._names, self._members(one), strict=True)) | changes)


_PATHS: Final = _Copies(Path)
_STAGES: Final = _Copies(Stage)
