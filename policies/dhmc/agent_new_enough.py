"""DHMC-03: a node that uses Default Host Management has an agent new enough for it."""

from __future__ import annotations

from inventory.facts import ManagedNode, Node, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    passed,
    undecidable,
    unread,
)
from policies.dhmc.served_node import ServedNode, served_node
from policies.identity import AGENT_VERSION, CREDENTIAL_CALLS
from policies.node.registration import reported_version, spelled

CONTROL = Control(
    id="DHMC-03",
    title="Agent is new enough for Default Host Management",
    severity=Severity.HIGH,
    category="dhmc",
    why=(
        "Agents before 3.2.582.0 never ask Default Host Management for credentials, and before "
        "3.2.815.0 not where the instance profile's role cannot be assumed: without a profile "
        "that works they have none."
    ),
    remediation=(
        "Update SSM Agent on {instance_id} itself, or attach an instance profile with "
        "AmazonSSMManagedInstanceCore so that it can be updated from Systems Manager"
    ),
    needs=CREDENTIAL_CALLS,
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/fleet-manager-default-host-management-configuration.html",
    ),
    entailed_by_online=True,
    rests_on=RestsOn.IDENTITY,
)


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge the version of a node that only DHMC can serve (D1, D14, R-2.7; T-28)."""
    served = served_node(node, context)
    if isinstance(served, Verdict):
        return served
    row: ManagedNode | Unread = node.region.managed_nodes.find(node.id)
    if isinstance(row, Unread):
        return _unregistered(row, served)
    version = reported_version(row)
    if isinstance(version, Verdict):
        return version
    seen, floors = row.evidence("AgentVersion"), served.fallback.floors
    told = f"{served.fallback.reason}, and agent {spelled(version)}"
    if version < min(floors):
        return failed(
            "AGENT_TOO_OLD_FOR_DHMC",
            f"{told} is older than {spelled(min(floors))}, the first to ask DHMC then",
            seen,
            served.setting.evidence("SettingValue"),
            blockers=(Blocker(node.id, "its SSM Agent is too old for Default Host Management"),),
        )
    if version < max(floors):
        return undecidable(
            "DHMC_FLOOR_DEPENDS",
            f"{told} asks DHMC where the heartbeat is refused, but not where the role cannot be "
            "assumed; which of them it is, is open",
            seen,
            settled_by="the trust policy of the instance profile's role",
        )
    return passed("AGENT_NEW_ENOUGH_FOR_DHMC", f"{told} asks DHMC for credentials", seen)


def _unregistered(gap: Unread, served: ServedNode) -> Verdict:
    """Never registered: the version stays unknown, and the choice with it (D14)."""
    if not gap.has_vanished:
        return unread(gap)
    return undecidable(
        "AGENT_VERSION_UNKNOWN",
        f"{served.fallback.reason}, and whether its agent is new enough for DHMC is not known",
        served.setting.evidence("SettingValue"),
        settled_by=str(AGENT_VERSION),
    )
