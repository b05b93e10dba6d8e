"""One kind of hop on every path to a host: what its stages come to, told as a verdict (D23, D29).

Each single-hop control says which stages of a path are its own; the rest is the same for all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final

from inventory.facts import Evidence
from policies.control import Verdict, failed, passed, warned
from policies.network.asked import Asked, blockers_of
from policies.network.network_remedies import repair
from policies.network.paths import undecided
from policies.network.reachability import Answer, Hop, Mark, Path, Stage
from policies.network.responsibility import after


class Standing(StrEnum):
    """What the own stages of one path, or of all paths to a host, come to."""

    PASSED = "passed"
    PARTLY = "partly"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"
    ABSENT = "absent"
    AFTER = "after a blocked stage"


#: Any of these is an answer one can live with; of several, the first speaks.
_HARMLESS: Final = (Standing.PARTLY, Standing.PASSED, Standing.ABSENT)


@dataclasses.dataclass(frozen=True)
class HopControl:
    """What a control asks of a path, and how it calls its answers.

    ``own`` picks its stages of a path. ``hidden_by``: whether an unknown stage may hide more of
    them. ``lacks`` says that a path need not have any, and ``absent`` answers where none has.
    ``passes`` and ``partly`` are codes; ``told`` is a stage in words.
    """

    own: Callable[[Path], tuple[Stage, ...]]
    hidden_by: Callable[[Stage], bool]
    passes: str
    absent: Callable[[Asked], Verdict]
    lacks: Callable[[Path], bool] = lambda path: path.answer is Answer.REACHABLE
    partly: str = "ENDPOINT_ENI_PARTIAL"
    told: Callable[[Stage], str] = lambda stage: stage.detail

    def judge(self, asked: Asked) -> Verdict:
        """The verdict on one host, of whatever blocks it elsewhere too (network.md 4, rule 2)."""
        match self._standing(asked):
            case Standing.BLOCKED:
                return self._blocked(asked)
            case Standing.UNKNOWN:
                stages = self._open(asked)
                return undecided(stages, self._evidence(asked))
            case Standing.PARTLY:
                return self._partly(asked)
            case Standing.PASSED:
                told = self._tell(self._own(asked, Mark.PASS))
                reason = f"{asked.host.name}: {told}"
                return passed(self.passes, reason, *self._evidence(asked))
            case Standing.ABSENT:
                return self.absent(asked)
            case Standing.AFTER:
                return after(asked)

    def _standing(self, asked: Asked) -> Standing:
        """Equal answers collapse; unequal ones are partly so in rotation, else unknown (4, 5)."""
        standings = map(self._on_path, asked.found.paths)
        each = {one for one in standings if one is not Standing.AFTER}
        if not each:
            return Standing.AFTER
        if len(each) == 1:
            return next(iter(each))
        if each <= set(_HARMLESS):
            return next(one for one in _HARMLESS if one in each)
        if Standing.UNKNOWN in each or not asked.found.rotation:
            return Standing.UNKNOWN
        return Standing.PARTLY

    def _on_path(self, path: Path) -> Standing:
        if any(one.hop is Hop.NAME for one in path.blockers):
            return Standing.AFTER
        own = self.own(path)
        marks = {one.mark for one in own}
        if Mark.BLOCK in marks:
            return Standing.BLOCKED
        if Mark.UNKNOWN in marks or any(map(self.hidden_by, path.unknowns)):
            return Standing.UNKNOWN
        if any(one.partial for one in own):
            return Standing.PARTLY
        if own:
            return Standing.PASSED
        if self.lacks(path):
            return Standing.ABSENT
        return Standing.AFTER if path.blockers else Standing.UNKNOWN

    def _blocked(self, asked: Asked) -> Verdict:
        stages = self._own(asked, Mark.BLOCK)
        return failed(
            stages[0].code,
            f"{asked.host.name}: {self._tell(stages)}",
            *self._evidence(asked),
            blockers=blockers_of(asked, stages),
            remediation=repair(asked, stages),
        )

    def _partly(self, asked: Asked) -> Verdict:
        """A part of the ports, or of the interfaces behind the name."""
        partial = tuple(one for one in self._own(asked, Mark.PASS) if one.partial)
        stages = (*self._own(asked, Mark.BLOCK), *partial)
        return warned(
            self.partly if stages[0].mark is Mark.BLOCK else stages[0].code,
            f"{asked.host.name}: some connections fail: {self._tell(stages)}",
            *self._evidence(asked),
            remediation=repair(asked, stages),
        )

    def _open(self, asked: Asked) -> tuple[Stage, ...]:
        """Its own unknowns and the name's; without any, whatever hides that there is more."""
        own = self._own(asked, Mark.UNKNOWN)
        if not own:
            return asked.found.unknowns
        names = (one for one in asked.found.unknowns if one.hop is Hop.NAME)
        return (*names, *own)

    def _own(self, asked: Asked, mark: Mark) -> tuple[Stage, ...]:
        """Its stages that bear the mark, on all paths that the name may take, each once."""
        told = {
            (stage.component, stage.code, stage.detail): stage
            for path in asked.found.paths
            if not any(one.hop is Hop.NAME for one in path.blockers)
            for stage in self.own(path)
            if stage.mark is mark
        }
        return tuple(told.values())

    def _evidence(self, asked: Asked) -> tuple[Evidence, ...]:
        """What its stages looked at, and how the name led there."""
        return asked.evidence(_with_names(asked.found.paths, self.own))

    def _tell(self, stages: Sequence[Stage]) -> str:
        return "; ".join(dict.fromkeys(map(self.told, stages)))


def _with_names(paths: Sequence[Path], own: Callable[[Path], tuple[Stage, ...]]) -> Iterable[Stage]:
    for path in paths:
        yield from (one for one in path.stages if one.hop is Hop.NAME)
        yield from own(path)
