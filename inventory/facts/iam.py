"""Instance profiles, roles and policies, as GetAccountAuthorizationDetails gives them.

The same facts come from calls about one role or policy; ``FetchedRole`` and ``FetchedPolicy`` only
name these calls as their source.

Policy documents stay as they came: an object, JSON text, or percent-encoded JSON text; whoever
evaluates one normalises it (spec iam.md 2, T-38).
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from inventory.facts.evidence import Fact, Member, Unread
from inventory.facts.instance import Tag

AUTHORIZATION_DETAILS = "iam:GetAccountAuthorizationDetails"


class InlinePolicy(Member, frozen=True):
    policy_name: str
    policy_document: Any = None


class AttachedPolicy(Member, frozen=True):
    policy_arn: str
    policy_name: str = ""


class Boundary(Member, frozen=True):
    permissions_boundary_arn: str = ""


class Role(Fact, frozen=True):
    """A role; IAM's list calls leave out its tags and its permissions boundary (iam.md 8).

    ``unread`` are the parts that nobody could read: lists of policies, or inline documents.
    """

    call: ClassVar[str] = AUTHORIZATION_DETAILS

    role_name: str
    arn: str
    role_id: str = ""
    path: str = "/"
    assume_role_policy_document: Any = None
    role_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: Boundary | None = None
    tags: tuple[Tag, ...] = ()
    unread: tuple[Unread, ...] = ()

    @property
    def id(self) -> str:
        return self.role_name


class FetchedRole(Role, frozen=True):
    """A role out of GetRole, ListAttachedRolePolicies, ListRolePolicies and GetRolePolicy."""

    call: ClassVar[str] = "iam:GetRole"


class ProfileRole(Member, frozen=True):
    """The role as an instance profile quotes it."""

    role_name: str
    arn: str = ""
    role_id: str = ""


class InstanceProfile(Fact, frozen=True):
    """A profile holds one role or none (R-1.6); its name is not the role's (R-1.7)."""

    call: ClassVar[str] = "iam:ListInstanceProfiles"

    instance_profile_name: str
    arn: str
    instance_profile_id: str = ""
    roles: tuple[ProfileRole, ...] = ()

    @property
    def id(self) -> str:
        return self.arn


class PolicyVersion(Member, frozen=True):
    version_id: str
    is_default_version: bool = False
    document: Any = None


class ManagedPolicy(Fact, frozen=True):
    call: ClassVar[str] = AUTHORIZATION_DETAILS

    arn: str
    policy_name: str = ""
    default_version_id: str = ""
    policy_version_list: tuple[PolicyVersion, ...] = ()

    @property
    def id(self) -> str:
        return self.arn

    @property
    def document(self) -> Any:
        """The version in force, ``None`` when the answer holds none."""
        return next(
            (
                version.document
                for version in self.policy_version_list
                if version.is_default_version or version.version_id == self.default_version_id
            ),
            None,
        )


class FetchedPolicy(ManagedPolicy, frozen=True):
    """A policy out of GetPolicy and GetPolicyVersion: only the version in force."""

    call: ClassVar[str] = "iam:GetPolicyVersion"


class Organization(Fact, frozen=True):
    """``management_account_id`` is what AWS still calls MasterAccountId in its API."""

    call: ClassVar[str] = "organizations:DescribeOrganization"

    organization_id: str = msgspec.field(name="Id")
    management_account_id: str = msgspec.field(name="MasterAccountId", default="")

    @property
    def id(self) -> str:
        return self.organization_id
