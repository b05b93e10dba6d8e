"""IAM-06: the role has the rest of AmazonSSMManagedInstanceCore, by evaluation."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from inventory.facts import Node, Role
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    passed,
    warned,
)
from policies.iam.agent_actions import AGENT_ACTIONS, AgentAction, Target, Tier, resources
from policies.iam.denial import Kind, other_resources
from policies.iam.evaluation import Decision, Statement
from policies.iam.permission_repair import permission_repair
from policies.iam.permissions import profile_may, role_layers
from policies.iam.profile_role import judged_role, of_the_effective_role
from policies.iam.quotes import quoted, quoted_statements
from policies.iam.undecided import told, undecided
from policies.identity import CREDENTIAL_CALLS

CONTROL = Control(
    id="IAM-06",
    title="Role has the rest of AmazonSSMManagedInstanceCore",
    severity=Severity.MEDIUM,
    category="iam",
    why=(
        "Commands read documents; State Manager, inventory, patching and packages each need a few "
        "actions more. A node that lacks them is Online and takes sessions, and then fails at the "
        "feature somebody counts on. Documents are evaluated, names decide nothing."
    ),
    remediation="Let the role of {instance_id} do what AmazonSSMManagedInstanceCore allows",
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonSSMManagedInstanceCore.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-instance-permissions.html",
    ),
    rests_on=RestsOn.IDENTITY,
)

_POLICY_NAME: Final = "ssm-agent-core"
_JUDGED_ELSEWHERE: Final = (Tier.REGISTER, Tier.CHANNEL, Tier.FALLBACK)
EXTRAS: Final = tuple(one for one in AGENT_ACTIONS if one.tier not in _JUDGED_ELSEWHERE)
#: Part of running commands (iam.md 4); the other tiers are features that a node may do without.
_COMMANDS: Final = Tier.DOCUMENTS
#: Asked about by a name that stands for many.
_REPRESENTED: Final = frozenset({Target.ASSOCIATION, Target.DOCUMENT, Target.PARAMETER})


@dataclasses.dataclass(frozen=True, eq=False)
class Extra:
    """One action's answer; ``elsewhere`` are statements that allow it on other resources."""

    action: AgentAction
    decision: Decision
    elsewhere: tuple[Statement, ...] = ()

    @property
    def is_denied(self) -> bool:
        """Whatever the resource is."""
        return self.decision.is_denied and not self.elsewhere

    @property
    def is_limited(self) -> bool:
        """Some resources are allowed, the one that was asked about is not."""
        return self.decision.is_denied and bool(self.elsewhere)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge each further action of Core by its tier (iam.md 4, R-1.1, D2; T-20, T-34)."""
    role = judged_role(node, context)
    if isinstance(role, Verdict):
        return role
    return of_the_effective_role(node, context, _judged(node, role, context))


def _judged(node: Node, role: Role, context: Context) -> Verdict:
    extras = [_asked(action, node, role, context) for action in EXTRAS]
    commands = [one for one in extras if one.action.tier is _COMMANDS]
    if any(one.is_denied for one in commands):
        return _missing(node, role, extras)
    if any(one.decision.needs for one in commands):
        return _depends(role, extras)
    # A role that reads its own parameters only is what AWS recommends.
    short = [
        one
        for one in extras
        if one.is_denied or (one.is_limited and one.action.tier is not Tier.PARAMETERS)
    ]
    if short:
        return _features(node, role, short)
    if any(one.decision.needs for one in extras):
        return _depends(role, extras)
    evidence = quoted(role, *(one.decision for one in extras))
    return passed("CORE_ALLOWED", f"{role.role_name} has the rest of Core", *evidence)


def _asked(action: AgentAction, node: Node, role: Role, context: Context) -> Extra:
    decision = profile_may(action, node, role, context)
    if not decision.is_denied or not _REPRESENTED.intersection(action.targets):
        return Extra(action, decision)
    layers = role_layers(role, node.account, context)
    kinds = kinds_of(action, node)
    return Extra(action, decision, other_resources(action.name, decision, layers, kinds))


def kinds_of(action: AgentAction, node: Node) -> tuple[Kind, ...]:
    """What the names that the action is asked about stand for."""
    return tuple(
        Kind(arn, node.account.account_id)
        for target in action.targets
        if target in _REPRESENTED
        for arn in resources(target, node)
    )


def _missing(node: Node, role: Role, extras: list[Extra]) -> Verdict:
    denied = {one.action.name: one.decision for one in extras if one.is_denied}
    reason = f"{role.role_name} may not call {', '.join(sorted(denied))}"
    return failed(
        "CORE_ACTIONS_MISSING",
        f"{reason}: commands may not get their documents",
        *quoted(role, *denied.values()),
        blockers=(Blocker(role.arn, f"lacks {len(denied)} of {len(EXTRAS)} further actions"),),
        remediation=permission_repair(role, node.account, denied, policy_name=_POLICY_NAME),
    )


def _features(node: Node, role: Role, short: list[Extra]) -> Verdict:
    denied = {one.action.name: one.decision for one in short if one.is_denied}
    limited = [one for one in short if one.is_limited]
    parts = []
    if denied:
        tiers = ", ".join(sorted({one.action.tier.value for one in short if one.is_denied}))
        parts.append(f"may not call {', '.join(sorted(denied))} ({tiers})")
    if limited:
        names = ", ".join(sorted(one.action.name for one in limited))
        parts.append(f"may call {names} on some resources only")
    evidence = (
        *quoted_statements(role, _statements(limited)),
        *(quoted(role, *denied.values()) if denied else ()),
    )
    return warned(
        "CORE_FEATURES_MISSING" if denied else "CORE_LIMITED",
        f"{role.role_name} {', and '.join(parts)}",
        *evidence,
        remediation=permission_repair(role, node.account, denied, policy_name=_POLICY_NAME),
    )


def _depends(role: Role, extras: Iterable[Extra]) -> Verdict:
    decisions = [one.decision for one in extras if one.decision.needs]
    needs = tuple(dict.fromkeys(need for one in decisions for need in one.needs))
    reason = f"the rest of Core for {role.role_name} depends on {told(needs)}"
    return undecided("CORE_DEPENDS", reason, needs, *quoted(role, *decisions))


def _statements(limited: Iterable[Extra]) -> Iterable[Statement]:
    return (statement for one in limited for statement in one.elsewhere)
