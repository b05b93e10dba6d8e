"""The hosts that an agent has to reach, by Region, partition and agent version (H1-H3, D17)."""

from __future__ import annotations

import dataclasses
import functools
import re
from enum import StrEnum
from typing import Final

from inventory.facts import Evidence, ManagedNode, Node, Unread
from inventory.facts.node import partition_of
from policies.dhmc.agent_version import Version
from policies.dhmc.agent_version import agent_version as version_in
from policies.iam.agent_actions import has_ec2messages
from policies.parameters import Parameters

#: The settings that decide how a node asks the network, and which names it asks for.
SENDING_SETTINGS: Final = (
    "network.ephemeral_ports.linux",
    "network.ephemeral_ports.windows",
    "proxies",
)
PATH_SETTINGS: Final = ("network.hosts", *SENDING_SETTINGS)
_SUFFIXES: Final = {
    "aws-cn": "amazonaws.com.cn",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-f": "csp.hci.ic.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-eusc": "amazonaws.eu",
}
_DUAL_STACK_SUFFIXES: Final = {
    "aws": "api.aws",
    "aws-us-gov": "api.aws",
    "aws-cn": "api.amazonwebservices.com.cn",
}
#: Where FIPS names exist (2.4.2); elsewhere an agent has nothing to be set to.
_FIPS_REGIONS: Final = frozenset(
    {
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ca-central-1",
        "ca-west-1",
        "us-gov-east-1",
        "us-gov-west-1",
    }
)
_DEFAULTS: Final = Parameters()
_UNSEEN: Final = "the agent's own configuration is not visible (D30)"
_OLD_WINDOWS: Final = re.compile(r"Windows Server (2003|2008|2012)", re.IGNORECASE)


class Need(StrEnum):
    """How much the agent needs a host."""

    REQUIRED = "required"
    ADVISORY = "advisory"


class HostSet(StrEnum):
    """Which names an agent is set to: its own setting, which AWS does not show (H3, H4, D30)."""

    DEFAULT = "default"
    FIPS = "fips"
    DUAL_STACK = "dual_stack"


@dataclasses.dataclass(frozen=True)
class AgentHost:
    """A host by the name of the set that the agent is taken to use."""

    service: str
    name: str
    need: Need
    host_set: HostSet = HostSet.DEFAULT

    @functools.cached_property
    def evidence(self) -> Evidence:
        """Which set was taken, and that nobody saw it (D30)."""
        told = f"{self.host_set}: {_UNSEEN}"
        return Evidence(
            resource=self.name, path="network.hosts", value=told, call="parameters.yaml"
        )


def agent_hosts(node: Node, parameters: Parameters = _DEFAULTS) -> tuple[AgentHost, ...]:
    """``ssm`` and ``ssmmessages`` always; ``ec2messages`` as far as the agent needs it."""
    need, host_set = _need_of_ec2messages(node, parameters), _host_set(node, parameters)
    return _hosts_in(node.region.name, need, host_set)


@functools.lru_cache(maxsize=1024)
def _hosts_in(
    region: str, need_of_ec2messages: Need | None, host_set: HostSet
) -> tuple[AgentHost, ...]:
    """One tuple for all agents that ask for the same: most of a fleet do."""
    needs = {"ssm": Need.REQUIRED, "ssmmessages": Need.REQUIRED}
    if need_of_ec2messages is not None:
        needs["ec2messages"] = need_of_ec2messages
    return tuple(
        AgentHost(service, _name(region, service, host_set), need, host_set)
        for service, need in needs.items()
    )


def host_of(node: Node, service: str, parameters: Parameters) -> AgentHost | None:
    """One of the node's hosts; ``None``: its agent does without the service."""
    hosts = agent_hosts(node, parameters)
    return next((one for one in hosts if one.service == service), None)


def _host_set(node: Node, parameters: Parameters) -> HostSet:
    """The wished set where the agent can have it, else the default one (R-4.4, 2.4.2)."""
    wished = HostSet(parameters.network_hosts)
    if wished is HostSet.FIPS and node.region.name in _FIPS_REGIONS:
        return wished
    knows_it = may_use_dual_stack(node, parameters) and node.partition in _DUAL_STACK_SUFFIXES
    return wished if wished is HostSet.DUAL_STACK and knows_it else HostSet.DEFAULT


def default_name(node: Node, service: str) -> str:
    """``s3.eu-central-1.amazonaws.com``: a service's own name in the node's Region (H3)."""
    return _default_name(node.region.name, service)


def _default_name(region: str, service: str) -> str:
    return f"{service}.{region}.{_SUFFIXES.get(partition_of(region), 'amazonaws.com')}"


def _name(region: str, service: str, host_set: HostSet) -> str:
    match host_set:
        case HostSet.FIPS:
            return _default_name(region, f"{service}-fips")
        case HostSet.DUAL_STACK:
            return f"{service}.{region}.{_DUAL_STACK_SUFFIXES[partition_of(region)]}"
        case HostSet.DEFAULT:
            return _default_name(region, service)


def may_use_dual_stack(node: Node, parameters: Parameters) -> bool:
    """Whether the agent could be set to names that have IPv6 addresses (D28, R-4.4)."""
    version = agent_version(node)
    return version is None or version >= parameters.agent_releases.dual_stack


def agent_version(node: Node) -> Version | None:
    """The version the node last reported; ``None`` = not registered, not read or not a version."""
    row = _managed_node(node)
    return None if row is None else version_in(row.agent_version)


def lost_version(node: Node) -> Unread | None:
    """Why nobody can say which version it has: that was asked for and not read.

    ``None`` for a version that is known, and for one that AWS does not know either: of that D17
    says what to make.
    """
    row = node.region.managed_nodes.find(node.id)
    return row if isinstance(row, Unread) and row.is_lost else None


def _need_of_ec2messages(node: Node, parameters: Parameters) -> Need | None:
    """D17: needed by old agents, never by new ones, unknown or in between at most advisory.

    A Region without the service asks for nothing (H1); there AGENT-01 judges the version.
    """
    if not has_ec2messages(node.region.name, parameters.regions_without_ec2messages):
        return None
    releases = parameters.agent_releases
    version = agent_version(node)
    if version is None:
        return Need.ADVISORY
    if version < releases.ssmmessages_commands:
        return Need.REQUIRED
    row = _managed_node(node)
    never_stops = row is not None and _OLD_WINDOWS.search(row.platform_name)
    if version < releases.ec2messages_left or never_stops:
        return Need.ADVISORY
    return None


def _managed_node(node: Node) -> ManagedNode | None:
    row = node.region.managed_nodes.find(node.id)
    return None if isinstance(row, Unread) else row
