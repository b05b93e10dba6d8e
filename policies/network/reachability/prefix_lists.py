"""Prefix lists that rules and routes name (SG7, RT6, D30)."""

from __future__ import annotations

import dataclasses

from inventory.facts import Unread
from policies.control import Gap, Missing
from policies.network.reachability.addresses import (
    AddressSet,
    Family,
    MalformedAddressError,
    is_public,
)
from policies.network.reachability.answer import Doubt
from policies.network.reachability.network import Network


@dataclasses.dataclass(frozen=True)
class ListedAddresses:
    """What a list holds of one family; ``is_known`` is False where its entries were not read."""

    addresses: AddressSet
    is_known: bool = True
    doubts: tuple[Doubt, ...] = ()


def listed_addresses(
    network: Network, list_id: str, family: Family, service: str
) -> ListedAddresses:
    """The entries of a list, as far as they can be addresses of that service, ``""`` = any.

    AWS's own lists hold the public addresses of the service in their name and no one else's, and
    Systems Manager has none: S3's never admits it, whatever public address it may have (D30).
    """
    nothing = AddressSet.nothing(family)
    if service and _serves(network, list_id) not in ("", service):
        return ListedAddresses(nothing)
    entries = network.prefix_list_entries(list_id)
    if isinstance(entries, Unread):
        return ListedAddresses(nothing, is_known=False)
    parts: list[AddressSet] = []
    gaps: list[Doubt] = []
    for cidr in entries.cidrs:
        try:
            parts.append(AddressSet.network(cidr))
        except MalformedAddressError as error:
            gaps.append(Doubt.malformed(entries.call, list_id, str(error)))
    blocks = (part for part in parts if part.family is family)
    return ListedAddresses(AddressSet.union(family, blocks), doubts=tuple(gaps))


def may_hold(network: Network, list_id: str, addresses: AddressSet, service: str) -> bool:
    """Whether a list can hold any of the addresses, its entries not being known."""
    managed = network.managed_prefix_list(list_id)
    if isinstance(managed, Unread):
        return True
    if managed.address_family and not managed.address_family.endswith(str(addresses.family.value)):
        return False
    owner = _serves(network, list_id)
    if not owner:
        return True
    return owner == service if service else is_public(addresses)


def prefix_list_doubt(list_id: str, place: str) -> Doubt:
    """A list that a rule or a route names and whose entries are not known."""
    settled_by = f"ec2:GetManagedPrefixListEntries for {list_id}"
    return Doubt(
        "PREFIX_LIST_UNRESOLVED",
        place,
        f"{list_id} is not resolved into addresses",
        Missing(Gap.UNREAD, settled_by),
    )


def _serves(network: Network, list_id: str) -> str:
    """The service in the name of AWS's own list, ``""`` for any other list."""
    managed = network.managed_prefix_list(list_id)
    if isinstance(managed, Unread) or managed.owner_id.casefold() != "aws":
        return ""
    return managed.prefix_list_name.rpartition(".")[2]
