"""Internet and egress-only gateways, and everything that leads out of what is collected."""

from __future__ import annotations

from typing import Final

from inventory.facts import Unread
from inventory.facts.network import InternetGateway, Route
from policies.control import Gap, Missing
from policies.network.reachability import block_public_access
from policies.network.reachability.addresses import (
    AddressSet,
    Family,
    MalformedAddressError,
    is_public,
)
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.endpoint_states import is_available, unreadable_state
from policies.network.reachability.flow import Sender
from policies.network.reachability.walk import Walk

_ATTACHED: Final = frozenset({"available", "attached"})
_NOT_ATTACHED: Final = frozenset({"attaching", "detaching", "detached"})


def internet_gateway(walk: Walk, gateway_id: str) -> None:
    """Judge attachment, public address, Block Public Access and edge routes (network.md 2.4)."""
    gateway = walk.network.region.internet_gateways.find(gateway_id)
    if isinstance(gateway, Unread):
        walk.meet(doubts(Hop.INTERNET_GATEWAY, Doubt.unread(gateway, gateway_id)))
    else:
        _attachment(walk, gateway)
    _public_address(walk, gateway_id)
    origin = walk.origin
    block_public_access.judge(walk, origin.vpc_id, origin.subnet_id, outbound_only=origin.is_nat)
    _edge(walk, gateway_id)


def egress_only_gateway(walk: Walk, gateway_id: str) -> None:
    """IPv6, outbound, stateful (IG4); AWS turns its route into a black hole if it is deleted."""
    walk.meet(passes(Hop.INTERNET_GATEWAY, gateway_id, f"{gateway_id} carries IPv6 outbound"))
    block_public_access.judge(walk, walk.origin.vpc_id, walk.origin.subnet_id, outbound_only=True)


def peering(walk: Walk, connection_id: str) -> None:
    """A peering never leads to public endpoints (PX1); other ways through it are not followed."""
    if is_public(walk.remaining):
        detail = f"{connection_id} is a VPC peering: it never leads to {walk.destination.label}"
        walk.meet(blocks(Hop.BEYOND, "PEERING_EDGE_TO_EDGE", connection_id, detail))
        return
    settled_by = f"ec2:DescribeVpcPeeringConnections for {connection_id}"
    detail = f"what lies beyond {connection_id} is not collected"
    doubt = Doubt("PEERING_UNREAD", connection_id, detail, Missing(Gap.UNREAD, settled_by))
    walk.meet(doubts(Hop.BEYOND, doubt))


def virtual_appliance_endpoint(walk: Walk, endpoint_id: str) -> None:
    """A Gateway Load Balancer endpoint: a firewall whose rules AWS does not show here (FW1)."""
    endpoint = walk.network.region.vpc_endpoints.find(endpoint_id)
    if isinstance(endpoint, Unread):
        walk.meet(doubts(Hop.BEYOND, Doubt.unread(endpoint, endpoint_id)))
        return
    evidence = endpoint.evidence("State")
    unreadable = unreadable_state(endpoint)
    if unreadable is not None:
        walk.meet(doubts(Hop.BEYOND, unreadable, evidence))
    elif not is_available(endpoint):
        detail = f"{endpoint_id} is {endpoint.state}"
        walk.meet(blocks(Hop.BEYOND, "ENDPOINT_STATE", endpoint_id, detail, evidence))
        return
    detail = f"{endpoint_id} leads to a firewall or appliance"
    doubt = Doubt.outside(
        "FIREWALL_UNSEEN", endpoint_id, detail, f"the rules of the firewall behind {endpoint_id}"
    )
    walk.meet(doubts(Hop.BEYOND, doubt, evidence))


