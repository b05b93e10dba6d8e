"""Commands that repair what blocks a path, by its reason code, with the real ids.

Ids come from answers and folder names: whatever they hold stays one word for the shell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from shlex import quote
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import VpcEndpoint
from policies.assumptions import declared_proxy
from policies.network import acl_remedies, endpoint_remedies, name_remedies, route_remedies
from policies.network.asked import Asked
from policies.network.reachability import Family, Hop, Path, Stage, Way
from policies.parameters import Proxy

_HTTPS: Final = 443
_Remedy = Callable[[Asked, Stage], str]


def repair(asked: Asked, stages: Iterable[Stage]) -> str:
    """One or two commands for each blocked stage; ``""`` where no code has any."""
    commands = (
        line
        for stage in stages
        if stage.code in _REMEDIES
        for line in _REMEDIES[stage.code](asked, stage).splitlines()
    )
    return "\n".join(dict.fromkeys(commands))


def _let_out(asked: Asked, stage: Stage) -> str:
    """An egress rule for each place that the group has to let the agent reach."""
    proxy = _proxy_ahead(asked, stage)
    if proxy is not None:
        return _authorize(asked, "egress", stage.component, _address(proxy.address), proxy.port)
    paths = (path for path in asked.found.paths if stage in path.blockers)
    peers = dict.fromkeys(peer for path in paths for peer in _peers(asked, path))
    return "\n".join(_authorize(asked, "egress", stage.component, peer) for peer in peers)


def _proxy_ahead(asked: Asked, stage: Stage) -> Proxy | None:
    """The declared proxy that a stage is on the way to; behind it the way is its own (H8)."""
    if stage.hop is Hop.PROXY:
        return None
    return declared_proxy(asked.node, asked.context.parameters)


def _peers(asked: Asked, path: Path) -> Iterator[str]:
    """The endpoint, else everything public of the family that is used (SG6)."""
    family = asked.client.family
    if path.way is Way.ENDPOINT and path.endpoint is not None:
        yield from _peers_of(asked, path.endpoint)
    elif family is Family.V6:
        yield "Ipv6Ranges=[{CidrIpv6=::/0}]"
    else:
        yield "IpRanges=[{CidrIp=0.0.0.0/0}]"


def _peers_of(asked: Asked, endpoint: VpcEndpoint) -> Iterator[str]:
    """An endpoint by its group within one VPC, else by the addresses of its interfaces (SG9)."""
    if endpoint.vpc_id == asked.interface.vpc_id and endpoint.groups:
        yield f"UserIdGroupPairs=[{{GroupId={endpoint.groups[0].group_id}}}]"
        return
    for interface_id in sorted(endpoint.network_interface_ids):
        interface = asked.network.interface(interface_id, endpoint.vpc_id)
        if isinstance(interface, Unread):
            continue
        if asked.client.family is Family.V4:
            yield _address(interface.private_ip_address)
        else:
            yield from (_address(one.ipv6_address) for one in interface.ipv6_addresses)


def _let_in(asked: Asked, stage: Stage) -> str:
    """By the client's group within one VPC, else by its address (SG9, SG10)."""
    if stage.hop is Hop.PROXY:
        return ""  # it is the proxy that has to be let in, not the client
    proxy = _proxy_ahead(asked, stage)
    port = _HTTPS if proxy is None else proxy.port
    endpoints = (path.endpoint for path in asked.found.paths if stage in path.blockers)
    elsewhere = any(one and one.vpc_id != asked.interface.vpc_id for one in endpoints)
    groups = asked.client.groups
    if groups and not elsewhere and stage.code != "SG_REFERENCE_NOT_HONOURED":
        return _authorize(
            asked, "ingress", stage.component, f"UserIdGroupPairs=[{{GroupId={groups[0]}}}]", port
        )
    source = _address(asked.client.address_of(asked.client.family))
    return _authorize(asked, "ingress", stage.component, source, port)


def _address(address: str) -> str:
    """One address as the peer of a rule."""
    if ":" in address:
        return f"Ipv6Ranges=[{{CidrIpv6={address}/128}}]"
    return f"IpRanges=[{{CidrIp={address}/32}}]"


def _authorize(asked: Asked, direction: str, group_id: str, peer: str, port: int = _HTTPS) -> str:
    permission = f"IpProtocol=tcp,FromPort={port},ToPort={port},{peer}"
    return (
        f"aws ec2 authorize-security-group-{direction} --region {_region(asked)} "
        f"--group-id {quote(group_id)} --ip-permissions {quote(permission)}"
    )


