"""Internet and egress-only gateways, and everything that leads out of what is collected."""

from __future__ import annotations

from typing import Final

from inventory.facts import Fact, Unread
from inventory.facts.network import GatewayAttachment, Route, VpcEndpoint
from policies.network.reachability import block_public_access, encryption
from policies.network.reachability.addresses import (
    NAT64,
    AddressSet,
    Family,
    MalformedAddressError,
    is_public,
)
from policies.network.reachability.answer import Doubt, Hop, blocks, doubts, passes
from policies.network.reachability.encryption import Carrier
from policies.network.reachability.endpoint_states import is_available, unreadable_state
from policies.network.reachability.flow import Sender
from policies.network.reachability.ownership import not_seen
from policies.network.reachability.walk import Walk

_ATTACHED: Final = frozenset({"available", "attached"})
_NOT_ATTACHED: Final = frozenset({"attaching", "detaching", "detached"})


def internet_gateway(walk: Walk, gateway_id: str) -> None:
    """Judge attachment, public address, Block Public Access and edge routes (network.md 2.4)."""
    here = walk.here
    gateway = walk.network.internet_gateway(gateway_id, here.vpc_id)
    if isinstance(gateway, Unread):
        walk.meet(doubts(Hop.INTERNET_GATEWAY, Doubt.unread(gateway, gateway_id)))
    else:
        _attachment(walk, gateway.attachments, gateway)
    _public_address(walk, gateway_id)
    outbound_only = walk.origin.is_nat
    block_public_access.judge(walk, here.vpc_id, here.subnet_id, outbound_only=outbound_only)
    encryption.judge(walk, here.vpc_id, Carrier.INTERNET_GATEWAY, gateway_id)
    _edge(walk, gateway_id)


def egress_only_gateway(walk: Walk, gateway_id: str) -> None:
    """IPv6, outbound, stateful (IG4); its own VPC's global addresses only."""
    here = walk.here
    gateway = walk.network.egress_only_gateway(gateway_id, here.vpc_id)
    if isinstance(gateway, Unread):
        doubt = not_seen(walk.network, gateway, gateway_id, here.vpc_id)
        walk.meet(doubts(Hop.INTERNET_GATEWAY, doubt))
    else:
        _attachment(walk, gateway.attachments, gateway)
    _public_address(walk, gateway_id)
    block_public_access.judge(walk, here.vpc_id, here.subnet_id, outbound_only=True)
    encryption.judge(walk, here.vpc_id, Carrier.EGRESS_ONLY_GATEWAY, gateway_id)


def endpoint(walk: Walk, endpoint_id: str) -> None:
    """Judge the endpoint's state and what it leads to: a service, or a firewall."""
    vpc_id = walk.here.vpc_id
    found = walk.network.vpc_endpoint(endpoint_id, vpc_id)
    if isinstance(found, Unread):
        walk.meet(doubts(Hop.BEYOND, not_seen(walk.network, found, endpoint_id, vpc_id)))
        return
    evidence = found.evidence("State")
    unreadable = unreadable_state(found)
    if unreadable is not None:
        walk.meet(doubts(Hop.BEYOND, unreadable, evidence))
    elif not is_available(found):
        detail = f"{endpoint_id} is {found.state}"
        walk.meet(blocks(Hop.BEYOND, "ENDPOINT_STATE", endpoint_id, detail, evidence))
        return
    if found.vpc_endpoint_type.casefold() == "gateway":
        _gateway_endpoint(walk, found)
        return
    detail = f"{endpoint_id} leads to a firewall or appliance"
    settled_by = f"the rules of the firewall behind {endpoint_id}"
    doubt = Doubt.outside("FIREWALL_UNSEEN", endpoint_id, detail, settled_by)
    walk.meet(doubts(Hop.BEYOND, doubt, evidence))


