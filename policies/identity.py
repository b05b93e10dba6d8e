"""Which credentials a node uses: its instance profile's role, the DHMC role, or none (D1, D2)."""

from __future__ import annotations

import dataclasses
from enum import Enum, StrEnum
from functools import lru_cache
from typing import Final

from inventory.facts import (
    InstanceProfile,
    InstanceProfileAssociation,
    ManagedNode,
    Node,
    Role,
    Table,
    Unread,
)
from policies.control import Context
from policies.dhmc.agent_version import Version, agent_version
from policies.dhmc.role_permissions import may_request_dhmc
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.iam.evaluation import Decision, Malformed, Need, Open
from policies.iam.permissions import dhmc_heartbeat, profile_heartbeat
from policies.iam.trust import SYSTEMS_MANAGER, ec2_trust, service_trust

#: What the decision reads, and so every control that judges the effective identity.
CREDENTIAL_CALLS: Final = (
    "ec2:DescribeIamInstanceProfileAssociations",
    "ec2:DescribeInstances",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
    "iam:GetAccountAuthorizationDetails",
    "iam:ListInstanceProfiles",
    "organizations:DescribeOrganization",
    "ssm:DescribeInstanceInformation",
    "ssm:GetServiceSetting",
)
AGENT_VERSION = Open("agent version (ssm:DescribeInstanceInformation knows it once registered)")
RECREATED_PROFILE = Open("profile re-created under the same name: re-associate it (R-1.8)")
RECREATED_ROLE = Open("role re-created under the same name: re-associate its profile (R-1.8)")

#: The states of an association that no longer gives out credentials (R-1.6).
_LEAVING = ("disassociating", "disassociated")


class Source(StrEnum):
    """Where a node's credentials come from; ``UNKNOWN`` has needs."""

    PROFILE = "instance profile"
    DHMC = "Default Host Management"
    NONE = "none"
    UNKNOWN = "unknown"


class Break(Enum):
    """Where a profile chain ends without a role."""

    NO_PROFILE = "no instance profile is attached"
    NO_ROLE = "the instance profile holds no role"
    ROLE_MISSING = "the role of the instance profile does not exist"


@dataclasses.dataclass(frozen=True)
class ProfileChain:
    """Instance → instance profile → exactly one role → that role exists (R-1.6)."""

    profile: InstanceProfile
    role: Role


@dataclasses.dataclass(frozen=True)
class BrokenChain:
    """A chain that certainly leads to no role; ``profile`` is missing for ``NO_PROFILE`` only."""

    where: Break
    profile: InstanceProfile | None = None


@dataclasses.dataclass(frozen=True, eq=False)
class Credentials:
    """The effective identity of a node.

    ``role`` is the role whose permissions count (profile or DHMC), ``reason`` one clause for
    people, ``needs`` what would settle an unknown.
    """

    source: Source
    reason: str
    role: Role | None = None
    needs: tuple[Need, ...] = ()


@dataclasses.dataclass(frozen=True)
class Fallback:
    """Why an instance profile certainly does not serve, so that only DHMC can.

    ``floors`` are the agent versions from which on an agent falls back: more than one where it is
    open which of several reasons stops the profile (D1).
    """

    reason: str
    floors: tuple[Version, ...]


def profile_chain(node: Node) -> ProfileChain | BrokenChain | Unread | Malformed | Open:
    """Follow the instance's profile to its role; their names are unrelated (R-1.7).

    A profile or role that bears the name but another id leaves the chain open (R-1.8).
    """
    reference = node.instance.iam_instance_profile
    if reference is None or _is_leaving(node):
        return BrokenChain(Break.NO_PROFILE)
    profile = node.account.instance_profiles.find(reference.arn)
    if isinstance(profile, Unread):
        return profile
    if _differ(reference.profile_id, profile.instance_profile_id):
        return RECREATED_PROFILE
    if not profile.roles:
        return BrokenChain(Break.NO_ROLE, profile)
    if len(profile.roles) > 1:
        return Malformed(profile.arn, f"holds {len(profile.roles)} roles, AWS allows one")
    roles = node.account.roles
    if isinstance(roles, Unread):
        return roles
    role = roles.find(profile.roles[0].role_name)
    if not isinstance(role, Unread):
        recreated = _differ(profile.roles[0].role_id, role.role_id)
        return RECREATED_ROLE if recreated else ProfileChain(profile, role)
    # IAM refuses to delete a role that a profile holds, so nobody can attach it by that name.
    return BrokenChain(Break.ROLE_MISSING, profile) if role.has_vanished else role


def _is_leaving(node: Node) -> bool:
    """Whether every association of the node that is listed is on its way out, or gone (R-1.6)."""
    listed = node.region.profile_associations
    return not isinstance(listed, Unread) and node.id in _leaving(listed)


@lru_cache(maxsize=64)
def _leaving(listed: Table[InstanceProfileAssociation]) -> frozenset[str]:
    """The instances of a Region without an association that is anything but leaving."""
    staying = {one.instance_id for one in listed if one.state.casefold() not in _LEAVING}
    return frozenset(one.instance_id for one in listed) - staying


def _differ(held: str, found: str) -> bool:
    """Whether two unique ids are both known and not the same (R-1.8)."""
    return bool(held and found) and held != found


def credentials(node: Node, context: Context) -> Credentials:
    """Decide once per node which credentials it uses (D1)."""
    return context.once(("credentials", node.key), lambda: _decided(node, context))


