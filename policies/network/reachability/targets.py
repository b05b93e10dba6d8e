"""The ENIs of an interface endpoint as destinations."""

from __future__ import annotations

import dataclasses

from inventory.facts import NetworkInterface, Unread
from inventory.facts.network import VpcEndpoint
from policies.network.reachability.addresses import AddressSet, Family, MalformedAddressError
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts
from policies.network.reachability.flow import Client, Destination, HostName
from policies.network.reachability.network import Network


@dataclasses.dataclass(frozen=True)
class Target:
    """One ENI of an endpoint, or the stage that says why it cannot be a destination."""

    endpoint: VpcEndpoint
    destination: Destination | Stage


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


def endpoint_with(network: Network, interface_id: str) -> VpcEndpoint | None:
    """The interface endpoint that owns an ENI, if that is known."""
    endpoints = network.interface_endpoints()
    if isinstance(endpoints, Unread):
        return None
    return next((one for one in endpoints if interface_id in one.network_interface_ids), None)


def _destination(
    network: Network, client: Client, endpoint: VpcEndpoint, interface_id: str, host: HostName
) -> Destination | Stage:
    interface = network.interface(interface_id)
    if isinstance(interface, Unread):
        return doubts(Hop.DELIVERY, Doubt.unread(interface, f"{endpoint.id} {interface_id}"))
    address = _record(interface, endpoint, client.family)
    if not address:
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


def _record(interface: NetworkInterface, endpoint: VpcEndpoint, family: Family) -> str:
    """The address that the endpoint's records give to a client of that family (EP11)."""
    if family is Family.V4:
        return interface.private_ip_address
    options = endpoint.dns_options
    if options is not None and options.dns_record_ip_type.casefold() == "ipv4":
        return ""
    return min((one.ipv6_address for one in interface.ipv6_addresses), default="")


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
    return blocks(Hop.NAME, code, endpoint.id, detail, endpoint.evidence("IpAddressType"))
