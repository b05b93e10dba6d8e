"""Route look-up: which route takes which of the destination's addresses (network.md 2.3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import Route, RouteTable, Vpc
from policies.network.reachability.addresses import AddressSet, Family, MalformedAddressError
from policies.network.reachability.answer import Doubt
from policies.network.reachability.network import Network
from policies.network.reachability.security_groups import may_hold, prefix_list_doubt

_PROPAGATED: Final = "enablevgwroutepropagation"
_LOCAL: Final = "local"


@dataclasses.dataclass(frozen=True)
class Forwarding:
    """One route and the addresses it takes; ``route`` is ``None`` where no route takes them."""

    route: Route | None
    addresses: AddressSet

    @property
    def is_local(self) -> bool:
        return self.route is not None and self.route.target == _LOCAL

    @property
    def is_dropped(self) -> bool:
        """A black hole is still selected: nothing falls through to a shorter prefix (RT4)."""
        return self.route is not None and self.route.state.casefold() == "blackhole"


@dataclasses.dataclass(frozen=True)
class Lookup:
    """What a table does with a set of addresses: forwardings by lowest address, and doubts."""

    forwardings: tuple[Forwarding, ...]
    doubts: tuple[Doubt, ...]


@dataclasses.dataclass(frozen=True)
class _Candidate:
    route: Route
    block: AddressSet
    length: int


def local_addresses(network: Network, vpc_id: str, family: Family) -> AddressSet | Unread:
    """The VPC's own blocks, secondary ones too (RT3)."""
    vpc = network.region.vpcs.find(vpc_id)
    if isinstance(vpc, Unread):
        return vpc
    return network.once(("local", vpc_id, family), lambda: _blocks(vpc, family))


def _blocks(vpc: Vpc, family: Family) -> AddressSet:
    if family is Family.V4:
        cidrs = vpc.cidrs
    else:
        cidrs = tuple(one.ipv6_cidr_block for one in vpc.ipv6_cidr_block_association_set)
    parts = []
    for cidr in cidrs:
        try:
            parts.append(AddressSet.network(cidr))
        except MalformedAddressError:
            continue  # its local route, malformed too, is a doubt of every look-up
    return AddressSet.union(family, (part for part in parts if part.family is family))


def look_up(
    network: Network, table: RouteTable, vpc_id: str, addresses: AddressSet, service: str
) -> Lookup | Unread:
    """Longest prefix first over all addresses; ``Unread`` if the VPC is not listed."""
    local = local_addresses(network, vpc_id, addresses.family)
    if isinstance(local, Unread):
        return local
    candidates, gaps = _read(network, table, addresses, service, local)
    taken: dict[tuple[str, str], tuple[Route, AddressSet]] = {}
    left = addresses
    for candidate in sorted(candidates, key=_precedence):
        block = candidate.block & left
        if not block:
            continue
        left -= block
        key = (candidate.route.target, candidate.route.state.casefold())
        first, known = taken.get(key, (candidate.route, AddressSet.nothing(addresses.family)))
        taken[key] = (first, known | block)
    forwardings = [Forwarding(route, block) for route, block in taken.values()]
    if left:
        forwardings.append(Forwarding(None, left))
    ordered = tuple(sorted(forwardings, key=lambda one: one.addresses.spans))
    return Lookup(ordered, tuple(gaps))


def _precedence(candidate: _Candidate) -> tuple[int, bool, str]:
    """Longest prefix, then static before propagated (RT2)."""
    propagated = candidate.route.origin.casefold() == _PROPAGATED
    return (-candidate.length, propagated, candidate.route.target)


def _read(
    network: Network, table: RouteTable, addresses: AddressSet, service: str, local: AddressSet
) -> tuple[list[_Candidate], list[Doubt]]:
    """The routes that could take any of the addresses, and those that cannot be read."""
    candidates = list(_implicit(table, local))
    gaps: list[Doubt] = []
    for route in sorted(table.routes, key=lambda route: (route.destination, route.target)):
        if route.state.casefold() == "filtered":
            continue
        place = f"{table.id} {route.destination or 'route without a known destination'}"
        if route.destination_prefix_list_id:
            if _may_take(network, route, addresses, service, local):
                gaps.append(prefix_list_doubt(route.destination_prefix_list_id, place))
            continue
        try:
            block = AddressSet.network(route.destination)
        except MalformedAddressError as error:
            gaps.append(Doubt.malformed(table.call, place, str(error)))
            continue
        if block.family is not addresses.family:
            continue
        length = block.family.bits - (block.spans[0][1] - block.spans[0][0]).bit_length()
        if route.origin.casefold() == _PROPAGATED:
            block -= local  # a propagated route never wins over local, however long (RT3)
        candidates.append(_Candidate(route, block, length))
    return candidates, gaps


def _implicit(table: RouteTable, local: AddressSet) -> Iterator[_Candidate]:
    """The local routes of blocks that no listed route serves under the same destination (RT3)."""
    listed = set()
    for route in table.routes:
        try:
            listed.add(AddressSet.network(route.destination).spans)
        except MalformedAddressError:
            continue
    for span in local.spans:
        block = AddressSet(local.family, (span,))
        if block.spans in listed:
            continue
        length = local.family.bits - (span[1] - span[0]).bit_length()
        yield _Candidate(Route(gateway_id=_LOCAL, state="active"), block, length)


def _may_take(
    network: Network, route: Route, addresses: AddressSet, service: str, local: AddressSet
) -> bool:
    """Whether a prefix-list route could take any of the addresses, its list being unresolved.

    Gateway endpoints' lists hold S3 or DynamoDB (RT8). Within the VPC's own blocks only routes to
    an interface, a NAT gateway or a Gateway Load Balancer endpoint may be longer than local (RT3).
    """
    if addresses <= local and not _is_middlebox(route):
        return False
    endpoint = network.region.vpc_endpoints.find(route.gateway_id)
    if not isinstance(endpoint, Unread) and endpoint.vpc_endpoint_type.casefold() == "gateway":
        return not service or endpoint.service_name.rpartition(".")[2] == service
    return may_hold(network, route.destination_prefix_list_id, addresses, service)


def _is_middlebox(route: Route) -> bool:
    return bool(
        route.network_interface_id
        or route.instance_id
        or route.nat_gateway_id
        or route.gateway_id.startswith("vpce-")
    )
