"""Reading the organization's policies around the accounts of a run (iam.md 8).

Only the management account and delegated administrators may. The first account of a run that is
let in answers for all accounts of its organization; a member's refusal is coverage. So may the
account whose credentials listed an organization for the run, though nothing else of it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from inventory.collect.accounts import OpenAccount
from inventory.collect.call import Call
from inventory.collect.follow_ups import FollowUps
from inventory.collect.plan import (
    DESCRIBE_ORGANIZATION,
    DESCRIBE_POLICY,
    LIST_PARENTS,
    LIST_POLICIES_FOR_TARGET,
    LIST_ROOTS,
    ORGANIZATION_CALLS,
)
from inventory.collect.refusal import AWS_ERRORS, AwsError, Refusal
from inventory.collect.replies import NOTHING_TO_ASK, Followed, Outcome
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
    """An account, and what DescribeOrganization told it; ``None``: nothing.

    ``is_lister``: it is no account of the run, and only its credentials listed the organization.
    """

    account: OpenAccount
    organization: Mapping[str, Any] | None
    is_lister: bool = False

    @classmethod
    def of(
        cls, account: OpenAccount, outcome: Outcome | None, *, is_lister: bool = False
    ) -> Membership:
        """By what DescribeOrganization came to: nothing where it was refused, or is no member."""
        answer = outcome.answer if outcome is not None else None
        return cls(account, answer["Organization"] if answer else None, is_lister)

    @property
    def organization_id(self) -> str:
        return str(self.organization.get("Id", "")) if self.organization else ""

    @property
    def is_management(self) -> bool:
        """Whether it is the organization's management account (E5)."""
        told = self.organization or {}
        return told.get("MasterAccountId") == self.account.account_id

    @property
    def is_touched(self) -> bool:
        """Whether it is an account of the run that the organization's policies reach."""
        return not self.is_lister and not self.is_management


class Told(NamedTuple):
    """What one call of one account came to."""

    account: OpenAccount
    call: Call
    outcome: Outcome


#: How many outcomes a lister has.
LISTER_CALLS: Final = 1 + len(ORGANIZATION_CALLS)

#: Says what calls of an account come to whose credentials ran out, or raises AccountError.
NoteLost = Callable[[OpenAccount, AwsError], Outcome]


def read_organizations(
    memberships: Sequence[Membership],
    follow_ups: Callable[[OpenAccount], FollowUps],
    note_lost: NoteLost,
    listers: Sequence[OpenAccount] = (),
) -> list[Told]:
    """An outcome for each of ORGANIZATION_CALLS and each account.

    ``listers`` are no accounts of the run, but their credentials listed its organizations; they
    have an outcome of DESCRIBE_ORGANIZATION as well.
    Raises what ``note_lost`` does for credentials that run out on the way.
    """
    told = [_described(one, follow_ups(one), note_lost) for one in listers]
    asking = [Membership.of(one.account, one.outcome, is_lister=True) for one in told]
    organizations: dict[str, list[Membership]] = {}
    for one in (*memberships, *asking):
        organizations.setdefault(one.organization_id, []).append(one)
    for identifier, members in organizations.items():
        if not identifier:
            told += _none(members, NO_ORGANIZATION)
        elif not any(one.is_touched for one in members):
            told += _none([one for one in members if not one.is_lister], NOT_TOUCHED)
            told += _none([one for one in members if one.is_lister], NOTHING_TO_ASK)
        else:
            told += _read_one(members, follow_ups, note_lost)
    return told


def left_out(
    accounts: Iterable[OpenAccount], listers: Iterable[OpenAccount], why: Refusal
) -> list[Told]:
    """The same outcomes where no organization is to be asked about at all."""
    outcome = Outcome(None, (why,))
    told = [Told(one, call, outcome) for one in accounts for call in ORGANIZATION_CALLS]
    of_lister = (DESCRIBE_ORGANIZATION, *ORGANIZATION_CALLS)
    return told + [Told(one, call, outcome) for one in listers for call in of_lister]


def _described(account: OpenAccount, asking: FollowUps, note_lost: NoteLost) -> Told:
    try:
        outcome = asking.ask_all(DESCRIBE_ORGANIZATION)
    except AWS_ERRORS as error:
        outcome = note_lost(account, error)
    return Told(account, DESCRIBE_ORGANIZATION, outcome)


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
    """Ask the likeliest first: management, who listed it, then the others in the run's order."""
    targets = [one.account.account_id for one in members if one.is_touched]
    candidates = sorted(members, key=lambda one: (not one.is_management, not one.is_lister))
    told: list[Told] = []
    for number, (account, *_) in enumerate(candidates):
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
