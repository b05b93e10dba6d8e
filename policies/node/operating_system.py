"""NODE-05: the node's operating system is one that Systems Manager supports."""

from __future__ import annotations

from inventory.facts import Evidence, ManagedNode, Node, Unread
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
from policies.node.recency import as_of_missing
from policies.node.registration import registration
from policies.reference import OperatingSystem, OperatingSystems

CONTROL = Control(
    id="NODE-05",
    title="Operating system is supported",
    severity=Severity.LOW,
    category="node",
    why=(
        "Systems Manager supports a system until its vendor's end of life. Later it mostly still "
        "connects, but no agent is tested on it any more, and nothing is left to patch it with."
    ),
    remediation="Move {instance_id} to a version of its operating system that is supported",
    needs=("ssm:DescribeInstanceInformation",),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/operating-systems-and-machine-types.html",
    ),
    rests_on=RestsOn.MACHINE,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the reported platform by the table of systems; never a failure (R-8.1, D14; T-128)."""
    row = registration(node)
    if isinstance(row, Verdict):
        return row
    seen = (row.evidence("PlatformName"), row.evidence("PlatformVersion"))
    if not row.platform_name:
        gap = Unread(row.call, "NOT_RECORDED", f"PlatformName of {node.id}")
        return unread(gap, evidence=seen)
    table = context.parameters.operating_systems
    system = table.find(row.platform_name, row.platform_version)
    if system is None and not row.platform_version:
        gap = Unread(row.call, "NOT_RECORDED", f"PlatformVersion of {node.id}")
        return unread(gap, evidence=seen)
    if system is None:
        return _not_listed(row, table, seen)
    return _by_end_of_life(node, row, system, seen)


def _not_listed(row: ManagedNode, table: OperatingSystems, seen: tuple[Evidence, ...]) -> Verdict:
    when = f" of {table.as_of}" if table.as_of else ""
    return undecidable(
        "OS_NOT_LISTED",
        f"{_system_name(row)} is not in the table of operating systems{when}",
        *seen,
        settled_by=f"an entry for {_system_name(row)} in operating_systems.yaml",
    )


def _by_end_of_life(
    node: Node, row: ManagedNode, system: OperatingSystem, seen: tuple[Evidence, ...]
) -> Verdict:
    name = _system_name(row)
    if system.end_of_life is None:
        return passed("OS_SUPPORTED", f"{name} is supported; its vendor names no last day", *seen)
    if node.as_of is None:
        return as_of_missing(node)
    if node.as_of.date() > system.end_of_life:
        return warned(
            "OS_END_OF_LIFE",
            f"{name} has had no security updates for everyone since {system.end_of_life}",
            *seen,
        )
    return passed("OS_SUPPORTED", f"{name} is supported until {system.end_of_life}", *seen)


def _system_name(row: ManagedNode) -> str:
    return f"{row.platform_name} {row.platform_version}".strip()
