"""The state of one evaluation: who sends now, what the destination can still be, what was met."""

from __future__ import annotations

import dataclasses

from policies.network.reachability.addresses import AddressSet
from policies.network.reachability.answer import Stage
from policies.network.reachability.flow import Destination, Origin
from policies.network.reachability.network import Network
from policies.network.reachability.protocols import Protocol


@dataclasses.dataclass
class Walk:
    """A packet on its way, over everything the destination may be.

    ``remaining`` are the destination's addresses that no filter has dropped so far: a filter that
    admits none of them blocks for certain, even where each filter alone admits some.
    ``visited`` are the NAT gateways and forwarding interfaces it went through.
    """

    network: Network
    origin: Origin
    destination: Destination
    protocol: Protocol
    port: int
    remaining: AddressSet
    visited: frozenset[str] = frozenset()
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
            stages=[],
        )

    @property
    def service_port(self) -> str:
        """``tcp/443``, as rules are told."""
        return f"{self.protocol.name.casefold()}/{self.port}"
