"""Commands that let the agent's calls through the policy of an endpoint.

Ids and documents come from answers that anybody may have written: each stays one word for a shell.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from shlex import quote
from typing import Any

from inventory.facts import Node
from inventory.facts.network import VpcEndpoint
from policies.iam.evaluation import Decision, Malformed
from policies.iam.evaluation.document import decoded


def let_through(node: Node, endpoint: VpcEndpoint, denied: Mapping[str, Decision]) -> str:
    """One repair for what a Deny takes away, one for what no statement allows."""
    explicit: dict[str, list[str]] = {}
    for action, decision in denied.items():
        if decision.explicit:
            explicit.setdefault(decision.deciding[0].statement.label, []).append(action)
    lines = [
        f"If the Deny in {label!r} is not wanted, take out {', '.join(sorted(actions))}"
        for label, actions in explicit.items()
    ]
    implicit = sorted(action for action, decision in denied.items() if not decision.explicit)
    if implicit:
        lines.append(allow(node, endpoint, implicit))
    return "\n".join(lines)


def allow(node: Node, endpoint: VpcEndpoint, actions: Iterable[str], resource: Any = "*") -> str:
    """Add a statement to the policy. DHMC's calls need the plain principal (R-2.13, D6)."""
    added = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": sorted(actions),
        "Resource": resource,
    }
    present = decoded(endpoint.policy_document, endpoint.id)
    document: dict[str, Any] = {"Version": "2012-10-17"}
    statements: list[Any] = []
    if not isinstance(present, Malformed):
        document = dict(present)
        listed = present.get("Statement", [])
        statements = list(listed) if isinstance(listed, list | tuple) else [listed]
    document["Statement"] = [*statements, added]
    return (
        f"aws ec2 modify-vpc-endpoint --region {quote(node.region.name)} "
        f"--vpc-endpoint-id {quote(endpoint.id)} --policy-document {quote(json.dumps(document))}"
    )
