"""AGENT-01: SSM Agent is new enough for how it has to reach Systems Manager."""

from __future__ import annotations

from inventory.facts import Evidence, ManagedNode, Node, Unread
from inventory.facts.network import Subnet
from policies.control import (
    FRESH_PING,
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
from policies.dhmc.agent_version import Version
from policies.live import heard_from
from policies.node.registration import registration, reported_version, spelled

CONTROL = Control(
    id="AGENT-01",
    title="SSM Agent is at least the floor version and fit for its Region and network",
    severity=Severity.HIGH,
    category="agent",
    why=(
        "Old agents take commands from ec2messages only, which newer Regions do not have, and "
        "cannot speak IPv6; from 3.3.40.0 on an agent needs nothing but ssm and ssmmessages."
    ),
    remediation=(
        "aws ssm send-command --region {region} --document-name AWS-UpdateSSMAgent "
        "--targets Key=InstanceIds,Values={instance_id}"
    ),
    needs=(
        "ec2:DescribeInstances",
        "ec2:DescribeSubnets",
        "ssm:DescribeInstanceInformation",
    ),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/ssm-agent-automatic-updates.html",
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html",
    ),
    reads=("agent.floor", *FRESH_PING),
)

_BY_HAND = "Commands do not reach this agent: install the newest SSM Agent on {} itself"


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the version by numbers: fail below a named need only, warn below the floor.

    Spec: D17, D18, D14, R-4.3, R-4.4, D28; T-13. What Default Host Management asks of the version
    is DHMC-03's.
    """
    row = registration(node)
    if isinstance(row, Verdict):
        return row
    version = reported_version(row)
    if isinstance(version, Verdict):
        return version
    need = _without_command_path(node, row, version, context)
    need = need or _without_ipv6(node, row, version, context)
    if need is not None:
        return need
    seen, floor = row.evidence("AgentVersion"), context.parameters.agent_floor
    if version < floor:
        return warned(
            "AGENT_BELOW_FLOOR", f"agent {spelled(version)} is older than {spelled(floor)}", seen
        )
    return passed("AGENT_AT_FLOOR", f"agent {spelled(version)}, at least {spelled(floor)}", seen)


def _without_command_path(
    node: Node, row: ManagedNode, version: Version, context: Context
) -> Verdict | None:
    """Without ec2messages in its Region an agent that knows nothing else gets no command (D17)."""
    parameters = context.parameters
    region, needed = node.region.name, parameters.agent_releases.ssmmessages_commands
    if region not in parameters.regions_without_ec2messages or version >= needed:
        return None
    return _too_old(
        "AGENT_WITHOUT_COMMAND_PATH",
        f"{region} has no ec2messages, and only agents from {spelled(needed)} on take commands "
        f"from anywhere else; this is {spelled(version)}",
        node,
        row.evidence("AgentVersion"),
    )


def _without_ipv6(
    node: Node, row: ManagedNode, version: Version, context: Context
) -> Verdict | None:
    """An agent before dual-stack support has no path from an IPv6-only address (R-4.4, D28).

    Where the subnet translates names (DNS64), the NET controls judge the path; a fresh ping shows
    that there is one (D9).
    """
    needed = context.parameters.agent_releases.dual_stack
    if version >= needed or not _is_ipv6_only(node) or heard_from(node, context):
        return None
    subnet = node.region.subnets.find(node.instance.subnet_id)
    if isinstance(subnet, Unread):
        return unread(subnet)
    if subnet.enable_dns64 is None:
        return unread(Unread(Subnet.call, "NOT_RECORDED", f"EnableDns64 of {subnet.subnet_id}"))
    if subnet.enable_dns64:
        return None
    return _too_old(
        "AGENT_WITHOUT_IPV6",
        f"the instance has IPv6 addresses only, {subnet.subnet_id} has no DNS64, and agents "
        f"before {spelled(needed)} speak IPv4 only; this is {spelled(version)}",
        node,
        row.evidence("AgentVersion"),
        subnet.evidence("EnableDns64"),
    )


def _is_ipv6_only(node: Node) -> bool:
    interfaces = node.instance.network_interfaces
    has_ipv4 = node.instance.private_ip_address or any(
        one.private_ip_address or one.private_ip_addresses for one in interfaces
    )
    return not has_ipv4 and any(one.ipv6_addresses for one in interfaces)


def _too_old(code: str, reason: str, node: Node, *evidence: Evidence) -> Verdict:
    return failed(
        code,
        reason,
        *evidence,
        blockers=(Blocker(node.id, "its SSM Agent is too old"),),
        remediation=_BY_HAND.format(node.id),
    )
