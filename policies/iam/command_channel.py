"""IAM-05: the role may open the command channel."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

from inventory.facts import Node, Role, Unread
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
from policies.dhmc.agent_version import agent_version
from policies.iam.agent_actions import (
    CONTROL_CHANNEL,
    DATA_CHANNEL,
    FALLBACK_CHANNEL,
    AgentAction,
    has_ec2messages,
)
from policies.iam.evaluation import Decision, Need, strictest
from policies.iam.permission_repair import permission_repair
from policies.iam.permissions import profile_may
from policies.iam.profile_role import judged_role, of_the_effective_role
from policies.iam.quotes import quoted
from policies.iam.undecided import told, undecided
from policies.identity import AGENT_VERSION, CREDENTIAL_CALLS
from policies.left_open import VERSION_UNREAD, left_open

CONTROL = Control(
    id="IAM-05",
    title="Role may open the command channel",
    severity=Severity.HIGH,
    category="iam",
    why=(
        "Online says only that the heartbeat arrives. Commands and sessions travel through "
        "ssmmessages, and older agents take commands from ec2messages; ssm:* covers neither."
    ),
    remediation=(
        "Let the role of {instance_id} call the four ssmmessages actions of "
        "AmazonSSMManagedInstanceCore"
    ),
    needs=(*CREDENTIAL_CALLS, "ssm:GetConnectionStatus"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-add-permissions-to-existing-profile.html",
    ),
    rests_on=RestsOn.IDENTITY,
)

_POLICY_NAME: Final = "ssm-agent-channel"
#: Windows Server 2012 R2 is 6.3: it and its elders never leave ec2messages (D17).
_WINDOWS_2016 = (10, 0, 0, 0)


@dataclasses.dataclass(frozen=True, eq=False)
class _Channel:
    """The answers for some actions: each by itself, and all together."""

    by_action: Mapping[str, Decision]

    @property
    def decision(self) -> Decision:
        return strictest(self.by_action.values())

    @property
    def denied(self) -> dict[str, Decision]:
        return {name: one for name, one in self.by_action.items() if one.is_denied}


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge ssmmessages, or ec2messages where that serves (D17, R-1.4, R-4.1; T-41, T-42)."""
    role = judged_role(node, context)
    if isinstance(role, Verdict):
        return role
    return of_the_effective_role(node, context, _judged(node, role, context))


def _judged(node: Node, role: Role, context: Context) -> Verdict:
    def asked(actions: tuple[AgentAction, ...]) -> _Channel:
        return _Channel({one.name: profile_may(one, node, role, context) for one in actions})

    control, sessions, fallback = map(asked, (CONTROL_CHANNEL, DATA_CHANNEL, FALLBACK_CHANNEL))
    serves = has_ec2messages(node.region.name, context.parameters.regions_without_ec2messages)
    if control.decision.is_denied:
        return _without_control_channel(node, role, control, sessions, fallback if serves else None)
    if not control.decision.is_allowed:
        open_question = _depends(role, control.decision, fallback.decision)
        return dataclasses.replace(open_question, entailed_by_channel=True)
    if serves and not fallback.decision.is_allowed:
        verdict = _without_fallback(node, role, control, fallback, context)
        if verdict is not None:
            return verdict
    return _by_sessions(node, role, control, sessions)


def _without_control_channel(
    node: Node, role: Role, control: _Channel, sessions: _Channel, fallback: _Channel | None
) -> Verdict:
    """Without ssmmessages: commands can only come through ec2messages, sessions not at all.

    ``fallback`` is ``None`` where the Region has no ec2messages. A session channel that is open
    all the same contradicts that ssmmessages is denied (D9).
    """
    heard = () if fallback is None else (fallback.decision,)
    evidence = quoted(role, control.decision, *heard)
    denied = control.denied | sessions.denied
    repair = permission_repair(role, node.account, denied, policy_name=_POLICY_NAME)
    reason = f"{role.role_name} may not call {_names(control.denied)}"
    if fallback is None or fallback.decision.is_denied:
        other = (
            "and the Region has no ec2messages" if fallback is None else "nor all of ec2messages"
        )
        verdict = failed(
            "NO_COMMAND_CHANNEL",
            f"{reason}, {other}: no commands, no sessions",
            *evidence,
            blockers=(Blocker(role.arn, f"does not allow {_names(denied)}"),),
            remediation=repair,
        )
        return dataclasses.replace(verdict, entailed_by_channel=True)
    if fallback.decision.is_allowed:
        told_so = f"{reason}: commands come through ec2messages, sessions do not work"
        return warned("SESSIONS_DENIED", told_so, *evidence, remediation=repair)
    return _depends(role, fallback.decision)


