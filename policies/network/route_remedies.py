"""Commands that give a subnet a route out, with the gateways that its VPC has."""

from __future__ import annotations

from shlex import quote
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import InternetGateway, NatGateway, RouteTable
from policies.network import endpoint_remedies
from policies.network.asked import Asked
from policies.network.hosts import HostSet
from policies.network.reachability import Family, Hop, Stage

_EVERYWHERE: Final = "--destination-cidr-block 0.0.0.0/0"
_EVERYWHERE_V6: Final = "--destination-ipv6-cidr-block ::/0"
#: What a NAT gateway translates for clients without IPv4 (NG7).
_TRANSLATED: Final = "--destination-ipv6-cidr-block 64:ff9b::/96"
#: Where a route says what it leads to, by the option that takes it.
_OPTIONS: Final = {
    "--destination-ipv6-cidr-block": "DestinationIpv6CidrBlock",
    "--destination-prefix-list-id": "DestinationPrefixListId",
    "--destination-cidr-block": "DestinationCidrBlock",
}
_ATTACHED: Final = frozenset({"available", "attached"})


def route_out(asked: Asked, stage: Stage) -> str:
    """A default route through a gateway of the VPC; without one, the endpoint that is missing.

    ``""`` where the way back lacks the route: the far side's owner knows what it should be.
    """
    if stage.code == "NAT_SUBNET_NO_IGW":
        return _to_internet_gateway(asked, stage.component, "create-route")
    if not _is_own(asked, stage.component):
        return ""
    client, dual_stack = asked.client, asked.host.host_set is HostSet.DUAL_STACK
    if client.family is Family.V4:
        return _to_any(asked, stage, "create-route", _EVERYWHERE)
    return _to_any(asked, stage, "create-route", _EVERYWHERE_V6 if dual_stack else _TRANSLATED)


def replace_dropped(asked: Asked, stage: Stage) -> str:
    """Lead the black hole's destination through a gateway that is there (RT4).

    ``""`` in a table that is neither the client's nor a NAT gateway's: its owner knows.
    """
    destination = _destination(stage)
    if _is_own(asked, stage.component):
        return _to_any(asked, stage, "replace-route", destination) if destination else ""
    gateways = (asked.network.nat_gateway(one) for one in _nat_gateways_before(asked, stage))
    tables = (_table_of(asked, one) for one in gateways if not isinstance(one, Unread))
    if destination == _EVERYWHERE and stage.component in tables:
        return _to_internet_gateway(asked, stage.component, "replace-route")
    return ""


def around_loop(asked: Asked, stage: Stage) -> str:
    """A NAT gateway's own subnet leads to the internet gateway, not to itself (NG4).

    ``""`` where the client's subnet shares the table: it would lose its way to the NAT gateway.
    """
    gateway = asked.network.nat_gateway(stage.component)
    if isinstance(gateway, Unread):
        return ""
    table_id, own_subnet = _table_of(asked, gateway), asked.interface.subnet_id
    if not table_id or (_is_own(asked, table_id) and gateway.subnet_id != own_subnet):
        return ""
    return _to_internet_gateway(asked, table_id, "replace-route")


def attach(asked: Asked, stage: Stage) -> str:
    """Attach the internet gateway that a route names to the VPC of that route.

    ``""`` for egress-only gateways, which nobody can attach.
    """
    table = table_before(asked, stage)
    if not stage.component.startswith("igw-"):
        return ""
    vpc_id = asked.interface.vpc_id if table is None else table.vpc_id
    return (
        f"aws ec2 attach-internet-gateway --region {_region(asked)} "
        f"--internet-gateway-id {quote(stage.component)} --vpc-id {quote(vpc_id)}"
    )


def new_nat_gateway(asked: Asked, stage: Stage) -> str:
    """A public NAT gateway where the one that does not serve is, and the route to it (NG1)."""
    gateway = asked.network.nat_gateway(stage.component)
    route = _route_before(asked, stage)
    destination = "" if route is None else _destination(route)
    if (
        isinstance(gateway, Unread)
        or route is None
        or not (gateway.subnet_id and destination)
        or gateway.state.casefold() == "pending"
    ):
        return (
            f"aws ec2 describe-nat-gateways --region {_region(asked)} "
            f"--nat-gateway-ids {quote(stage.component)} "
            "--query 'NatGateways[].[State,FailureMessage]'"
        )
    region = _region(asked)
    made = (
        f'nat="$(aws ec2 create-nat-gateway --region {region} --connectivity-type public '
        f"--subnet-id {quote(gateway.subnet_id)} --allocation-id {new_address(asked)} "
        '--query NatGateway.NatGatewayId --output text)"'
    )
    ready = f'aws ec2 wait nat-gateway-available --region {region} --nat-gateway-ids "$nat"'
    led = _route(asked, "replace-route", route.component, f'{destination} --nat-gateway-id "$nat"')
    return "\n".join((made, ready, led))


