"""Reading the organization's policies around the accounts of a run (iam.md 8).

Only the management account and delegated administrators may. The first account of a run that is
let in answers for all accounts of its organization; a member's refusal is coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from inventory.collect.accounts import OpenAccount
from inventory.collect.call import Call
from inventory.collect.follow_ups import FollowUps
from inventory.collect.plan import (
    DESCRIBE_POLICY,
    LIST_PARENTS,
    LIST_POLICIES_FOR_TARGET,
    LIST_ROOTS,
    ORGANIZATION_CALLS,
)
from inventory.collect.refusal import AWS_ERRORS, AwsError, Refusal
from inventory.collect.replies import Followed, Outcome
from inventory.facts import Status

POLICY_TYPES: Final = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY")
NO_ORGANIZATION: Final = Refusal(
    Status.NOT_ASKED, "NO_ORGANIZATION", "the account is in no organization that it told of"
)
NOT_TOUCHED: Final = Refusal(
    Status.NOT_ASKED,
    "MANAGEMENT_ACCOUNT",
    "organization policies do not touch the management account",
)
NO_ROOTS: Final = Refusal(Status.NOT_ASKED, "NO_SOURCE", f"needs the answer of {LIST_ROOTS.action}")


class Membership(NamedTuple):
    """An account of the run, and what DescribeOrganization told it; ``None``: nothing."""

    account: OpenAccount
    organization: Mapping[str, Any] | None

    @property
    def organization_id(self) -> str:
        return str(self.organization.get("Id", "")) if self.organization else ""

    @property
    def is_management(self) -> bool:
        """Whether it is the organization's management account (E5)."""
        told = self.organization or {}
        return told.get("MasterAccountId") == self.account.account_id


class Told(NamedTuple):
    """What one call of one account came to."""

    account: OpenAccount
    call: Call
    outcome: Outcome


#: Says what calls of an account come to whose credentials ran out, or raises AccountError.
NoteLost = Callable[[OpenAccount, AwsError], Outcome]


def read_organizations(
    memberships: Sequence[Membership],
    follow_ups: Callable[[OpenAccount], FollowUps],
    note_lost: NoteLost,
) -> list[Told]:
    """An outcome for each of ORGANIZATION_CALLS and each account.

    Raises what ``note_lost`` does for credentials that run out on the way.
    """
    organizations: dict[str, list[Membership]] = {}
    for one in memberships:
        organizations.setdefault(one.organization_id, []).append(one)
    told: list[Told] = []
    for identifier, members in organizations.items():
        if not identifier:
            told += _none(members, NO_ORGANIZATION)
        elif all(one.is_management for one in members):
            told += _none(members, NOT_TOUCHED)
        else:
            told += _read_one(members, follow_ups, note_lost)
    return told


def _none(members: Iterable[Membership], why: Refusal) -> list[Told]:
    return [
        Told(one.account, call, Outcome(None, (why,)))
        for one in members
        for call in ORGANIZATION_CALLS
    ]


def _read_one(
    members: Sequence[Membership],
    follow_ups: Callable[[OpenAccount], FollowUps],
    note_lost: NoteLost,
) -> list[Told]:
    """Ask the likeliest account first: management, then the others in the run's order."""
    targets = [one.account.account_id for one in members if not one.is_management]
    candidates = sorted(members, key=lambda one: not one.is_management)
    told: list[Told] = []
    for number, (account, _) in enumerate(candidates):
        try:
            outcomes = _asked_of_one(targets, follow_ups(account))
        except AWS_ERRORS as error:
            outcomes = dict.fromkeys(ORGANIZATION_CALLS, note_lost(account, error))
        told += [Told(account, call, outcome) for call, outcome in outcomes.items()]
        if outcomes[LIST_ROOTS].answer is not None:
            detail = f"account {account.account_id} was asked"
            elsewhere = Refusal(Status.NOT_ASKED, "READ_ELSEWHERE", detail)
            return told + _none(candidates[number + 1 :], elsewhere)
    return told


def _asked_of_one(targets: list[str], asking: FollowUps) -> dict[Call, Outcome]:
    """Everything above the accounts, and each policy once; nothing where the roots are refused."""
    roots = asking.ask_all(LIST_ROOTS)
    if roots.answer is None:
        not_asked = dict.fromkeys(ORGANIZATION_CALLS, Outcome(None, (NO_ROOTS,)))
        return not_asked | {LIST_ROOTS: roots}
    parents, nodes = _ancestors(targets, asking)
    kinds = [kind for kind in POLICY_TYPES if kind in _policy_types(roots.answer)]
    attached = asking.ask(
        LIST_POLICIES_FOR_TARGET,
        [{"TargetId": node, "Filter": kind} for node in nodes for kind in kinds],
    )
    policies = {policy["Id"] for _, response in attached.answers for policy in response["Policies"]}
    described = asking.ask(DESCRIBE_POLICY, [{"PolicyId": one} for one in sorted(policies)])
    return {
        LIST_ROOTS: roots,
        LIST_PARENTS: parents.outcome,
        LIST_POLICIES_FOR_TARGET: attached.outcome,
        DESCRIBE_POLICY: described.outcome,
    }


def _ancestors(targets: list[str], asking: FollowUps) -> tuple[Followed, list[str]]:
    """ListParents upwards from the accounts, and all nodes met, sorted."""
    parents, nodes = Followed(), set(targets)
    frontier = sorted(nodes)
    while frontier:
        found = asking.ask(LIST_PARENTS, [{"ChildId": child} for child in frontier])
        parents += found
        above = {
            (parent["Id"], parent["Type"])
            for _, response in found.answers
            for parent in response["Parents"]
        }
        frontier = sorted({node for node, kind in above if kind != "ROOT"} - nodes)
        nodes |= {node for node, _ in above}
    return parents, sorted(nodes)


def _policy_types(roots: Any) -> set[str]:
    """The policy types that any root names: one that is switched off is not listed there."""
    return {one["Type"] for root in roots["Roots"] for one in root.get("PolicyTypes", ())}
