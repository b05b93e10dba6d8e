"""What a verdict can tell two clients apart by: their network signature (network.md 5.4)."""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from operator import attrgetter
from typing import Final

import msgspec

from inventory.facts import RegionFacts
from inventory.facts.recorded import Recorded
from policies.network.reachability.addresses import (
    GLOBAL_V6,
    NAT64,
    PUBLIC_IPV4,
    AddressSet,
    Family,
    MalformedAddressError,
)
from policies.network.reachability.flow import Client
from policies.network.reachability.network import Network

#: Members of a client that a signature holds a class of, not the value: which cell an address
#: lies in, whether there is a public one. All others count as they are, also those to come.
_CLASSED: Final = frozenset({"interface_id", "address", "address_v6", "public"})
_AS_THEY_ARE: Final = attrgetter(
    *(member.name for member in dataclasses.fields(Client) if member.name not in _CLASSED)
)
#: Listings that grow with the fleet. Nothing compares a client's address with what they hold.
_OF_MACHINES: Final = frozenset(
    {"instances", "network_interfaces", "managed_nodes", "profile_associations"}
)
#: A whole text of an answer, written as JSON, that may be a CIDR block or an address.
_BLOCK: Final = re.compile(rb'(?<=[:,[])"([0-9A-Fa-f]*[:.][0-9A-Fa-f:./]*)"')


class SourceCells:
    """The addresses of either family, cut wherever any rule or route could tell two apart.

    Two addresses of one cell lie in the same CIDR blocks, whichever of them is asked about.
    """

    def __init__(self, blocks: Iterable[AddressSet]) -> None:
        cuts: dict[Family, set[int]] = {Family.V4: set(), Family.V6: set()}
        for block in blocks:
            for first, last in block.spans:
                cuts[block.family] |= {first, last + 1}
        self._cuts = {family: sorted(numbers) for family, numbers in cuts.items()}

    def cell_of(self, address: AddressSet) -> int:
        """The number of the cell of a single address."""
        return bisect_right(self._cuts[address.family], address.spans[0][0])


def source_cells(network: Network) -> SourceCells:
    """Cut by every block in the facts: a cell too many is sound, one too few is not."""
    constant = (PUBLIC_IPV4, NAT64, GLOBAL_V6)
    texts = {text for region in network.regions for text in _texts(region)}
    return SourceCells((*constant, *_blocks(texts)))


def signature(client: Client, cells: SourceCells) -> Hashable | None:
    """Equal for clients whose every flow ends alike, but for their own names in what is told.

    ``None`` for an address that cannot be read: such a client is like no other.
    """
    try:
        cell = _cell(client, Family.V4, cells), _cell(client, Family.V6, cells)
    except MalformedAddressError:
        return None
    return (_AS_THEY_ARE(client), bool(client.public), cell)


def _cell(client: Client, family: Family, cells: SourceCells) -> int | None:
    if not client.address_of(family):
        return None
    address = client.source(family)
    if address.family is not family:
        raise MalformedAddressError(f"{address} is no IPv{family.value} address")
    return cells.cell_of(address)


def _texts(region: RegionFacts) -> Iterator[bytes]:
    """Every text of the Region's answers that looks like a block or an address."""
    for member in dataclasses.fields(region):
        listing = getattr(region, member.name)
        # What was recorded holds nothing that the typed listings do not.
        if member.name not in _OF_MACHINES and not isinstance(listing, Recorded):
            yield from _BLOCK.findall(msgspec.json.encode(listing, enc_hook=list))


def _blocks(texts: Iterable[bytes]) -> Iterator[AddressSet]:
    for text in texts:
        try:
            yield AddressSet.network(text.decode())
        except MalformedAddressError:
            continue  # a rule or route that cannot be read is a doubt for every client alike
