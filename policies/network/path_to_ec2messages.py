"""NET-10: HTTPS path end to end to ec2messages, where the agent needs it."""

from __future__ import annotations

from inventory.facts import Evidence, Node, Unread
from policies.control import (
    Context,
    Control,
    Outcome,
    Severity,
    Verdict,
    not_applicable,
    warned,
)
from policies.iam.agent_actions import has_ec2messages
from policies.iam.undecided import undecided
from policies.identity import AGENT_VERSION
from policies.network import needs
from policies.network.asked import Asked, asked_of, over_interfaces_to, unless_needed
from policies.network.end_to_end import evidence, judge, told
from policies.network.hosts import PATH_SETTINGS, Need, agent_version, host_of
from policies.network.reachability import Answer

CONTROL = Control(
    id="NET-10",
    title="HTTPS path end to end to ec2messages, where the agent needs it",
    severity=Severity.HIGH,
    category="net",
    why=(
        "Agents before 3.1.821.0 take commands from ec2messages only, those before 3.3.40.0 may. "
        "Later ones leave it once ssmmessages works, and Regions of 2024 and later do not have it."
    ),
    remediation=(
        "Update the agent of {instance_id} to 3.3.40.0 or later: on the machine itself if it takes "
        "no commands, else: aws ssm send-command --region {region} "
        "--document-name AWS-UpdateSSMAgent --instance-ids {instance_id}"
    ),
    needs=needs.PATH,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-technical-details.html",
    ),
    reads=PATH_SETTINGS,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Weigh the path by the agent's version and the Region (D17, R-4.1, H1, H2, T-61)."""
    without = context.parameters.regions_without_ec2messages
    if not has_ec2messages(node.region.name, without):
        reason = f"{node.region.name} has no ec2messages; AGENT-01 judges the agent's version"
        return not_applicable("NOT_IN_REGION", reason)
    host = host_of(node, "ec2messages", context.parameters)
    if host is None:
        reason = "agents from 3.3.40.0 on leave ec2messages once ssmmessages works"
        return not_applicable("NO_NEED", reason, *_version(node))
    weigh = judge if host.need is Need.REQUIRED else _advise
    return over_interfaces_to(node, "ec2messages", context, weigh)


def _advise(asked: Asked) -> Verdict:
    """The agent may do without: blocked is at worst a warning, never a failure (D17)."""
    verdict = unless_needed(judge(asked), asked.node)
    if verdict.outcome is not Outcome.FAIL:
        return verdict
    missing = f"{asked.host.name} is not reachable: {told(asked)}"
    if agent_version(asked.node) is None and not _ssmmessages_works(asked):
        return _unknown_version(asked, missing)
    return warned(
        "EC2MESSAGES_MAY_BE_NEEDED",
        f"{missing}; agents before 3.3.40.0 may need it for commands",
        *evidence(asked),
        *_version(asked.node),
        remediation=verdict.remediation,
    )


def _ssmmessages_works(asked: Asked) -> bool:
    channel = host_of(asked.node, "ssmmessages", asked.context.parameters)
    if channel is None:
        return False
    other = asked_of(asked.node, asked.interface, channel, asked.context)
    return other.found.answer is Answer.REACHABLE


def _unknown_version(asked: Asked, missing: str) -> Verdict:
    """Without ssmmessages it depends on the version, which only a registered node tells (D14)."""
    row = asked.node.region.managed_nodes.find(asked.node.id)
    need = row if isinstance(row, Unread) and not row.has_vanished else AGENT_VERSION
    reason = f"{missing}; whether the agent needs it is not known, and NET-09 does not pass"
    return undecided("AGENT_VERSION_UNKNOWN", reason, (need,), *evidence(asked))


def _version(node: Node) -> tuple[Evidence, ...]:
    row = node.region.managed_nodes.find(node.id)
    return () if isinstance(row, Unread) else (row.evidence("AgentVersion"),)
