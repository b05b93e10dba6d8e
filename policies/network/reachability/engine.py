"""Decides a flow: reachable, not reachable, or undetermined, with everything on the way."""

from __future__ import annotations

import dataclasses

from inventory.facts import Unread
from policies.network.reachability import security_groups
from policies.network.reachability.addresses import (
    GLOBAL_V6,
    NAT64,
    AddressSet,
    Family,
    MalformedAddressError,
    is_public,
)
from policies.network.reachability.answer import (
    Answer,
    Doubt,
    Hop,
    Path,
    Reach,
    Stage,
    Way,
    blocks,
    doubts,
)
from policies.network.reachability.flow import Client, Destination, Flow, HostName, Origin
from policies.network.reachability.journey import depart
from policies.network.reachability.names import resolve
from policies.network.reachability.network import Network
from policies.network.reachability.rescue import hubs_not_resolved
from policies.network.reachability.resolution import Resolution
from policies.network.reachability.route_tables import local_addresses
from policies.network.reachability.targets import Target, address_target, endpoint_targets
from policies.network.reachability.walk import Walk


def reach(network: Network, flow: Flow) -> Reach:
    """The answer for one flow, with all blockers and all unknowns (network.md 4)."""
    if isinstance(flow.to, AddressSet):
        return Reach((_path(network, flow, _at(network, flow.client, flow.to), Way.ADDRESS),))
    resolution = resolved(network, flow.client, flow.to)
    if resolution.way is Way.ANYWHERE:
        before = (*resolution.stages, *resolution.elsewhere)
        return Reach((_to_anywhere(network, flow, flow.to, before),))
    found = _as_resolved(network, flow, flow.to, resolution)
    if not resolution.elsewhere:
        return found
    anywhere = _to_anywhere(network, flow, flow.to, resolution.elsewhere)
    return Reach((anywhere, *found.paths), rotation=False)


def resolved(network: Network, client: Client, host: HostName) -> Resolution:
    """What a name stands for to a client, the way there left aside."""
    return resolve(network, client, host, reach)


def _as_resolved(network: Network, flow: Flow, host: HostName, resolution: Resolution) -> Reach:
    if resolution.way is Way.NOWHERE:
        return Reach((Path(Way.NOWHERE, host.name, resolution.stages),))
    if resolution.way is Way.PUBLIC:
        return _publicly(network, flow, host, resolution)
    return Reach(_to_targets(network, flow, host, resolution))


def _path(network: Network, flow: Flow, to: Destination, way: Way, *before: Stage) -> Path:
    """Walk from the client to one destination; ``before`` is how the name led there."""
    walk = _start(network, flow, to)
    if isinstance(walk, Stage):
        return Path(way, to.label, (*before, walk), to.endpoint)
    security_groups.egress(walk)
    depart(walk)
    return Path(way, to.label, (*before, *walk.stages), to.endpoint)


def _start(network: Network, flow: Flow, to: Destination) -> Walk | Stage:
    client = flow.client
    if not to.addresses:
        problem = f"leaves no address to be {to.label}"
        return doubts(Hop.NAME, Doubt.malformed("ec2:DescribeVpcs", client.vpc_id, problem))
    family = to.addresses.family
    if not client.address and not client.address_v6:
        problem = "no private address is recorded"
        gap = Doubt.malformed("ec2:DescribeInstances", client.interface_id, problem)
        return doubts(Hop.DELIVERY, gap)
    if not client.address_of(family):
        detail = f"{client.interface_id} has no IPv{family.value} address"
        return blocks(Hop.DELIVERY, "NO_SOURCE_ADDRESS", client.interface_id, detail)
    try:
        address = client.source(family)
    except MalformedAddressError as error:
        gap = Doubt.malformed("ec2:DescribeInstances", client.interface_id, str(error))
        return doubts(Hop.DELIVERY, gap)
    origin = Origin(
        resource=client.interface_id,
        vpc_id=client.vpc_id,
        subnet_id=client.subnet_id,
        address=address,
        public=client.public,
        ports=client.ports,
        groups=frozenset(client.groups),
    )
    return Walk(network, origin, to, flow.protocol, flow.port, to.addresses)


def _at(network: Network, client: Client, addresses: AddressSet) -> Destination:
    """A destination given by address: the ENI that holds it, if one of the VPC does."""
    if addresses.is_single:
        interface = network.interface_at(client.vpc_id, addresses.witness)
        if not isinstance(interface, Unread):
            return Destination(
                label=f"{interface.id} {addresses}",
                addresses=addresses,
                groups=frozenset(group.group_id for group in interface.groups),
                interface=interface,
                endpoint=network.endpoint_with(interface.id),
            )
    groups = frozenset[str]() if is_public(addresses) else None
    return Destination(str(addresses), addresses, groups)