def out_of_sight(walk: Walk, route: Route) -> bool:
    """Meet a target whose far side AWS does not show us; False if the route names no such one."""
    known = (
        (route.transit_gateway_id, "TGW_ROUTES_UNKNOWN", "the transit gateway's route tables"),
        (route.carrier_gateway_id, "CARRIER_UNSEEN", "the carrier's network"),
        (route.local_gateway_id, "ONPREM_UNSEEN", "the network behind the Outpost"),
        (route.core_network_arn, "CORE_NETWORK_UNSEEN", "the core network's policy"),
        (route.odb_network_arn, "ODB_NETWORK_UNSEEN", "the Oracle database network"),
        (_virtual_private_gateway(route), "ONPREM_UNSEEN", "the network behind the VPN"),
    )
    for target, code, settled_by in known:
        if target:
            detail = f"what lies beyond {target} is outside AWS's view of this account"
            doubt = Doubt.outside(code, target, detail, f"{settled_by} ({target})")
            walk.meet(doubts(Hop.BEYOND, doubt))
            return True
    return False


def _virtual_private_gateway(route: Route) -> str:
    return route.gateway_id if route.gateway_id.startswith("vgw-") else ""


def _attachment(walk: Walk, gateway: InternetGateway) -> None:
    vpc_id = walk.origin.vpc_id
    evidence = gateway.evidence("Attachments")
    states = {one.state.casefold() for one in gateway.attachments if one.vpc_id == vpc_id}
    if states & _ATTACHED:
        detail = f"{gateway.id} is attached to {vpc_id}"
        walk.meet(passes(Hop.INTERNET_GATEWAY, gateway.id, detail, evidence))
    elif states <= _NOT_ATTACHED:
        detail = f"{gateway.id} is not attached to {vpc_id}"
        walk.meet(blocks(Hop.INTERNET_GATEWAY, "IGW_DETACHED", gateway.id, detail, evidence))
    else:
        problem = f"attachment state {', '.join(sorted(states))}"
        doubt = Doubt.malformed(gateway.call, gateway.id, problem)
        walk.meet(doubts(Hop.INTERNET_GATEWAY, doubt, evidence))


def _public_address(walk: Walk, gateway_id: str) -> None:
    origin = walk.origin
    if not is_public(walk.remaining):
        detail = f"{gateway_id} leads to public addresses only, not to {walk.destination.label}"
        walk.meet(blocks(Hop.INTERNET_GATEWAY, "NO_ROUTE", gateway_id, detail))
    elif walk.remaining.family is Family.V6:
        if not is_public(origin.address):
            detail = f"{origin.resource} has no global IPv6 address"
            walk.meet(blocks(Hop.INTERNET_GATEWAY, "NO_PUBLIC_ADDRESS", origin.resource, detail))
    elif origin.public:
        detail = f"{origin.address} of {origin.resource} is {origin.public} outside"
        walk.meet(passes(Hop.INTERNET_GATEWAY, gateway_id, detail))
    else:
        code = "NAT_PRIVATE" if origin.kind is Sender.PRIVATE_NAT else "NO_PUBLIC_ADDRESS"
        detail = (
            f"{gateway_id} needs a public address on {origin.address} of {origin.resource}, "
            "and it has none"
        )
        walk.meet(blocks(Hop.INTERNET_GATEWAY, code, origin.resource, detail))


def _edge(walk: Walk, gateway_id: str) -> None:
    """Answers may be steered through a middlebox that saw no request (RT1, RT9)."""
    for table in walk.network.edge_tables(gateway_id):
        for route in table.routes:
            if route.target == "local":
                continue
            try:
                block = AddressSet.network(route.destination)
            except MalformedAddressError as error:
                doubt = Doubt.malformed(table.call, f"{table.id} {route.destination}", str(error))
                walk.meet(doubts(Hop.ROUTE, doubt))
                continue
            if block.family is walk.origin.address.family and block & walk.origin.address:
                detail = f"{table.id} steers answers to {walk.origin.address} to {route.target}"
                settled_by = f"the rules of the firewall behind {route.target}"
                walk.meet(
                    doubts(
                        Hop.ROUTE, Doubt.outside("FIREWALL_UNSEEN", table.id, detail, settled_by)
                    )
                )
