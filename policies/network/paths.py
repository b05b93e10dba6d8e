"""The paths from a node's interfaces to the hosts of its agent, and what verdicts tell of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, Final

from inventory.facts import Evidence, NetworkInterface, Node, Unread
from policies.assumptions import declared_proxy
from policies.control import Context, Gap, Missing, Outcome, Verdict, undecidable, unread
from policies.network.clients import primary_interface, sender
from policies.network.hosts import AgentHost, HostSet, may_use_dual_stack
from policies.network.proxy import DeclaredProxy, through_proxy
from policies.network.reachability import (
    PUBLIC_IPV4,
    AddressSet,
    Family,
    Flow,
    HostName,
    Mark,
    Network,
    Reach,
    SharedReach,
    Stage,
)
from policies.parameters import Topic, names_about

_WORKING: Final = frozenset({Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE})


def network_of(node: Node, context: Context) -> Network:
    """The indexed network of all that was read together, made once per run and premise."""
    places = node.regions or (node.region,)
    return context.once(
        ("network", places[0]),
        lambda: Network(
            places,
            assumed_servers=names_about(Topic.DNS, context.words),
            assumed_gateways=names_about(Topic.EGRESS, context.words),
        ),
    )


def reach_host(
    node: Node,
    interface: NetworkInterface,
    host: AgentHost,
    context: Context,
    candidates: AddressSet = PUBLIC_IPV4,
) -> Reach:
    """Whether one interface reaches one host on TCP 443, evaluated once for all alike (5.4).

    ``candidates`` are the public addresses that the name may stand for.
    """
    key = (node, interface, host, candidates)
    return context.latest(
        f"reach {host.name}",
        key,
        lambda: _reach_host(node, interface, host, context, candidates),
    )


def _reach_host(
    node: Node,
    interface: NetworkInterface,
    host: AgentHost,
    context: Context,
    candidates: AddressSet,
) -> Reach:
    network = network_of(node, context)
    shared = context.once(("shared reach", network), lambda: SharedReach(network))
    client = sender(node, interface, context)
    dual_stack = host.host_set is HostSet.DUAL_STACK
    flow = Flow(client, HostName(host.name, dual_stack), candidates=candidates)
    declared = declared_proxy(node, context.parameters)
    if declared is not None:
        vouched = declared.place in names_about(Topic.PROXY, context.words)
        proxy = DeclaredProxy(declared, node, network, vouched, context.parameters)
        return through_proxy(proxy, flow, shared)
    found = shared.reach(flow)
    if client.family is Family.V4 or dual_stack or not may_use_dual_stack(node, context.parameters):
        return found
    return _allowing_dual_stack(found)


def over_interfaces(node: Node, judge: Callable[[NetworkInterface], Verdict]) -> Verdict:
    """The primary interface decides; which one the system uses is not visible (MH1).

    Another interface that differs is told, and makes the answer unknown where the primary one
    fails and the other does not. What a ping settles stays what it was for the primary one (D9).
    """
    instance = node.instance
    primary = primary_interface(instance)
    if primary is None:
        gap = Unread(instance.call, "NOT_RECORDED", f"{node.id} has no primary interface")
        return dataclasses.replace(unread(gap), entailed_by_online=False)
    verdict = judge(primary)
    others = {eni.id: judge(eni) for eni in instance.network_interfaces if eni.id != primary.id}
    differing = {eni: one for eni, one in others.items() if one.outcome is not verdict.outcome}
    if not differing:
        return verdict
    told = "; ".join(f"{eni}: {one.outcome} {one.code}" for eni, one in sorted(differing.items()))
    if verdict.outcome is Outcome.FAIL and any(map(_works, differing.values())):
        unclear = undecidable(
            "MULTIPLE_INTERFACES",
            f"{primary.id} fails ({verdict.reason}), but {told}",
            *verdict.evidence,
            settled_by=f"the routes inside {node.id}: which interface its agent uses",
        )
        return dataclasses.replace(
            unclear, entailed_by_online=verdict.entailed_by_online, besides=verdict.besides
        )
    return dataclasses.replace(verdict, reason=f"{verdict.reason} (judged by {primary.id}; {told})")


def is_after_a_block(verdict: Verdict) -> bool:
    """Whether it was not judged for the sake of what another control calls blocked (D29)."""
    return verdict.code.startswith("AFTER_")


def _works(verdict: Verdict) -> bool:
    return verdict.outcome in _WORKING and not is_after_a_block(verdict)


def undecided(stages: Iterable[Stage], evidence: tuple[Evidence, ...]) -> Verdict:
    """The unknown that the stages make up; the first one gives the code. At least one stage."""
    unknown = tuple(stages)
    reason = "; ".join(dict.fromkeys(stage.detail for stage in unknown))
    missing = dict.fromkeys(stage.missing for stage in unknown if stage.missing is not None)
    return Verdict(Outcome.UNKNOWN, unknown[0].code, reason, evidence, missing=tuple(missing))


def evidence_of(stages: Iterable[Stage]) -> tuple[Evidence, ...]:
    """What the stages looked at, each fact once."""
    return distinct(one for stage in stages for one in stage.evidence)


def distinct(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Each fact once, in the order of its first mention."""
    told: dict[tuple[str, str], list[Any]] = {}
    kept: list[Evidence] = []
    for one in evidence:
        key = (one.resource, one.path)
        values = told.get(key)
        if values is None:
            told[key] = [one.value]
            kept.append(one)
        elif one.value not in values:
            values.append(one.value)
            kept.append(one)
    return tuple(kept)


def _allowing_dual_stack(found: Reach) -> Reach:
    """Whether ``UseDualStackEndpoint`` is set shows only on the machine: unknown, not blocked."""
    paths = tuple(
        dataclasses.replace(path, stages=tuple(_allowing(stage) for stage in path.stages))
        for path in found.paths
    )
    return dataclasses.replace(found, paths=paths)


def _allowing(stage: Stage) -> Stage:
    if stage.code != "IPV6_ONLY_NO_AAAA" or stage.mark is not Mark.BLOCK:
        return stage
    settled_by = "UseDualStackEndpoint in the agent's configuration, or the agent's version"
    missing = Missing(Gap.UNDECIDABLE, settled_by)
    return dataclasses.replace(stage, mark=Mark.UNKNOWN, missing=missing)
