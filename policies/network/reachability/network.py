"""The network of one account and Region, indexed for look-up."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar, cast

from inventory.facts import Instance, NetworkInterface, RegionFacts, Unread
from inventory.facts.network import (
    NetworkAcl,
    RouteTable,
    RouteTableAssociation,
    Subnet,
    VpcEndpoint,
)

Result = TypeVar("Result")


class Network:
    """Finds what a path touches; a gap comes back as ``Unread``, never as an empty answer.

    One account and Region today. Paths that leave them end in an unknown that says so; several
    joined into one network change this class alone.
    """

    def __init__(self, region: RegionFacts) -> None:
        self.region = region
        self._results: dict[Hashable, object] = {}

    def once(self, key: Hashable, compute: Callable[[], Result]) -> Result:
        """A result that many flows share; the key names all it reads besides this network."""
        if key not in self._results:
            self._results[key] = compute()
        return cast("Result", self._results[key])

    def is_collected(self, owner_id: str) -> bool:
        """Whether that account's answers are here; a shared subnet's owner may not be (SH1)."""
        return owner_id in ("", self.region.account_id)

    def subnet(self, subnet_id: str) -> Subnet | Unread:
        return self.region.subnets.find(subnet_id)

    def route_table(self, subnet_id: str) -> RouteTable | Unread:
        """The explicitly associated table, else the main one of the subnet's VPC (RT1)."""
        tables = self.region.route_tables
        subnet = self.subnet(subnet_id)
        if isinstance(tables, Unread):
            return tables
        if isinstance(subnet, Unread):
            return subnet
        explicit = [
            table
            for table in self._tables_of(subnet.vpc_id)
            if any(one.subnet_id == subnet.id for one in _in_force(table))
        ]
        main = [
            table
            for table in self._tables_of(subnet.vpc_id)
            if any(one.main for one in _in_force(table))
        ]
        found = explicit or main
        if len(found) == 1:
            return found[0]
        problem = "no route table serves" if not found else "more than one route table serves"
        return Unread(RouteTable.call, "CHANGED_DURING_COLLECTION", f"{problem} {subnet.id}")

    def edge_tables(self, gateway_id: str) -> tuple[RouteTable, ...]:
        """Tables that steer what comes in through a gateway (RT1, RT9)."""
        tables = self.region.route_tables
        if isinstance(tables, Unread):
            return ()
        return tuple(
            table
            for table in tables
            if any(one.gateway_id == gateway_id for one in _in_force(table))
        )

    def network_acl(self, subnet_id: str) -> NetworkAcl | Unread:
        """The subnet's one ACL; a subnet that no ACL names is a gap, not an open door (NA1)."""
        if isinstance(self._acls, Unread):
            return self._acls
        found = self._acls.get(subnet_id, ())
        if len(found) == 1:
            return found[0]
        problem = "no network ACL is" if not found else "more than one network ACL is"
        return Unread(
            NetworkAcl.call, "CHANGED_DURING_COLLECTION", f"{problem} associated with {subnet_id}"
        )

    def interface(self, interface_id: str) -> NetworkInterface | Unread:
        """An ENI by id: from the Region's listing, else from the instance that embeds it."""
        listed = self.region.network_interfaces.find(interface_id)
        if isinstance(listed, Unread):
            return self._embedded.get(interface_id, listed)
        return listed

    def interface_at(self, vpc_id: str, address: str) -> NetworkInterface | Unread:
        """The ENI of a VPC that holds a private address."""
        found = self._by_address.get((vpc_id, address))
        if found is not None:
            return found
        if isinstance(self.region.network_interfaces, Unread):
            return self.region.network_interfaces
        return Unread(
            self.region.network_interfaces.call,
            "CHANGED_DURING_COLLECTION",
            f"no interface of {vpc_id} holds {address}",
        )

    def instance_of(self, interface_id: str) -> Instance | Unread:
        """The instance whose ENI that is."""
        instances = self.region.instances
        if isinstance(instances, Unread):
            return instances
        owner = self._owners.get(interface_id)
        if owner is None:
            return Unread(
                instances.call,
                "CHANGED_DURING_COLLECTION",
                f"no listed instance holds {interface_id}",
            )
        return owner

    def interface_endpoints(self) -> tuple[VpcEndpoint, ...] | Unread:
        """Endpoints with ENIs of their own, of every VPC (EP1)."""
        endpoints = self.region.vpc_endpoints
        if isinstance(endpoints, Unread):
            return endpoints
        return tuple(one for one in endpoints if one.vpc_endpoint_type.casefold() == "interface")

    def _tables_of(self, vpc_id: str) -> tuple[RouteTable, ...]:
        return self._route_tables.get(vpc_id, ())

    @cached_property
    def _route_tables(self) -> Mapping[str, tuple[RouteTable, ...]]:
        tables = self.region.route_tables
        by_vpc: dict[str, tuple[RouteTable, ...]] = {}
        if not isinstance(tables, Unread):
            for table in tables:
                by_vpc[table.vpc_id] = (*by_vpc.get(table.vpc_id, ()), table)
        return by_vpc

    @cached_property
    def _acls(self) -> Mapping[str, tuple[NetworkAcl, ...]] | Unread:
        acls = self.region.network_acls
        if isinstance(acls, Unread):
            return acls
        by_subnet: dict[str, tuple[NetworkAcl, ...]] = {}
        for acl in acls:
            for association in acl.associations:
                known = by_subnet.get(association.subnet_id, ())
                by_subnet[association.subnet_id] = (*known, acl)
        return by_subnet

    @cached_property
    def _owners(self) -> Mapping[str, Instance]:
        instances = self.region.instances
        if isinstance(instances, Unread):
            return {}
        return {eni.id: instance for instance in instances for eni in instance.network_interfaces}

    @cached_property
    def _embedded(self) -> Mapping[str, NetworkInterface]:
        return {
            eni.id: eni for instance in self._owners.values() for eni in instance.network_interfaces
        }

    @cached_property
    def _by_address(self) -> Mapping[tuple[str, str], NetworkInterface]:
        return {
            (eni.vpc_id, address): eni
            for eni in self._all_interfaces()
            for address in _addresses(eni)
        }

    def _all_interfaces(self) -> Iterator[NetworkInterface]:
        yield from self._embedded.values()
        listed = self.region.network_interfaces
        if not isinstance(listed, Unread):
            yield from listed


def _in_force(table: RouteTable) -> Iterator[RouteTableAssociation]:
    """Associations that hold; older answers carry no AssociationState."""
    for association in table.associations:
        state = association.association_state
        if state is None or state.state.casefold() in ("", "associated"):
            yield association


def _addresses(interface: NetworkInterface) -> Iterator[str]:
    if interface.private_ip_address:
        yield interface.private_ip_address
    yield from (one.private_ip_address for one in interface.private_ip_addresses)
    yield from (one.ipv6_address for one in interface.ipv6_addresses)
