"""A route to a transit gateway: there, onwards in the VPC that it leads to, and back."""

from __future__ import annotations

from typing import Final

from inventory.facts import Unread
from inventory.facts.transit import RouteAttachment, TransitGatewayRoute, TransitGatewayRoutes
from policies.network.reachability import encryption, network_acls
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts, passes
from policies.network.reachability.encryption import Carrier
from policies.network.reachability.flow import Sender
from policies.network.reachability.junction import Junction
from policies.network.reachability.network_acls import Side
from policies.network.reachability.walk import Forward, Location, Walk

_HOP: Final = Hop.BEYOND
#: What attachments of other kinds than ``vpc`` lead to: reason code, and what would settle it.
_UNSEEN: Final = {
    "vpn": ("ONPREM_UNSEEN", "the network behind the VPN"),
    "vpn-concentrator": ("ONPREM_UNSEEN", "the network behind the VPN"),
    "client-vpn": ("ONPREM_UNSEEN", "the network behind the client VPN"),
    "direct-connect-gateway": ("ONPREM_UNSEEN", "the network behind Direct Connect"),
    "connect": ("ONPREM_UNSEEN", "the network behind the Connect attachment"),
    "peering": ("TGW_ROUTES_UNKNOWN", f"{TransitGatewayRoutes.call} of the peer"),
    "tgw-peering": ("TGW_ROUTES_UNKNOWN", f"{TransitGatewayRoutes.call} of the peer"),
    "network-function": ("FIREWALL_UNSEEN", "the rules of the firewall"),
}


def transit_gateway(walk: Walk, gateway_id: str, forward: Forward) -> None:
    """Follow a packet over the gateway, and its answers back (TG1-TG5, NA9)."""
    here = walk.here
    encryption.judge(walk, here.vpc_id, Carrier.TRANSIT_GATEWAY, gateway_id)
    junction = Junction.of(walk, gateway_id, here)
    attachment = junction.attachment()
    if attachment is None:
        return
    exit_subnet = junction.exit_subnet(attachment)
    if exit_subnet:
        network_acls.request(walk, exit_subnet, Side.IN, walk.origin.address)
        walk.unfiltered = walk.unfiltered or exit_subnet == walk.origin.subnet_id
    routes = junction.routes(attachment.id)
    if routes is None:
        return
    branches = []
    for forwarding in junction.forwardings(routes, walk.remaining):
        branch = walk.branch(forwarding.addresses)
        if _selected(branch, routes, forwarding.route, "TGW_NO_ROUTE") and forwarding.route:
            attachments = forwarding.route.transit_gateway_attachments
            for one in attachments:
                _onward(branch, Junction.of(branch, gateway_id, here), one, exit_subnet, forward)
        branches.append(branch)
    if branches:
        walk.join(branches, _apart(walk, routes.id))
    if walk.origin.kind is Sender.PRIVATE_NAT:
        detail = f"{walk.origin.resource} sends translated addresses on over {gateway_id}"
        settled_by = f"who translates the addresses of {walk.origin.resource} beyond {gateway_id}"
        doubt = Doubt.outside("NAT_PRIVATE", walk.origin.resource, detail, settled_by)
        walk.meet(doubts(Hop.NAT, doubt))


def answer(walk: Walk, gateway_id: str, start: Location) -> tuple[str, ...]:
    """Follow the answers from a subnet of the far VPC back to the sender's (TG4).

    Returns the subnets where they may come in; empty = not known, or nowhere.
    """
    junction = Junction.of(walk, gateway_id, start)
    attachment = junction.attachment()
    if attachment is None:
        return ()
    ports = walk.origin.ports
    exit_subnet = junction.exit_subnet(attachment)
    if exit_subnet:
        network_acls.answer(walk, exit_subnet, Side.IN, walk.remaining, ports)
    routes = junction.routes(attachment.id)
    if routes is None:
        return ()
    subnets: list[str] = []
    for forwarding in junction.forwardings(routes, walk.origin.address):
        if _selected(walk, routes, forwarding.route, "TGW_RETURN_MISSING") and forwarding.route:
            subnets += _home(walk, junction, routes, forwarding.route, exit_subnet)
    return tuple(subnets)


