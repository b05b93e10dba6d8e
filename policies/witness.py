"""The witness: an Online node that shows what unread organization policies let through (D11).

A fresh ping proves that a role of this account may send the heartbeat from this Region, whatever
the service control policies say that nobody could read. Another node whose role differs in
nothing that was read may do the same. A witness speaks for the heartbeat and the trust it needs,
never for another action (D9).
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping

from inventory.facts import Evidence, ManagedNode, Node, Role, Unread, moment
from policies.assumptions import Again, computed
from policies.control import Context, Outcome, Premise, Verdict
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.identity import ProfileChain, profile_chain
from policies.live import heard_from
from policies.profile_associations import associations_of

CODE = "SCP_OBSERVED"


@dataclasses.dataclass(frozen=True)
class Witness:
    """A node that was heard from, and the role of its instance profile."""

    row: ManagedNode
    role: Role

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Its ping, and which role it speaks for."""
        return (
            self.row.evidence("PingStatus"),
            self.row.evidence("LastPingDateTime"),
            self.role.evidence("Arn"),
        )


def witnessed(verdict: Verdict, node: Node, context: Context, again: Again) -> Verdict:
    """The verdict with the heartbeat's unread organization layers settled by a witness.

    Unchanged where it is not unknown, where there is no witness, and where something else is
    open too. A pass becomes ``SCP_OBSERVED``; any other verdict keeps its code.
    """
    if verdict.outcome is not Outcome.UNKNOWN:
        return verdict
    witness = witness_of(node, context)
    if witness is None:
        return verdict
    answer = again(context.under(Premise.WITNESS))
    if answer.outcome is Outcome.UNKNOWN:
        return verdict
    return dataclasses.replace(
        answer,
        code=CODE if answer.outcome is Outcome.PASS else answer.code,
        reason=f"{answer.reason}; that the organization's unread policies let the heartbeat "
        f"through is shown by {witness.row.id}, Online with {witness.role.role_name}",
        evidence=(*answer.evidence, *witness.evidence, computed(verdict, node.id)),
    )


def witness_of(node: Node, context: Context) -> Witness | None:
    """The first node by id that speaks for the node's profile role; ``None``: there is none.

    Where Default Host Management may supply the credentials, a ping proves nothing about any
    profile (D10).
    """
    chain = profile_chain(node)
    if not isinstance(chain, ProfileChain) or not isinstance(dhmc_state(node), DhmcOff):
        return None
    account, region, _ = node.key
    witnesses = context.once(("witnesses", account, region), lambda: _witnesses(node, context))
    return witnesses.get(read_layers(chain.role))


def read_layers(role: Role) -> str:
    """Everything read of a role that decides about its requests, without what it is called.

    Path and tags count: a service control policy may tell roles apart by them.
    """
    tags = sorted((tag.key, tag.value) for tag in role.tags)
    boundary = role.permissions_boundary
    return json.dumps(
        {
            "path": role.path,
            "trust": role.assume_role_policy_document,
            "inline": sorted(
                json.dumps(one.policy_document, sort_keys=True) for one in role.role_policy_list
            ),
            "attached": sorted(one.policy_arn for one in role.attached_managed_policies),
            "boundary": boundary.permissions_boundary_arn if boundary else None,
            "tags": tags,
        },
        sort_keys=True,
    )


def _witnesses(around: Node, context: Context) -> Mapping[str, Witness]:
    """Read layers → the first node by id that was heard from with a role that has them."""
    found: dict[str, Witness] = {}
    instances = around.region.instances
    for instance in () if isinstance(instances, Unread) else instances:
        node = dataclasses.replace(around, instance=instance)
        row = heard_from(node, context)
        chain = profile_chain(node)
        if row is None or not isinstance(chain, ProfileChain) or not _attached_before(node, row):
            continue
        found.setdefault(read_layers(chain.role), Witness(row, chain.role))
    return found


def _attached_before(node: Node, row: ManagedNode) -> bool:
    """A ping proves something only about a profile that is known to have been attached by then.

    An association that was not read or listed, or does not say since when, proves nothing (D9).
    """
    associations, pinged = associations_of(node), moment(row.last_ping_date_time)
    if isinstance(associations, Unread) or pinged is None:
        return False
    attached = (
        moment(one.timestamp) for one in associations if one.state.casefold() == "associated"
    )
    return any(at is not None and at <= pinged for at in attached)
