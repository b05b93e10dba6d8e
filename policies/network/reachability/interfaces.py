"""Interfaces by address and by the instance that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from inventory.facts import Instance, NetworkInterface


class Interfaces:
    """The ENIs of all listings: those that instances embed, and the Regions' own."""

    def __init__(self, instances: Iterable[Instance], listed: Iterable[NetworkInterface]) -> None:
        self.owners: Mapping[str, Instance] = {
            eni.id: instance for instance in instances for eni in instance.network_interfaces
        }
        self.embedded: Mapping[str, NetworkInterface] = {
            eni.id: eni for instance in self.owners.values() for eni in instance.network_interfaces
        }
        self.by_address: Mapping[tuple[str, str], NetworkInterface] = {
            (eni.vpc_id, address): eni
            for eni in (*self.embedded.values(), *listed)
            for address in _addresses(eni)
        }


def _addresses(interface: NetworkInterface) -> Iterator[str]:
    if interface.private_ip_address:
        yield interface.private_ip_address
    yield from (one.private_ip_address for one in interface.private_ip_addresses)
    yield from (one.ipv6_address for one in interface.ipv6_addresses)
