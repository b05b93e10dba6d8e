"""One statement of a policy, compiled, and its three-valued answer to a request."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import Enum
from functools import cached_property
from typing import Any

from policies.iam.evaluation.actions import ActionSet, action_set
from policies.iam.evaluation.conditions import Conditions, conditions
from policies.iam.evaluation.document import texts
from policies.iam.evaluation.grammar import Grammar
from policies.iam.evaluation.principals import PrincipalSet, principal_set
from policies.iam.evaluation.request import Request
from policies.iam.evaluation.resources import ResourceSet, resource_set
from policies.iam.evaluation.truth import Malformed, Truth, Unknown, all_of

_ELEMENTS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)


#: Part of a statement that has to hold for a request on a resource.
Check = Callable[[Request, str], Truth]


class Effect(Enum):
    ALLOW = "Allow"
    DENY = "Deny"


@dataclasses.dataclass(frozen=True, eq=False)
class Statement:
    """``effect`` is ``None`` where the document does not make clear which it is: it may be either.

    ``faults`` are problems with the statement as a whole, and all there is where ``raw`` is empty;
    parts that most requests never reach
    (resources, conditions) are compiled when first asked for.
    """

    policy: str
    index: int
    raw: Mapping[str, Any]
    grammar: Grammar
    substitutes: bool
    effect: Effect | None
    actions: ActionSet | Malformed
    faults: tuple[Malformed, ...] = ()

    @property
    def sid(self) -> str:
        sid = self.raw.get("Sid", "")
        return sid if isinstance(sid, str) else ""

    @cached_property
    def label(self) -> str:
        """``AmazonSSMManagedInstanceCore statement 2 (AllowChannels)``, counted from 1."""
        if not self.index:
            return self.policy
        named = f" ({self.sid})" if self.sid else ""
        return f"{self.policy} statement {self.index}{named}"

    def truth(self, request: Request, resource: str) -> Truth:
        """Whether the statement speaks about this request on this resource."""
        actions = self.actions
        if isinstance(actions, ActionSet) and not actions.matches(request.folded_action):
            return False
        checks = self.checks
        return all_of([check(request, resource) for check in checks]) if checks else True

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What has to hold beside the action; nothing for a plain statement on all resources."""
        if not self.raw:
            return (self._faulty,)
        checks: list[Check] = []
        if self.grammar.names_principals:
            checks.append(self._names)
        if not _is_everything(self.resources):
            checks.append(self._covers)
        if self.conditions is not None:
            checks.append(self.conditions.check)
        if self.faults or isinstance(self.actions, Malformed):
            checks.append(self._faulty)
        return tuple(checks)

    def _faulty(self, _request: Request, _resource: str) -> Truth:
        malformed = (self.actions,) if isinstance(self.actions, Malformed) else ()
        return Unknown.of(*self.faults, *malformed)

    def _names(self, request: Request, _resource: str) -> Truth:
        if isinstance(self.principals, PrincipalSet):
            return self.principals.truth(request.principal)
        if self.principals is not None:
            return Unknown.of(self.principals)
        # An element that is not understood may be the one that names somebody.
        return Unknown.of(*self.faults) if self.faults else False

    def _covers(self, request: Request, resource: str) -> Truth:
        if isinstance(self.resources, ResourceSet):
            return self.resources.truth(resource, request.keys)
        return True if self.resources is None else Unknown.of(self.resources)

    @cached_property
    def principals(self) -> PrincipalSet | Malformed | None:
        """``None``: names nobody."""
        if not self.raw.keys() & {"Principal", "NotPrincipal"}:
            return None
        element = _element(self.raw, "Principal", self.label)
        if isinstance(element, Malformed):
            return element
        return principal_set(
            self.raw[element],
            negated=element.startswith("Not"),
            grammar=self.grammar,
            place=self.label,
        )

    @cached_property
    def resources(self) -> ResourceSet | Malformed | None:
        """``None``: the grammar has no resources."""
        if not self.grammar.names_resources:
            return None
        element = _element(self.raw, "Resource", self.label)
        if isinstance(element, Malformed):
            return element
        patterns = texts(self.raw[element])
        if not patterns:
            return Malformed(self.label, f"{element} is neither text nor a list of texts")
        return resource_set(
            patterns,
            negated=element.startswith("Not"),
            pads=self.grammar.pads_arns,
            substitutes=self.substitutes,
            place=self.label,
        )

    @cached_property
    def conditions(self) -> Conditions | None:
        if "Condition" not in self.raw:
            return None
        return conditions(self.raw["Condition"], substitutes=self.substitutes, place=self.label)


def statement(
    raw: object, *, policy: str, index: int, grammar: Grammar, substitutes: bool
) -> Statement:
    """Compile one statement; whatever is not understood leaves it undetermined, with the place."""
    place = f"{policy} statement {index}"
    if not isinstance(raw, Mapping):
        return undetermined(Malformed(place, "is no object"), policy, index, grammar)
    effects = {one.value: one for one in Effect}
    written = raw.get("Effect")
    effect = effects.get(written) if isinstance(written, str) else None
    return Statement(
        policy=policy,
        index=index,
        raw=raw,
        grammar=grammar,
        substitutes=substitutes,
        effect=effect,
        actions=_actions(raw, place),
        faults=tuple(Malformed(place, problem) for problem in _problems(raw, effect, grammar)),
    )


def _is_everything(resources: ResourceSet | Malformed | None) -> bool:
    if isinstance(resources, ResourceSet):
        return resources.everything and not resources.negated
    return resources is None


def undetermined(problem: Malformed, policy: str, index: int, grammar: Grammar) -> Statement:
    """A statement that may say anything."""
    return Statement(policy, index, {}, grammar, False, None, problem, (problem,))


def _actions(raw: Mapping[str, Any], place: str) -> ActionSet | Malformed:
    element = _element(raw, "Action", place)
    if isinstance(element, Malformed):
        return element
    patterns = texts(raw[element])
    if not patterns:
        return Malformed(place, f"{element} is neither text nor a list of texts")
    return action_set(patterns, negated=element.startswith("Not"), place=place)


def _element(raw: Mapping[str, Any], name: str, place: str) -> str | Malformed:
    """Which of ``Action`` and ``NotAction`` the statement has: exactly one of the two."""
    found = [element for element in (name, f"Not{name}") if element in raw]
    if len(found) == 1:
        return found[0]
    both = "both" if found else "neither"
    return Malformed(place, f"has {both} of {name} and Not{name}")


def _problems(raw: Mapping[str, Any], effect: Effect | None, grammar: Grammar) -> list[str]:
    problems = [f"unknown element {element!r}" for element in raw if element not in _ELEMENTS]
    if effect is None:
        problems.append(f"Effect is {raw.get('Effect')!r}"[:80])
    names_principal = "Principal" in raw or "NotPrincipal" in raw
    if names_principal and not grammar.names_principals:
        problems.append("a policy of this kind names no principal")
    if not grammar.names_resources and ("Resource" in raw or "NotResource" in raw):
        problems.append("a trust policy names no resource")
    if "NotPrincipal" in raw and (grammar is Grammar.TRUST or effect is not Effect.DENY):
        problems.append("NotPrincipal is not accepted here")
    return problems