def _selected(
    walk: Walk, routes: TransitGatewayRoutes, route: TransitGatewayRoute | None, missing: str
) -> bool:
    """Note the route that was chosen; False if there is none, or it drops."""
    evidence = routes.evidence("Routes")
    if route is None:
        to = walk.destination.label if missing == "TGW_NO_ROUTE" else str(walk.origin.address)
        detail = f"{routes.id} has no route to {to}"
        walk.meet(blocks(_HOP, missing, routes.id, detail, evidence))
        return False
    target = ", ".join(
        one.transit_gateway_attachment_id for one in route.transit_gateway_attachments
    )
    told = f"{routes.id} {route.destination_cidr_block or route.prefix_list_id} → {target}"
    if route.state.casefold() == "blackhole":
        walk.meet(blocks(_HOP, "ROUTE_BLACKHOLE", routes.id, f"{told} is a black hole", evidence))
        return False
    if not route.transit_gateway_attachments:
        doubt = Doubt.malformed(routes.call, told.rstrip(" →"), "no TransitGatewayAttachments")
        walk.meet(doubts(_HOP, doubt, evidence))
        return False
    walk.meet(passes(_HOP, routes.id, told, evidence))
    return True


def _onward(
    walk: Walk, junction: Junction, target: RouteAttachment, exit_subnet: str, forward: Forward
) -> None:
    """Enter whatever the attachment leads to."""
    kind = target.resource_type.casefold()
    attachment_id = target.transit_gateway_attachment_id
    if kind != "vpc":
        walk.meet(_unseen(kind, target))
        return
    if attachment_id in walk.visited:
        detail = f"{junction.gateway_id} leads back into {attachment_id}: its traffic loops"
        walk.meet(blocks(_HOP, "ROUTE_LOOP", attachment_id, detail))
        return
    found = junction.arrival(attachment_id)
    if found is None:
        return
    branches = []
    for subnet_id in junction.entry_subnets(found, exit_subnet):
        branch = walk.entering(
            Location(found.vpc_id, subnet_id), junction.gateway_id, attachment_id
        )
        table = walk.network.route_table(subnet_id)
        if isinstance(table, Unread):
            branch.meet(doubts(Hop.ROUTE, Doubt.unread(table, subnet_id)))
        else:
            forward(branch, table)
        branches.append(branch)
    if branches:
        walk.join(branches, _apart(walk, found.id))


def _home(
    walk: Walk,
    junction: Junction,
    routes: TransitGatewayRoutes,
    route: TransitGatewayRoute,
    exit_subnet: str,
) -> list[str]:
    """The route for the answers has to lead into the sender's VPC; returns where into."""
    vpc_id = walk.origin.vpc_id
    subnets: list[str] = []
    for target in route.transit_gateway_attachments:
        if target.resource_type.casefold() == "vpc" and target.resource_id == vpc_id:
            attachment_id = target.transit_gateway_attachment_id
            subnets += _into_senders_vpc(walk, junction, attachment_id, exit_subnet)
        else:
            detail = (
                f"{routes.id} leads answers to {walk.origin.address} "
                f"to {target.transit_gateway_attachment_id} ({target.resource_id})"
            )
            settled_by = f"what lies behind {target.transit_gateway_attachment_id}"
            walk.meet(doubts(_HOP, Doubt.outside("FIREWALL_UNSEEN", routes.id, detail, settled_by)))
    return subnets


def _into_senders_vpc(
    walk: Walk, junction: Junction, attachment_id: str, exit_subnet: str
) -> tuple[str, ...]:
    """Only where it is not the sender's own subnet do the attachment subnet's rules act (NA9)."""
    found = junction.arrival(attachment_id)
    if found is None:
        return ()
    origin = walk.origin
    subnets = junction.entry_subnets(found, exit_subnet)
    walk.unfiltered = subnets == (origin.subnet_id,)
    branches = []
    for subnet_id in subnets:
        branch = walk.branch(walk.remaining)
        if not walk.unfiltered:
            network_acls.answer(branch, subnet_id, Side.OUT, origin.address, origin.ports)
        branches.append(branch)
    if branches:
        walk.join(branches, _apart(walk, attachment_id))
    return subnets


def _unseen(kind: str, target: RouteAttachment) -> Stage:
    attachment_id = target.transit_gateway_attachment_id
    known = _UNSEEN.get(kind)
    if known is None:
        problem = f"ResourceType {target.resource_type!r}"
        return doubts(_HOP, Doubt.malformed(TransitGatewayRoutes.call, attachment_id, problem))
    code, settled_by = known
    detail = f"{attachment_id} leads to {target.resource_id} ({kind}), which is not seen"
    doubt = Doubt.outside(code, attachment_id, detail, f"{settled_by} ({target.resource_id})")
    return doubts(_HOP, doubt)


def _apart(walk: Walk, component: str) -> Stage:
    detail = f"{component} leads the addresses of {walk.destination.label} apart"
    settled_by = f"the addresses behind {walk.destination.label}"
    return doubts(_HOP, Doubt.outside("ROUTES_SPLIT", component, detail, settled_by))