def table_before(asked: Asked, stage: Stage) -> RouteTable | None:
    """The table whose route led to where the stage is; ``None`` = no table of a VPC did."""
    route = _route_before(asked, stage)
    table = None if route is None else asked.network.route_table_by_id(route.component)
    return None if isinstance(table, Unread) else table


def new_address(asked: Asked) -> str:
    """A shell word that allocates an Elastic IP address and is its allocation id."""
    return (
        f'"$(aws ec2 allocate-address --region {_region(asked)} '
        '--query AllocationId --output text)"'
    )


def _to_any(asked: Asked, stage: Stage, command: str, destination: str) -> str:
    """By NAT for a client without a public address, else by the internet gateway."""
    internet = _internet_gateway(asked, asked.interface.vpc_id)
    nat = _nat_gateway(asked, stage.component)
    has_public_address = bool(asked.client.public) or destination == _EVERYWHERE_V6
    translates = asked.client.family is Family.V4 or destination == _TRANSLATED
    if has_public_address and internet is not None:
        target = f"--gateway-id {quote(internet.id)}"
    elif nat is not None and translates:
        target = f"--nat-gateway-id {quote(nat.id)}"
    else:
        return endpoint_remedies.create(asked)
    return _route(asked, command, stage.component, f"{destination} {target}")


def _is_own(asked: Asked, table_id: str) -> bool:
    """Whether it is the table of the client's own subnet."""
    own = asked.network.route_table(asked.interface.subnet_id)
    return not isinstance(own, Unread) and own.id == table_id


def _table_of(asked: Asked, gateway: NatGateway) -> str:
    """The table that leads a NAT gateway's packets on: its subnet's, a regional one's own (NG6)."""
    if not gateway.subnet_id:
        return gateway.route_table_id
    table = asked.network.route_table(gateway.subnet_id)
    return "" if isinstance(table, Unread) else table.id


def _before(asked: Asked, stage: Stage) -> tuple[Stage, ...]:
    """What the packet met before the stage, on the first path that has it."""
    path = next(one for one in asked.found.paths if stage in one.stages)
    return path.stages[: path.stages.index(stage)]


def _route_before(asked: Asked, stage: Stage) -> Stage | None:
    routes = (one for one in reversed(_before(asked, stage)) if one.hop is Hop.ROUTE)
    return next(routes, None)


def _nat_gateways_before(asked: Asked, stage: Stage) -> tuple[str, ...]:
    return tuple(one.component for one in _before(asked, stage) if one.hop is Hop.NAT)


def _destination(stage: Stage) -> str:
    """The destination of the route that a stage quotes, as an option; ``""`` = it quotes none."""
    quoted = [one.value for one in stage.evidence if one.path == "Routes"]
    route = quoted[0] if quoted and isinstance(quoted[0], dict) else {}
    for option, member in _OPTIONS.items():
        if route.get(member):
            return f"{option} {quote(route[member])}"
    return ""


def _to_internet_gateway(asked: Asked, table_id: str, command: str) -> str:
    """The table's own VPC counts: a NAT gateway may lie in another one than the instance."""
    table = asked.network.route_table_by_id(table_id)
    vpc_id = asked.interface.vpc_id if isinstance(table, Unread) else table.vpc_id
    gateway = _internet_gateway(asked, vpc_id)
    if gateway is not None:
        where = f"{_EVERYWHERE} --gateway-id {quote(gateway.id)}"
        return _route(asked, command, table_id, where)
    made = (
        f'gateway="$(aws ec2 create-internet-gateway --region {_region(asked)} '
        '--query InternetGateway.InternetGatewayId --output text)"'
    )
    attached = (
        f"aws ec2 attach-internet-gateway --region {_region(asked)} "
        f'--internet-gateway-id "$gateway" --vpc-id {quote(vpc_id)}'
    )
    where = f'{_EVERYWHERE} --gateway-id "$gateway"'
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


def _nat_gateway(asked: Asked, table_id: str) -> NatGateway | None:
    """The first public one of the VPC that serves, and does not go by the same table (NG4)."""
    gateways = asked.node.region.nat_gateways
    if isinstance(gateways, Unread):
        return None
    serving = (
        one
        for one in gateways
        if one.vpc_id == asked.interface.vpc_id
        and _table_of(asked, one) != table_id
        and one.state.casefold() == "available"
        and one.connectivity_type.casefold() == "public"
    )
    return min(serving, key=lambda one: one.id, default=None)


def _region(asked: Asked) -> str:
    return quote(asked.node.region.name)
