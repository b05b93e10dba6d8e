"""What a denial means: for every resource, or only for the one that was asked about.

Associations, documents and parameters are asked about by a name that stands for many. A policy
that lists the account's own may deny that name and allow what the node really reads, so such a
denial is looked at before it counts.
"""

from __future__ import annotations

from policies.iam.evaluation import Decision, Effect, Layer, Layers, Statement
from policies.iam.evaluation.actions import ActionSet
from policies.iam.evaluation.resources import ResourceSet

BOUNDARY = "permissions boundary"
IDENTITY = "identity policies"


def other_resources(action: str, decision: Decision, layers: Layers) -> tuple[Statement, ...]:
    """The statements through which a denied action is still allowed on other resources.

    For an explicit denial the Deny itself, if it names resources; else the Allows of the denying
    layer that name the action and other resources. Empty: denied whatever the resource is.
    """
    if decision.explicit:
        deciding = tuple(match.statement for match in decision.deciding)
        return deciding if all(_names_resources(one) for one in deciding) else ()
    layer = _named(decision.layer, layers)
    if layer is None:
        return ()
    return tuple(
        one
        for one in layer.statements
        if one.effect is not Effect.DENY and _speaks_of(one, action) and _names_resources(one)
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
