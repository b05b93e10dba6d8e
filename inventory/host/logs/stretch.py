"""What happened between one start of the agent and the next: steps climbed, errors standing."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import Final

from inventory.facts.agent_lines import without_secrets
from inventory.facts.host.agent_log import LogHit
from inventory.facts.host.signatures import Weight
from inventory.facts.host.signatures.signature import CHANNEL
from inventory.host.logs.details import detail_of
from inventory.host.logs.recognition import Key, Sighting
from inventory.host.logs.scanning import Telling

_LINE: Final = 500
_HEARTBEAT: Final = 9
#: Services whose errors say nothing about the heartbeat.
_BESIDE: Final = frozenset({"ssmmessages", "ec2messages", "s3", "sts", "kms", "logs", "monitoring"})


@dataclasses.dataclass
class Standing:
    """The latest run of one error: what no later step has taken back yet, or did at its end."""

    sighting: Sighting
    telling: Telling
    first: str
    last: str
    count: int
    order: int
    detail: str = ""
    stands: bool = True

    def comes_again(self, telling: Telling, time: str, order: int, detail: str) -> None:
        """Once more; another file that says the same of the same second repeats it."""
        if self.last != time or self.telling.file == telling.file:
            self.count += 1
        self.first = self.first or time
        self.last = time or self.last
        self.telling, self.order, self.detail = telling, order, detail

    @cached_property
    def settled_by(self) -> frozenset[int]:
        """The rungs that make it history; only the channel itself speaks for the channel."""
        if self.sighting.service in ("ssmmessages", "ec2messages"):
            return CHANNEL
        return self.sighting.signature.settled_by

    @cached_property
    def contradicts_heartbeat(self) -> bool:
        """Whether it belongs to a heartbeat that failed."""
        signature = self.sighting.signature
        return (
            signature.weight is not Weight.BENIGN
            and _HEARTBEAT in signature.settled_by
            and self.sighting.service not in _BESIDE
        )

    def hit(self) -> LogHit:
        """As it is kept, secrets masked."""
        time, text = self.telling.record.time, self.telling.record.text
        name = self.sighting.signature.id
        return LogHit(
            signature=name,
            line=without_secrets(f"{time} {text}".strip())[:_LINE],
            first=self.first,
            last=self.last,
            count=self.count,
            detail=without_secrets(self.detail or detail_of(name, text)),
            service=self.sighting.service,
            inner=self.sighting.inner,
            after_success=self.stands,
            file=self.telling.file,
        )


class Stretch:
    """The records since one start. ``healthy_since`` is when it last began to be in order."""

    def __init__(self, started: str) -> None:
        self.started = started
        self.version = ""
        self.rungs: set[int] = set()
        self.errors: dict[Key, Standing] = {}
        self.healthy_since = ""
        self._order = 0
        self._open_heartbeat: tuple[int, str] | None = None

    def climb(self, rungs: frozenset[int], time: str) -> None:
        """Steps that a record shows; a heartbeat counts once nothing contradicts it."""
        self._order += 1
        certain = rungs - {_HEARTBEAT}
        if certain:
            self.rungs |= certain
            self._settle(certain, self._order, time)
        if _HEARTBEAT in rungs:
            self.confirm_heartbeat()
            self._open_heartbeat = (self._order, time)

    def confirm_heartbeat(self) -> None:
        """The heartbeat sent last was followed by no error."""
        if self._open_heartbeat is None:
            return
        order, time = self._open_heartbeat
        self._open_heartbeat = None
        self.rungs.add(_HEARTBEAT)
        self._settle(frozenset({_HEARTBEAT}), order, time)

    @property
    def open_heartbeat(self) -> str:
        """When a heartbeat was sent whose end the log has not shown yet, ``""`` none."""
        return self._open_heartbeat[1] if self._open_heartbeat else ""

    def meet(self, sighting: Sighting, telling: Telling, detail: str = "") -> None:
        """An error, or a line that looks like one; without ``detail`` its text is asked for it."""
        self._order += 1
        met, time = self.errors.get(sighting.key), telling.record.time
        if met is None or not met.stands:
            met = Standing(sighting, telling, time, time, 1, self._order, detail)
            self.errors[sighting.key] = met
        else:
            met.comes_again(telling, time, self._order, detail)
        if met.contradicts_heartbeat:
            self._open_heartbeat = None
            if sighting.signature.weight is Weight.HIGH:
                self.healthy_since = ""

    @property
    def counts(self) -> Mapping[Key, int]:
        """How often each error came."""
        return {key: met.count for key, met in self.errors.items()}

    def recur(self, before: Mapping[Key, int], times: int) -> None:
        """What grew since those counts grows as much again each time; what began anew does so."""
        for key, met in self.errors.items():
            met.count += times * (met.count - before.get(key, met.count))

    def absorb(self, other: Stretch) -> None:
        """What turned out to belong to this start after all."""
        for key, met in other.errors.items():
            before = self.errors.get(key)
            if before is None or not before.stands:
                before = dataclasses.replace(met, count=0)
            self._order += 1
            self.errors[key] = dataclasses.replace(
                met,
                first=before.first or met.first,
                count=before.count + met.count,
                order=self._order,
            )
        if other.rungs:
            self.climb(frozenset(other.rungs), other.started)

    def standing(self, weight: Weight) -> list[Standing]:
        """Errors of a weight that stand and are not another service's, first begun first."""
        found = [
            met
            for met in self.errors.values()
            if met.stands and met.sighting.signature.weight is weight and not _is_beside(met)
        ]
        return sorted(found, key=lambda met: (met.first, met.order))

    def _settle(self, rungs: frozenset[int], order: int, time: str) -> None:
        for met in self.errors.values():
            if met.order < order and met.settled_by & rungs:
                met.stands = False
        if rungs & {_HEARTBEAT, *CHANNEL}:
            self.healthy_since = min(self.healthy_since or time, time)


def _is_beside(met: Standing) -> bool:
    return met.sighting.service in _BESIDE
