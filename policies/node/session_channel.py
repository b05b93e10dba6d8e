"""NODE-04: the node holds its session channel open (with ``--deep`` only)."""

from __future__ import annotations

from typing import Final

from inventory.facts import NOT_RECORDED, ConnectionStatus, Node, Unread
from policies.control import (
    Blocker,
    Context,
    Control,
    RestsOn,
    Severity,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    unread,
)
from policies.node.recency import too_early
from policies.node.registration import registration

CONTROL = Control(
    id="NODE-04",
    title="Session channel is connected",
    severity=Severity.HIGH,
    category="node",
    why=(
        "Online says that heartbeats arrive at ssm. Sessions, and the commands of newer agents, "
        "travel through a channel to ssmmessages that the agent has to hold open."
    ),
    remediation=(
        "Repair IAM-05 and the path to ssmmessages first. If they pass, look at the agent's log on "
        "{instance_id} (a proxy has to let websockets through) and restart the agent"
    ),
    needs=("ssm:DescribeInstanceInformation", "ssm:GetConnectionStatus"),
    references=(
        "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetConnectionStatus.html",
    ),
    reads=("thresholds.launch_grace", "thresholds.clock_tolerance"),
    rests_on=RestsOn.MACHINE,
)

#: Why there are no answers where nobody asked: the run did not, or the snapshot never held any.
_NOT_ASKED: Final = frozenset({"NOT_DEEP", NOT_RECORDED})


def evaluate(node: Node, context: Context) -> Verdict:
    """Judge GetConnectionStatus of a registered node (D14, D9, R-7.3; spec domain.md 2.0, L3)."""
    connections = node.region.connections
    if isinstance(connections, Unread) and connections.code in _NOT_ASKED:
        return not_applicable("NOT_ASKED", "one call an instance: asked with --deep only")
    row = registration(node)
    if isinstance(row, Verdict):
        return row
    connection = connections.find(node.id)
    if isinstance(connection, Unread):
        return unread(connection)
    seen = connection.evidence("Status")
    match connection.status.casefold():
        case "connected":
            return passed("SESSION_CHANNEL_OPEN", "the agent holds its session channel open", seen)
        case "notconnected":
            return too_early(node, context) or failed(
                "SESSION_CHANNEL_CLOSED",
                "the agent holds no session channel open: no sessions, and no commands but "
                "through ec2messages",
                seen,
                row.evidence("PingStatus"),
                blockers=(Blocker(node.id, "its agent has no channel to ssmmessages"),),
            )
        case "":
            return unread(Unread(connection.call, NOT_RECORDED, f"Status of {node.id}"))
        case _:
            return undecidable(
                "CONNECTION_STATUS_UNRECOGNIZED",
                f"connection status {connection.status!r} is none this version knows",
                seen,
                settled_by=f"Status of {ConnectionStatus.call}",
            )
