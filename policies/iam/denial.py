"""What a denial means: for every resource, or only for the one that was asked about.

Associations, documents and parameters are asked about by a name that stands for many. A policy
that lists the account's own may deny that name and allow what the node really reads, so such a
denial is looked at before it counts.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from policies.iam.evaluation import Decision, Effect, Layer, Layers, Match, Statement
from policies.iam.evaluation.actions import ActionSet
from policies.iam.evaluation.document import texts
from policies.iam.evaluation.glob import Glob
from policies.iam.evaluation.resources import ANY, ARN_PARTS, ResourceSet

BOUNDARY = "permissions boundary"
IDENTITY = "identity policies"
#: Where an ARN names the account; AWS's own resources leave it empty.
_ACCOUNT_PART = 4


@dataclasses.dataclass(frozen=True)
class Kind:
    """The account's and AWS's own resources of the type and Region of ``arn``, their stand-in."""

    arn: str
    account: str

    def may_be_named(self, patterns: Iterable[str]) -> bool:
        """Whether a pattern fits some resource of the kind."""
        return any(
            _fits(_parts(pattern), self._parts(owner)) and _may_start(pattern, self._type)
            for pattern in patterns
            for owner in (self.account, "")
        )

    def is_covered(self, patterns: Iterable[str]) -> bool:
        """Whether the patterns leave no resource of the kind out, whatever its name."""
        whole = [one for one in patterns if _is_whole(one, self._type)]
        owners = {self.account, self.arn.split(":")[_ACCOUNT_PART]}
        return all(
            any(_fits(_parts(pattern), self._parts(owner)) for pattern in whole) for owner in owners
        )

    @property
    def _type(self) -> str:
        """``document/``, the start of each such resource's name."""
        return self.arn.split(":", ARN_PARTS - 1)[-1].partition("/")[0] + "/"

    def _parts(self, owner: str) -> list[str]:
        return [*self.arn.split(":")[:_ACCOUNT_PART], owner]


def other_resources(
    action: str, decision: Decision, layers: Layers, kinds: tuple[Kind, ...] = ()
) -> tuple[Statement, ...]:
    """The statements through which a denied action is still allowed on other resources.

    For an explicit denial the Deny itself, if it names resources; else the Allows of the denying
    layer that name the action and other resources. Empty: denied whatever the resource is.
    With ``kinds`` only resources of these kinds count (iam.md 4): whoever may read a bucket, or
    is denied each document there is, may read no other document.
    """
    if decision.explicit:
        deciding = tuple(match.statement for match in decision.deciding)
        return deciding if all(_leaves_some(match, kinds) for match in decision.deciding) else ()
    layer = _named(decision.layer, layers)
    if layer is None:
        return ()
    return tuple(
        one
        for one in layer.statements
        if one.effect is not Effect.DENY
        and _speaks_of(one, action)
        and _names_resources(one)
        and (not kinds or any(_names_some(one, kind) for kind in kinds))
    )


def _named(name: str, layers: Layers) -> Layer | None:
    """The layer in which a decision says that nothing allows the request."""
    around = (*layers.granting, *layers.limiting)
    return next((layer for layer in around if layer.name == name), None)


def _speaks_of(statement: Statement, action: str) -> bool:
    actions = statement.actions
    return isinstance(actions, ActionSet) and actions.matches(action.lower())


def _names_resources(statement: Statement) -> bool:
    """Whether it is about some resources only."""
    resources = statement.resources
    return isinstance(resources, ResourceSet) and (resources.negated or not resources.everything)


def _leaves_some(match: Match, kinds: tuple[Kind, ...]) -> bool:
    """Whether a Deny leaves out some of what the denied resource stands for."""
    if not _names_resources(match.statement):
        return False
    if not kinds:
        return True
    kind = next((one for one in kinds if one.arn == match.resource), None)
    if kind is None:
        # Not a stand-in: the very resource that the call names.
        return False
    if "NotResource" in match.statement.raw:
        return kind.may_be_named(_patterns(match.statement))
    return not kind.is_covered(_patterns(match.statement))


def _names_some(statement: Statement, kind: Kind) -> bool:
    """Whether a statement is about some resource of the kind."""
    if "NotResource" in statement.raw:
        return not kind.is_covered(_patterns(statement))
    return kind.may_be_named(_patterns(statement))


def _patterns(statement: Statement) -> tuple[str, ...]:
    written = statement.raw.get("Resource", statement.raw.get("NotResource"))
    return tuple(texts(written) or ())


def _parts(pattern: str) -> list[str]:
    """The six parts of a pattern for ARNs; those that it lacks may be anything."""
    parts = [ANY] if Glob.of(pattern).is_run else pattern.split(":", ARN_PARTS - 1)
    return [*parts, *[ANY] * (ARN_PARTS - len(parts))]


def _fits(parts: list[str], wanted: list[str]) -> bool:
    """Whether all parts before the resource's name fit."""
    return all(Glob.of(part).matches(text) for part, text in zip(parts, wanted, strict=False))


def _may_start(pattern: str, start: str) -> bool:
    """Whether some name that begins so fits the pattern; a variable may stand for anything."""
    name = _parts(pattern)[-1]
    fixed = min((name.find(mark) for mark in ("*", "?", "${") if mark in name), default=-1)
    if fixed < 0:
        return name.startswith(start)
    return name[:fixed].startswith(start) or start.startswith(name[:fixed])


def _is_whole(pattern: str, start: str) -> bool:
    """Whether every name that begins so fits the pattern."""
    name = _parts(pattern)[-1]
    return Glob.of(name).is_run or Glob.of(name.removeprefix(start)).is_run
