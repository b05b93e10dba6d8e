"""One listing of every account and Region, joined: ids are global."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Generic, TypeVar

import msgspec

from inventory.facts import Fact, RegionFacts, Table, Unread

Row = TypeVar("Row", bound=Fact)
Part = tuple[RegionFacts, "Table[Row] | Unread"]


class Listing(Generic[Row]):
    """The rows of all places by id, and the reason where a row is not there.

    What several accounts see (a shared subnet, an attachment) is kept as its owner sees it:
    ``owner`` reads the owner's account id off a row, ``""`` = the row does not say.
    """

    def __init__(
        self,
        places: Sequence[RegionFacts],
        source: Callable[[RegionFacts], Table[Row] | Unread],
        owner: Callable[[Row], str] = lambda _row: "",
    ) -> None:
        self._parts: tuple[Part[Row], ...] = tuple((place, source(place)) for place in places)
        self._owner = owner

    @cached_property
    def _joined(self) -> Mapping[str, Row] | None:
        """All rows by id; ``None`` where a single table already is that."""
        return _join(self._parts, self._owner) if len(self._parts) > 1 else None

    def find(self, key: str, near: Sequence[RegionFacts] = ()) -> Row | Unread:
        """The row of that id, or why there is none; ``near``: who could list it, empty = anyone."""
        if self._joined is None:
            return self._parts[0][1].find(key)
        row = self._joined.get(key)
        if row is not None:
            return row
        gaps = [gap for place, part in self._near(near) if (gap := _gap(place, part, key))]
        return next((gap for gap in gaps if not gap.has_vanished), gaps[0])

    def gap(self, near: Sequence[RegionFacts] = ()) -> Unread | None:
        """Why the listing of those places (empty = any) is incomplete, ``None`` = it is whole."""
        for place, part in self._near(near):
            if isinstance(part, Unread):
                return part if self._joined is None else _named(place, part)
        return None

    def __iter__(self) -> Iterator[Row]:
        """Every row that was read, in id order."""
        if self._joined is not None:
            yield from (self._joined[key] for key in sorted(self._joined))
            return
        part = self._parts[0][1]
        if not isinstance(part, Unread):
            yield from part

    def _near(self, near: Sequence[RegionFacts]) -> Sequence[Part[Row]]:
        """The parts of those places; of all where none of them is here."""
        return [one for one in self._parts if one[0] in near] or self._parts


def _join(parts: Sequence[Part[Row]], owner: Callable[[Row], str]) -> Mapping[str, Row]:
    joined: dict[str, Row] = {}
    for place, part in parts:
        if isinstance(part, Unread):
            continue
        for row in part:
            if row.id not in joined or owner(row) == place.account_id:
                joined[row.id] = row
    return joined


def _gap(place: RegionFacts, part: Table[Row] | Unread, key: str) -> Unread | None:
    found = part.find(key)
    if not isinstance(found, Unread):
        return None
    return found if found.has_vanished else _named(place, found)


def _named(place: RegionFacts, gap: Unread) -> Unread:
    """The gap with the account and Region it is about: there are several."""
    where = f"{place.account_id} {place.name}"
    return msgspec.structs.replace(gap, detail=f"{where}: {gap.detail}" if gap.detail else where)


class Listings:
    """Every listing that is looked up by id."""

    def __init__(self, places: Sequence[RegionFacts]) -> None:
        self.vpcs = Listing(places, lambda one: one.vpcs, lambda row: row.owner_id)
        self.vpc_attributes = Listing(places, lambda one: one.vpc_attributes)
        self.dhcp_options = Listing(places, lambda one: one.dhcp_options)
        self.subnets = Listing(places, lambda one: one.subnets, lambda row: row.owner_id)
        self.encryption_controls = Listing(places, lambda one: one.encryption_controls)
        self.route_tables = Listing(places, lambda one: one.route_tables, lambda row: row.owner_id)
        self.network_acls = Listing(places, lambda one: one.network_acls)
        self.security_groups = Listing(
            places, lambda one: one.security_groups, lambda row: row.owner_id
        )
        self.managed_prefix_lists = Listing(
            places, lambda one: one.managed_prefix_lists, lambda row: row.owner_id
        )
        self.prefix_list_entries = Listing(places, lambda one: one.prefix_list_entries)
        self.instances = Listing(places, lambda one: one.instances)
        self.network_interfaces = Listing(places, lambda one: one.network_interfaces)
        self.vpc_endpoints = Listing(
            places, lambda one: one.vpc_endpoints, lambda row: row.owner_id
        )
        self.internet_gateways = Listing(places, lambda one: one.internet_gateways)
        self.egress_only_gateways = Listing(places, lambda one: one.egress_only_internet_gateways)
        self.nat_gateways = Listing(places, lambda one: one.nat_gateways)
        self.vpn_gateways = Listing(places, lambda one: one.vpn_gateways)
        self.peering_connections = Listing(places, lambda one: one.peering_connections)
