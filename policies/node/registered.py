"""NODE-02: the instance is registered with Systems Manager."""

from inventory.facts import ManagedNode, Node, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    Severity,
    Verdict,
    failed,
    passed,
    unread,
    warned,
)
from policies.identity import CREDENTIAL_CALLS
from policies.node.guest_causes import console_evidence, console_word, guest_checks
from policies.node.recency import launch_age, minutes, propagating, too_early, untimed
from policies.node.second_reading import gone_meanwhile

CONTROL = Control(
    id="NODE-02",
    title="Instance is registered with Systems Manager",
    severity=Severity.CRITICAL,
    category="node",
    why=(
        "Systems Manager knows a node from its first heartbeat on. An instance that was never "
        "heard from misses a prerequisite: credentials, a path to the endpoints, or the agent."
    ),
    remediation=(
        "Repair the failed IAM, IMDS and NET controls of {instance_id} first. If there are none, "
        "install or start the agent on it: systemctl enable --now amazon-ssm-agent"
    ),
    needs=(*CREDENTIAL_CALLS, "ec2:DescribeInstanceStatus", "ec2:GetConsoleOutput"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-troubleshooting-managed-nodes.html",
    ),
    reads=(
        "thresholds.launch_grace",
        "thresholds.launch_patience",
        "thresholds.profile_grace",
        "thresholds.clock_tolerance",
    ),
    tells_ages=True,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge whether DescribeInstanceInformation lists it (D13, R-7.6; T-01, T-05, T-08, T-18)."""
    nodes = node.region.managed_nodes
    if isinstance(nodes, Unread):
        return unread(nodes)
    row = nodes.find(node.id)
    if isinstance(row, Unread):
        return _absent(node, context)
    return passed("REGISTERED", "Systems Manager lists it", row.evidence("InstanceId"))


def _absent(node: Node, context: Context) -> Verdict:
    launched = node.instance.evidence("LaunchTime")
    waiting = too_early(node, context) or propagating(node, context)
    if waiting is not None:
        return waiting
    age = launch_age(node, context)
    if age is None:
        return untimed(node, context)
    if age < context.parameters.launch_patience:
        return warned(
            "NOT_REGISTERED_YET",
            f"launched {minutes(age)} ago and not listed by Systems Manager yet",
            launched,
        )
    gone = gone_meanwhile(node)
    if gone is not None:
        return gone
    told = f"{ManagedNode.call} does not list it although it has been up for {minutes(age)}"
    return failed(
        "NOT_REGISTERED",
        f"{told}{console_word(node)}",
        launched,
        *console_evidence(node),
        blockers=(Blocker(node.id, "its agent has never reported to Systems Manager"),),
        remediation=guest_checks(node),
    )
