"""What a name leads to as destinations: the ENIs of an endpoint, the addresses of a record."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Final

from inventory.facts import NetworkInterface, Unread
from inventory.facts.dns import HostedZoneRecords
from inventory.facts.network import VpcEndpoint
from policies.network.reachability.addresses import AddressSet, Family, MalformedAddressError
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts
from policies.network.reachability.endpoint_names import address_of, offers
from policies.network.reachability.endpoint_states import is_available, not_serving
from policies.network.reachability.flow import Client, Destination, HostName
from policies.network.reachability.network import Network

#: The records that an endpoint's DnsRecordIpType makes (EP11); older answers have none. By
#: ``service-defined`` names of the endpoint's own may have AAAA records that private ones have not.
_BY_SERVICE: Final = "service-defined"
_RECORDS: Final[Mapping[str, frozenset[Family]]] = {
    "": frozenset(Family),
    "ipv4": frozenset({Family.V4}),
    "ipv6": frozenset({Family.V6}),
    "dualstack": frozenset(Family),
    _BY_SERVICE: frozenset(Family),
}


@dataclasses.dataclass(frozen=True)
class Target:
    """One ENI or address, or the stage that says why it cannot be a destination.

    ``endpoint`` is the one whose ENI it is, ``None`` where it is not known to be any's; then
    ``doubt`` says what is not known about it.
    """

    endpoint: VpcEndpoint | None
    destination: Destination | Stage
    doubt: Stage | None = None

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What is told of it before any way there: an endpoint has to serve (EP1, D24)."""
        state = None if self.endpoint is None else not_serving(self.endpoint)
        return tuple(stage for stage in (self.doubt, state) if stage is not None)


def endpoint_targets(
    network: Network, client: Client, endpoint: VpcEndpoint, host: HostName
) -> tuple[Target, ...]:
    """One target for each ENI, in id order; at least one."""
    if not endpoint.network_interface_ids:
        gap = Doubt.malformed(endpoint.call, endpoint.id, "NetworkInterfaceIds is empty")
        return (Target(endpoint, doubts(Hop.DELIVERY, gap)),)
    return tuple(
        Target(endpoint, _destination(network, client, endpoint, interface_id, host))
        for interface_id in sorted(endpoint.network_interface_ids)
    )


def address_target(network: Network, client: Client, address: str, host: HostName) -> Target:
    """An address out of a hosted zone: it serves for certain only as an endpoint's ENI (D22)."""
    try:
        addresses = AddressSet.address(address)
    except MalformedAddressError as error:
        gap = Doubt.malformed(HostedZoneRecords.call, f"{host.name} {address}", str(error))
        return Target(None, doubts(Hop.NAME, gap))
    holders = _holders(network, client, addresses, host)
    if len(holders) == 1 and holders[0][0] is not None:
        endpoint, interface = holders[0]
        return Target(endpoint, _at(interface, endpoint, addresses, host))
    detail = f"{host.name} leads to {address}, which no endpoint for it is known to hold"
    settled_by = f"what answers at {address}"
    doubt = doubts(Hop.NAME, Doubt.outside("ZONE_TARGET_UNSEEN", client.vpc_id, detail, settled_by))
    if len(holders) == 1:
        return Target(None, _at(holders[0][1], None, addresses, host), doubt)
    label = f"{address} ({host.name})"
    service = host.labels[0]
    return Target(None, Destination(label, addresses, groups=None, service=service), doubt)


def _at(
    interface: NetworkInterface,
    endpoint: VpcEndpoint | None,
    addresses: AddressSet,
    host: HostName,
) -> Destination:
    owner = endpoint.id if endpoint is not None else host.name
    return Destination(
        label=f"{owner} {interface.id} {addresses}",
        addresses=addresses,
        groups=frozenset(group.group_id for group in interface.groups),
        interface=interface,
        endpoint=endpoint,
        service=host.labels[0],
    )


_Holder = tuple[VpcEndpoint | None, NetworkInterface]


