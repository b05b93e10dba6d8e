"""Which route of a transit gateway's table takes which addresses (TG2, TG3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from inventory.facts import Unread
from inventory.facts.transit import TransitGatewayRoute, TransitGatewayRoutes
from policies.control import Gap, Missing
from policies.network.reachability.addresses import AddressSet, MalformedAddressError
from policies.network.reachability.answer import Doubt
from policies.network.reachability.network import Network

#: Propagated routes of equal prefix, first to last.
_PROPAGATED: Final = ("vpc", "direct-connect-gateway", "connect", "vpn")
_GONE: Final = frozenset({"deleted"})
_ROUTING: Final = frozenset({"active", "blackhole"})


@dataclasses.dataclass(frozen=True)
class TransitForwarding:
    """One route and the addresses it takes; ``route`` is ``None`` where no route takes them."""

    route: TransitGatewayRoute | None
    addresses: AddressSet


@dataclasses.dataclass(frozen=True)
class _Candidate:
    route: TransitGatewayRoute
    block: AddressSet

    @property
    def precedence(self) -> tuple[int, int, str]:
        """Longest prefix; then static, prefix list, propagated by what it came from."""
        length = (
            self.block.family.bits - (self.block.spans[0][1] - self.block.spans[0][0]).bit_length()
        )
        return (-length, _rank(self.route), _key(self.route)[0])


def look_up_transit(
    network: Network, routes: TransitGatewayRoutes, addresses: AddressSet
) -> tuple[TransitForwarding, ...] | Doubt:
    """What the table does with the addresses, lowest first, or why that is not known."""
    left = addresses
    taken: dict[tuple[str, str], tuple[TransitGatewayRoute, AddressSet]] = {}
    candidates = list(_candidates(network, routes, addresses))
    malformed = next((one for one in candidates if isinstance(one, Doubt)), None)
    if malformed is not None:
        return malformed
    read = [one for one in candidates if isinstance(one, _Candidate)]
    for candidate in sorted(read, key=lambda one: one.precedence):
        block = candidate.block & left
        if not block:
            continue
        if routes.additional_routes_available is not False and not candidate.block.is_single:
            return _cut_short(
                routes, f"a route longer than {candidate.route.destination_cidr_block}"
            )
        left -= block
        nothing = AddressSet.nothing(addresses.family)
        first, known = taken.get(_key(candidate.route), (candidate.route, nothing))
        taken[_key(candidate.route)] = (first, known | block)
    if left and routes.additional_routes_available is not False:
        return _cut_short(routes, f"a route to {left}")
    found = [TransitForwarding(route, block) for route, block in taken.values()]
    if left:
        found.append(TransitForwarding(None, left))
    return tuple(sorted(found, key=lambda one: one.addresses.spans))


def _candidates(
    network: Network, routes: TransitGatewayRoutes, addresses: AddressSet
) -> Iterator[_Candidate | Doubt]:
    """The routes that could take any of the addresses, and those that cannot be read."""
    for route in routes.routes:
        if route.state.casefold() in _GONE:
            continue
        place = f"{routes.id} {route.destination_cidr_block or route.prefix_list_id}".rstrip()
        for cidr in _cidrs(network, route):
            if isinstance(cidr, Unread):
                yield Doubt.unread(cidr, place)
                continue
            try:
                block = AddressSet.network(cidr)
            except MalformedAddressError as error:
                yield Doubt.malformed(routes.call, place, str(error))
                continue
            if block.family is not addresses.family or not block & addresses:
                continue
            if route.state.casefold() not in _ROUTING:
                yield Doubt.malformed(routes.call, place, f"State {route.state!r}")
            yield _Candidate(route, block)


def _cidrs(network: Network, route: TransitGatewayRoute) -> tuple[str | Unread, ...]:
    """The route's destination; a reference that is not told entry by entry is looked up."""
    if route.destination_cidr_block or not route.prefix_list_id:
        return (route.destination_cidr_block,)
    entries = network.prefix_list_entries(route.prefix_list_id)
    return (entries,) if isinstance(entries, Unread) else entries.cidrs


def _rank(route: TransitGatewayRoute) -> int:
    if route.type.casefold() != "propagated":
        return 1 if route.prefix_list_id else 0
    kinds = [one.resource_type.casefold() for one in route.transit_gateway_attachments]
    ranks = [_PROPAGATED.index(kind) for kind in kinds if kind in _PROPAGATED]
    return 2 + min(ranks, default=len(_PROPAGATED))


def _key(route: TransitGatewayRoute) -> tuple[str, str]:
    attachments = (one.transit_gateway_attachment_id for one in route.transit_gateway_attachments)
    return (",".join(sorted(attachments)), route.state.casefold())


def _cut_short(routes: TransitGatewayRoutes, what: str) -> Doubt:
    detail = f"the search of {routes.id} was cut short: there may be {what}"
    missing = Missing(Gap.UNREAD, f"{routes.call} for all routes of {routes.id}")
    return Doubt("TGW_ROUTES_UNKNOWN", routes.id, detail, missing)
