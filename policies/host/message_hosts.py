"""How much a node needs each service's host, by what else of it works (2.4, R-4.1, D17)."""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

from inventory.facts import Node, Unread
from policies.control import Context
from policies.host.agent import agent_version
from policies.iam.agent_actions import has_ec2messages

_OLD_WINDOWS: Final = re.compile(r"Windows Server (2003|2008|2012)", re.IGNORECASE)


class Weight(IntEnum):
    """What it means that a host cannot be reached, least first."""

    NOTHING = 0
    WARNING = 1
    NO_COMMANDS = 2
    NOT_MANAGED = 3


def weight_of(service: str, node: Node, context: Context, *, ec2messages_works: bool) -> Weight:
    """The weight of a service's host.

    ``ssm`` carries the heartbeat. Without ssmmessages there are no sessions, and commands only
    where ec2messages works. S3 is what updates come from (R-4.5); all others are for features.
    """
    match service:
        case "ssm":
            return Weight.NOT_MANAGED
        case "ssmmessages":
            return Weight.WARNING if ec2messages_works else Weight.NO_COMMANDS
        case "ec2messages":
            return _weight_of_ec2messages(node, context)
        case "s3":
            return Weight.WARNING
        case _:
            return Weight.NOTHING


def _weight_of_ec2messages(node: Node, context: Context) -> Weight:
    """D17: old agents take commands from nowhere else, new ones do without, others may need it."""
    parameters = context.parameters
    if not has_ec2messages(node.region.name, parameters.regions_without_ec2messages):
        return Weight.NOTHING
    version, releases = agent_version(node), parameters.agent_releases
    if version is None:
        return Weight.WARNING
    if version < releases.ssmmessages_commands:
        return Weight.NO_COMMANDS
    if version < releases.ec2messages_left or _never_leaves_it(node):
        return Weight.WARNING
    return Weight.NOTHING


def _never_leaves_it(node: Node) -> bool:
    row = node.region.managed_nodes.find(node.id)
    return not isinstance(row, Unread) and bool(_OLD_WINDOWS.search(row.platform_name))
