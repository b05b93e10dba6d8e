"""What the role behind Default Host Management may do, and whether a node may ask for it."""

from __future__ import annotations

from typing import Final

from inventory.facts import Node, Place, Role
from policies.assumptions import where_assumed
from policies.control import Context
from policies.iam.agent_actions import DHMC_ACTIONS, AgentAction, Target, resources
from policies.iam.evaluation import (
    Decision,
    Grammar,
    Layer,
    Layers,
    Request,
    agreed,
    decide,
    parse,
    strictest,
)
from policies.iam.guardrails import scp_levels
from policies.iam.node_context import (
    dhmc_keys,
    instance_identity_keys,
    instance_identity_session,
    role_session,
)
from policies.iam.permissions import WHICH_RESOURCE, role_layers

#: The instance identity role is the service's own: it has no policy in the account (iam.md 4).
_IDENTITY_ROLE: Final = Role(role_name="aws:ec2-instance", arn="")
_EVERYTHING: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_GRANTED: Final = Layer(
    "instance identity",
    (parse({"Statement": _EVERYTHING}, name="instance identity", grammar=Grammar.IDENTITY),),
)


def dhmc_may(action: AgentAction, place: Place, role: Role, context: Context) -> Decision:
    """One of the agent's actions with the DHMC role's credentials, on each resource it names."""
    layers = role_layers(role, place.account, context)
    session = role_session(place, role)

    def on(target: Target) -> Decision:
        keys = dhmc_keys(place, role, own_resource=target is Target.INSTANCE)
        candidates = (
            decide(Request(action.name, (resource,), session, keys), layers)
            for resource in resources(target, place)
        )
        return agreed(candidates, WHICH_RESOURCE)

    return strictest(on(target) for target in action.targets)


def may_request_dhmc(node: Node, context: Context) -> Decision:
    """DHMC's own calls, which only the account's SCPs can refuse here (iam.md 4, 5; R-2.13)."""
    scps = where_assumed(scp_levels(node.account, _IDENTITY_ROLE), context)
    layers = Layers(identity=_GRANTED, scps=scps)
    session, keys = instance_identity_session(node), instance_identity_keys(node)
    return strictest(
        decide(Request(action.name, resources(target, node), session, keys), layers)
        for action in DHMC_ACTIONS
        for target in action.targets
    )
