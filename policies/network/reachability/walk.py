"""The state of one evaluation: who sends now, what the destination can still be, what was met."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

from inventory.facts.network import RouteTable
from policies.network.reachability.addresses import AddressSet
from policies.network.reachability.answer import Mark, Stage
from policies.network.reachability.flow import Destination, Origin
from policies.network.reachability.network import Network
from policies.network.reachability.protocols import Protocol


@dataclasses.dataclass(frozen=True)
class Location:
    """Where a packet is; ``subnet_id`` is ``""`` where it came over a peering, to no subnet yet."""

    vpc_id: str
    subnet_id: str


@dataclasses.dataclass
class Walk:
    """A packet on its way, over everything the destination may be.

    ``remaining`` are the destination's addresses that no filter has dropped so far: a filter that
    admits none of them blocks for certain, even where each filter alone admits some.
    ``visited`` are the NAT gateways, forwarding interfaces and attachments it went through.
    ``at`` is where it entered another VPC than its sender's, ``None`` = it did not, and ``crossed``
    the peerings and transit gateways it went over since that sender. ``delivered``: the far side
    was judged. ``unfiltered``: its answers enter the sender's subnet past the ACL (NA9).
    """

    network: Network
    origin: Origin
    destination: Destination
    protocol: Protocol
    port: int
    remaining: AddressSet
    visited: frozenset[str] = frozenset()
    at: Location | None = None
    crossed: tuple[str, ...] = ()
    delivered: bool = False
    unfiltered: bool = False
    stages: list[Stage] = dataclasses.field(default_factory=list)

    def meet(self, *stages: Stage) -> None:
        """Note what the packet met."""
        self.stages.extend(stages)

    def branch(self, remaining: AddressSet) -> Walk:
        """The same packet for a part of the addresses; its stages are noted apart."""
        return dataclasses.replace(self, remaining=remaining, stages=[])

    def sent_on(self, forwarder: str, origin: Origin) -> Walk:
        """The packet as a NAT gateway or an appliance sends it on."""
        return dataclasses.replace(
            self,
            origin=origin,
            visited=self.visited | {forwarder},
            at=None,
            crossed=(),
            unfiltered=False,
            stages=[],
        )

    def entering(self, location: Location, over: str, attachment: str = "") -> Walk:
        """The packet as it enters another VPC over a peering or a transit gateway's attachment."""
        return dataclasses.replace(
            self,
            at=location,
            crossed=(*self.crossed, over),
            visited=self.visited | ({attachment} if attachment else set()),
            stages=[],
        )

    def join(self, branches: Sequence[Walk], split: Stage) -> None:
        """Go on as what branches came to: alike they collapse, else ``split`` says why not.

        Where only some are blocked the true one is not known: what the others met is told.
        """
        open_ones = [
            one for one in branches if all(stage.mark is not Mark.BLOCK for stage in one.stages)
        ]
        if len(open_ones) not in (0, len(branches)):
            self.meet(split)
        told = open_ones or branches
        self.meet(*(stage for one in told for stage in one.stages))
        family = self.remaining.family
        self.remaining = AddressSet.union(family, (one.remaining for one in told))
        self.delivered = any(one.delivered for one in told)
        self.unfiltered = all(one.unfiltered for one in told)

    @property
    def here(self) -> Location:
        """The VPC and subnet whose routes take the packet on."""
        return self.at or Location(self.origin.vpc_id, self.origin.subnet_id)

    @property
    def service_port(self) -> str:
        """``tcp/443``, as rules are told."""
        return f"{self.protocol.name.casefold()}/{self.port}"


#: Takes a packet out of its sender's subnet; and on from wherever a route table is asked.
Depart = Callable[[Walk], None]
Forward = Callable[[Walk, RouteTable], None]
