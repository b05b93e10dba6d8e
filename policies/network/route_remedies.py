"""Commands that give a subnet a route out, with the gateways that its VPC has."""

from __future__ import annotations

from shlex import quote
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import InternetGateway, NatGateway
from policies.network import endpoint_remedies
from policies.network.asked import Asked
from policies.network.reachability import Family, Stage

_EVERYWHERE: Final = {
    Family.V4: "--destination-cidr-block 0.0.0.0/0",
    Family.V6: "--destination-ipv6-cidr-block ::/0",
}
_ATTACHED: Final = frozenset({"available", "attached"})


def route_out(asked: Asked, stage: Stage) -> str:
    """A default route through a gateway of the VPC; without one, the endpoint that is missing.

    ``""`` where the way back lacks the route: the far side's owner knows what it should be.
    """
    if stage.code == "NAT_SUBNET_NO_IGW":
        return _to_internet_gateway(asked, stage.component, "create-route")
    own = asked.network.route_table(asked.interface.subnet_id)
    if isinstance(own, Unread) or own.id != stage.component:
        return ""
    return _to_any(asked, stage, "create-route", _EVERYWHERE[asked.client.family])


def replace_dropped(asked: Asked, stage: Stage) -> str:
    """Lead the black hole's destination through a gateway that is there (RT4)."""
    quoted = [one.value for one in stage.evidence if one.path == "Routes"]
    route = quoted[0] if quoted and isinstance(quoted[0], dict) else {}
    if route.get("DestinationIpv6CidrBlock"):
        destination = f"--destination-ipv6-cidr-block {quote(route['DestinationIpv6CidrBlock'])}"
    elif route.get("DestinationPrefixListId"):
        destination = f"--destination-prefix-list-id {quote(route['DestinationPrefixListId'])}"
    elif route.get("DestinationCidrBlock"):
        destination = f"--destination-cidr-block {quote(route['DestinationCidrBlock'])}"
    else:
        return ""
    return _to_any(asked, stage, "replace-route", destination)


def around_loop(asked: Asked) -> str:
    """A NAT gateway's own subnet leads to the internet gateway, not to itself (NG4)."""
    table = asked.network.route_table(asked.interface.subnet_id)
    if isinstance(table, Unread):
        return ""
    return _to_internet_gateway(asked, table.id, "replace-route")


def attach(asked: Asked, gateway_id: str) -> str:
    """Attach the internet gateway that the route names to the VPC."""
    return (
        f"aws ec2 attach-internet-gateway --region {_region(asked)} "
        f"--internet-gateway-id {quote(gateway_id)} --vpc-id {quote(asked.interface.vpc_id)}"
    )


def new_nat_gateway(asked: Asked, gateway_id: str) -> str:
    """A public NAT gateway where the one that does not serve is, to be routed to in its place."""
    gateway = asked.network.nat_gateway(gateway_id)
    if isinstance(gateway, Unread) or not gateway.subnet_id:
        return (
            f"aws ec2 describe-nat-gateways --region {_region(asked)} "
            f"--nat-gateway-ids {quote(gateway_id)} "
            "--query 'NatGateways[].[State,FailureMessage]'"
        )
    return (
        f"aws ec2 create-nat-gateway --region {_region(asked)} --connectivity-type public "
        f"--subnet-id {quote(gateway.subnet_id)} --allocation-id {new_address(asked)}"
    )


def new_address(asked: Asked) -> str:
    """A shell word that allocates an Elastic IP address and is its allocation id."""
    return (
        f'"$(aws ec2 allocate-address --region {_region(asked)} '
        '--query AllocationId --output text)"'
    )


def _to_any(asked: Asked, stage: Stage, command: str, destination: str) -> str:
    """By NAT for a client without a public address, else by the internet gateway."""
    internet, nat = _internet_gateway(asked, asked.interface.vpc_id), _nat_gateway(asked)
    if asked.client.public and internet is not None:
        target = f"--gateway-id {quote(internet.id)}"
    elif nat is not None and asked.client.family is Family.V4:
        target = f"--nat-gateway-id {quote(nat.id)}"
    else:
        return endpoint_remedies.create(asked.node, asked.interface, asked.host)
    return _route(asked, command, stage.component, f"{destination} {target}")


def _to_internet_gateway(asked: Asked, table_id: str, command: str) -> str:
    """The table's own VPC counts: a NAT gateway may lie in another one than the instance."""
    table = asked.network.route_table_by_id(table_id)
    vpc_id = asked.interface.vpc_id if isinstance(table, Unread) else table.vpc_id
    gateway = _internet_gateway(asked, vpc_id)
    if gateway is not None:
        where = f"{_EVERYWHERE[Family.V4]} --gateway-id {quote(gateway.id)}"
        return _route(asked, command, table_id, where)
    made = (
        f'gateway="$(aws ec2 create-internet-gateway --region {_region(asked)} '
        '--query InternetGateway.InternetGatewayId --output text)"'
    )
    attached = (
        f"aws ec2 attach-internet-gateway --region {_region(asked)} "
        f'--internet-gateway-id "$gateway" --vpc-id {quote(vpc_id)}'
    )
    where = f'{_EVERYWHERE[Family.V4]} --gateway-id "$gateway"'
    return "\n".join((made, attached, _route(asked, command, table_id, where)))


def _route(asked: Asked, command: str, table_id: str, where: str) -> str:
    return f"aws ec2 {command} --region {_region(asked)} --route-table-id {quote(table_id)} {where}"


def _internet_gateway(asked: Asked, vpc_id: str) -> InternetGateway | None:
    """The one that is attached to the VPC: there is at most one."""
    gateways = asked.node.region.internet_gateways
    if isinstance(gateways, Unread):
        return None
    attached = (
        gateway
        for gateway in gateways
        for one in gateway.attachments
        if one.vpc_id == vpc_id and one.state.casefold() in _ATTACHED
    )
    return next(attached, None)


def _nat_gateway(asked: Asked) -> NatGateway | None:
    """The first public one of the VPC that serves and lies elsewhere."""
    gateways, interface = asked.node.region.nat_gateways, asked.interface
    if isinstance(gateways, Unread):
        return None
    serving = (
        one
        for one in gateways
        if one.vpc_id == interface.vpc_id
        and one.subnet_id != interface.subnet_id
        and one.state.casefold() == "available"
        and one.connectivity_type.casefold() == "public"
    )
    return min(serving, key=lambda one: one.id, default=None)


def _region(asked: Asked) -> str:
    return quote(asked.node.region.name)
