"""What a VPC endpoint's policy lets through: a limit on every call, never a grant (iam.md 6)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Evidence
from inventory.facts.network import VpcEndpoint
from policies.control import Context
from policies.iam.denial import Kind, other_resources
from policies.iam.evaluation import (
    Decision,
    Effect,
    Grammar,
    Layer,
    Layers,
    Policy,
    Request,
    Statement,
    decide,
    parse,
)

_EVERYTHING: Final = ("*", ["*"], ("*",))
_ANYBODY: Final = ("*", {"AWS": "*"}, {"AWS": ["*"]})


class EndpointPolicy:
    """The policy of one endpoint, compiled once.

    ``grammar`` is that of an interface or of a gateway endpoint: they read principals differently.
    """

    def __init__(self, endpoint: VpcEndpoint, grammar: Grammar) -> None:
        self.endpoint = endpoint
        # None set means full access (iam.md 6).
        self.policy: Policy | None = None
        if endpoint.policy_document is not None:
            name = f"policy of {endpoint.id}"
            self.policy = parse(endpoint.policy_document, name=name, grammar=grammar)
        self.is_open = self.policy is None or _is_open(self.policy)
        layer = None if self.policy is None else Layer(self.policy.name, (self.policy,))
        # Asked as the granting layer: what the caller may do otherwise is judged elsewhere.
        self._layers = Layers(resource=layer)

    def decide(self, request: Request) -> Decision:
        """Whether it lets a call through; only asked of a policy that is not open to everything."""
        return decide(request, self._layers)

    def other_resources(
        self, action: str, decision: Decision, kinds: tuple[Kind, ...]
    ) -> tuple[Statement, ...]:
        """The statements through which a denied action passes on other resources of the kinds."""
        return other_resources(action, decision, self._layers, kinds)

    def evidence(self, *decisions: Decision) -> tuple[Evidence, ...]:
        """The deciding statements, each once; without any, the document as it is."""
        statements = [match.statement for one in decisions for match in one.deciding]
        quoted = {one.label: one for one in statements if one.raw}
        if not quoted:
            return (self.endpoint.evidence("PolicyDocument"),)
        return tuple(
            Evidence(
                resource=self.endpoint.id,
                path=f"PolicyDocument {label}",
                value=dict(one.raw),
                call=self.endpoint.call,
            )
            for label, one in quoted.items()
        )


def endpoint_policy(endpoint: VpcEndpoint, grammar: Grammar, context: Context) -> EndpointPolicy:
    """The compiled policy, made once for all who use the endpoint."""
    key = ("endpoint policy", endpoint.id, endpoint.owner_id, grammar)
    return context.once(key, lambda: EndpointPolicy(endpoint, grammar))


def _is_open(policy: Policy) -> bool:
    """Whether it is as good as none: everything to everybody, and nothing taken back."""
    return any(_opens_everything(one) for one in policy.statements) and all(
        one.effect is Effect.ALLOW for one in policy.statements
    )


def _opens_everything(statement: Statement) -> bool:
    written = statement.raw
    return (
        statement.effect is Effect.ALLOW
        and not statement.faults
        and "Condition" not in written
        and written.get("Principal") in _ANYBODY
        and written.get("Action") in _EVERYTHING
        and written.get("Resource") in _EVERYTHING
    )
