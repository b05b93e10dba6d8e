"""Where a private hosted zone could lead a name that has no way out publicly (EP9, T-57)."""

from __future__ import annotations

from inventory.facts import Unread
from inventory.facts.network import Route
from policies.control import Gap, Missing
from policies.network.reachability.addresses import AddressSet, MalformedAddressError
from policies.network.reachability.answer import Doubt, Hop, Stage, doubts
from policies.network.reachability.flow import Client, Destination, HostName
from policies.network.reachability.network import Network
from policies.network.reachability.route_tables import local_addresses


def hub_destination(network: Network, client: Client, host: HostName) -> Destination | None:
    """The addresses outside the VPC that routes lead to over a transit gateway and the like."""
    table = network.route_table(client.subnet_id)
    local = local_addresses(network, client.vpc_id, client.family)
    if isinstance(table, Unread) or isinstance(local, Unread):
        return None
    leading_out = [route for route in table.routes if _leads_out(route)]
    blocks = (_block(route, local) for route in leading_out)
    addresses = AddressSet.union(local.family, blocks) - local
    if not addresses:
        return None
    targets = ", ".join(sorted({route.target for route in leading_out}))
    return Destination(
        label=f"private addresses beyond {targets}",
        addresses=addresses,
        groups=None,
        service=host.labels[0],
    )


def hub_stage(vpc_id: str, to: Destination) -> Stage:
    """What is not known about the name: whether a zone, rule or profile leads it there."""
    settled_by = f"route53:ListHostedZonesByVPC for {vpc_id}"
    detail = f"a private hosted zone or resolver rule could lead the name to {to.label}"
    doubt = Doubt("HUB_ENDPOINT_NOT_RESOLVED", vpc_id, detail, Missing(Gap.UNREAD, settled_by))
    return doubts(Hop.NAME, doubt)


def _leads_out(route: Route) -> bool:
    target = route.transit_gateway_id or route.vpc_peering_connection_id or route.core_network_arn
    private_gateway = route.gateway_id.startswith("vgw-")
    return bool(target or private_gateway) and route.state.casefold() == "active"


def _block(route: Route, local: AddressSet) -> AddressSet:
    """What the route takes; a prefix list that is not resolved may hold anything."""
    nothing = AddressSet.nothing(local.family)
    if route.destination_prefix_list_id:
        return AddressSet.everything(local.family)
    try:
        block = AddressSet.network(route.destination)
    except MalformedAddressError:
        return nothing
    return block if block.family is local.family else nothing