def _gateway_endpoint(walk: Walk, found: VpcEndpoint) -> None:
    """It takes what its prefix list holds (RT8), but only from its own VPC (R-4.6)."""
    if walk.at is None:
        told = f"{found.id} leads to {found.service_name}"
        walk.meet(passes(Hop.BEYOND, found.id, told, found.evidence("ServiceName")))
        return
    detail = f"{found.id} takes nothing that comes into {walk.here.vpc_id} over {walk.crossed[-1]}"
    walk.meet(blocks(Hop.BEYOND, "GATEWAY_ENDPOINT_NOT_TRANSITIVE", found.id, detail))


def out_of_sight(walk: Walk, route: Route) -> bool:
    """Meet a target whose far side AWS does not show us; False if the route names no such one."""
    known = (
        (route.carrier_gateway_id, "CARRIER_UNSEEN", "the carrier's network"),
        (route.local_gateway_id, "ONPREM_UNSEEN", "the network behind the Outpost"),
        (route.core_network_arn, "CORE_NETWORK_UNSEEN", "the core network's policy"),
        (route.odb_network_arn, "ODB_NETWORK_UNSEEN", "the Oracle database network"),
    )
    for target, code, settled_by in known:
        if target:
            detail = f"what lies beyond {target} is outside AWS's view of this account"
            doubt = Doubt.outside(code, target, detail, f"{settled_by} ({target})")
            walk.meet(doubts(Hop.BEYOND, doubt))
            return True
    return False


def _attachment(walk: Walk, attachments: tuple[GatewayAttachment, ...], gateway: Fact) -> None:
    vpc_id = walk.here.vpc_id
    evidence = gateway.evidence("Attachments")
    states = {one.state.casefold() for one in attachments if one.vpc_id == vpc_id}
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
    """A gateway to the internet maps addresses of its own VPC only (IG2, IG4)."""
    origin = walk.origin
    own = walk.at is None
    if not is_public(walk.remaining):
        detail = f"{gateway_id} leads to public addresses only, not to {walk.destination.label}"
        walk.meet(blocks(Hop.INTERNET_GATEWAY, "NO_ROUTE", gateway_id, detail))
    elif walk.remaining.family is Family.V6 and walk.remaining <= NAT64:
        detail = f"only a NAT gateway translates {walk.destination.label}, not {gateway_id}"
        walk.meet(blocks(Hop.INTERNET_GATEWAY, "NO_ROUTE", gateway_id, detail))
    elif walk.remaining.family is Family.V6:
        _global_address(walk, gateway_id)
    elif origin.public and own:
        detail = f"{origin.address} of {origin.resource} is {origin.public} outside"
        walk.meet(passes(Hop.INTERNET_GATEWAY, gateway_id, detail))
    else:
        code = "NAT_PRIVATE" if origin.kind is Sender.PRIVATE_NAT else "NO_PUBLIC_ADDRESS"
        detail = (
            f"{gateway_id} needs a public address of {walk.here.vpc_id} "
            f"on {origin.address} of {origin.resource}, and it has none"
        )
        walk.meet(blocks(Hop.INTERNET_GATEWAY, code, origin.resource, detail))


def _global_address(walk: Walk, gateway_id: str) -> None:
    """What a gateway does with IPv6 addresses of another VPC, AWS does not document."""
    origin, vpc_id = walk.origin, walk.here.vpc_id
    if not is_public(origin.address):
        detail = f"{origin.resource} has no global IPv6 address"
        walk.meet(blocks(Hop.INTERNET_GATEWAY, "NO_PUBLIC_ADDRESS", origin.resource, detail))
    elif walk.at is not None:
        detail = f"{origin.address} of {origin.resource} is no address of {vpc_id}"
        settled_by = f"whether {gateway_id} carries IPv6 addresses of {origin.vpc_id}"
        doubt = Doubt.outside("NO_PUBLIC_ADDRESS", origin.resource, detail, settled_by)
        walk.meet(doubts(Hop.INTERNET_GATEWAY, doubt))


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
