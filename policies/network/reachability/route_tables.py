"""Route look-up: which route takes which of the destination's addresses (network.md 2.3)."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Final

from inventory.facts import Unread
from inventory.facts.network import Route, RouteTable, Vpc
from policies.network.reachability.addresses import AddressSet, Family, MalformedAddressError
from policies.network.reachability.answer import Doubt
from policies.network.reachability.network import Network
from policies.network.reachability.prefix_lists import may_hold, prefix_list_doubt

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
    def is_middlebox(self) -> bool:
        """Whether it is of those kinds that may be longer than the local route (RT3)."""
        return self.route is not None and _is_middlebox(self.route)

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
    vpc = network.vpc(vpc_id)
    if isinstance(vpc, Unread):
        return vpc
    return network.once(("local", vpc_id, family), lambda: _blocks(vpc, family))


def _blocks(vpc: Vpc, family: Family) -> AddressSet:
    cidrs = vpc.cidrs if family is Family.V4 else vpc.ipv6_cidrs
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
    """What a table does with the addresses, computed once; ``Unread`` if the VPC is not listed."""
    key = ("routes", table.id, vpc_id, addresses, service)
    return network.once(key, lambda: _look_up(network, table, vpc_id, addresses, service))


def _look_up(
    network: Network, table: RouteTable, vpc_id: str, addresses: AddressSet, service: str
) -> Lookup | Unread:
    """Longest prefix first over all addresses."""
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


def _precedence(candidate: _Candidate) -> tuple[int, int, str]:
    """Longest prefix, then static, by prefix list, propagated (RT2)."""
    return (-candidate.length, _rank(candidate.route), candidate.route.target)


def _rank(route: Route) -> int:
    if _is_propagated(route):
        return 2
    return 1 if route.destination_prefix_list_id else 0


def _is_propagated(route: Route) -> bool:
    return route.origin.casefold() == _PROPAGATED


def _read(
    network: Network, table: RouteTable, addresses: AddressSet, service: str, local: AddressSet
) -> tuple[list[_Candidate], list[Doubt]]:
    """The routes that could take any of the addresses, and those that cannot be read."""
    candidates = list(_implicit(table, local))
    gaps: list[Doubt] = []
    for route in sorted(table.routes, key=lambda route: (route.destination, route.target)):
        if route.state.casefold() == "filtered":
            continue
        by_list = bool(route.destination_prefix_list_id)
        if by_list and not _may_take(network, route, addresses, service, local):
            continue
        place = f"{table.id} {route.destination or 'route without a known destination'}"
        cidrs = _cidrs(network, route, place)
        if isinstance(cidrs, Doubt):
            gaps.append(cidrs)
            continue
        for cidr in cidrs:
            try:
                block = AddressSet.network(cidr)
            except MalformedAddressError as error:
                gaps.append(Doubt.malformed(table.call, place, str(error)))
                continue
            if block.family is addresses.family:
                candidates.append(_candidate(route, block, local))
    gaps += _overlaps(table, candidates, addresses)
    return candidates, gaps


def _cidrs(network: Network, route: Route, place: str) -> tuple[str, ...] | Doubt:
    """The route's destinations: one, or each entry of its prefix list (RT6)."""
    list_id = route.destination_prefix_list_id
    if not list_id:
        return (route.destination,)
    entries = network.prefix_list_entries(list_id)
    return prefix_list_doubt(list_id, place) if isinstance(entries, Unread) else entries.cidrs


def _candidate(route: Route, block: AddressSet, local: AddressSet) -> _Candidate:
    """A propagated route never wins over local, however long, nor does one by list (RT3)."""
    length = block.family.bits - (block.spans[0][1] - block.spans[0][0]).bit_length()
    never_local = _is_propagated(route) or (
        route.destination_prefix_list_id and not _is_middlebox(route)
    )
    return _Candidate(route, block - local if never_local else block, length)


def _overlaps(
    table: RouteTable, candidates: list[_Candidate], addresses: AddressSet
) -> Iterator[Doubt]:
    """Which of two overlapping prefix lists wins is not specified: a doubt if they differ (RT6)."""
    taken: dict[tuple[str, str, str], AddressSet] = {}
    for candidate in candidates:
        route = candidate.route
        if route.destination_prefix_list_id:
            key = (route.destination_prefix_list_id, route.target, route.state.casefold())
            nothing = AddressSet.nothing(addresses.family)
            taken[key] = taken.get(key, nothing) | (candidate.block & addresses)
    for (one, blocks), (other, other_blocks) in itertools.combinations(sorted(taken.items()), 2):
        if one[1:] != other[1:] and blocks & other_blocks:
            detail = f"{table.id} leads {blocks & other_blocks} to {one[1]} and to {other[1]}"
            settled_by = f"which of {one[0]} and {other[0]} {table.id} follows"
            yield Doubt.outside("PREFIX_LISTS_OVERLAP", table.id, detail, settled_by)


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
    endpoint = network.vpc_endpoint(route.gateway_id)
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