def _without_fallback(
    node: Node, role: Role, control: _Channel, fallback: _Channel, context: Context
) -> Verdict | None:
    """What it costs that ec2messages is refused or open, by the agent's version; ``None``: nothing.

    A version nobody knows is a warning, as ssmmessages is permitted here (D17); one that was asked
    for and not read is not known to be unknown.
    """
    releases = context.parameters.agent_releases
    row = node.region.managed_nodes.find(node.id)
    version = None if isinstance(row, Unread) else agent_version(row.agent_version)
    holds_on = not isinstance(row, Unread) and _is_old_windows(
        row.platform_type, row.platform_version
    )
    if version is not None and version >= releases.ec2messages_left and not holds_on:
        return None
    if isinstance(row, Unread) and row.is_lost:
        return _without_version(node, role, fallback, row)
    if not fallback.decision.is_denied:
        return _depends(role, fallback.decision)
    evidence = (
        *quoted(role, control.decision),
        *(() if isinstance(row, Unread) else (row.evidence("AgentVersion"),)),
    )
    repair = permission_repair(role, node.account, fallback.denied, policy_name=_POLICY_NAME)
    reason = f"{role.role_name} may not call {_names(fallback.denied)}"
    if version is not None and version < releases.ssmmessages_commands:
        return failed(
            "EC2MESSAGES_NEEDED",
            f"{reason}, and agent {'.'.join(map(str, version))} takes commands from there only",
            *evidence,
            blockers=(Blocker(role.arn, f"does not allow {_names(fallback.denied)}"),),
            remediation=repair,
        )
    if version is None:
        left = ".".join(map(str, releases.ec2messages_left))
        told_so = f"{reason}, which an agent before {left} may need; {AGENT_VERSION}"
    else:
        told_so = f"{reason}, which this agent and system may still need"
    return warned("EC2MESSAGES_MAY_BE_NEEDED", told_so, *evidence, remediation=repair)


def _without_version(node: Node, role: Role, fallback: _Channel, gap: Unread) -> Verdict:
    """Unknown, as the agent may be too new to ask for what is refused or open."""
    why = "which version the agent has is not known"
    if not fallback.decision.is_denied:
        verdict = _depends(role, fallback.decision)
    else:
        verdict = warned(
            "EC2MESSAGES_MAY_BE_NEEDED",
            f"{role.role_name} may not call {_names(fallback.denied)}",
            *quoted(role, fallback.decision),
        )
    return left_open(verdict, VERSION_UNREAD, why, (gap,), node.id)


def _by_sessions(node: Node, role: Role, control: _Channel, sessions: _Channel) -> Verdict:
    evidence = quoted(role, control.decision, sessions.decision)
    if sessions.decision.is_allowed:
        return passed("CHANNEL_ALLOWED", f"{role.role_name} may use ssmmessages", *evidence)
    if not sessions.decision.is_denied:
        return _depends(role, sessions.decision)
    reason = f"{role.role_name} may not call {_names(sessions.denied)}: commands, but no sessions"
    repair = permission_repair(role, node.account, sessions.denied, policy_name=_POLICY_NAME)
    return warned("SESSIONS_DENIED", reason, *evidence, remediation=repair)


def _depends(role: Role, *decisions: Decision) -> Verdict:
    needs: tuple[Need, ...] = tuple(need for one in decisions for need in one.needs)
    reason = f"the command channel of {role.role_name} depends on {told(needs)}"
    return undecided("CHANNEL_DEPENDS", reason, needs, *quoted(role, *decisions))


def _is_old_windows(platform: str, version: str) -> bool:
    number = agent_version(version)
    return platform.casefold() == "windows" and number is not None and number < _WINDOWS_2016


def _names(denied: Mapping[str, Decision]) -> str:
    return ", ".join(sorted(denied))
