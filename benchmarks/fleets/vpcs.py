"""What a VPC of 500 instances is called and how its addresses are laid out."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Any, Final

from benchmarks.fleets.identifiers import identifier

INSTANCES_EACH: Final = 500
ZONES: Final = ("a", "b", "c")
#: The third number of a subnet's addresses; a /20 each, but for the /24 at the edge.
SUBNETS: Final = {
    "app-a": 0,
    "app-b": 16,
    "app-c": 32,
    "forgotten": 48,
    "closed": 64,
    "branch": 80,
    "edge": 240,
}
Row = dict[str, Any]
#: As many VPCs as have addresses of their own; further ones begin again.
_PREFIXES: Final = 256


class Shape(StrEnum):
    """How the instances of a VPC reach AWS's services."""

    NAT = "nat"
    ENDPOINTS = "endpoints"
    PUBLIC = "public"


_SHAPES: Final = (Shape.NAT, Shape.ENDPOINTS, Shape.NAT, Shape.PUBLIC)


@dataclasses.dataclass(frozen=True)
class Vpc:
    """One of a Region's; ``number`` counts from 0."""

    account: str
    region: str
    number: int

    @property
    def id(self) -> str:
        return identifier("vpc", self.region, self.number)

    @property
    def shape(self) -> Shape:
        return _SHAPES[self.number % len(_SHAPES)]

    @property
    def prefix(self) -> str:
        """The first two numbers of its addresses."""
        return f"10.{self.number % _PREFIXES}"

    @property
    def cidr(self) -> str:
        return f"{self.prefix}.0.0/16"

    @property
    def subnets(self) -> tuple[str, ...]:
        """Only where a NAT gateway is the way out, a branch goes by the transit gateway."""
        return tuple(one for one in SUBNETS if one != "branch" or self.shape is Shape.NAT)

    def named(self, kind: str, name: str) -> str:
        """The id of one of its things."""
        return identifier(kind, self.region, self.number, name)

    def zone_of(self, subnet: str) -> str:
        """The last letter of the zone's name."""
        return subnet[-1] if subnet.startswith("app-") else ZONES[0]

    def block_of(self, subnet: str) -> str:
        """The subnet's addresses as a CIDR block."""
        return f"{self.prefix}.{SUBNETS[subnet]}.0/{24 if subnet == 'edge' else 20}"

    def address(self, subnet: str, number: int) -> str:
        """The address of that number in the subnet; AWS keeps the first four for itself."""
        third, fourth = divmod(number + 4, 256)
        return f"{self.prefix}.{SUBNETS[subnet] + third}.{fourth}"
