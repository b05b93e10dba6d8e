"""Whether an instance that was listed as running still ran when its status was read (T-18)."""

from __future__ import annotations

from inventory.facts import Node, Unread
from policies.control import Verdict, unread


def gone_meanwhile(node: Node) -> Verdict | None:
    """Unknown ``CHANGED_DURING_COLLECTION`` where EC2 no longer reports the instance as running.

    DescribeInstanceStatus tells of running instances only (R-9.2), so that a complete answer
    without the node is a second reading of its state: Auto Scaling or Spot took it away, and a
    silent agent is no defect. ``None`` where the answer has the node, or was not read.
    """
    row = node.region.instance_statuses.find(node.id)
    return unread(row) if isinstance(row, Unread) and row.has_vanished else None
