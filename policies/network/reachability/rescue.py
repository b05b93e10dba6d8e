"""Endpoints of other VPCs that a name could be led to, and is not (EP9, T-57; trap 7)."""

from __future__ import annotations

from inventory.facts import Unread
from inventory.facts.network import Route, VpcEndpoint
from policies.network.reachability.addresses import AddressSet, Family, MalformedAddressError
from policies.network.reachability.answer import Hop, Path, Way, blocks
from policies.network.reachability.endpoint_names import address_of, offers
from policies.network.reachability.endpoint_states import is_available
from policies.network.reachability.flow import Client, HostName
from policies.network.reachability.network import Network


def hubs_not_resolved(network: Network, client: Client, host: HostName) -> tuple[Path, ...]:
    """One path for each endpoint elsewhere that a route leads to but the name does not."""
    key = ("hubs", client.subnet_id, client.family, host)
    return network.once(key, lambda: _not_resolved(network, client, host))


def _not_resolved(network: Network, client: Client, host: HostName) -> tuple[Path, ...]:
    endpoints = network.interface_endpoints()
    beyond = _beyond(network, client)
    if isinstance(endpoints, Unread) or not beyond:
        return ()
    return tuple(
        _path(client.vpc_id, endpoint, host)
        for endpoint in endpoints
        if endpoint.vpc_id != client.vpc_id
        and offers(endpoint, host)
        and is_available(endpoint)
        and _holds_any(network, endpoint, beyond)
    )


def _path(vpc_id: str, endpoint: VpcEndpoint, host: HostName) -> Path:
    detail = (
        f"a route leads from {vpc_id} to {endpoint.id} in {endpoint.vpc_id}, but no hosted zone, "
        f"resolver rule or Profile of {vpc_id} leads {host.name} there"
    )
    quoted = endpoint.evidence("DnsEntries")
    stage = blocks(Hop.NAME, "HUB_ENDPOINT_NOT_RESOLVED", endpoint.id, detail, quoted)
    return Path(Way.HUB, endpoint.id, (stage,), endpoint)


def _beyond(network: Network, client: Client) -> AddressSet:
    """The addresses that routes lead to over a transit gateway, a peering and the like."""
    nothing = AddressSet.nothing(client.family)
    table = network.route_table(client.subnet_id)
    if isinstance(table, Unread):
        return nothing
    blocks_out = (_block(route, client.family) for route in table.routes if _leads_out(route))
    return AddressSet.union(client.family, blocks_out)


def _leads_out(route: Route) -> bool:
    target = route.transit_gateway_id or route.vpc_peering_connection_id or route.core_network_arn
    return bool(target) and route.state.casefold() == "active"


def _block(route: Route, family: Family) -> AddressSet:
    """What the route takes; a prefix list may hold anything."""
    if route.destination_prefix_list_id:
        return AddressSet.everything(family)
    try:
        block = AddressSet.network(route.destination)
    except MalformedAddressError:
        return AddressSet.nothing(family)
    return block if block.family is family else AddressSet.nothing(family)


def _holds_any(network: Network, endpoint: VpcEndpoint, beyond: AddressSet) -> bool:
    for interface_id in endpoint.network_interface_ids:
        interface = network.interface(interface_id, endpoint.vpc_id)
        address = "" if isinstance(interface, Unread) else address_of(interface, beyond.family)
        try:
            if address and AddressSet.address(address) <= beyond:
                return True
        except MalformedAddressError:
            continue
    return False
