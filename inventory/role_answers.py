"""Instance profiles, roles and managed policies, whichever calls they were read by (iam.md 8).

What was read in bulk goes before what was asked one by one; both make the same facts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from inventory.facts import InstanceProfile, ManagedPolicy, Role, Table, Unread
from inventory.facts.iam import FetchedPolicy, FetchedRole
from inventory.follow_up_answers import FollowUpAnswers
from inventory.reader import Reader

_DETAILS: Final = "iam.GetAccountAuthorizationDetails"


def load_instance_profiles(read: Reader) -> Table[InstanceProfile] | Unread:
    """Every profile, or those in use where listing them was refused."""
    listed = read.listing("iam.ListInstanceProfiles", "InstanceProfiles", InstanceProfile)
    asked = FollowUpAnswers(
        read, "iam.GetInstanceProfile", "InstanceProfile", "InstanceProfileName"
    )
    if not isinstance(listed, Unread) or not asked.is_recorded:
        return listed
    with read.place("iam.GetInstanceProfile"):
        rows = [msgspec.convert(one, InstanceProfile) for _, one in asked]
    # Profiles are known by their ARN and asked for by name, so a refused one cannot be told apart.
    gap = next(iter(asked.gaps.values()), listed)
    return Table("iam:GetInstanceProfile", rows, unlisted=gap)


def load_roles(read: Reader) -> Table[Role] | Unread:
    """Every role, or those in use; a missing part of a role is told by the very call it lacks."""
    listed = read.listing(_DETAILS, "RoleDetailList", Role)
    if not isinstance(listed, Unread):
        return listed
    asked = FollowUpAnswers(read, "iam.GetRole", "Role", "RoleName")
    if not asked.is_recorded:
        return listed
    parts = _RoleParts(read)
    with read.place("iam.GetRole"):
        rows = [parts.role(name, one) for (name,), one in asked]
    gaps = {name: gap for (name,), gap in asked.gaps.items()}
    return Table(FetchedRole.call, rows, gaps=gaps, unlisted=asked.otherwise)


def load_managed_policies(read: Reader) -> Table[ManagedPolicy] | Unread:
    """Listed policies, and those that only single calls gave."""
    listed = read.listing(_DETAILS, "Policies", ManagedPolicy)
    policies = FollowUpAnswers(read, "iam.GetPolicy", "Policy", "PolicyArn")
    versions = FollowUpAnswers(
        read, "iam.GetPolicyVersion", "PolicyVersion", "PolicyArn", "VersionId"
    )
    if isinstance(listed, Unread) and not policies.is_recorded:
        return policies.otherwise if _was_refused(policies.otherwise) else listed
    rows: dict[str, ManagedPolicy] = {}
    gaps = {arn: gap for (arn,), gap in policies.gaps.items()}
    with read.place("iam.GetPolicy"):
        for (arn,), policy in policies:
            found = _policy(arn, policy, versions)
            if isinstance(found, Unread):
                gaps[arn] = found
            else:
                rows[arn] = found
    if isinstance(listed, Unread):
        return Table(FetchedPolicy.call, rows.values(), gaps=gaps, unlisted=policies.otherwise)
    rows |= {one.arn: one for one in listed}
    unlisted = policies.otherwise if _was_refused(policies.otherwise) else None
    return Table(ManagedPolicy.call, rows.values(), gaps=gaps, unlisted=unlisted)


def _policy(
    arn: str, policy: Mapping[str, Any], versions: FollowUpAnswers
) -> FetchedPolicy | Unread:
    version = versions.of(arn, policy["DefaultVersionId"])
    if isinstance(version, Unread):
        return msgspec.structs.replace(version, detail=version.detail or arn)
    document = {**version, "IsDefaultVersion": True}
    return msgspec.convert({**policy, "PolicyVersionList": [document]}, FetchedPolicy)


class _RoleParts:
    """What GetRole leaves out of a role."""

    def __init__(self, read: Reader) -> None:
        self._attached = FollowUpAnswers(
            read, "iam.ListAttachedRolePolicies", "AttachedPolicies", "RoleName"
        )
        self._names = FollowUpAnswers(read, "iam.ListRolePolicies", "PolicyNames", "RoleName")
        self._inline = FollowUpAnswers(
            read, "iam.GetRolePolicy", "PolicyDocument", "RoleName", "PolicyName"
        )

    def role(self, name: str, role: Mapping[str, Any]) -> FetchedRole:
        """The role as bulk details show it, and what could not be read of it."""
        unread: list[Unread] = []
        attached = self._attached.of(name)
        if isinstance(attached, Unread):
            unread.append(_about(name, attached))
            attached = []
        whole = {
            **role,
            "AttachedManagedPolicies": attached,
            "RolePolicyList": self._documents(name, unread),
        }
        return msgspec.structs.replace(msgspec.convert(whole, FetchedRole), unread=tuple(unread))

    def _documents(self, name: str, unread: list[Unread]) -> list[dict[str, Any]]:
        names = self._names.of(name)
        if isinstance(names, Unread):
            unread.append(_about(name, names))
            return []
        documents = []
        for policy in names:
            found = self._inline.of(name, policy)
            if isinstance(found, Unread):
                unread.append(_about(f"{name}: inline policy {policy}", found))
            else:
                documents.append({"PolicyName": policy, "PolicyDocument": found})
        return documents


def _about(what: str, gap: Unread) -> Unread:
    return msgspec.structs.replace(gap, detail=gap.detail or what)


def _was_refused(gap: Unread) -> bool:
    return gap.code not in ("NOT_RECORDED", "NOTHING_TO_ASK")
