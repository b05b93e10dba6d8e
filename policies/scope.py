"""Whom a control concerns at all: running instances that their owner operates."""

from __future__ import annotations

from typing import Final

from inventory.facts import Instance, ManagedNode, Node, Unread
from policies.control import Verdict, not_applicable, undecidable, unread

#: What decides whether any control concerns an instance.
SCOPE_CALLS: Final = (Instance.call, ManagedNode.call)
_NOT_RUNNING = ("pending", "stopping", "stopped", "shutting-down", "terminated")


def is_running(instance: Instance) -> bool:
    """Whether EC2 says that it runs, in any letter case (T-15)."""
    return instance.state.name.casefold() == "running"


def outside(node: Node) -> Verdict | None:
    """The verdict for an instance that no control judges; ``None`` for all others.

    Not running (R-9.1, T-02…T-04), or operated by a service and not registered (D19).
    """
    instance = node.instance
    state = instance.state.name
    if not state:
        return unread(Unread(instance.call, "NOT_RECORDED", f"the state of {node.id}"))
    if state.casefold() in _NOT_RUNNING:
        told = f"the instance is {state}"
        return not_applicable("NOT_RUNNING", told, instance.evidence("State.Name"))
    if not is_running(instance):
        return undecidable(
            "STATE_UNRECOGNIZED",
            f"instance state {state!r} is none this version knows",
            instance.evidence("State.Name"),
            settled_by="State of ec2:DescribeInstances",
        )
    operator = instance.operator
    registered = node.region.managed_nodes
    if operator is None or not operator.managed:
        return None
    if isinstance(registered, Unread):
        return unread(registered)
    if node.id in registered:
        return None
    return not_applicable(
        "SERVICE_MANAGED",
        f"operated by {operator.principal or 'an AWS service'}",
        instance.evidence("Operator.Principal"),
    )
