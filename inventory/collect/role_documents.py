"""Reading the roles in use and their policies: in bulk, or one by one (iam.md 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from inventory.collect.call import Call
from inventory.collect.follow_ups import FollowUps
from inventory.collect.plan import (
    AUTHORIZATION_DETAILS,
    GET_INSTANCE_PROFILE,
    GET_POLICY,
    GET_POLICY_VERSION,
    GET_ROLE,
    GET_ROLE_POLICY,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_ROLE_POLICIES,
    ROLE_CALLS,
)
from inventory.collect.policy_cache import PolicyCache, PolicyVersionKey
from inventory.collect.refusal import Refusal
from inventory.collect.replies import Followed, Outcome, Reply
from inventory.collect.roles_in_use import RolesInUse, role_names
from inventory.facts import Status

#: Up to here, four calls a role and two a policy are fewer than the pages of a large account.
FEW_ROLES: Final = 15
ONE_BY_ONE: Final = Refusal(
    Status.NOT_ASKED, "READ_ONE_BY_ONE", f"up to {FEW_ROLES} roles in use are read one by one"
)
NO_ROLES: Final = Refusal(Status.NOT_ASKED, "NO_ROLE_IN_USE", "no instance uses a role")


def read_roles(used: RolesInUse, follow_ups: FollowUps, cache: PolicyCache) -> dict[Call, Outcome]:
    """An outcome for each of ROLE_CALLS.

    Few roles are read one by one and many in bulk; where that is refused, the other way. Raises
    the SDK's error for lost credentials.
    """
    reading = _Reading(follow_ups, cache.serving(follow_ups.endpoint))
    names = sorted(used.names() | reading.roles_of(used.unlisted_profiles))
    if not names:
        return reading.outcomes(NO_ROLES)
    if len(names) > FEW_ROLES:
        if not reading.in_bulk(names):
            reading.one_by_one(names)
    elif not reading.one_by_one(names):
        reading.in_bulk(names)
    return reading.outcomes(ONE_BY_ONE)


class _Reading:
    def __init__(self, follow_ups: FollowUps, cache: PolicyCache) -> None:
        self._follow_ups = follow_ups
        self._cache = cache
        self._followed: dict[Call, Followed] = {}
        self._bulk: Outcome | None = None

    def outcomes(self, no_bulk: Refusal) -> dict[Call, Outcome]:
        """What every call came to; ``no_bulk`` says why the bulk call was not made."""
        bulk = self._bulk or Outcome(None, (no_bulk,))
        return {
            call: bulk
            if call is AUTHORIZATION_DETAILS
            else self._followed.get(call, Followed()).outcome
            for call in ROLE_CALLS
        }

    def roles_of(self, profiles: tuple[str, ...]) -> set[str]:
        """The roles of profiles that could not be listed."""
        requests = [{"InstanceProfileName": arn.rpartition("/")[2]} for arn in profiles]
        found = self._ask(GET_INSTANCE_PROFILE, requests)
        return {
            name
            for _, response in found.answers
            for name in role_names(response["InstanceProfile"])
        }

    def in_bulk(self, names: list[str]) -> bool:
        """Ask for everything, and for policies in use that the answer lacks (iam.md 8).

        An AWS managed policy that only serves as a boundary may not be listed.
        """
        self._bulk = self._follow_ups.ask_all(AUTHORIZATION_DETAILS)
        if self._bulk.answer is None:
            return False
        listed = {policy["Arn"] for policy in self._bulk.answer["Policies"]}
        used = [one for one in self._bulk.answer["RoleDetailList"] if one["RoleName"] in names]
        self._read_policies({arn for role in used for arn in _referenced(role)} - listed)
        return True

    def one_by_one(self, names: list[str]) -> bool:
        """Ask about each role and each distinct policy; whether nothing was refused."""
        about = [{"RoleName": name} for name in names]
        roles = self._ask(GET_ROLE, about)
        attached = self._ask(LIST_ATTACHED_ROLE_POLICIES, about)
        inline = self._ask(LIST_ROLE_POLICIES, about)
        self._ask(
            GET_ROLE_POLICY,
            [
                {**request, "PolicyName": name}
                for request, response in inline.answers
                for name in response["PolicyNames"]
            ],
        )
        documents = [response["Role"] for _, response in roles.answers]
        documents += [
            {"AttachedManagedPolicies": response["AttachedPolicies"]}
            for _, response in attached.answers
        ]
        self._read_policies({arn for one in documents for arn in _referenced(one)})
        return not any(followed.refusals for followed in self._followed.values())

    def _read_policies(self, arns: set[str]) -> None:
        """The version in force of each policy that was not asked for yet."""
        known = {one.request["PolicyArn"] for one in self._so_far(GET_POLICY).replies}
        policies = self._ask(GET_POLICY, [{"PolicyArn": arn} for arn in sorted(arns - known)])
        wanted = [
            PolicyVersionKey(
                request["PolicyArn"],
                response["Policy"].get("PolicyId", ""),
                response["Policy"]["DefaultVersionId"],
            )
            for request, response in policies.answers
        ]
        self._read_versions(wanted)

    def _read_versions(self, wanted: list[PolicyVersionKey]) -> None:
        keys = {(key.policy_arn, key.version_id): key for key in wanted}
        recalled = {place: self._cache.recall(key) for place, key in keys.items()}
        self._followed[GET_POLICY_VERSION] = self._so_far(GET_POLICY_VERSION) + Followed(
            tuple(
                Reply(_version_request(*place), response)
                for place, response in recalled.items()
                if response is not None
            )
        )
        missing = [place for place, response in recalled.items() if response is None]
        asked = self._ask(GET_POLICY_VERSION, [_version_request(*place) for place in missing])
        for request, response in asked.answers:
            self._cache.keep(keys[request["PolicyArn"], request["VersionId"]], response)

    def _ask(self, call: Call, requests: list[dict[str, str]]) -> Followed:
        followed = self._follow_ups.ask(call, requests)
        self._followed[call] = self._so_far(call) + followed
        return followed

    def _so_far(self, call: Call) -> Followed:
        return self._followed.get(call, Followed())


def _version_request(arn: str, version: str) -> dict[str, str]:
    return {"PolicyArn": arn, "VersionId": version}


def _referenced(role: Mapping[str, Any]) -> Iterator[str]:
    """The managed policies that a role names: attached ones, and its boundary."""
    for attached in role.get("AttachedManagedPolicies", ()):
        yield attached["PolicyArn"]
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    if boundary:
        yield boundary
