"""The organization's policies around an account: SCPs and RCPs, as far as they are read.

Where nobody read them, an account inside an organization has layers that are unread. They turn
allowed into depends, and never deny (iam.md 3).
"""

from __future__ import annotations

from functools import lru_cache

from inventory.facts import (
    NOT_RECORDED,
    AccountFacts,
    OrganizationPolicy,
    PolicyLevel,
    Role,
    Unread,
)
from policies.iam.evaluation import Grammar, Layer, Policy, parse

DESCRIBE_POLICY = "organizations:DescribePolicy"
_SCPS = "service control policies"
_RCPS = "resource control policies"
_SERVICE_LINKED = "/aws-service-role/"


def scp_levels(account: AccountFacts, role: Role) -> tuple[Layer, ...]:
    """The SCP layers around a role's calls, one for each level from root to account (E3).

    None outside an organization, where it does not use SCPs, and where E5 excepts.
    """
    if role.path.startswith(_SERVICE_LINKED):
        return ()
    return _around(account, _SCPS, account.scp_levels, Grammar.SCP)


def rcps(account: AccountFacts) -> tuple[Layer, ...]:
    """The RCP layers around the account's own roles: they can break a trust (E7, E9)."""
    return _around(account, _RCPS, account.rcp_levels, Grammar.RCP)


def _around(
    account: AccountFacts,
    name: str,
    levels: tuple[PolicyLevel, ...] | Unread,
    grammar: Grammar,
) -> tuple[Layer, ...]:
    """Neither kind touches the management account (E5); no organization, no layer (E2)."""
    organization = account.organization
    if organization is None:
        return ()
    if isinstance(organization, Unread):
        return (Layer(name, unread=(Unread(DESCRIBE_POLICY, organization.code), organization)),)
    if organization.management_account_id == account.account_id:
        return ()
    if isinstance(levels, Unread):
        return (Layer.not_read(name, levels),)
    return tuple(_layer(f"{name} of {level.target}", level, grammar) for level in levels)


@lru_cache(maxsize=1024)
def _layer(name: str, level: PolicyLevel, grammar: Grammar) -> Layer:
    if isinstance(level.policies, Unread):
        return Layer.not_read(name, level.policies)
    policies = [_compiled(one, grammar) for one in level.policies]
    return Layer(
        name,
        tuple(one for one in policies if not isinstance(one, Unread)),
        tuple(one for one in policies if isinstance(one, Unread)),
    )


def _compiled(policy: OrganizationPolicy | Unread, grammar: Grammar) -> Policy | Unread:
    if isinstance(policy, Unread):
        return policy
    if policy.content is None:
        return Unread(DESCRIBE_POLICY, NOT_RECORDED, f"{policy.id} has no content")
    name = f"{policy.policy_summary.name} ({policy.id})"
    return parse(policy.content, name=name, grammar=grammar)