def _holders(
    network: Network, client: Client, addresses: AddressSet, host: HostName
) -> tuple[_Holder, ...]:
    """Who holds an address: an ENI of the client's VPC, else endpoints for the name elsewhere.

    Blocks of several VPCs may overlap: more than one holder leaves it open which one is meant.
    """
    text = addresses.witness
    local = network.interface_at(client.vpc_id, text)
    if not isinstance(local, Unread):
        endpoint = network.endpoint_with(local.id)
        return ((endpoint if endpoint and offers(endpoint, host) else None, local),)
    elsewhere = network.once(("holders", host), lambda: _endpoints_by_address(network, host))
    return elsewhere.get(text, ())


def _endpoints_by_address(network: Network, host: HostName) -> Mapping[str, tuple[_Holder, ...]]:
    endpoints = network.interface_endpoints()
    found: dict[str, tuple[_Holder, ...]] = {}
    for endpoint in () if isinstance(endpoints, Unread) else endpoints:
        if not offers(endpoint, host) or not is_available(endpoint):
            continue
        for interface_id in endpoint.network_interface_ids:
            interface = network.interface(interface_id, endpoint.vpc_id)
            if isinstance(interface, Unread):
                continue
            for family in Family:
                address = address_of(interface, family)
                if address:
                    found[address] = (*found.get(address, ()), (endpoint, interface))
    return found


def _destination(
    network: Network, client: Client, endpoint: VpcEndpoint, interface_id: str, host: HostName
) -> Destination | Stage:
    interface = network.interface(interface_id, endpoint.vpc_id)
    if isinstance(interface, Unread):
        return doubts(Hop.DELIVERY, Doubt.unread(interface, f"{endpoint.id} {interface_id}"))
    given = endpoint.dns_options.dns_record_ip_type.casefold() if endpoint.dns_options else ""
    families = _RECORDS.get(given)
    if families is None or (given == _BY_SERVICE and client.family is Family.V6):
        return doubts(Hop.NAME, _records_unknown(endpoint, host, given))
    address = address_of(interface, client.family)
    if client.family not in families or not address:
        return _without_record(network, client, endpoint, host)
    try:
        addresses = AddressSet.address(address)
    except MalformedAddressError as error:
        return doubts(Hop.DELIVERY, Doubt.malformed(interface.call, interface_id, str(error)))
    groups = frozenset(group.group_id for group in interface.groups or endpoint.groups)
    return Destination(
        label=f"{endpoint.id} {interface_id} {address}",
        addresses=addresses,
        groups=groups,
        interface=interface,
        endpoint=endpoint,
        service=host.labels[0],
    )


def _records_unknown(endpoint: VpcEndpoint, host: HostName, given: str) -> Doubt:
    detail = f"{endpoint.id} has {given} DNS records: which addresses {host.name} gets is not shown"
    settled_by = f"what the VPC's resolver answers for {host.name}"
    return Doubt.outside("DNS_OPTIONS", endpoint.id, detail, settled_by)


def _without_record(
    network: Network, client: Client, endpoint: VpcEndpoint, host: HostName
) -> Stage:
    family = client.family
    code = "ENDPOINT_NO_A_RECORD" if family is Family.V4 else "IPV6_ONLY_NO_AAAA"
    detail = f"{endpoint.id} gives {host.name} no IPv{family.value} address"
    subnet = network.subnet(client.subnet_id)
    has_dns64 = not isinstance(subnet, Unread) and subnet.enable_dns64
    if family is Family.V6 and has_dns64:
        settled_by = f"whether DNS64 of {client.subnet_id} covers the names of {endpoint.id}"
        return doubts(Hop.NAME, Doubt.outside(code, endpoint.id, detail, settled_by))
    evidence = (endpoint.evidence("IpAddressType"), endpoint.evidence("DnsOptions"))
    return blocks(Hop.NAME, code, endpoint.id, detail, *evidence)
