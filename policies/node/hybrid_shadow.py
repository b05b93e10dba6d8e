"""NODE-06: no hybrid registration (``mi-``) shadows the instance."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from inventory.facts import Evidence, Instance, ManagedNode, Node, Table, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    passed,
    unread,
    warned,
)
from policies.node.recency import restart_command

CONTROL = Control(
    id="NODE-06",
    title="No hybrid registration shadows the instance",
    severity=Severity.HIGH,
    category="node",
    why=(
        "A hybrid activation left in an image or on a disk outranks the instance's own identity: "
        "the agent reports as mi-…, and Systems Manager never hears of i-…."
    ),
    remediation=(
        "On {instance_id}: amazon-ssm-agent -register -clear && systemctl restart "
        "amazon-ssm-agent; then: aws ssm deregister-managed-instance --region {region} "
        "--instance-id mi-…"
    ),
    needs=("ec2:DescribeInstances", "ssm:DescribeInstanceInformation"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-deregister-hybrid-nodes.html",
    ),
    rests_on=RestsOn.MACHINE,
)

_HYBRID: Final = "mi-"


def evaluate(node: Node, _context: Context) -> Verdict:
    """Judge by SourceId, or by address and computer name together (D15; T-11, root cause 20)."""
    nodes = node.region.managed_nodes
    if isinstance(nodes, Unread):
        return unread(nodes)
    matches = [(row, found) for row in _hybrid(nodes) if (found := _matching(row, node.instance))]
    certain = next(((row, found) for row, found in matches if _is_certain(found)), None)
    if node.id in nodes:
        return _listed(node.instance, certain)
    if certain is not None:
        row, found = certain
        return failed(
            "HYBRID_SHADOW",
            f"Systems Manager does not list it, but {row.instance_id} with the same {_told(found)}",
            *(row.evidence(member) for member in found),
            blockers=(Blocker(row.instance_id, f"registered by {node.id} as a hybrid node"),),
            remediation=_repair(node, row),
        )
    if matches:
        row, found = matches[0]
        return warned(
            "HYBRID_ROW_RESEMBLES",
            f"Systems Manager does not list it, but {row.instance_id} with the same {_told(found)}",
            *(row.evidence(member) for member in found),
            remediation=_repair(node, row),
        )
    return passed("NO_SHADOW", "no hybrid node of the Region resembles it", *_own(node.instance))


def resembles_hybrid_node(node: Node) -> bool:
    """Whether any hybrid row of the Region has anything of the instance's own."""
    nodes = node.region.managed_nodes
    if isinstance(nodes, Unread):
        return False
    return any(_matching(row, node.instance) for row in _hybrid(nodes))


def _own(instance: Instance) -> tuple[Evidence, ...]:
    return (instance.evidence("PrivateIpAddress"), instance.evidence("PrivateDnsName"))


def _listed(instance: Instance, certain: tuple[ManagedNode, tuple[str, ...]] | None) -> Verdict:
    """Reporting under its own id: a hybrid row is no more than a leftover."""
    if certain is None:
        told = "it is listed under its own id, and no hybrid node is the same"
        return passed("NO_SHADOW", told, *_own(instance))
    row, found = certain
    return warned(
        "HYBRID_LEFTOVER",
        f"it is listed under its own id and, with the same {_told(found)}, as {row.instance_id}",
        *(row.evidence(member) for member in found),
    )


@lru_cache(maxsize=64)
def _hybrid(nodes: Table[ManagedNode]) -> tuple[ManagedNode, ...]:
    """The hybrid rows of a Region, looked for once for all its instances."""
    return tuple(row for row in nodes if row.instance_id.startswith(_HYBRID))


def _matching(row: ManagedNode, instance: Instance) -> tuple[str, ...]:
    """The members of a hybrid row that are the instance's own, by AWS's names."""
    own_name = instance.private_dns_name.casefold()
    members = {
        "SourceId": row.source_id == instance.instance_id,
        "IPAddress": bool(row.ip_address) and row.ip_address in _addresses(instance),
        "ComputerName": bool(row.computer_name)
        and row.computer_name.casefold() in (own_name, own_name.partition(".")[0]),
    }
    return tuple(name for name, holds in members.items() if holds)


def _addresses(instance: Instance) -> Iterable[str]:
    yield instance.private_ip_address
    for interface in instance.network_interfaces:
        yield from (one.private_ip_address for one in interface.private_ip_addresses)
        yield from (one.ipv6_address for one in interface.ipv6_addresses)


def _is_certain(found: tuple[str, ...]) -> bool:
    return "SourceId" in found or {"IPAddress", "ComputerName"} <= {*found}


def _told(found: tuple[str, ...]) -> str:
    return " and ".join(found)


def _repair(node: Node, row: ManagedNode) -> str:
    clear = "amazon-ssm-agent -register -clear &&"
    if node.instance.is_windows:
        clear = '& "$env:ProgramFiles\\Amazon\\SSM\\amazon-ssm-agent.exe" -register -clear;'
    return (
        f"On {node.id}: {clear} {restart_command(node)}\n"
        f"aws ssm deregister-managed-instance --region {node.region.name} "
        f"--instance-id {row.instance_id}"
    )