def _give_address(asked: Asked, stage: Stage) -> str:
    """A public address for whoever sends: the interface, or a NAT gateway (IG2, NG1).

    ``""`` at the gateway of another VPC, which maps the addresses of its own VPC only.
    """
    table = route_remedies.table_before(asked, stage)
    elsewhere = table is not None and table.vpc_id != asked.interface.vpc_id
    if elsewhere and stage.component == asked.interface.id:
        return ""
    region, sender = _region(asked), quote(stage.component)
    if stage.component.startswith("nat-"):
        return (
            f"aws ec2 associate-nat-gateway-address --region {region} "
            f"--nat-gateway-id {sender} --allocation-ids {route_remedies.new_address(asked)}"
        )
    if asked.client.family is Family.V6:
        return (
            f"aws ec2 assign-ipv6-addresses --region {region} "
            f"--network-interface-id {sender} --ipv6-address-count 1"
        )
    return (
        f"aws ec2 associate-address --region {region} --network-interface-id {sender} "
        f"--allocation-id {route_remedies.new_address(asked)}"
    )


def _exclude(asked: Asked, stage: Stage) -> str:
    """Except the subnet or VPC from Block Public Access, for no more than the path needs (D27)."""
    stages = (one for path in asked.found.paths for one in path.stages)
    through_nat = any(one.hop is Hop.NAT for one in stages)
    mode = "allow-egress" if through_nat else "allow-bidirectional"
    kind = "subnet" if stage.component.startswith("subnet-") else "vpc"
    return (
        f"aws ec2 create-vpc-block-public-access-exclusion --region {_region(asked)} "
        f"--{kind}-id {quote(stage.component)} --internet-gateway-exclusion-mode {mode}"
    )


def _stop_checking(asked: Asked, stage: Stage) -> str:
    return (
        f"aws ec2 modify-network-interface-attribute --region {_region(asked)} "
        f"--network-interface-id {quote(stage.component)} --no-source-dest-check"
    )


def _start(asked: Asked, stage: Stage) -> str:
    return (
        f"aws ec2 start-instances --region {_region(asked)} --instance-ids {quote(stage.component)}"
    )


def _resolve(asked: Asked, stage: Stage) -> str:
    return (
        f"aws ec2 modify-vpc-attribute --region {_region(asked)} "
        f"--vpc-id {quote(stage.component)} --enable-dns-support"
    )


def _give_ipv6_name(asked: Asked, stage: Stage) -> str:
    """IPv6 records of the endpoint, else the IPv4 ones under DNS64 (EP11, D28)."""
    if stage.component.startswith("vpce-"):
        return endpoint_remedies.awaken(asked, stage)
    if not stage.component.startswith("subnet-"):
        return ""
    return (
        f"aws ec2 modify-subnet-attribute --region {_region(asked)} "
        f"--subnet-id {quote(stage.component)} --enable-dns64"
    )


def _region(asked: Asked) -> str:
    return quote(asked.node.region.name)


_REMEDIES: Final[Mapping[str, _Remedy]] = {
    "SG_EGRESS_BLOCKED": _let_out,
    "SG_INGRESS_BLOCKED": _let_in,
    "ENDPOINT_SG_INGRESS_BLOCKED": _let_in,
    "SG_REFERENCE_NOT_HONOURED": _let_in,
    "NACL_FORWARD_BLOCKED": acl_remedies.let_through,
    "NACL_RETURN_BLOCKED": acl_remedies.let_through,
    "NACL_EPHEMERAL_PARTIAL": acl_remedies.let_through,
    "NO_ROUTE": route_remedies.route_out,
    "NAT_SUBNET_NO_IGW": route_remedies.route_out,
    "ROUTE_BLACKHOLE": route_remedies.replace_dropped,
    "IGW_DETACHED": route_remedies.attach,
    "NO_PUBLIC_ADDRESS": _give_address,
    "BPA_BLOCKED": _exclude,
    "NAT_STATE": route_remedies.new_nat_gateway,
    "NAT_PRIVATE": route_remedies.new_nat_gateway,
    "NAT_SAME_SUBNET_LOOP": route_remedies.around_loop,
    "NAT_INSTANCE_SRC_DST_CHECK": _stop_checking,
    "NAT_INSTANCE_STATE": _start,
    "PROXY_STATE": _start,
    "DNS_SUPPORT_OFF": _resolve,
    "DNS_ATTRIBUTE_OFF": endpoint_remedies.awaken,
    "DNS_NO_SERVER": name_remedies.hand_out_servers,
    "DNS_SERVER_UNREACHABLE": name_remedies.let_ask,
    "DNS_NXDOMAIN_PRIVATE_ZONE": name_remedies.let_zone_go,
    "DNS_FIREWALL_BLOCK": name_remedies.let_through_firewall,
    "ENDPOINT_NO_PRIVATE_DNS": endpoint_remedies.awaken,
    "ENDPOINT_STATE": endpoint_remedies.awaken,
    "IPV6_ONLY_NO_AAAA": _give_ipv6_name,
}
