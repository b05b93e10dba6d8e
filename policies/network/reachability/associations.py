"""Which route table and which network ACL serves a subnet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from inventory.facts.network import NetworkAcl, RouteTable, RouteTableAssociation, Subnet

#: States of an association that holds; older answers carry none.
_IN_FORCE: Final = frozenset({"", "associated"})


class RouteTables:
    """Route tables by what they are associated with (RT1)."""

    def __init__(self, tables: Iterable[RouteTable]) -> None:
        self._of_subnet: dict[str, tuple[RouteTable, ...]] = {}
        self._main_of_vpc: dict[str, tuple[RouteTable, ...]] = {}
        self._of_gateway: dict[str, tuple[RouteTable, ...]] = {}
        for table in tables:
            for one in _in_force(table):
                if one.main:
                    _file(self._main_of_vpc, table.vpc_id, table)
                if one.subnet_id:
                    _file(self._of_subnet, one.subnet_id, table)
                if one.gateway_id:
                    _file(self._of_gateway, one.gateway_id, table)

    def of(self, subnet: Subnet) -> tuple[RouteTable, ...]:
        """The explicitly associated tables, else the main ones of its VPC: one, if all is well."""
        explicit = self._of_subnet.get(subnet.id, ())
        return tuple(one for one in explicit if one.vpc_id == subnet.vpc_id) or (
            self._main_of_vpc.get(subnet.vpc_id, ())
        )

    def of_gateway(self, gateway_id: str) -> tuple[RouteTable, ...]:
        """Edge tables: they steer what comes in through a gateway."""
        return self._of_gateway.get(gateway_id, ())


def acls_by_subnet(acls: Iterable[NetworkAcl]) -> Mapping[str, tuple[NetworkAcl, ...]]:
    """The ACLs that name a subnet: one, if all is well (NA1)."""
    by_subnet: dict[str, tuple[NetworkAcl, ...]] = {}
    for acl in acls:
        for association in acl.associations:
            known = by_subnet.get(association.subnet_id, ())
            by_subnet[association.subnet_id] = (*known, acl)
    return by_subnet


def _file(index: dict[str, tuple[RouteTable, ...]], key: str, table: RouteTable) -> None:
    known = index.get(key, ())
    if all(one is not table for one in known):
        index[key] = (*known, table)


def _in_force(table: RouteTable) -> Iterator[RouteTableAssociation]:
    for association in table.associations:
        state = association.association_state
        if state is None or state.state.casefold() in _IN_FORCE:
            yield association
