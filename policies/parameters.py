"""What users may set: the thresholds and choices of the built-in controls (D13, D24, D30)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum

from policies.dhmc.agent_version import Version
from policies.reference import (
    DEFAULT_RELEASES,
    NO_SYSTEMS,
    REGIONS_WITHOUT_EC2MESSAGES,
    AgentReleases,
    ImageKind,
    OperatingSystems,
)

#: The first and the last port.
PortRange = tuple[int, int]


class Topic(StrEnum):
    """What an assumption is about: its key in parameters.yaml."""

    SCP = "scp"
    EGRESS = "egress"
    DNS = "dns"
    PROXY = "proxies"


@dataclasses.dataclass(frozen=True)
class Assumption:
    """The user's own word for what AWS does not show: who gives it, and why (design 4).

    ``setting`` is the line of parameters.yaml, ``scp: allow``; ``accounts`` holds the account ids
    it is meant for, empty for every account. ``names`` are the gateways that lead to the internet
    (``egress``), the servers that answer as Amazon's would (``dns``) or the proxy that reaches the
    agent's hosts.
    """

    setting: str
    owner: str
    reason: str
    accounts: tuple[str, ...] = ()
    topic: Topic = Topic.SCP
    names: tuple[str, ...] = ()

    def covers(self, account: str) -> bool:
        """Whether it is meant for that account."""
        return not self.accounts or account in self.accounts


@dataclasses.dataclass(frozen=True)
class Proxy:
    """A proxy that agents use, which no AWS API shows (H8, R-5.9).

    ``address`` is an IP address. ``vpcs``, ``tags`` and ``accounts`` say whose agents use it: all
    that are given have to fit, one VPC, one account and every tag; none given = every node's.
    """

    address: str
    port: int
    owner: str
    reason: str
    vpcs: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    accounts: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """``10.0.0.5:3128``, ``[fd00::5]:3128``."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"

    @property
    def word(self) -> Assumption:
        """What the user says about the part of the way that lies behind it."""
        setting = f"{Topic.PROXY}: {self.place}"
        return Assumption(
            setting, self.owner, self.reason, self.accounts, Topic.PROXY, (self.place,)
        )

    def covers(self, account: str, vpc_id: str, tags: Mapping[str, str]) -> bool:
        """Whether the agents of such an instance use it."""
        if self.accounts and account not in self.accounts:
            return False
        if self.vpcs and vpc_id not in self.vpcs:
            return False
        return all(tags.get(key) == value for key, value in self.tags)


@dataclasses.dataclass(frozen=True)
class Parameters:
    """Defaults are the decisions' own numbers; a value in use is recorded with the run.

    ``clock_tolerance`` is how far an AWS time may lie ahead of the snapshot's (reading an account
    takes a while). ``endpoint_placement``: ``any`` (an endpoint anywhere in the VPC serves),
    ``zone`` or ``subnet``. ``dhmc_profile_may_serve``: accept a sufficient profile under DHMC (D3).
    ``scp_allow``: in which accounts the organization's policies that nobody could read are
    assumed to allow what the nodes need. ``assumed_egress`` and ``assumed_dns``: gateways that lead
    to the internet, DNS servers that answer as Amazon's would. ``proxies``: the first that covers a
    node counts. ``network_hosts``: ``default``, ``fips`` or ``dual_stack``, the names that the
    agents are set to (H3, H4). ``linux_ports`` and ``windows_ports``: first and last of the ports
    that systems send from, ``None`` for what they are delivered with (NA7, D26).
    ``agent_floor``: older agents are a warning, whatever it is (D18); what a version really cannot
    do is ``agent_releases``'s to say. The last four are dated reference data.
    """

    clock_tolerance: timedelta = timedelta(minutes=15)
    ping_fresh: timedelta = timedelta(minutes=15)
    launch_grace: timedelta = timedelta(minutes=10)
    launch_patience: timedelta = timedelta(minutes=60)
    profile_grace: timedelta = timedelta(minutes=30)
    endpoint_placement: str = "any"
    dhmc_profile_may_serve: bool = False
    scp_allow: tuple[Assumption, ...] = ()
    assumed_egress: tuple[Assumption, ...] = ()
    assumed_dns: tuple[Assumption, ...] = ()
    proxies: tuple[Proxy, ...] = ()
    network_hosts: str = "default"
    linux_ports: PortRange | None = None
    windows_ports: PortRange | None = None
    agent_floor: Version = DEFAULT_RELEASES.floor
    agent_releases: AgentReleases = DEFAULT_RELEASES
    regions_without_ec2messages: frozenset[str] = REGIONS_WITHOUT_EC2MESSAGES
    operating_systems: OperatingSystems = NO_SYSTEMS
    image_kinds: tuple[ImageKind, ...] = ()

    def scp_assumption(self, account: str) -> Assumption | None:
        """The first assumption about unread organization policies that covers the account."""
        return next((one for one in self.scp_allow if one.covers(account)), None)

    def assumptions(self, account: str) -> tuple[Assumption, ...]:
        """All that the user vouches for in an account, the organization's policies first."""
        organization = self.scp_assumption(account)
        network = (*self.assumed_egress, *self.assumed_dns)
        return (
            *(() if organization is None else (organization,)),
            *(one for one in network if one.covers(account)),
        )

    def proxy_of(self, account: str, vpc_id: str, tags: Mapping[str, str]) -> Proxy | None:
        """The first declared proxy that covers such an instance."""
        covering = (one for one in self.proxies if one.covers(account, vpc_id, tags))
        return next(covering, None)


def names_about(topic: Topic, words: Iterable[Assumption]) -> frozenset[str]:
    """What the words on a topic name: gateways, servers, proxies."""
    return frozenset(name for one in words if one.topic is topic for name in one.names)
