"""The organization around an account, and its policies on the way from root to account.

The account that may read them may be another of the snapshot: the management account or a
delegated administrator of the same organization, also one of which nothing else was read.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from inventory.facts import (
    NOT_RECORDED,
    Organization,
    OrganizationPolicy,
    PolicyLevel,
    Unread,
)
from inventory.follow_up_answers import FollowUpAnswers
from inventory.reader import Reader
from inventory.snapshot import GLOBAL, Snapshot

SCP: Final = "SERVICE_CONTROL_POLICY"
RCP: Final = "RESOURCE_CONTROL_POLICY"
_DESCRIBE: Final = "organizations.DescribeOrganization"
_ROOTS: Final = "organizations.ListRoots"
#: Root, at most five levels of units, account (iam.md 8); a longer way runs in a circle.
_LONGEST_WAY: Final = 7

Levels = tuple[PolicyLevel, ...] | Unread


class Guardrails(NamedTuple):
    """The levels of both types of policy, from the root down."""

    scp_levels: Levels
    rcp_levels: Levels


class Organizations:
    """The organizations of a snapshot's accounts, and what any of them could read of each."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._of = {account: _organization(snapshot, account) for account in snapshot.accounts}
        self._answers: dict[str, _Answers] = {}
        for account, organization in self._of.items():
            read = Reader(snapshot, account, GLOBAL)
            if isinstance(organization, Organization) and not isinstance(
                read.answer(_ROOTS), Unread
            ):
                self._answers.setdefault(organization.id, _Answers(read))

    def organization(self, account: str) -> Organization | Unread | None:
        """The account's organization; ``None``: AWS said that it is in none."""
        return self._of[account]

    def guardrails(self, account: str) -> Guardrails:
        """The policies around an account, by whichever account of its organization read them."""
        organization = self._of[account]
        if isinstance(organization, Organization) and organization.id in self._answers:
            return self._answers[organization.id].guardrails(account)
        roots = self._snapshot.read(account, GLOBAL, _ROOTS)
        if not isinstance(roots, Unread) or roots.code == NOT_RECORDED:
            roots = Unread(OrganizationPolicy.call, NOT_RECORDED)
        return Guardrails(roots, roots)


def _organization(snapshot: Snapshot, account: str) -> Organization | Unread | None:
    if snapshot.is_absent(account, GLOBAL, _DESCRIBE):
        return None
    return Reader(snapshot, account, GLOBAL).one(_DESCRIBE, "Organization", Organization)


def _policy_types(roots: Any) -> dict[str, str]:
    """Policy type → its status; an organization has one root, and lists no type that is off."""
    return {
        one["Type"]: str(one.get("Status", "")).casefold()
        for root in roots["Roots"]
        for one in root.get("PolicyTypes", ())
    }


class _Answers:
    def __init__(self, read: Reader) -> None:
        self._read = read
        with read.place(_ROOTS):
            self._types = _policy_types(read.answer(_ROOTS))
        self._parents = FollowUpAnswers(read, "organizations.ListParents", "Parents", "ChildId")
        self._attached = FollowUpAnswers(
            read, "organizations.ListPoliciesForTarget", "Policies", "TargetId", "Filter"
        )
        self._policies = FollowUpAnswers(read, "organizations.DescribePolicy", "Policy", "PolicyId")

    def guardrails(self, account: str) -> Guardrails:
        way = self._way(account)
        return Guardrails(self._levels(way, SCP), self._levels(way, RCP))

    def _way(self, account: str) -> tuple[str, ...] | Unread:
        """The nodes from root to account."""
        nodes = [account]
        while len(nodes) <= _LONGEST_WAY:
            parents = self._parents.of(nodes[-1])
            if isinstance(parents, Unread):
                return parents
            with self._read.place("organizations.ListParents"):
                parent, kind = parents[0]["Id"], parents[0]["Type"]
            nodes.append(parent)
            if kind == "ROOT":
                return tuple(reversed(nodes))
        return Unread("organizations:ListParents", "NO_ROOT", f"no root is above {account}")

    def _levels(self, way: tuple[str, ...] | Unread, kind: str) -> Levels:
        status = self._types.get(kind)
        if status is None:
            return ()
        if status != "enabled":
            return Unread(
                "organizations:ListRoots", status.upper(), f"{kind} is neither on nor off"
            )
        if isinstance(way, Unread):
            return way
        return tuple(self._level(target, kind) for target in way)

    def _level(self, target: str, kind: str) -> PolicyLevel:
        attached = self._attached.of(target, kind)
        if isinstance(attached, Unread):
            return PolicyLevel(target, attached)
        with self._read.place("organizations.ListPoliciesForTarget"):
            identifiers = [policy["Id"] for policy in attached]
        return PolicyLevel(target, tuple(self._policy(one) for one in identifiers))

    def _policy(self, identifier: str) -> OrganizationPolicy | Unread:
        policy = self._policies.of(identifier)
        if isinstance(policy, Unread):
            return policy
        with self._read.place("organizations.DescribePolicy"):
            return msgspec.convert(policy, OrganizationPolicy)
