"""The statements that decide about a role's permission, as evidence."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.facts import Evidence, Role
from policies.iam.evaluation import Decision, Statement


def quoted(role: Role, *decisions: Decision) -> tuple[Evidence, ...]:
    """The deciding statements, each once; without one, the policies that were looked at."""
    statements = (match.statement for one in decisions for match in one.deciding)
    return quoted_statements(role, statements) or policies_of(role)


def quoted_statements(role: Role, statements: Iterable[Statement]) -> tuple[Evidence, ...]:
    """Each statement once, under the label that names its policy."""
    once = {one.label: one for one in statements if one.raw}
    return tuple(
        Evidence(resource=role.role_name, path=label, value=dict(one.raw), call=role.call)
        for label, one in once.items()
    )


def policies_of(role: Role) -> tuple[Evidence, ...]:
    """The names of the role's policies, attached and inline."""
    return (
        role.evidence("AttachedManagedPolicies"),
        Evidence(
            resource=role.role_name,
            path="RolePolicyList",
            value=[one.policy_name for one in role.role_policy_list],
            call=role.call,
        ),
    )
