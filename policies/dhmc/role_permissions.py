"""What the role behind Default Host Management may do, for any node of a Region."""

from __future__ import annotations

from inventory.facts import Place, Role
from policies.control import Context
from policies.iam.agent_actions import AgentAction, Target, resources
from policies.iam.evaluation import Decision, Request, agreed, decide, strictest
from policies.iam.node_context import dhmc_keys, role_session
from policies.iam.permissions import WHICH_RESOURCE, role_layers


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
