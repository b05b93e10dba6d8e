"""What is asked: who sends, where to, and which packets."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Final

from inventory.facts import NetworkInterface
from inventory.facts.network import VpcEndpoint
from policies.network.reachability.addresses import (
    PUBLIC_IPV4,
    AddressSet,
    Family,
    MalformedAddressError,
)
from policies.network.reachability.protocols import Ports, Protocol

#: The ranges from which client systems take their own ports (NA7, D26).
LINUX_PORTS: Final = Ports(32768, 60999)
WINDOWS_PORTS: Final = Ports(49152, 65535)
#: NAT gateways', and what covers every system's own range.
ANY_EPHEMERAL_PORTS: Final = Ports(1024, 65535)


@dataclasses.dataclass(frozen=True)
class Client:
    """The sending end: all that a verdict reads of an ENI and its instance (network.md 5.4).

    ``address`` and ``address_v6`` are the private address in use and the IPv6 one, ``public`` the
    public IPv4 address mapped to ``address``; ``""`` = none. ``ports`` is the range the operating
    system takes its own ports from, ``None`` = unknown. ``nitro`` says whether the hypervisor
    offers a resolver without DHCP options (D21), ``None`` = unknown.
    """

    interface_id: str
    vpc_id: str
    subnet_id: str
    groups: tuple[str, ...]
    address: str = ""
    address_v6: str = ""
    public: str = ""
    ports: Ports | None = None
    nitro: bool | None = None

    @classmethod
    def of(
        cls, interface: NetworkInterface, *, ports: Ports | None = None, nitro: bool | None = None
    ) -> Client:
        """The client that an ENI is, with its primary private address (IG2)."""
        primary = next((one for one in interface.private_ip_addresses if one.primary), None)
        if primary is not None:
            address, public = primary.private_ip_address, primary.public_address
        else:
            address = interface.private_ip_address
            public = interface.association.public_ip if interface.association else ""
        return cls(
            interface_id=interface.id,
            vpc_id=interface.vpc_id,
            subnet_id=interface.subnet_id,
            groups=tuple(sorted(group.group_id for group in interface.groups)),
            address=address,
            address_v6=min((one.ipv6_address for one in interface.ipv6_addresses), default=""),
            public=public,
            ports=ports,
            nitro=nitro,
        )

    @property
    def family(self) -> Family:
        """IPv4 wherever the client has it; IPv6 for one in an IPv6-only subnet (V61)."""
        return Family.V4 if self.address or not self.address_v6 else Family.V6

    def address_of(self, family: Family) -> str:
        return self.address if family is Family.V4 else self.address_v6

    def source(self, family: Family) -> AddressSet:
        """The address it sends from; raises MalformedAddressError, also where it has none."""
        address = AddressSet.address(self.address_of(family))
        if address.family is not family:
            raise MalformedAddressError(f"{address} is no IPv{family.value} address")
        return address


@dataclasses.dataclass(frozen=True)
class HostName:
    """A DNS name to be resolved as the client's VPC resolves it.

    ``dual_stack``: publicly it has IPv6 addresses besides its IPv4 ones.
    """

    name: str
    dual_stack: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(self.name.casefold().rstrip(".").split("."))


@dataclasses.dataclass(frozen=True)
class Flow:
    """A question to the engine: does this client reach that place.

    ``to`` is a name, or addresses any of which may be the true one. ``candidates`` are the
    public IPv4 addresses that a name may stand for.
    """

    client: Client
    to: HostName | AddressSet
    port: int = 443
    protocol: Protocol = Protocol.TCP
    candidates: AddressSet = PUBLIC_IPV4


@dataclasses.dataclass(frozen=True)
class Destination:
    """One place a flow leads to.

    ``addresses`` hold the true one; ``groups`` are the security groups of the ENI that holds it,
    empty where it is no ENI, ``None`` where that is not known. ``service`` is the first label of
    the host name (``ssm``), ``""`` for plain addresses. ``translated`` are the IPv4 addresses that
    a NAT gateway makes of NAT64 ones.
    """

    label: str
    addresses: AddressSet
    groups: frozenset[str] | None = frozenset()
    interface: NetworkInterface | None = None
    endpoint: VpcEndpoint | None = None
    service: str = ""
    translated: AddressSet | None = None


class Sender(StrEnum):
    """What kind of thing sends."""

    INTERFACE = "interface"
    PUBLIC_NAT = "public NAT gateway"
    PRIVATE_NAT = "private NAT gateway"


@dataclasses.dataclass(frozen=True)
class Origin:
    """Whoever sends at some point of the way: the client's ENI, later a NAT gateway.

    ``resource`` is its id; ``public`` its public address, ``""`` = none; ``ports`` where answers
    to it arrive, ``None`` = operating system unknown. ``groups`` are those of its ENI.
    """

    resource: str
    vpc_id: str
    subnet_id: str
    address: AddressSet
    public: str
    ports: Ports | None
    groups: frozenset[str] = frozenset()
    kind: Sender = Sender.INTERFACE

    @property
    def is_nat(self) -> bool:
        return self.kind is not Sender.INTERFACE
