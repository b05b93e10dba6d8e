"""What a host name stands for in a VPC: its interface endpoints, or public addresses."""

from __future__ import annotations

import dataclasses
import ipaddress
from typing import Final

from inventory.facts import Evidence, Unread
from inventory.facts.network import DhcpOptions, Vpc, VpcAttributes, VpcEndpoint
from policies.control import Gap, Missing
from policies.network.reachability.answer import (
    Doubt,
    Hop,
    Mark,
    Stage,
    Way,
    blocks,
    doubts,
    passes,
)
from policies.network.reachability.endpoint_states import GONE, is_available, unreadable_state
from policies.network.reachability.flow import HostName
from policies.network.reachability.network import Network

_AMAZON: Final = frozenset({"amazonprovideddns", "169.254.169.253", "fd00:ec2::253"})


@dataclasses.dataclass(frozen=True)
class Dormant:
    """An endpoint of the VPC for the name that the name does not resolve to, and why.

    ``may_answer``: what is known leaves it possible that the name leads there all the same.
    """

    endpoint: VpcEndpoint
    stage: Stage
    may_answer: bool


@dataclasses.dataclass(frozen=True)
class Resolution:
    """What the name stands for.

    ``way`` is ENDPOINT (``endpoints`` answer), PUBLIC, ANYWHERE (not known) or NOWHERE (it does
    not resolve). ``dormant`` endpoints explain, and may mend, a public path that is blocked.
    """

    way: Way
    stages: tuple[Stage, ...]
    endpoints: tuple[VpcEndpoint, ...] = ()
    dormant: tuple[Dormant, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Attributes:
    """The VPC's two DNS attributes; ``hostnames`` is ``None`` where it was not read."""

    fact: VpcAttributes
    hostnames: bool | None


def resolve(network: Network, vpc_id: str, host: HostName, *, nitro: bool | None) -> Resolution:
    """Resolve a name as the VPC's resolver does (network.md 2.7; D21, D22).

    Private hosted zones, resolver rules and DNS Firewall are not collected; the evidence says so.
    """
    key = ("resolution", vpc_id, host, nitro)
    return network.once(key, lambda: _resolve(network, vpc_id, host, nitro))


def _resolve(network: Network, vpc_id: str, host: HostName, nitro: bool | None) -> Resolution:
    vpc = network.region.vpcs.find(vpc_id)
    if isinstance(vpc, Unread):
        return _unknown(doubts(Hop.NAME, Doubt.unread(vpc, vpc_id)))
    server = _foreign_server(network, vpc, nitro)
    if server is not None and server.mark is Mark.BLOCK:
        return Resolution(Way.NOWHERE, (server,))
    fact = network.region.vpc_attributes.find(vpc_id)
    support = _support(fact, vpc_id)
    if server is None and support is not None and support.mark is Mark.BLOCK:
        return Resolution(Way.NOWHERE, (support,))
    endpoints = network.interface_endpoints()
    listing = (
        doubts(Hop.NAME, Doubt.unread(endpoints, vpc_id)) if isinstance(endpoints, Unread) else None
    )
    gaps = [stage for stage in (server, support, listing) if stage is not None]
    if gaps or isinstance(fact, Unread) or isinstance(endpoints, Unread):
        return _unknown(*gaps)
    offering = tuple(
        one
        for one in endpoints
        if one.vpc_id == vpc_id and offers(one, host) and one.state.casefold() not in GONE
    )
    return _among(network, vpc, _Attributes(fact, fact.enable_dns_hostnames), host, offering)


def _support(fact: VpcAttributes | Unread, vpc_id: str) -> Stage | None:
    """What keeps Amazon's resolver from answering; ``None`` where enableDnsSupport is true."""
    if isinstance(fact, Unread):
        return doubts(Hop.NAME, Doubt.unread(fact, vpc_id))
    if fact.enable_dns_support is None:
        gap = Unread(fact.call, "NOT_RECORDED", f"enableDnsSupport of {vpc_id}")
        return doubts(Hop.NAME, Doubt.unread(gap, vpc_id))
    if fact.enable_dns_support:
        return None
    detail = f"enableDnsSupport of {vpc_id} is false: no name resolves"
    evidence = fact.evidence("EnableDnsSupport")
    return blocks(Hop.NAME, "DNS_SUPPORT_OFF", vpc_id, detail, evidence)


def offers(endpoint: VpcEndpoint, host: HostName) -> bool:
    """Whether the endpoint is for that name: by its DnsEntries, which list the private names.

    Without private DNS (and in older answers) only the endpoint's own names are listed; then the
    service name's last two labels decide (EP2, D22, R-3.2).
    """
    listed = {entry.dns_name.casefold().rstrip(".") for entry in endpoint.dns_entries}
    if any(not name.startswith(("vpce-", "*.")) for name in listed):
        return ".".join(host.labels) in listed
    return endpoint.service_name.casefold().split(".")[-2:] == [*reversed(host.labels[:2])]


def _among(
    network: Network,
    vpc: Vpc,
    attributes: _Attributes,
    host: HostName,
    offering: tuple[VpcEndpoint, ...],
) -> Resolution:
    for endpoint in offering:
        unreadable = _unreadable(endpoint, attributes)
        if unreadable is not None:
            return _unknown(doubts(Hop.NAME, unreadable))
    answering = [
        one
        for one in offering
        if one.private_dns_enabled and attributes.hostnames and is_available(one)
    ]
    if answering:
        return Resolution(
            Way.ENDPOINT, (_resolves_to(host, answering, attributes.fact),), tuple(answering)
        )
    if not network.is_collected(vpc.owner_id):
        detail = f"{vpc.id} belongs to account {vpc.owner_id}, whose endpoints were not collected"
        settled_by = f"{VpcEndpoint.call} in account {vpc.owner_id}"
        doubt = Doubt.outside("OWNER_NOT_COLLECTED", vpc.id, detail, settled_by)
        return _unknown(doubts(Hop.NAME, doubt))
    dormant = tuple(_dormant(one, attributes) for one in offering)
    unsettled = [one for one in dormant if one.may_answer and one.endpoint.private_dns_enabled]
    if unsettled:
        return Resolution(Way.PUBLIC, (_unsettled(host, unsettled[0]),), (), dormant)
    detail = f"{host.name} resolves to public addresses"
    stage = passes(
        Hop.NAME,
        vpc.id,
        detail,
        attributes.fact.evidence("EnableDnsSupport"),
        _not_looked_at(vpc.id),
    )
    return Resolution(Way.PUBLIC, (stage,), (), dormant)


def _unsettled(host: HostName, dormant: Dormant) -> Stage:
    """The name may lead to the endpoint or not: its state is a passing or an unread one."""
    if dormant.stage.mark is Mark.UNKNOWN:
        return dormant.stage
    endpoint = dormant.endpoint
    detail = f"{host.name} may still, or already, resolve to {endpoint.id} ({endpoint.state})"
    settled_by = f"{endpoint.call} once {endpoint.id} is available or deleted"
    doubt = Doubt.outside("ENDPOINT_STATE", endpoint.id, detail, settled_by)
    return doubts(Hop.NAME, doubt, endpoint.evidence("State"))


def _unreadable(endpoint: VpcEndpoint, attributes: _Attributes) -> Doubt | None:
    """What has to be known about an endpoint before anything follows from it."""
    if endpoint.private_dns_enabled is None:
        problem = "PrivateDnsEnabled is not recorded"
        return Doubt.malformed(endpoint.call, endpoint.id, problem)
    if attributes.hostnames is None:
        gap = Unread(
            attributes.fact.call, "NOT_RECORDED", f"enableDnsHostnames of {attributes.fact.id}"
        )
        return Doubt.unread(gap, attributes.fact.id)
    options = endpoint.dns_options
    if options and options.private_dns_only_for_inbound_resolver_endpoint:
        detail = f"{endpoint.id} gives its private name to inbound resolver endpoints only"
        return Doubt.outside(
            "DNS_OPTIONS", endpoint.id, detail, f"what the VPC's resolver answers for {endpoint.id}"
        )
    return None


def _dormant(endpoint: VpcEndpoint, attributes: _Attributes) -> Dormant:
    evidence = (endpoint.evidence("PrivateDnsEnabled"), endpoint.evidence("State"))
    vpc = attributes.fact
    if not attributes.hostnames:
        detail = f"enableDnsHostnames of {vpc.id} is false: {endpoint.id} has no private name"
        quoted = vpc.evidence("EnableDnsHostnames")
        stage = blocks(Hop.NAME, "DNS_ATTRIBUTE_OFF", vpc.id, detail, quoted, *evidence)
        return Dormant(endpoint, stage, may_answer=False)
    unreadable = unreadable_state(endpoint)
    if unreadable is not None:
        return Dormant(endpoint, doubts(Hop.NAME, unreadable, *evidence), may_answer=True)
    if not is_available(endpoint):
        detail = f"{endpoint.id} is {endpoint.state}, not available"
        stage = blocks(Hop.NAME, "ENDPOINT_STATE", endpoint.id, detail, *evidence)
        return Dormant(endpoint, stage, may_answer=bool(endpoint.private_dns_enabled))
    detail = f"{endpoint.id} has private DNS off; only a private hosted zone could lead to it"
    settled_by = f"route53:ListHostedZonesByVPC for {vpc.id}"
    missing = Missing(Gap.UNREAD, settled_by)
    doubt = Doubt("PRIVATE_ZONE_UNREAD", endpoint.id, detail, missing)
    return Dormant(endpoint, doubts(Hop.NAME, doubt, *evidence), may_answer=True)


def _resolves_to(host: HostName, endpoints: list[VpcEndpoint], attributes: VpcAttributes) -> Stage:
    """Every client of the VPC gets these, with no way back to public addresses (EP6)."""
    names = ", ".join(one.id for one in endpoints)
    evidence = [one.evidence(path) for one in endpoints for path in ("State", "PrivateDnsEnabled")]
    return passes(
        Hop.NAME,
        endpoints[0].id,
        f"{host.name} resolves to {names}",
        *evidence,
        attributes.evidence("EnableDnsHostnames"),
        _not_looked_at(attributes.id),
    )


def _not_looked_at(vpc_id: str) -> Evidence:
    return Evidence(
        resource=vpc_id,
        path="private hosted zones, resolver rules, DNS Firewall",
        value="not looked at",
        call="route53:ListHostedZonesByVPC",
    )


def _unknown(*gaps: Stage) -> Resolution:
    return Resolution(Way.ANYWHERE, gaps)


def _foreign_server(network: Network, vpc: Vpc, nitro: bool | None) -> Stage | None:
    """What the VPC's DHCP options put in the place of Amazon's resolver; ``None`` = nothing."""
    if vpc.dhcp_options_id.casefold() == "default":
        return _without_options(vpc, nitro)
    options = network.region.dhcp_options.find(vpc.dhcp_options_id)
    if isinstance(options, Unread):
        return doubts(Hop.NAME, Doubt.unread(options, f"{vpc.id} {vpc.dhcp_options_id}"))
    if not options.domain_name_servers:
        return _without_options(vpc, nitro)
    foreign = [one for one in options.domain_name_servers if not _is_amazons(one, vpc)]
    if not foreign:
        return None
    detail = f"{vpc.id} resolves names at {', '.join(sorted(foreign))}"
    settled_by = f"what the DNS servers {', '.join(sorted(foreign))} answer"
    doubt = Doubt.outside("DNS_CUSTOM_SERVER", options.id, detail, settled_by)
    return doubts(Hop.NAME, doubt, _quote(options))


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
