"""May this request pass? The evaluation order of iam.md 1, in three values."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from enum import StrEnum

from policies.iam.evaluation.explain import reason
from policies.iam.evaluation.layers import Layer, Layers
from policies.iam.evaluation.request import Request
from policies.iam.evaluation.statement import Effect, Statement
from policies.iam.evaluation.truth import Need, Open, Unknown


class Answer(StrEnum):
    ALLOWED = "allowed"
    DENIED = "denied"
    DEPENDS = "depends"


@dataclasses.dataclass(frozen=True, eq=False)
class Match:
    """A statement that decides, in its layer and for one resource of the request."""

    layer: str
    statement: Statement
    request: Request
    resource: str

    @property
    def why(self) -> str:
        """The pattern, resource and conditions that made it match, in words."""
        return reason(self.statement, self.request, self.resource)


@dataclasses.dataclass(frozen=True, eq=False)
class Decision:
    """The answer and what it rests on.

    ``explicit``: a Deny statement matched. ``layer`` is the layer that denies. ``needs`` (only
    with ``depends``) are the keys, layers and places that could turn the answer.
    """

    answer: Answer
    deciding: tuple[Match, ...] = ()
    explicit: bool = False
    layer: str = ""
    needs: tuple[Need, ...] = ()

    @property
    def is_allowed(self) -> bool:
        return self.answer is Answer.ALLOWED

    @property
    def is_denied(self) -> bool:
        return self.answer is Answer.DENIED


def decide(request: Request, layers: Layers) -> Decision:
    """Judge the request on each of its resources: all have to be allowed."""
    if len(request.resources) == 1:
        return _decide_one(request, request.resources[0], layers)
    return strictest(_decide_one(request, one, layers) for one in request.resources)


def strictest(decisions: Iterable[Decision]) -> Decision:
    """All have to be allowed: a denial decides (an explicit one first), else whatever depends."""
    judged = tuple(decisions)
    if len(judged) == 1:
        return judged[0]
    denied = sorted((one for one in judged if one.is_denied), key=lambda one: not one.explicit)
    if denied:
        return denied[0]
    depending = tuple(one for one in judged if not one.is_allowed)
    return _together(Answer.DEPENDS if depending else Answer.ALLOWED, depending or judged)


def agreed(decisions: Iterable[Decision], open_point: Open) -> Decision:
    """AWS asks only one of these requests, and does not say which: they have to agree.

    Where they differ the answer depends on ``open_point`` too (iam.md 4: ssmmessages).
    """
    judged = tuple(decisions)
    if len(judged) == 1 or len({one.answer for one in judged}) == 1:
        return judged[0]
    mixed = _together(Answer.DEPENDS, judged)
    return dataclasses.replace(mixed, needs=_sorted({*mixed.needs, open_point}))


def either(first: Decision, second: Decision) -> Decision:
    """Two ways to the same end: one of them allowed is enough, both have to be denied."""
    for one in (first, second):
        if one.is_allowed:
            return one
    if first.is_denied and second.is_denied:
        return first if first.explicit or not second.explicit else second
    return _together(Answer.DEPENDS, (first, second))


def _together(answer: Answer, decisions: tuple[Decision, ...]) -> Decision:
    matches = {(match.layer, match.statement): match for one in decisions for match in one.deciding}
    needs = _sorted({need for one in decisions for need in one.needs})
    return Decision(answer, tuple(matches.values()), needs=needs)


def _sorted(needs: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(sorted(needs, key=str))


#: A statement that may matter (``None`` for a part nobody could read), and what would settle it.
_Unsettled = tuple[Match | None, frozenset[Need]]


class _Weighing:
    """Collects what the statements of some layers say about one request and resource."""

    __slots__ = ("_request", "_resource", "open_denies")

    def __init__(self, request: Request, resource: str) -> None:
        self._request = request
        self._resource = resource
        self.open_denies: list[_Unsettled] = []

    def weigh(self, layers: tuple[Layer, ...]) -> Decision:
        """The layers' common Allow side; an explicit Deny comes back at once."""
        allow: Match | None = None
        open_allows: list[_Unsettled] = []
        for layer in layers:
            for statement in layer.statements:
                if allow is not None and statement.effect is Effect.ALLOW:
                    continue
                truth = statement.truth(self._request, self._resource)
                if truth is False:
                    continue
                match = Match(layer.name, statement, self._request, self._resource)
                if isinstance(truth, Unknown):
                    self._keep(match, truth, open_allows)
                elif statement.effect is Effect.DENY:
                    return Decision(Answer.DENIED, (match,), explicit=True, layer=layer.name)
                else:
                    allow = match
            if layer.unread:
                unread = [(None, frozenset({gap})) for gap in layer.unread]
                open_allows += unread
                self.open_denies += unread
        if allow is not None:
            return Decision(Answer.ALLOWED, (allow,))
        if open_allows:
            return _depending(open_allows)
        return Decision(Answer.DENIED, layer=" and ".join(layer.name for layer in layers))

    def _keep(self, match: Match, truth: Unknown, open_allows: list[_Unsettled]) -> None:
        """A statement without a clear effect may be both an Allow and a Deny."""
        if match.statement.effect is not Effect.DENY:
            open_allows.append((match, truth.needs))
        if match.statement.effect is not Effect.ALLOW:
            self.open_denies.append((match, truth.needs))


def _depending(entries: list[_Unsettled]) -> Decision:
    """The decision that rests on undetermined statements and unread layers."""
    matches = tuple(match for match, _ in entries if match is not None)
    needs = _sorted({need for _, needs in entries for need in needs})
    return Decision(Answer.DEPENDS, matches, needs=needs)


def _decide_one(request: Request, resource: str, layers: Layers) -> Decision:
    """Rules (1) to (4) of iam.md 3: explicit Deny, empty layer, all allow, else depends."""
    weighing = _Weighing(request, resource)
    sides = [weighing.weigh(layers.granting)]
    sides += [weighing.weigh((layer,)) for layer in layers.limiting]
    for layer in layers.rcps:
        only_denies = weighing.weigh((layer,))
        if only_denies.explicit:
            return only_denies
    if len(sides) == 1 and not weighing.open_denies and not sides[0].needs:
        return sides[0]
    explicit = next((side for side in sides if side.explicit), None)
    if explicit is not None:
        return explicit
    implicit = next((side for side in sides if side.is_denied), None)
    if implicit is not None:
        return implicit
    unsettled = [side for side in sides if side.answer is Answer.DEPENDS]
    if weighing.open_denies:
        unsettled.append(_depending(weighing.open_denies))
    return _together(Answer.DEPENDS, tuple(unsettled)) if unsettled else _allowed(sides)


def _allowed(sides: list[Decision]) -> Decision:
    if len(sides) == 1:
        return sides[0]
    return Decision(Answer.ALLOWED, tuple(match for side in sides for match in side.deciding))
