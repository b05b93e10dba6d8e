"""What the policy of one interface endpoint does to one node's calls on one service."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from inventory.facts import Evidence, Node
from inventory.facts.network import VpcEndpoint
from policies.control import Blocker, Verdict, failed, passed, warned
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.iam.agent_actions import HEARTBEAT, AgentAction, Target, Tier, resources
from policies.iam.core_actions import kinds_of
from policies.iam.endpoint_policy import EndpointPolicy, endpoint_policy
from policies.iam.evaluation import Decision, Grammar, Request, agreed, strictest
from policies.iam.node_context import through_endpoint
from policies.iam.permissions import WHICH_RESOURCE
from policies.iam.undecided import told, undecided
from policies.network.asked import Asked
from policies.network.callers import Caller, Identities, Identity, identities
from policies.network.endpoint_policy_repair import let_through

ALLOWS: Final = "ENDPOINT_POLICY_ALLOWS"
DENIES: Final = "ENDPOINT_POLICY_DENIES"
DEPENDS: Final = "ENDPOINT_POLICY_DEPENDS"
LIMITS: Final = "ENDPOINT_POLICY_LIMITS"

#: Without these a node is lost or takes no command; other tiers are features (iam.md 4, D2).
#: Whether the node needs ec2messages at all is for its hosts to say (D17).
_NEEDED: Final = frozenset({Tier.REGISTER, Tier.DHMC, Tier.CHANNEL, Tier.FALLBACK, Tier.DOCUMENTS})


@dataclasses.dataclass(frozen=True, eq=False)
class _Call:
    """One action through the endpoint; ``limited``: it passes on other resources of its kind."""

    action: AgentAction
    decision: Decision
    limited: bool = False

    @property
    def is_denied(self) -> bool:
        return self.decision.is_denied and not self.limited


@dataclasses.dataclass(frozen=True, eq=False)
class _Question:
    """The calls of one node on one host through one endpoint."""

    asked: Asked
    policy: EndpointPolicy

    @property
    def node(self) -> Node:
        return self.asked.node

    @property
    def endpoint(self) -> VpcEndpoint:
        return self.policy.endpoint


def through(asked: Asked, endpoint: VpcEndpoint) -> Verdict:
    """The verdict on one endpoint's policy for the node's effective identity (D2, D6, R-5.5)."""
    node, context = asked.node, asked.context
    policy = endpoint_policy(endpoint, Grammar.INTERFACE_ENDPOINT, context)
    who = context.latest("identities", node.key, lambda: identities(node, context))
    if who.nobody is not None:
        return who.nobody
    if policy.is_open:
        reason = f"the policy of {endpoint.id} gives full access"
        return passed(ALLOWS, reason, endpoint.evidence("PolicyDocument"))
    return _by_identity(_Question(asked, policy), who)


def _by_identity(question: _Question, who: Identities) -> Verdict:
    """All identities that the node may have need the same answer."""
    verdicts = [_judged(question, identity) for identity in who.each]
    if len({(one.outcome, one.code) for one in verdicts}) == 1:
        return verdicts[0]
    place = question.endpoint.id
    reason = f"what the policy of {place} does depends on whose credentials are used"
    evidence = question.policy.evidence()
    return undecided(DEPENDS, f"{reason}: {told(who.needs)}", who.needs, *evidence)


def _judged(question: _Question, identity: Identity) -> Verdict:
    calls = [
        _call(question, caller, action)
        for caller in identity.callers
        for action in caller.actions
        if action.name.startswith(f"{question.asked.host.service}:")
    ]
    needed = [one for one in calls if one.action.tier in _NEEDED]
    for some in (needed, calls):
        denied = [one for one in some if one.is_denied]
        if denied:
            every = [one for one in calls if one.is_denied]
            judge = _denied if some is needed else _short
            return _about_the_ping(judge(question, identity, every), every, question)
        unsettled = [one for one in some if one.decision.needs]
        if unsettled:
            return _about_the_ping(_depends(question, identity, unsettled), unsettled, question)
    limited = [one for one in calls if one.limited and one.action.tier is not Tier.PARAMETERS]
    if limited:
        reason = f"{_names(limited)} pass through {question.endpoint.id} on some resources only"
        return warned(LIMITS, reason, *_evidence(question, limited))
    reason = f"the policy of {question.endpoint.id} allows what {identity.name} calls there"
    return passed(ALLOWS, reason, *_evidence(question, calls))


def _call(question: _Question, caller: Caller, action: AgentAction) -> _Call:
    sender = question.asked.interface.private_ip_address

    def on(target: Target) -> Decision:
        keys = caller.own_keys if target is Target.INSTANCE else caller.other_keys
        known = through_endpoint(keys, question.endpoint, sender)
        each = (
            question.policy.decide(Request(action.name, (resource,), caller.session, known))
            for resource in resources(target, question.node)
        )
        return agreed(each, WHICH_RESOURCE)

    decision = strictest(on(target) for target in action.targets)
    kinds = kinds_of(action, question.node) if decision.is_denied else ()
    limited = bool(kinds and question.policy.other_resources(action.name, decision, kinds))
    return _Call(action, decision, limited)


def _denied(question: _Question, identity: Identity, denied: list[_Call]) -> Verdict:
    decisions = {one.action.name: one.decision for one in denied}
    blockers = tuple(dict.fromkeys(_blocker(question, one, denied) for one in denied))
    return failed(
        DENIES,
        f"{'; '.join(one.detail for one in blockers)} (asked as {identity.name})",
        *_evidence(question, denied),
        blockers=blockers,
        remediation=let_through(question.node, question.endpoint, decisions),
    )


def _short(question: _Question, identity: Identity, denied: list[_Call]) -> Verdict:
    """Denied are only features that nodes may do without."""
    decisions = {one.action.name: one.decision for one in denied}
    tiers = ", ".join(sorted({one.action.tier.value for one in denied}))
    place = question.endpoint.id
    return warned(
        LIMITS,
        f"the policy of {place} keeps {identity.name} from {_names(denied)} ({tiers})",
        *_evidence(question, denied),
        remediation=let_through(question.node, question.endpoint, decisions),
    )


def _depends(question: _Question, identity: Identity, unsettled: list[_Call]) -> Verdict:
    needs = tuple(dict.fromkeys(need for one in unsettled for need in one.decision.needs))
    reason = (
        f"whether the policy of {question.endpoint.id} lets {identity.name} call "
        f"{_names(unsettled)} depends on {told(needs)}"
    )
    return undecided(DEPENDS, reason, needs, *_evidence(question, unsettled))


def _about_the_ping(verdict: Verdict, calls: list[_Call], question: _Question) -> Verdict:
    """A ping speaks for the heartbeat alone, and for no role where DHMC may serve (D9, D10)."""
    only_heartbeat = {one.action.name for one in calls} == {HEARTBEAT}
    entailed = only_heartbeat and isinstance(dhmc_state(question.node), DhmcOff)
    return dataclasses.replace(verdict, entailed_by_online=entailed)


def _blocker(question: _Question, call: _Call, denied: list[_Call]) -> Blocker:
    """What stands in the way of a call, told once for all calls that it stops."""
    place = _place(call)
    names = _names(one for one in denied if _place(one) == place)
    if place:
        return Blocker(question.endpoint.id, f"{place} denies {names}")
    return Blocker(
        question.endpoint.id, f"the policy of {question.endpoint.id} does not allow {names}"
    )


def _place(call: _Call) -> str:
    """The Deny that stops it; ``""`` = no statement allows it."""
    return call.decision.deciding[0].statement.label if call.decision.explicit else ""


def _evidence(question: _Question, calls: Iterable[_Call]) -> tuple[Evidence, ...]:
    return question.policy.evidence(*(one.decision for one in calls))


def _names(calls: Iterable[_Call]) -> str:
    return ", ".join(sorted(one.action.name for one in calls))
