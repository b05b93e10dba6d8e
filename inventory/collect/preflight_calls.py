"""Trying single calls of the plan: one request each, as small as the API takes it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from botocore.exceptions import EndpointConnectionError

from inventory.collect.accounts import OpenAccount
from inventory.collect.answers import first_page
from inventory.collect.call import Answered, Call, PerResource, Repeated, Request
from inventory.collect.clients import Clients
from inventory.collect.node_calls import DEEP_CALLS
from inventory.collect.organization_policies import POLICY_TYPES
from inventory.collect.plan import (
    AUTHORIZATION_DETAILS,
    DESCRIBE_ORGANIZATION,
    DESCRIBE_POLICY,
    FIRST_CALL,
    FURTHER_CALLS,
    GET_INSTANCE_PROFILE,
    GET_POLICY,
    GET_POLICY_VERSION,
    GET_ROLE,
    GET_ROLE_POLICY,
    INSTANCE_PROFILES,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_PARENTS,
    LIST_POLICIES_FOR_TARGET,
    LIST_ROLE_POLICIES,
    LIST_ROOTS,
    ORGANIZATION_CALLS,
    PLAN,
)
from inventory.collect.refusal import AWS_ERRORS, Refusal, refusal_of, sdk_too_old
from inventory.collect.regions import DESCRIBE_REGIONS
from inventory.collect.roles_in_use import role_names
from inventory.facts import Status
from inventory.snapshot import GLOBAL, iam_action

_NOTHING_FOUND: Final = "no answer names what it asks about"
_NOT_DEEP: Final = "asked with --deep only"
_NO_ORGANIZATION: Final = "the account is in no organization that it told of"


class Reply(StrEnum):
    """What a tried call came to. ``answered``: also where AWS says that there is no such thing."""

    ANSWERED = "answered"
    DENIED = "denied"
    FAILED = "failed"
    NOT_TRIED = "not tried"


_REPLIES: Final[Mapping[Status, Reply]] = {
    Status.ABSENT: Reply.ANSWERED,
    Status.DENIED: Reply.DENIED,
    Status.FAILED: Reply.FAILED,
    Status.NOT_ASKED: Reply.NOT_TRIED,
}


@dataclasses.dataclass(frozen=True)
class Tried:
    """One call of one account and Region; ``region`` is ``global`` for account-wide ones.

    ``code`` is AWS's error code, ``detail`` its words or why the call was not tried.
    """

    account: str
    region: str
    action: str
    reply: Reply
    code: str = ""
    detail: str = ""

    @property
    def is_refused(self) -> bool:
        """Whether a run would go without the answer."""
        return self.reply in (Reply.DENIED, Reply.FAILED)


def regions_not_listed(account_id: str, refusal: Refusal) -> Tried:
    """What became of DescribeRegions, which is asked before anything is tried."""
    reply = _REPLIES[refusal.status]
    action = iam_action(DESCRIBE_REGIONS)
    return Tried(account_id, GLOBAL, action, reply, refusal.code, refusal.detail)


class Place:
    """Tries calls of one account in one Region, or account-wide, and keeps what they answered."""

    def __init__(self, clients: Clients, account: OpenAccount, region: str) -> None:
        self._clients = clients
        self._account = account
        self._region = region
        self._answers: dict[str, Any] = {}
        self.tried: list[Tried] = []

    def first(self, operation: str, member: str) -> Mapping[str, Any]:
        """The first row that an answer lists, empty without one."""
        rows = self._answers.get(operation, {}).get(member) or [{}]
        row: Mapping[str, Any] = rows[0]
        return row

    def answer(self, call: Call) -> Mapping[str, Any]:
        """What a call answered, empty where it did not."""
        found: Mapping[str, Any] = self._answers.get(call.operation, {})
        return found

    def leave_out(self, call: Call, why: str) -> None:
        """Tell that a call is not tried."""
        self._note(call, Reply.NOT_TRIED, detail=why)

    def attempt(self, call: Call, request: Request | None) -> None:
        """Try a call once; ``None``: nothing is known that it could ask about."""
        if request is None:
            self.leave_out(call, _NOTHING_FOUND)
            return
        try:
            client = self._clients.client(self._account, call.service, self._region)
            if call.api_name not in client.meta.service_model.operation_names:
                self.leave_out(call, sdk_too_old(call.api_name).detail)
                return
            answer = first_page(client, call, request)
        except AWS_ERRORS as error:
            refusal = refusal_of(error, call.absent)
            if isinstance(error, EndpointConnectionError) and self._lacks(call.service):
                self._note(call, Reply.ANSWERED, "SERVICE_NOT_IN_REGION")
            else:
                self._note(call, _REPLIES[refusal.status], refusal.code, refusal.detail)
            return
        self._note(call, Reply.ANSWERED)
        listed = isinstance(call.shape, PerResource | Repeated)
        self._answers[call.operation] = (
            [{"request": request, "response": answer}] if listed else answer
        )

    def requests(self, call: Call) -> Sequence[Request]:
        """What the call asks in this place, as far as the answers so far tell."""
        match call.shape:
            case PerResource(requests=requests):
                return requests(Answered(self._region, self._answers))
            case Repeated(requests=repeated):
                return repeated
        return ({},)

    def _lacks(self, service: str) -> bool:
        return self._clients.is_known_to_lack(self._account, service, self._region)

    def _note(self, call: Call, reply: Reply, code: str = "", detail: str = "") -> None:
        self.tried.append(
            Tried(self._account.account_id, self._region, call.action, reply, code, detail)
        )


def try_region(place: Place, *, deep: bool, even_if_empty: bool) -> bool:
    """Try the calls of a Region; says whether it holds instances, as far as a page shows it.

    Where DescribeInstances is refused, a run asks everything else all the same, and so does this.
    """
    place.attempt(FIRST_CALL, {})
    refused = place.tried[0].is_refused
    holds_instances = bool(place.answer(FIRST_CALL).get("Reservations"))
    if not (holds_instances or refused or even_if_empty):
        return False
    for call in FURTHER_CALLS:
        if call in DEEP_CALLS and not deep:
            place.leave_out(call, _NOT_DEEP)
        else:
            place.attempt(call, next(iter(place.requests(call)), None))
    return holds_instances


def try_roles(place: Place) -> None:
    """Try what tells of roles: in bulk, and one by one for a profile and a role that were found."""
    (list_profiles,) = (call for call in PLAN if call.operation == INSTANCE_PROFILES)
    place.attempt(list_profiles, {})
    profile = place.first(INSTANCE_PROFILES, "InstanceProfiles")
    place.attempt(AUTHORIZATION_DETAILS, {})
    bulk = place.first(AUTHORIZATION_DETAILS.operation, "RoleDetailList")
    profile = profile or next(iter(bulk.get("InstanceProfileList", ())), {})
    name = profile.get("InstanceProfileName")
    place.attempt(GET_INSTANCE_PROFILE, _asks(InstanceProfileName=name))
    role = next(iter(role_names(profile)), bulk.get("RoleName"))
    for call in (GET_ROLE, LIST_ATTACHED_ROLE_POLICIES, LIST_ROLE_POLICIES):
        place.attempt(call, _asks(RoleName=role))
    inline = (place.answer(LIST_ROLE_POLICIES).get("PolicyNames") or [None])[0]
    place.attempt(GET_ROLE_POLICY, _asks(RoleName=role, PolicyName=inline))
    attached = place.first(LIST_ATTACHED_ROLE_POLICIES.operation, "AttachedPolicies")
    arn = attached.get("PolicyArn")
    place.attempt(GET_POLICY, _asks(PolicyArn=arn))
    version = place.answer(GET_POLICY).get("Policy", {}).get("DefaultVersionId")
    place.attempt(GET_POLICY_VERSION, _asks(PolicyArn=arn, VersionId=version))


def try_organization(place: Place, account_id: str) -> Mapping[str, Any]:
    """Try what tells of the organization's policies; gives what AWS says of the organization."""
    place.attempt(DESCRIBE_ORGANIZATION, {})
    organization: Mapping[str, Any] = place.answer(DESCRIBE_ORGANIZATION).get("Organization", {})
    if not organization:
        for call in ORGANIZATION_CALLS:
            place.leave_out(call, _NO_ORGANIZATION)
        return organization
    place.attempt(LIST_ROOTS, {})
    place.attempt(LIST_PARENTS, {"ChildId": account_id})
    place.attempt(LIST_POLICIES_FOR_TARGET, {"TargetId": account_id, "Filter": POLICY_TYPES[0]})
    policy = place.first(LIST_POLICIES_FOR_TARGET.operation, "Policies")
    place.attempt(DESCRIBE_POLICY, _asks(PolicyId=policy.get("Id")))
    return organization


def _asks(**members: Any) -> Request | None:
    """A request, where all of its members are known."""
    return members if all(members.values()) else None