def profile_permits_heartbeat(node: Node, context: Context) -> bool:
    """Whether chain, trust and heartbeat of the profile all certainly hold (P of D1)."""
    return credentials(node, context).source is Source.PROFILE


def fallback(node: Node, context: Context) -> Fallback | Credentials:
    """Why only DHMC can serve the node; else what its profile comes to: serving, or unknown."""
    chain = profile_chain(node)
    releases = context.parameters.agent_releases
    dhmc, broken_profile = releases.dhmc, releases.dhmc_broken_profile
    if isinstance(chain, Unread | Malformed | Open):
        return _unknown("the instance profile's role is not known", (chain,))
    if isinstance(chain, BrokenChain):
        no_profile = chain.where is Break.NO_PROFILE
        return Fallback(chain.where.value, (dhmc if no_profile else broken_profile,))
    trust = ec2_trust(node, chain.role, context)
    if trust.is_denied:
        return Fallback(f"EC2 may not assume {chain.role.role_name}", (broken_profile,))
    heartbeat = profile_heartbeat(node, chain.role, context)
    if heartbeat.is_denied:
        floors = (dhmc,) if trust.is_allowed else (dhmc, broken_profile)
        return Fallback(f"{chain.role.role_name} may not send the heartbeat", floors)
    needs = (*trust.needs, *heartbeat.needs)
    if needs:
        return _unknown(f"whether {chain.role.role_name} serves the node depends", needs)
    return Credentials(Source.PROFILE, f"{chain.role.role_name} may send the heartbeat", chain.role)


def _decided(node: Node, context: Context) -> Credentials:
    found = fallback(node, context)
    return found if isinstance(found, Credentials) else _through_dhmc(node, context, found)


def _unknown(reason: str, needs: tuple[Need, ...]) -> Credentials:
    return Credentials(Source.UNKNOWN, reason, needs=tuple(dict.fromkeys(needs)))


#: What stands in DHMC's way: a definite obstacle in words, what is not known, or nothing.
_Obstacle = str | tuple[Need, ...] | None


def _through_dhmc(node: Node, context: Context, stopped: Fallback) -> Credentials:
    """Whether DHMC serves where the profile certainly does not."""
    broken, floors = stopped.reason, stopped.floors
    role, found = _dhmc_role(node)
    obstacles = [found, _metadata_service(node), _agent(node, floors), _own_calls(node, context)]
    if role is not None:
        trust = service_trust(SYSTEMS_MANAGER, node, role, context)
        obstacles += [
            _judged(trust, "does not trust Systems Manager", role),
            _judged(dhmc_heartbeat(node, role, context), "may not send the heartbeat", role),
        ]
    definite = next((one for one in obstacles if isinstance(one, str)), None)
    if definite is not None:
        return Credentials(Source.NONE, f"{broken}, and {definite}")
    needs = tuple(need for one in obstacles if isinstance(one, tuple) for need in one)
    if needs or role is None:
        return _unknown(f"{broken}, and whether Default Host Management serves depends", needs)
    return Credentials(Source.DHMC, f"{broken}, and {role.role_name} serves through DHMC", role)


def _dhmc_role(node: Node) -> tuple[Role | None, _Obstacle]:
    """The Region's DHMC role, or why there is none (D4)."""
    state = dhmc_state(node)
    if isinstance(state, DhmcOff):
        return None, "Default Host Management is off"
    if isinstance(state, Unread | Malformed):
        return None, (state,)
    roles = node.account.roles
    if isinstance(roles, Unread):
        return None, (roles,)
    role = roles.find(state.role_name)
    if isinstance(role, Unread) and not role.has_vanished:
        return None, (role,)
    if isinstance(role, Unread):
        return None, f"the DHMC role {state.role_name} does not exist"
    return role, None


def _judged(decision: Decision, problem: str, role: Role) -> _Obstacle:
    if decision.is_denied:
        return f"the DHMC role {role.role_name} {problem}"
    return None if decision.is_allowed else decision.needs


def _own_calls(node: Node, context: Context) -> _Obstacle:
    """DHMC's own calls meet the account's SCPs before any role is handed out (iam.md 4, 5)."""
    decision = may_request_dhmc(node, context)
    if decision.is_denied:
        return "service control policies deny the calls with which a node asks for it"
    return None if decision.is_allowed else decision.needs


def _metadata_service(node: Node) -> _Obstacle:
    """DHMC's credentials come from the metadata service (R-2.8, D5)."""
    options = node.instance.metadata_options
    endpoint = options.http_endpoint.casefold() if options else ""
    if endpoint == "enabled":
        return None
    if endpoint == "disabled":
        return "the instance metadata service is disabled"
    return (Open("MetadataOptions.HttpEndpoint of ec2:DescribeInstances"),)


def _agent(node: Node, floors: tuple[Version, ...]) -> _Obstacle:
    """New enough for every reason that may apply, too old for all, or not known (T-28)."""
    row: ManagedNode | Unread = node.region.managed_nodes.find(node.id)
    if isinstance(row, Unread):
        listed = not isinstance(node.region.managed_nodes, Unread)
        return (AGENT_VERSION,) if listed else (row,)
    version = agent_version(row.agent_version)
    if version is None:
        return (AGENT_VERSION,)
    if version < min(floors):
        return f"agent {row.agent_version} is too old for it"
    return None if version >= max(floors) else (Open("which agent version the fallback takes"),)