def _to_anywhere(network: Network, flow: Flow, host: HostName, before: tuple[Stage, ...]) -> Path:
    """The answer is not known: only what acts on every possible one is judged (rule 5)."""
    to = Destination(
        label=f"whatever {host.name} resolves to",
        addresses=AddressSet.everything(flow.client.family),
        groups=None,
        service=host.labels[0],
    )
    walk = _start(network, flow, to)
    if isinstance(walk, Stage):
        return Path(Way.ANYWHERE, to.label, (*before, walk))
    security_groups.egress(walk)
    return Path(Way.ANYWHERE, to.label, (*before, *walk.stages))


def _to_targets(
    network: Network, flow: Flow, host: HostName, resolution: Resolution
) -> tuple[Path, ...]:
    """One path to each ENI or address that the name resolves to, in rotation (EP3)."""
    targets = [
        target
        for endpoint in resolution.endpoints
        for target in endpoint_targets(network, flow.client, endpoint, host)
    ]
    targets += [
        address_target(network, flow.client, address, host) for address in resolution.addresses
    ]
    return tuple(_to_target(network, flow, target, resolution.stages) for target in targets)


def _to_target(network: Network, flow: Flow, target: Target, before: tuple[Stage, ...]) -> Path:
    way = Way.ADDRESS if target.endpoint is None else Way.ENDPOINT
    stages = (*before, *target.stages)
    if isinstance(target.destination, Stage):
        label = target.destination.component if target.endpoint is None else target.endpoint.id
        return Path(way, label, (*stages, target.destination), target.endpoint)
    return _path(network, flow, target.destination, way, *stages)


def _publicly(network: Network, flow: Flow, host: HostName, resolution: Resolution) -> Reach:
    """The public path; if it is blocked, also what else the name could stand for (2.7, EP9)."""
    to = _public_destination(network, flow, host)
    if isinstance(to, Stage):
        path = Path(Way.PUBLIC, host.name, (*resolution.stages, to))
    else:
        path = _path(network, flow, to, Way.PUBLIC, *resolution.stages)
    if path.answer is Answer.REACHABLE:
        return Reach((path,))
    others = _dormant(network, flow, host, resolution)
    if path.answer is Answer.NOT_REACHABLE:
        others = (*others, *hubs_not_resolved(network, flow.client, host))
    return Reach((path, *others), rotation=False)


def _public_destination(network: Network, flow: Flow, host: HostName) -> Destination | Stage:
    client = flow.client
    has_v6 = host.dual_stack and client.family is Family.V6
    candidates = GLOBAL_V6 if has_v6 else flow.candidates
    local = local_addresses(network, client.vpc_id, candidates.family)
    if not isinstance(local, Unread):
        candidates -= local
    to = Destination(
        label=f"the public addresses of {host.name}",
        addresses=candidates,
        service=host.labels[0],
    )
    if client.family is candidates.family:
        return to
    return _through_dns64(network, client, host, to)


def _through_dns64(
    network: Network, client: Client, host: HostName, to: Destination
) -> Destination | Stage:
    """The default names have no AAAA record of their own (V61, D28, NG7)."""
    if not to.addresses:
        return to
    subnet = network.subnet(client.subnet_id)
    if isinstance(subnet, Unread):
        return doubts(Hop.NAME, Doubt.unread(subnet, client.subnet_id))
    evidence = subnet.evidence("EnableDns64")
    if subnet.enable_dns64 is None:
        gap = Doubt.malformed(subnet.call, subnet.id, "EnableDns64 is not recorded")
        return doubts(Hop.NAME, gap, evidence)
    if not subnet.enable_dns64:
        detail = f"{host.name} has no IPv6 address, and {subnet.id} has no DNS64"
        return blocks(Hop.NAME, "IPV6_ONLY_NO_AAAA", subnet.id, detail, evidence)
    return dataclasses.replace(
        to, label=f"{to.label} under 64:ff9b::/96", addresses=NAT64, translated=to.addresses
    )


def _dormant(
    network: Network, flow: Flow, host: HostName, resolution: Resolution
) -> tuple[Path, ...]:
    paths: list[Path] = []
    for dormant in resolution.dormant:
        if not dormant.may_answer:
            endpoint = dormant.endpoint
            paths.append(Path(Way.ENDPOINT, endpoint.id, (dormant.stage,), endpoint))
            continue
        targets = endpoint_targets(network, flow.client, dormant.endpoint, host)
        paths += [_to_target(network, flow, target, ()) for target in targets]
    return tuple(paths)
