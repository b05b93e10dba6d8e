"""Whose calls travel through an endpoint: the node's effective identity (D1, D2, D6)."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Node, Role, Unread
from policies.control import Context, Verdict
from policies.dhmc.setting import DhmcOff, DhmcOn, dhmc_state
from policies.iam.agent_actions import AGENT_ACTIONS, DHMC_ACTIONS, AgentAction, Tier
from policies.iam.evaluation import ConditionKeys, Need, RoleSession
from policies.iam.node_context import (
    dhmc_keys,
    instance_identity_keys,
    instance_identity_session,
    profile_keys,
    role_session,
)
from policies.iam.profile_role import no_role
from policies.identity import BrokenChain, ProfileChain, Source, credentials, profile_chain

#: The DHMC role of AWS has no parameters, and nodes do without them (D2).
_DHMC_ROLE_ACTIONS: Final = tuple(one for one in AGENT_ACTIONS if one.tier is not Tier.PARAMETERS)


@dataclasses.dataclass(frozen=True, eq=False)
class Caller:
    """Who signs some of the agent's calls, with the keys they carry."""

    name: str
    session: RoleSession
    own_keys: ConditionKeys
    other_keys: ConditionKeys
    actions: tuple[AgentAction, ...]


@dataclasses.dataclass(frozen=True, eq=False)
class Identity:
    """A set of credentials that a node may use: one caller, or under DHMC two (D6)."""

    name: str
    callers: tuple[Caller, ...]


@dataclasses.dataclass(frozen=True, eq=False)
class Identities:
    """The credentials that the node certainly or possibly uses.

    ``needs`` say what would settle which of ``each`` it is, or, where that is empty, who it could
    be at all. ``nobody`` is the verdict on a node that certainly has none.
    """

    each: tuple[Identity, ...] = ()
    needs: tuple[Need, ...] = ()
    nobody: Verdict | None = None


def identities(node: Node, context: Context) -> Identities:
    """The effective identity, or the role that is attached where it serves nobody (D2)."""
    source = credentials(node, context)
    if source.source is Source.DHMC and source.role is not None:
        return Identities((_through_dhmc(node, source.role),))
    chain = profile_chain(node)
    attached = (_profile(node, chain.role),) if isinstance(chain, ProfileChain) else ()
    if source.source is not Source.UNKNOWN:
        nobody = no_role(chain) if isinstance(chain, BrokenChain) else None
        return Identities(attached, nobody=nobody)
    stand_in = _possible_dhmc(node)
    if stand_in is None or not isinstance(chain, ProfileChain | BrokenChain):
        return Identities(needs=source.needs)
    return Identities((*attached, *stand_in), source.needs)


def _profile(node: Node, role: Role) -> Identity:
    caller = Caller(
        role.role_name,
        role_session(node, role),
        profile_keys(node, role, own_resource=True),
        profile_keys(node, role, own_resource=False),
        AGENT_ACTIONS,
    )
    return Identity(role.role_name, (caller,))


def _through_dhmc(node: Node, role: Role) -> Identity:
    """The instance identity asks for the role's credentials; all other calls are the role's."""
    keys = instance_identity_keys(node)
    asking = Caller(
        "the instance identity", instance_identity_session(node), keys, keys, DHMC_ACTIONS
    )
    serving = Caller(
        role.role_name,
        role_session(node, role),
        dhmc_keys(node, role, own_resource=True),
        dhmc_keys(node, role, own_resource=False),
        _DHMC_ROLE_ACTIONS,
    )
    return Identity(f"{role.role_name} through DHMC", (asking, serving))


def _possible_dhmc(node: Node) -> tuple[Identity, ...] | None:
    """The identity that Default Host Management may supply; ``None``: it is not known which."""
    state = dhmc_state(node)
    if isinstance(state, DhmcOff):
        return ()
    roles = node.account.roles
    if not isinstance(state, DhmcOn) or isinstance(roles, Unread):
        return None
    role = roles.find(state.role_name)
    if isinstance(role, Unread):
        return () if role.has_vanished else None
    return (_through_dhmc(node, role),)
