"""How to let a role do what it is denied: in its own policies, its boundary, or elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inventory.facts import AccountFacts, Role, Unread
from policies.iam.agent_actions import CORE_POLICY
from policies.iam.denial import BOUNDARY, IDENTITY
from policies.iam.evaluation import Decision, Malformed
from policies.iam.evaluation.document import decoded
from policies.iam.repairs import (
    allow_statement,
    core_policy_command,
    inline_policy,
    new_version,
)


def permission_repair(
    role: Role,
    account: AccountFacts,
    denied: Mapping[str, Decision],
    *,
    policy_name: str,
    resource: str = "*",
) -> str:
    """One repair for each layer that denies; ``denied`` maps actions to their denials.

    ``policy_name`` is the inline policy that it writes: each control has its own, because a second
    one of that name would replace the first.
    """
    by_place: dict[str, list[str]] = {}
    explicit: dict[str, list[str]] = {}
    for action, decision in denied.items():
        if decision.explicit:
            label = f"{decision.deciding[0].statement.label} ({decision.layer})"
            explicit.setdefault(label, []).append(action)
        else:
            by_place.setdefault(decision.layer, []).append(action)
    lines = [
        f"If the Deny in {label!r} is not wanted, take out {', '.join(sorted(actions))}"
        for label, actions in explicit.items()
    ]
    for layer, actions in by_place.items():
        statement = allow_statement(actions, resource)
        if layer == IDENTITY:
            lines += [
                f"Attach {CORE_POLICY}, or only what is missing:",
                core_policy_command(role, role.arn.split(":")[1]),
                inline_policy(role, statement, policy_name),
            ]
        elif layer == BOUNDARY:
            lines.append(_boundary_repair(role, account, statement))
        else:
            lines.append(f"Let the {layer} allow {', '.join(sorted(actions))}")
    return "\n".join(lines)


def _boundary_repair(role: Role, account: AccountFacts, statement: dict[str, Any]) -> str:
    boundary = role.permissions_boundary
    arn = boundary.permissions_boundary_arn if boundary else ""
    found = account.managed_policies.find(arn)
    present = None if isinstance(found, Unread) else decoded(found.document, arn)
    if present is None or isinstance(present, Malformed) or ":aws:policy/" in arn:
        return f"Let the permissions boundary {arn!r} allow {', '.join(statement['Action'])}"
    listed = present.get("Statement", [])
    statements = list(listed) if isinstance(listed, list | tuple) else [listed]
    return new_version(arn, [*statements, statement])
