"""DHMC-01: where DHMC is on, its role exists, trusts Systems Manager, allows the agent's calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from inventory.facts import Evidence, Place, Role, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    Scope,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    warned,
)
from policies.dhmc.agent_version import agent_version
from policies.dhmc.role_permissions import dhmc_may
from policies.dhmc.setting import DhmcOff, DhmcOn, dhmc_state
from policies.iam.agent_actions import (
    AGENT_ACTIONS,
    CONTROL_CHANNEL,
    FALLBACK_CHANNEL,
    HEARTBEAT,
    AgentAction,
    Tier,
    has_ec2messages,
)
from policies.iam.denial import other_resources
from policies.iam.evaluation import Decision, Need, Open, either, strictest
from policies.iam.permission_repair import permission_repair
from policies.iam.permissions import role_layers
from policies.iam.quotes import quoted
from policies.iam.repairs import new_management_role
from policies.iam.trust import SYSTEMS_MANAGER, service_trust
from policies.iam.trust_repair import repair_command
from policies.iam.undecided import told, undecided

CONTROL = Control(
    id="DHMC-01",
    title="Role of Default Host Management exists, trusts Systems Manager and serves the agent",
    severity=Severity.HIGH,
    category="dhmc",
    why=(
        "Default Host Management hands one role's credentials to every instance of the account "
        "and Region that has none of its own. If the role is gone, trusts EC2 in place of Systems "
        "Manager, or lacks what the agent calls, all of them stay unmanaged."
    ),
    remediation=(
        "Repair the role behind Default Host Management in {region}: trust ssm.amazonaws.com and "
        "attach AmazonSSMManagedEC2InstanceDefaultPolicy"
    ),
    needs=(
        "iam:GetAccountAuthorizationDetails",
        "organizations:DescribeOrganization",
        "ssm:DescribeInstanceInformation",
        "ssm:GetServiceSetting",
    ),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html",
    ),
    scope=Scope.REGION,
)

#: By design the default policy does not allow them, and no node is worse off (D2, T-30).
_NOT_NEEDED: Final = Tier.PARAMETERS

Decisions = Mapping[str, Decision]


def evaluate(place: Place, context: Context) -> Verdict:
    """Judge value, role, trust and permissions in turn (D4, R-2.3 to R-2.9; T-27, T-29, T-30)."""
    state = dhmc_state(place)
    if isinstance(state, DhmcOff):
        seen = () if state.setting is None else (state.setting.evidence("SettingValue"),)
        return not_applicable("DHMC_OFF", "Default Host Management is off here", *seen)
    if not isinstance(state, DhmcOn):
        return undecided("DHMC_SETTING_UNRECOGNIZED", f"is DHMC on? {state}", (state,))
    role = place.account.roles.find(state.role_name)
    if isinstance(role, Unread):
        return _no_role(place, state, role)
    trust = service_trust(SYSTEMS_MANAGER, place, role, context)
    if trust.is_denied:
        return _distrusts(state, role, trust)
    return _by_permissions(place, state, role, trust, context)


def _no_role(place: Place, state: DhmcOn, gap: Unread) -> Verdict:
    """A listing without the role says that it is gone; one that was refused says nothing (D4)."""
    seen = state.setting.evidence("SettingValue")
    if isinstance(place.account.roles, Unread) or not gap.has_vanished:
        return undecided("DHMC_ROLE_UNREAD", f"{state.role_name} was not read", (gap,), seen)
    reason = f"the setting names the role {state.role_name}, which does not exist"
    return failed(
        "DHMC_ROLE_MISSING",
        reason,
        seen,
        blockers=(Blocker(state.setting.setting_id, reason),),
        remediation=new_management_role(state.role_name, place.partition),
    )


def _distrusts(state: DhmcOn, role: Role, trust: Decision) -> Verdict:
    code = "DHMC_TRUST_MISSING_SSM"
    reason = f"the trust policy of {role.role_name} does not let {SYSTEMS_MANAGER} assume it"
    if trust.explicit:
        code = "DHMC_TRUST_DENIES_SSM"
        reason = f"{trust.deciding[0].statement.label} denies {SYSTEMS_MANAGER} to assume it"
    return failed(
        code,
        reason,
        state.setting.evidence("SettingValue"),
        role.evidence("AssumeRolePolicyDocument"),
        blockers=(Blocker(role.arn, reason),),
        remediation=repair_command(role, trust, SYSTEMS_MANAGER),
    )


def _by_permissions(
    place: Place, state: DhmcOn, role: Role, trust: Decision, context: Context
) -> Verdict:
    asked = {one.name: dhmc_may(one, place, role, context) for one in AGENT_ACTIONS}
    heartbeat = asked[HEARTBEAT]
    channel = _channel(place, asked, context)
    seen = (state.setting.evidence("SettingValue"), *quoted(role, heartbeat, channel))
    needs: tuple[Need, ...] = (*trust.needs, *heartbeat.needs, *channel.needs)
    if heartbeat.is_denied:
        layers = role_layers(role, place.account, context)
        elsewhere = other_resources(HEARTBEAT, heartbeat, layers)
        if not elsewhere:
            return _lacks(place, role, "DHMC_ROLE_NO_HEARTBEAT", {HEARTBEAT: heartbeat}, seen)
        needs += (Open(f"which instances {elsewhere[0].label} of {role.role_name} covers"),)
    if channel.is_denied:
        denied = _denied(asked, CONTROL_CHANNEL)
        return _lacks(place, role, "DHMC_ROLE_NO_CHANNEL", denied, seen)
    if needs:
        reason = f"whether {role.role_name} serves the Region's nodes depends on {told(needs)}"
        return undecided("DHMC_ROLE_DEPENDS", reason, needs, *seen)
    return _by_features(place, role, asked, context, seen)


def _by_features(
    place: Place, role: Role, asked: Decisions, context: Context, seen: tuple[Evidence, ...]
) -> Verdict:
    """Nodes are managed with this role; what it lacks beside costs features only."""
    old_agent = _has_fallback(place, context) and _has_old_agent(place, context)
    fallback = old_agent is True
    wanted = tuple(
        one
        for one in AGENT_ACTIONS
        if one.tier is not _NOT_NEEDED and (fallback or one.tier is not Tier.FALLBACK)
    )
    denied = _denied(asked, wanted)
    if denied:
        return warned(
            "DHMC_ROLE_LIMITED",
            f"{role.role_name} may not call {', '.join(sorted(denied))}",
            *seen,
            remediation=permission_repair(role, place.account, denied, policy_name="ssm-agent"),
        )
    needs = tuple(dict.fromkeys(need for one in wanted for need in asked[one.name].needs))
    if (
        isinstance(old_agent, Unread)
        and not strictest(asked[one.name] for one in FALLBACK_CHANNEL).is_allowed
    ):
        needs = (*needs, old_agent)
    if needs:
        reason = f"some features of {role.role_name} depend on {told(needs)}"
        return undecided("DHMC_ROLE_DEPENDS", reason, needs, *seen)
    return passed("DHMC_ROLE_SERVES", f"{role.role_name} serves the agent", *seen)


def _has_fallback(place: Place, context: Context) -> bool:
    return has_ec2messages(place.region.name, context.parameters.regions_without_ec2messages)


def _channel(place: Place, asked: Decisions, context: Context) -> Decision:
    """A way for commands: ssmmessages, or ec2messages where the Region has it (R-1.4, R-4.2)."""
    control = strictest(asked[one.name] for one in CONTROL_CHANNEL)
    if control.is_allowed or not _has_fallback(place, context):
        return control
    return either(control, strictest(asked[one.name] for one in FALLBACK_CHANNEL))


def _has_old_agent(place: Place, context: Context) -> bool | Unread:
    """Whether a node of the Region may still take commands from ec2messages (D17).

    Or why nobody can say: the listing of the nodes was asked for and not read.
    """
    listed = place.region.managed_nodes
    if isinstance(listed, Unread):
        return listed if listed.is_lost else False
    left = context.parameters.agent_releases.ec2messages_left
    versions = (agent_version(row.agent_version) for row in listed)
    return any(version is not None and version < left for version in versions)


def _lacks(
    place: Place, role: Role, code: str, denied: Decisions, seen: tuple[Evidence, ...]
) -> Verdict:
    reason = f"{role.role_name} may not call {', '.join(sorted(denied))}"
    return failed(
        code,
        reason,
        *seen,
        blockers=(Blocker(role.arn, reason),),
        remediation=permission_repair(role, place.account, denied, policy_name="ssm-agent"),
    )


def _denied(asked: Decisions, actions: tuple[AgentAction, ...]) -> dict[str, Decision]:
    return {one.name: asked[one.name] for one in actions if asked[one.name].is_denied}
