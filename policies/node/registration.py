"""What only a registered node supplies (D14): its own row, or why it cannot be judged by it."""

from __future__ import annotations

from inventory.facts import ManagedNode, Node, Unread
from policies.control import Verdict, not_applicable, undecidable, unread
from policies.dhmc.agent_version import Version, agent_version


def registration(node: Node) -> ManagedNode | Verdict:
    """The node's row; unknown where nobody could read it, not applicable where it has none."""
    nodes = node.region.managed_nodes
    if isinstance(nodes, Unread):
        return unread(nodes)
    row = nodes.find(node.id)
    if isinstance(row, Unread):
        return not_applicable(
            "NOT_REGISTERED", "Systems Manager does not list it: NODE-02 judges that"
        )
    return row


def reported_version(row: ManagedNode) -> Version | Verdict:
    """The agent's version as numbers; unknown where it is missing or no version at all (T-13)."""
    seen = row.evidence("AgentVersion")
    if not row.agent_version:
        gap = Unread(row.call, "NOT_RECORDED", f"AgentVersion of {row.instance_id}")
        return unread(gap, evidence=(seen,))
    version = agent_version(row.agent_version)
    if version is not None:
        return version
    return undecidable(
        "AGENT_VERSION_UNREADABLE",
        f"AgentVersion {row.agent_version!r} is no version",
        seen,
        settled_by=f"AgentVersion of {ManagedNode.call}",
    )


def spelled(version: Version) -> str:
    """``3.3.40.0`` of its numbers."""
    return ".".join(map(str, version))
