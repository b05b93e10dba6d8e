"""Endpoints by names: the host names they are for, and the names of their own (EP2, EP9)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from inventory.facts import NetworkInterface, Unread
from inventory.facts.network import VpcEndpoint
from policies.network.reachability.addresses import Family
from policies.network.reachability.domains import Labels, labels_of
from policies.network.reachability.flow import HostName
from policies.network.reachability.network import Network


@dataclasses.dataclass(frozen=True)
class Named:
    """An endpoint by one of its own names; ``zone``: the name is that zone's interface alone."""

    endpoint: VpcEndpoint
    zone: str = ""


def offers(endpoint: VpcEndpoint, host: HostName) -> bool:
    """Whether the endpoint is for that name: by its DnsEntries, which list the private names.

    Without private DNS (and in older answers) only the endpoint's own names are listed; then the
    service name's last two labels decide (EP2, D22, R-3.2).
    """
    listed = {entry.dns_name.casefold().rstrip(".") for entry in endpoint.dns_entries}
    if any(not name.startswith(("vpce-", "*.")) for name in listed):
        return ".".join(host.labels) in listed
    return endpoint.service_name.casefold().split(".")[-2:] == [*reversed(host.labels[:2])]


def endpoint_named(network: Network, name: Labels) -> Named | Unread | None:
    """The endpoint with that name of its own, ``None`` if the name is none of an endpoint's.

    ``Unread``: it is an endpoint's name, and no endpoint that was read bears it.
    """
    found = network.once(("endpoint names",), lambda: _own_names(network)).get(name)
    if found is not None or not name or not name[0].startswith("vpce-"):
        return found
    endpoints = network.interface_endpoints()
    if isinstance(endpoints, Unread):
        return endpoints
    return Unread(
        VpcEndpoint.call, "NOT_RECORDED", f"no endpoint that was read is {'.'.join(name)}"
    )


def _own_names(network: Network) -> Mapping[Labels, Named]:
    endpoints = network.interface_endpoints()
    if isinstance(endpoints, Unread):
        return {}
    return {name: named for one in endpoints for name, named in _names_of(one)}


def _names_of(endpoint: VpcEndpoint) -> Iterator[tuple[Labels, Named]]:
    """Regional names and zonal ones, which are a regional one's first label plus the zone."""
    own = [labels_of(entry.dns_name) for entry in endpoint.dns_entries]
    own = [labels for labels in own if labels and labels[0].startswith("vpce-")]
    for labels in own:
        stems = [one[0] for one in own if labels[0].startswith(f"{one[0]}-")]
        zone = labels[0].removeprefix(f"{stems[0]}-") if stems else ""
        yield labels, Named(endpoint, zone)


def addresses_in_zone(network: Network, named: Named, family: Family) -> tuple[str, ...] | Unread:
    """The addresses of an endpoint's interfaces in the zone of a zonal name."""
    found: list[str] = []
    for interface_id in sorted(named.endpoint.network_interface_ids):
        interface = network.interface(interface_id, named.endpoint.vpc_id)
        if isinstance(interface, Unread):
            return interface
        subnet = network.subnet(interface.subnet_id, interface.vpc_id)
        if isinstance(subnet, Unread):
            return subnet
        address = address_of(interface, family)
        if subnet.availability_zone == named.zone and address:
            found.append(address)
    if not found:
        detail = f"{named.endpoint.id} has no interface in {named.zone}"
        return Unread(VpcEndpoint.call, "CHANGED_DURING_COLLECTION", detail)
    return tuple(found)


def address_of(interface: NetworkInterface, family: Family) -> str:
    """The interface's own address of that family, ``""`` if it has none."""
    if family is Family.V4:
        return interface.private_ip_address
    return min((one.ipv6_address for one in interface.ipv6_addresses), default="")
