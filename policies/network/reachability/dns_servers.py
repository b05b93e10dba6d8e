"""Which servers a VPC hands out for names, and whether they can be asked (2.7, 1; D21)."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Callable
from typing import Final

from inventory.facts import Evidence, Unread
from inventory.facts.network import DhcpOptions, Vpc
from policies.control import Gap, Missing
from policies.network.reachability.addresses import AddressSet, MalformedAddressError
from policies.network.reachability.answer import Answer, Doubt, Hop, Reach, Stage, blocks, doubts
from policies.network.reachability.flow import Client, Flow
from policies.network.reachability.network import Network
from policies.network.reachability.protocols import Protocol
from policies.network.reachability.resolution import noted

_AMAZON: Final = frozenset({"amazonprovideddns", "169.254.169.253", "fd00:ec2::253"})
_PORT: Final = 53


@dataclasses.dataclass(frozen=True)
class Servers:
    """Who answers a VPC's queries.

    ``foreign`` are the servers that are not Amazon's. ``stage`` is what follows: ``None`` where
    Amazon's resolver answers, a block without any server, else what is not known (or assumed).
    """

    stage: Stage | None = None
    foreign: tuple[str, ...] = ()
    has_amazons: bool = False


def servers_of(network: Network, vpc: Vpc, nitro: bool | None) -> Servers:
    """The servers by the VPC's DHCP options."""
    if vpc.dhcp_options_id.casefold() == "default":
        return Servers(_without_options(vpc, nitro))
    options = network.dhcp_options(vpc.dhcp_options_id, vpc.id)
    if isinstance(options, Unread):
        place = f"{vpc.id} {vpc.dhcp_options_id}"
        return Servers(doubts(Hop.NAME, Doubt.unread(options, place)))
    handed_out = options.domain_name_servers
    if not handed_out:
        return Servers(_without_options(vpc, nitro))
    foreign = tuple(sorted(one for one in handed_out if not _is_amazons(one, vpc)))
    if not foreign:
        return Servers()
    told = f"{vpc.id} resolves names at {', '.join(foreign)}"
    if network.assumed_servers.issuperset(foreign):
        detail = f"{told}, taken to answer as Amazon's would"
        stage = noted(options.id, detail, "ASSUMED_DNS")
    else:
        settled_by = f"what the DNS servers {', '.join(foreign)} answer"
        doubt = Doubt.outside("DNS_CUSTOM_SERVER", options.id, told, settled_by)
        stage = doubts(Hop.NAME, doubt, _quote(options))
    return Servers(stage, foreign, has_amazons=len(foreign) < len(handed_out))


def out_of_reach(
    network: Network, client: Client, servers: Servers, reach: Callable[[Network, Flow], Reach]
) -> tuple[Stage, ...]:
    """What keeps the client from each of its servers; nothing unless it can ask none of them.

    Groups and ACLs filter queries to any server but Amazon's (SG12). Names are asked for over
    UDP; TCP serves answers that are too long, so its being closed alone settles nothing.
    """
    if servers.has_amazons or not servers.foreign:
        return ()
    stages: list[Stage] = []
    for server in servers.foreign:
        try:
            address = AddressSet.address(server)
        except MalformedAddressError:
            return ()
        found = reach(network, Flow(client, address, port=_PORT, protocol=Protocol.UDP))
        if found.answer is not Answer.NOT_REACHABLE:
            return ()
        stages += [_unreachable(server, stage) for stage in found.blockers]
    return tuple(stages)


def _unreachable(server: str, stage: Stage) -> Stage:
    detail = f"DNS server {server} cannot be asked: {stage.detail}"
    return blocks(Hop.NAME, "DNS_SERVER_UNREACHABLE", stage.component, detail, *stage.evidence)


def _without_options(vpc: Vpc, nitro: bool | None) -> Stage | None:
    """No server is handed out: Nitro has Amazon's at a fixed address, Xen has none (D21)."""
    evidence = vpc.evidence("DhcpOptionsId")
    detail = f"{vpc.id} hands out no DNS server"
    if nitro is None:
        settled_by = "the hypervisor of the instance type (ec2:DescribeInstanceTypes)"
        doubt = Doubt("DNS_NO_SERVER", vpc.id, detail, Missing(Gap.UNREAD, settled_by))
        return doubts(Hop.NAME, doubt, evidence)
    if nitro:
        return None
    return blocks(Hop.NAME, "DNS_NO_SERVER", vpc.id, detail, evidence)


def _is_amazons(server: str, vpc: Vpc) -> bool:
    """AmazonProvidedDNS, its fixed addresses, or the primary block's base plus two (2.7, 1)."""
    if server.casefold() in _AMAZON:
        return True
    try:
        return ipaddress.ip_address(server) == ipaddress.ip_network(vpc.cidr_block)[2]
    except (ValueError, IndexError):
        return False


def _quote(options: DhcpOptions) -> Evidence:
    return Evidence(
        resource=options.id,
        path="DhcpConfigurations",
        value=list(options.domain_name_servers),
        call=options.call,
    )
