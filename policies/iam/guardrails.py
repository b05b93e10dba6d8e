"""The organization's policies around an account: SCPs and RCPs, as far as they are read.

Reading the policies themselves comes later; until then an account inside an organization has
layers that nobody read. They turn allowed into depends, and never deny (iam.md 3).
"""

from __future__ import annotations

from inventory.facts import NOT_RECORDED, AccountFacts, Role, Unread
from policies.iam.evaluation import Layer

DESCRIBE_POLICY = "organizations:DescribePolicy"
_SERVICE_LINKED = "/aws-service-role/"


def scp_levels(account: AccountFacts, role: Role) -> tuple[Layer, ...]:
    """The SCP layers around a role's calls: none outside an organization and where E5 excepts."""
    if role.path.startswith(_SERVICE_LINKED):
        return ()
    return _unread(account, "service control policies")


def rcps(account: AccountFacts) -> tuple[Layer, ...]:
    """The RCP layers around the account's own roles: they can break a trust (E7, E9)."""
    return _unread(account, "resource control policies")


def _unread(account: AccountFacts, name: str) -> tuple[Layer, ...]:
    """Neither kind touches the management account (E5); no organization, no layer (E2)."""
    organization = account.organization
    if organization is None:
        return ()
    if isinstance(organization, Unread):
        return (Layer(name, unread=(Unread(DESCRIBE_POLICY, organization.code), organization)),)
    if organization.management_account_id == account.account_id:
        return ()
    return (Layer.not_read(name, Unread(DESCRIBE_POLICY, NOT_RECORDED)),)
