"""The hosts that an agent has to reach, by Region, partition and agent version (H1-H3, D17)."""

from __future__ import annotations

import dataclasses
import re
from enum import StrEnum
from typing import Final

from inventory.facts import ManagedNode, Node, Unread
from policies.dhmc.agent_version import Version
from policies.dhmc.agent_version import agent_version as version_in
from policies.iam.agent_actions import has_ec2messages

#: From here on an agent stops ec2messages once its ssmmessages channel stands (D17, 2.4.1).
PREFERS_SSMMESSAGES: Final[Version] = (3, 3, 40, 0)
#: Before this one commands only ever came over ec2messages (D17).
KNOWS_SSMMESSAGES: Final[Version] = (3, 1, 821, 0)
#: The first agent that can be set to dual-stack names (R-4.4, D28).
KNOWS_DUAL_STACK: Final[Version] = (3, 3, 3270, 0)

_SUFFIXES: Final = {
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-eusc": "amazonaws.eu",
}
_OLD_WINDOWS: Final = re.compile(r"Windows Server (2003|2008|2012)", re.IGNORECASE)


class Need(StrEnum):
    """How much the agent needs a host."""

    REQUIRED = "required"
    ADVISORY = "advisory"


@dataclasses.dataclass(frozen=True)
class AgentHost:
    """A host by its default name: FIPS and dual-stack names are the agent's own setting (D30)."""

    service: str
    name: str
    need: Need


def agent_hosts(node: Node) -> tuple[AgentHost, ...]:
    """``ssm`` and ``ssmmessages`` always; ``ec2messages`` as far as the agent needs it."""
    names = {"ssm": Need.REQUIRED, "ssmmessages": Need.REQUIRED}
    need = _need_of_ec2messages(node)
    if need is not None:
        names["ec2messages"] = need
    suffix = _SUFFIXES.get(node.partition, "amazonaws.com")
    return tuple(
        AgentHost(service, f"{service}.{node.region.name}.{suffix}", need)
        for service, need in names.items()
    )


def agent_version(node: Node) -> Version | None:
    """The version the node last reported; ``None`` = not registered, not read or not a version."""
    row = _managed_node(node)
    return None if row is None else version_in(row.agent_version)


def _need_of_ec2messages(node: Node) -> Need | None:
    """D17: needed by old agents, never by new ones, unknown or in between at most advisory.

    A Region without the service asks for nothing (H1); there AGENT-01 judges the version.
    """
    if not has_ec2messages(node.region.name):
        return None
    version = agent_version(node)
    if version is None:
        return Need.ADVISORY
    if version < KNOWS_SSMMESSAGES:
        return Need.REQUIRED
    row = _managed_node(node)
    never_stops = row is not None and _OLD_WINDOWS.search(row.platform_name)
    if version < PREFERS_SSMMESSAGES or never_stops:
        return Need.ADVISORY
    return None


def _managed_node(node: Node) -> ManagedNode | None:
    row = node.region.managed_nodes.find(node.id)
    return None if isinstance(row, Unread) else row
