"""Live evidence: what an Online node with a fresh ping settles or contradicts (D9, D10)."""

from __future__ import annotations

import dataclasses

from inventory.facts import Evidence, ManagedNode, Node, Unread, moment
from policies.assumptions import computed
from policies.control import Context, Control, Outcome, Verdict
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.identity import Source, credentials
from policies.left_open import LIVE_UNREAD, left_open
from policies.node.recency import age_of, precedes_start
from policies.profile_associations import associations_of


def heard_from(node: Node, context: Context) -> ManagedNode | None:
    """The node's own row while it is Online and its ping is fresh, else ``None``.

    A ping of before the latest start says nothing of the machine that runs now (D9).
    """
    row = node.region.managed_nodes.find(node.id)
    if isinstance(row, Unread) or row.ping_status.casefold() != "online" or node.as_of is None:
        return None
    if precedes_start(row, node):
        return None
    age = age_of(row.last_ping_date_time, node, context)
    return row if age is not None and age <= context.parameters.ping_fresh else None


def unheard(node: Node) -> Unread | None:
    """Why nobody can say whether it was heard from: the pings were asked for and not read.

    ``None`` where they were read, where nobody asked, and where no ping could be timed.
    """
    row = node.region.managed_nodes.find(node.id)
    return row if isinstance(row, Unread) and row.is_lost and node.as_of is not None else None


def lost_channel(node: Node) -> Unread | None:
    """The same of its session channel, which only ``--deep`` asks about."""
    connection = node.region.connections.find(node.id)
    return connection if isinstance(connection, Unread) and connection.is_lost else None


def reconcile(control: Control, verdict: Verdict, node: Node, context: Context) -> Verdict:
    """Let a live fact settle or contradict what it entails, and nothing else.

    A computed failure becomes ``warn CONTRADICTED``, a computed unknown ``pass OBSERVED``; what was
    computed stays in the evidence, and what the live fact says nothing about stays as it is. Where
    Default Host Management may be the source of the credentials, a live fact says nothing about
    the instance profile (D10). Where a live fact that might speak was asked for and not read, a
    failure is ``unknown LIVE_UNREAD``: no fault of a reading fails a node.
    """
    if verdict.outcome not in (Outcome.FAIL, Outcome.UNKNOWN):
        return verdict
    live = _live_fact(control, verdict, node, context)
    unread = _lost_facts(control, verdict, node) if live is None else ()
    if live is None and not unread:
        return verdict
    if control.category == "iam":
        explained = _dhmc_may_serve(node, context)
        if explained is True:
            return verdict
        unread = tuple(dict.fromkeys((*unread, *(explained or ()))))
    if live is None:
        why = "what a ping or an open session channel says of it is not known"
        return left_open(verdict, LIVE_UNREAD, why, unread, node.id)
    if unread:
        why = f"whether Default Host Management explains that {live.told} is not known"
        return left_open(verdict, LIVE_UNREAD, why, unread, node.id)
    return _told(verdict, live, node)


def _told(verdict: Verdict, live: _LiveFact, node: Node) -> Verdict:
    """What the live fact makes of the verdict."""
    evidence = (*live.evidence, computed(verdict, node.id), *verdict.evidence)
    if verdict.besides is not None:
        left = verdict.besides
        return dataclasses.replace(
            left, evidence=(*live.evidence, computed(verdict, node.id), *left.evidence)
        )
    if verdict.outcome is Outcome.UNKNOWN:
        return Verdict(
            Outcome.PASS,
            "OBSERVED",
            f"not decidable from the configuration ({verdict.reason}), but {live.told}",
            evidence,
        )
    return dataclasses.replace(
        verdict,
        outcome=Outcome.WARN,
        code="CONTRADICTED",
        reason=f"computed as failed ({verdict.reason}), but {live.told}: "
        "the model or the data is incomplete, or this changed a moment ago",
        evidence=evidence,
        blockers=(),
    )


@dataclasses.dataclass(frozen=True)
class _LiveFact:
    """Something that can only be if what it entails holds; ``told`` is a clause for people."""

    told: str
    evidence: tuple[Evidence, ...]


def _live_fact(
    control: Control, verdict: Verdict, node: Node, context: Context
) -> _LiveFact | None:
    """The fresh ping, else the open session channel, of which either entails the verdict (D9)."""
    if control.entailed_by_online and verdict.entailed_by_online:
        row = heard_from(node, context)
        if row is not None and not (control.category == "iam" and _profile_is_newer(node, row)):
            seen = (row.evidence("PingStatus"), row.evidence("LastPingDateTime"))
            return _LiveFact("the node is Online", seen)
    connection = node.region.connections.find(node.id)
    if not verdict.entailed_by_channel or isinstance(connection, Unread):
        return None
    if connection.status.casefold() != "connected":
        return None
    return _LiveFact("its session channel is open", (connection.evidence("Status"),))


def _lost_facts(control: Control, verdict: Verdict, node: Node) -> tuple[Unread, ...]:
    """The live facts that would be about the verdict, were asked for, and were not read."""
    by_ping = control.entailed_by_online and verdict.entailed_by_online
    lost = (
        unheard(node) if by_ping else None,
        lost_channel(node) if verdict.entailed_by_channel else None,
    )
    return tuple(one for one in lost if one is not None)


def _profile_is_newer(node: Node, row: ManagedNode) -> bool:
    """Whether the instance profile is known to have been attached after the last ping (D9)."""
    associations, pinged = associations_of(node), moment(row.last_ping_date_time)
    if isinstance(associations, Unread) or pinged is None:
        return False
    attached = (moment(one.timestamp) for one in associations)
    return any(at is not None and at > pinged for at in attached)


def _dhmc_may_serve(node: Node, context: Context) -> bool | tuple[Unread, ...]:
    """Whether another source may explain a live fact; what was not read of it, if that decides."""
    state = dhmc_state(node)
    if isinstance(state, DhmcOff):
        return False
    found = credentials(node, context)
    if found.source is Source.NONE:
        return False
    gaps = (state, *(found.needs if found.source is Source.UNKNOWN else ()))
    lost = tuple(one for one in gaps if isinstance(one, Unread) and one.is_lost)
    return lost or True
