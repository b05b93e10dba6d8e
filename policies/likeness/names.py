"""What a node is called: the names, addresses and times that only it has."""

from __future__ import annotations

from collections.abc import Iterator

from inventory.facts import ManagedNode, NetworkInterface, Node, Unread
from policies.profile_associations import associations_of

Name = str | int | float


def names_of(node: Node) -> tuple[Name, ...]:
    """Each at a place of its own: nodes of equal traits have as many, ``""`` for one it lacks."""
    return tuple(name if name is not None else "" for name in _names(node))


def _names(node: Node) -> Iterator[Name | None]:
    instance = node.instance
    yield instance.instance_id
    yield instance.private_ip_address
    yield instance.public_ip_address
    yield instance.private_dns_name
    yield instance.launch_time
    row = node.region.managed_nodes.find(node.id)
    if isinstance(row, ManagedNode):
        yield from (row.last_ping_date_time, row.ip_address, row.computer_name)
    for interface in instance.network_interfaces:
        yield from _of_interface(interface)
    associations = associations_of(node)
    for one in () if isinstance(associations, Unread) else associations:
        yield from (one.association_id, one.timestamp)


def _of_interface(interface: NetworkInterface) -> Iterator[Name | None]:
    yield interface.id
    yield interface.private_ip_address
    if interface.association is not None:
        yield interface.association.public_ip
    for private in interface.private_ip_addresses:
        yield from (private.private_ip_address, private.public_address)
    yield from (one.ipv6_address for one in interface.ipv6_addresses)


def shapes(names: tuple[Name, ...]) -> tuple[type | None, ...]:
    """For each place whether there is a name, and whether it is a text or a number."""
    return tuple(type(name) if name != "" else None for name in names)


def doubles(names: tuple[Name, ...]) -> tuple[int, ...]:
    """For each place the first that holds the same: a template cannot tell two of them apart."""
    first: dict[Name, int] = {}
    return tuple(first.setdefault(name, place) for place, name in enumerate(names))
