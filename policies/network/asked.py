"""One host asked for from one interface, and the answers for several hosts joined into one."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Final

from inventory.facts import Evidence, NetworkInterface, Node
from policies.control import Blocker, Context, Outcome, Verdict, warned
from policies.left_open import VERSION_UNREAD, left_open
from policies.network.clients import sender
from policies.network.hosts import AgentHost, Need, agent_hosts, lost_version
from policies.network.paths import (
    distinct,
    evidence_of,
    is_after_a_block,
    network_of,
    over_interfaces,
    reach_host,
)
from policies.network.reachability import (
    PUBLIC_IPV4,
    AddressSet,
    Client,
    Network,
    Reach,
    Stage,
)

#: Which outcome of several hosts speaks for all of them, the gravest first.
_RANKS: Final = {
    Outcome.FAIL: 0,
    Outcome.UNKNOWN: 1,
    Outcome.WARN: 3,
    Outcome.PASS: 4,
    Outcome.NOT_APPLICABLE: 5,
}
_AFTER: Final = 2
#: What blockers call a host: one rule may keep several away.
_ANY_HOST: Final = "the agent's hosts"


@dataclasses.dataclass(frozen=True, eq=False)
class Asked:
    """One host name asked for from one interface, and where it leads.

    ``candidates`` are the public addresses that the name may stand for.
    """

    node: Node
    interface: NetworkInterface
    host: AgentHost
    context: Context
    candidates: AddressSet = PUBLIC_IPV4

    @cached_property
    def found(self) -> Reach:
        """Every path there, as the engine decides it."""
        return reach_host(self.node, self.interface, self.host, self.context, self.candidates)

    @cached_property
    def client(self) -> Client:
        """The interface as the sending end."""
        return sender(self.node, self.interface, self.context)

    @property
    def network(self) -> Network:
        return network_of(self.node, self.context)

    @cached_property
    def assumed(self) -> tuple[Evidence, ...]:
        """What was taken for granted: the names (D30), and IPv4 where there is IPv6 too."""
        client = self.client
        if not (client.address and client.address_v6):
            return (self.host.evidence,)
        told = f"IPv4, although it has {client.address_v6} too"
        family = Evidence(
            resource=self.interface.id, path="judged on", value=told, call="judgement"
        )
        return (self.host.evidence, family)

    def evidence(self, stages: Iterable[Stage]) -> tuple[Evidence, ...]:
        """What the stages looked at, and what was taken for granted."""
        return (*evidence_of(stages), *self.assumed)


def asked_of(node: Node, interface: NetworkInterface, host: AgentHost, context: Context) -> Asked:
    """One question for all controls that ask it of a node in a row: what it found is kept."""
    return context.latest(
        f"asked {host.service}",
        (node, interface, host),
        lambda: Asked(node, interface, host, context),
    )


def over_hosts(
    node: Node, context: Context, judge: Callable[[Asked], Verdict], *, advisory: bool = True
) -> Verdict:
    """Judge each host from each interface, and join the verdicts (MH1, D9, D23).

    ``advisory``: a host that the agent may need is judged too; at worst that is a warning (D17).
    """
    gap = lost_version(node)

    def from_interface(interface: NetworkInterface) -> Verdict:
        verdicts: dict[str, Verdict] = {}
        for host in agent_hosts(node, context.parameters):
            if host.need is Need.REQUIRED:
                verdicts[host.service] = judge(asked_of(node, interface, host, context))
            elif advisory:
                found = judge(asked_of(node, interface, host, context))
                may_be_needed = _advised(found) if gap is None else _adding(verdicts, found, node)
                verdicts |= {} if may_be_needed is None else {host.service: may_be_needed}
        return joined(verdicts)

    return over_interfaces(node, from_interface)


def over_interfaces_to(
    node: Node, service: str, context: Context, judge: Callable[[Asked], Verdict]
) -> Verdict:
    """Judge one host, which the agent needs or may need, from each interface (MH1)."""
    hosts = agent_hosts(node, context.parameters)
    host = next(one for one in hosts if one.service == service)
    return over_interfaces(node, lambda interface: judge(asked_of(node, interface, host, context)))


def joined(verdicts: dict[str, Verdict]) -> Verdict:
    """One verdict of all services: the gravest outcome, and all that share it.

    A fresh ping speaks for ssm only; what is to be said of the others stays beside it (D9).
    """
    gravest = min(map(_rank, verdicts.values()))
    chosen = {service: one for service, one in verdicts.items() if _rank(one) == gravest}
    each = tuple(chosen.values())
    entailed = set(chosen) == {"ssm"} and each[0].entailed_by_online
    others = {service: one for service, one in verdicts.items() if service not in chosen}
    return dataclasses.replace(
        each[0],
        reason="; ".join(dict.fromkeys(one.reason for one in each)),
        evidence=distinct(one for verdict in each for one in verdict.evidence),
        blockers=tuple(dict.fromkeys(one for verdict in each for one in verdict.blockers)),
        missing=tuple(dict.fromkeys(one for verdict in each for one in verdict.missing)),
        remediation="\n".join(
            dict.fromkeys(line for one in each for line in one.remediation.splitlines())
        ),
        entailed_by_online=entailed,
        besides=_besides(others, each[0].outcome) if entailed else None,
    )


def blockers_of(asked: Asked, stages: Iterable[Stage]) -> tuple[Blocker, ...]:
    """What to repair, each rule once, whichever of the hosts it keeps away (D29)."""
    host = asked.host.name
    details = ((one.component, one.detail.replace(host, _ANY_HOST)) for one in stages)
    return tuple(dict.fromkeys(Blocker(*one) for one in details))


def _advised(verdict: Verdict) -> Verdict | None:
    """A host that agents of some versions may need: blocked, it is a warning, else nothing."""
    if verdict.outcome is not Outcome.FAIL:
        return None
    reason = f"{verdict.reason}; agents before 3.3.40.0 may need it for commands"
    return warned(
        "EC2MESSAGES_MAY_BE_NEEDED", reason, *verdict.evidence, remediation=verdict.remediation
    )


def _adding(required: dict[str, Verdict], verdict: Verdict, node: Node) -> Verdict | None:
    """A host of which nobody could read whether the agent needs it.

    That only matters where it is in a worse way than those that the agent needs for certain.
    """
    if min(map(_rank, required.values())) <= _rank(verdict):
        return None
    return unless_needed(verdict, node)


def unless_needed(verdict: Verdict, node: Node) -> Verdict:
    """The verdict on a host where the version that decides about it was not read: unknown."""
    gap = lost_version(node)
    if gap is None or verdict.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE):
        return verdict
    why = "whether its agent is of a version that needs the host is not known"
    unknown = left_open(verdict, VERSION_UNREAD, why, (gap,), node.id)
    return dataclasses.replace(unknown, entailed_by_online=False)


def _besides(others: dict[str, Verdict], settled: Outcome) -> Verdict | None:
    """What is left to say once a ping settles ssm; ``None``: nothing that is as grave."""
    left = joined(others) if others else None
    graver = (Outcome.UNKNOWN,) if settled is Outcome.FAIL else (Outcome.UNKNOWN, Outcome.WARN)
    return left if left is not None and left.outcome in graver else None


def _rank(verdict: Verdict) -> int:
    """A required host that comes after a blocked stage outweighs one that passes (D29)."""
    if is_after_a_block(verdict):
        return _AFTER
    return _RANKS[verdict.outcome]
