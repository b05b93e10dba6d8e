"""DHMC-02: under DHMC the instance profile does not allow ssm:UpdateInstanceInformation."""

from __future__ import annotations

import shlex

from inventory.facts import Evidence, Node, Role, ServiceSetting, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
)
from policies.dhmc.setting import DhmcOff, dhmc_state
from policies.iam.agent_actions import HEARTBEAT
from policies.iam.evaluation import Decision, Malformed
from policies.iam.permissions import command_channel, heartbeat_policies, profile_heartbeat
from policies.iam.quotes import quoted
from policies.iam.trust import ec2_trust
from policies.iam.undecided import told, undecided
from policies.identity import CREDENTIAL_CALLS, Break, BrokenChain, ProfileChain, profile_chain

CONTROL = Control(
    id="DHMC-02",
    title="Instance profile leaves the heartbeat to Default Host Management",
    severity=Severity.HIGH,
    category="dhmc",
    why=(
        "The agent turns to Default Host Management only if its heartbeat is refused with the "
        "instance profile's credentials. A profile that allows ssm:UpdateInstanceInformation "
        "keeps DHMC from serving the node; if it allows nothing else, commands and sessions fail "
        "on a node that looks Online."
    ),
    remediation=(
        "Remove ssm:UpdateInstanceInformation from the policies of the role in the instance "
        "profile of {instance_id}"
    ),
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html",
    ),
    reads=("dhmc.profile_may_serve",),
    rests_on=RestsOn.IDENTITY,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the heartbeat on the instance's own ARN (D3, D4, R-2.10, iam.md 5; T-26, T-35)."""
    state = dhmc_state(node)
    if isinstance(state, DhmcOff):
        return not_applicable(
            "DHMC_OFF", "Default Host Management is off here", *_setting_evidence(state.setting)
        )
    if isinstance(state, Unread | Malformed):
        return undecided("DHMC_SETTING_UNRECOGNIZED", f"is DHMC on? {state}", (state,))
    seen = _setting_evidence(state.setting)
    chain = profile_chain(node)
    if isinstance(chain, BrokenChain):
        return _no_role(chain, seen)
    if not isinstance(chain, ProfileChain):
        return undecided("PROFILE_UNDECIDED", f"the role is not known: {chain}", (chain,), *seen)
    return _judge_role(node, chain.role, context, seen)


def _judge_role(node: Node, role: Role, context: Context, seen: tuple[Evidence, ...]) -> Verdict:
    trust = ec2_trust(node, role, context)
    heartbeat = profile_heartbeat(node, role, context)
    evidence = (*seen, *quoted(role, heartbeat))
    if trust.is_denied or heartbeat.is_denied:
        return passed("PROFILE_LEAVES_HEARTBEAT_TO_DHMC", _why(role, trust, heartbeat), *evidence)
    needs = (*trust.needs, *heartbeat.needs)
    if needs:
        reason = f"whether {role.role_name} may send the heartbeat depends on {told(needs)}"
        return undecided("HEARTBEAT_DEPENDS", reason, needs, *evidence)
    return _heartbeat_allowed(node, role, context, evidence)


def _why(role: Role, trust: Decision, heartbeat: Decision) -> str:
    if trust.is_denied:
        return f"EC2 may not assume {role.role_name}, so it never sends a heartbeat"
    if heartbeat.explicit:
        statement = heartbeat.deciding[0].statement.label
        return f"{statement} ({heartbeat.layer}) denies {HEARTBEAT} to {role.role_name}"
    return f"{heartbeat.layer} of {role.role_name} do not allow {HEARTBEAT} on the instance"


def _heartbeat_allowed(
    node: Node, role: Role, context: Context, evidence: tuple[Evidence, ...]
) -> Verdict:
    channel = command_channel(node, role, context)
    name = role.role_name
    if channel.is_denied:
        code, severity = "PROFILE_SUPPRESSES_DHMC", Severity.HIGH
        reason = f"{name} allows the heartbeat but no command channel, so DHMC never serves"
    elif channel.is_allowed and context.parameters.dhmc_profile_may_serve:
        return passed("PROFILE_SUFFICIENT", f"{name} serves the node by itself", *evidence)
    elif context.parameters.dhmc_profile_may_serve:
        reason = f"{name} allows the heartbeat; its command channel depends on "
        return undecided("CHANNEL_DEPENDS", reason + told(channel.needs), channel.needs, *evidence)
    else:
        code, severity = "PROFILE_OVERRULES_DHMC", Severity.MEDIUM
        reason = f"{name} allows the heartbeat, so the profile serves the node and DHMC does not"
        if not channel.is_allowed:
            reason = f"{name} allows the heartbeat, so DHMC does not serve the node"
    return failed(
        code,
        reason,
        *evidence,
        blockers=(Blocker(role.arn, f"allows {HEARTBEAT} under Default Host Management"),),
        remediation=_repair(node, role, context),
        severity=severity,
    )


def _repair(node: Node, role: Role, context: Context) -> str:
    """One line for each policy that allows the heartbeat by itself."""
    name = shlex.quote(role.role_name)
    lines: list[str] = []
    for policy in heartbeat_policies(node, role, context):
        if policy.name.startswith("arn:"):
            arn = shlex.quote(policy.name)
            lines.append(f"aws iam detach-role-policy --role-name {name} --policy-arn {arn}")
        else:
            lines.append(f"Take {HEARTBEAT} out of {policy.name!r} of role {role.role_name!r}")
    return "\n".join(lines)


def _no_role(chain: BrokenChain, seen: tuple[Evidence, ...]) -> Verdict:
    if chain.where is Break.NO_PROFILE:
        return not_applicable("NO_PROFILE", "no instance profile could overrule DHMC", *seen)
    return not_applicable("NO_ROLE", f"{chain.where.value}: IAM-02 judges that", *seen)


def _setting_evidence(setting: ServiceSetting | None) -> tuple[Evidence, ...]:
    return () if setting is None else (setting.evidence("SettingValue"),)
