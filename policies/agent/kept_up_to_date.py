"""AGENT-03: SSM Agent is kept up to date (advisory)."""

from __future__ import annotations

from inventory.facts import UPDATE_DOCUMENT, Node, StateAssociation, Unread
from inventory.facts.association import Target
from policies.control import (
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.node.registration import registration, reported_version, spelled

CONTROL = Control(
    id="AGENT-03",
    title="SSM Agent is kept up to date",
    severity=Severity.LOW,
    category="agent",
    why=(
        "An agent that nobody updates misses what AWS's endpoints and newer Regions come to ask "
        "for. State Manager updates it by itself with an association of AWS-UpdateSSMAgent."
    ),
    remediation=(
        "aws ssm create-association --region {region} --name AWS-UpdateSSMAgent "
        "--targets Key=InstanceIds,Values={instance_id} --schedule-expression 'rate(14 days)'"
    ),
    needs=("ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:ListAssociations"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-automatic-updates.html",
    ),
    rests_on=RestsOn.MACHINE,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge a recent version, or a recurring update that covers the node (D18, D14; T-12)."""
    row = registration(node)
    if isinstance(row, Verdict):
        return row
    version, recent = reported_version(row), context.parameters.agent_releases.recent
    seen = row.evidence("AgentVersion")
    if not isinstance(version, Verdict) and version >= recent:
        return passed("AGENT_RECENT", f"agent {spelled(version)} is recent", seen)
    updates = node.region.agent_updates
    if isinstance(updates, Unread):
        return unread(updates, evidence=(seen,))
    recurring = [one for one in updates if recurs(one)]
    covering = next((one for one in recurring if covers(one, node)), None)
    if covering is not None:
        return passed(
            "AGENT_AUTO_UPDATED",
            f"{UPDATE_DOCUMENT} runs on it, {covering.schedule_expression}",
            covering.evidence("Targets"),
            covering.evidence("ScheduleExpression"),
            seen,
        )
    unclear = next((one for one in recurring if may_cover(one, node)), None)
    if unclear is not None:
        return _unclear(unclear)
    if isinstance(version, Verdict):
        return version
    return warned(
        "AGENT_NOT_UPDATED",
        f"agent {spelled(version)} is older than {spelled(recent)}, and no recurring "
        f"{UPDATE_DOCUMENT} covers it",
        seen,
    )


def _unclear(association: StateAssociation) -> Verdict:
    kinds = ", ".join(target.key for target in association.targets)
    return undecidable(
        "UPDATE_TARGETS_UNREADABLE",
        f"whether {association.association_id} covers the node cannot be told: it targets {kinds}",
        association.evidence("Targets"),
        settled_by=f"the members of what {association.association_id} targets",
    )


def recurs(association: StateAssociation) -> bool:
    """Whether it updates again and again: without a schedule it runs once, when it is made."""
    return association.name == UPDATE_DOCUMENT and bool(association.schedule_expression)


def covers(association: StateAssociation, node: Node) -> bool:
    """Whether the older kind names it, or it is in all of the targets of the newer one."""
    targets = association.targets
    if not targets:
        return association.instance_id == node.id
    return all(_holds(target, node) for target in targets)


def _holds(target: Target, node: Node) -> bool:
    """By id, by ``*`` (all managed nodes), by a tag's key or by one of its values."""
    tags = {tag.key: tag.value for tag in node.instance.tags}
    kind, _, key = target.key.partition(":")
    match kind.casefold():
        case "instanceids":
            return node.id in target.values or "*" in target.values
        case "tag":
            return tags.get(key) in target.values
        case "tag-key":
            return any(one in tags for one in target.values)
    return False


#: Targets whose members can be told from the instance itself.
_READABLE = frozenset({"instanceids", "tag", "tag-key"})


def may_cover(association: StateAssociation, node: Node) -> bool:
    """Whether it rests with what is not to be seen here: resource groups, or a kind yet unknown.

    A node that a readable target leaves out is not covered, whatever the others hold.
    """
    hidden = [one for one in association.targets if not _is_readable(one)]
    return bool(hidden) and all(
        _holds(one, node) for one in association.targets if _is_readable(one)
    )


def _is_readable(target: Target) -> bool:
    return target.key.partition(":")[0].casefold() in _READABLE
