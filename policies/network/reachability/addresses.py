"""Sets of IP addresses, so that a rule is judged over everything a name may resolve to."""

from __future__ import annotations

import dataclasses
import ipaddress
from collections.abc import Iterable
from enum import IntEnum
from functools import lru_cache
from typing import Final

Span = tuple[int, int]


class Family(IntEnum):
    """The IP version; rules of one never serve the other (SG6, RT7)."""

    V4 = 4
    V6 = 6

    @property
    def bits(self) -> int:
        return 32 if self is Family.V4 else 128


class MalformedAddressError(ValueError):
    """A text that should be an address or a CIDR block and is none."""


@dataclasses.dataclass(frozen=True, slots=True)
class AddressSet:
    """Addresses of one family as ascending, inclusive spans of integers that never touch.

    Make one with ``network``, ``address``, ``everything``, ``nothing`` or ``union``; the
    operators ``|``, ``&``, ``-`` and ``<=`` are those of ``set``. Both sides share a family.
    ``label`` is what people are told in the place of the addresses, ``""`` = themselves.
    """

    family: Family
    spans: tuple[Span, ...]
    label: str = dataclasses.field(default="", compare=False)

    @classmethod
    def network(cls, cidr: str) -> AddressSet:
        """The addresses of a CIDR block; raises MalformedAddressError."""
        return _parsed_network(cidr)

    @classmethod
    def address(cls, text: str) -> AddressSet:
        """One address; raises MalformedAddressError."""
        return _parsed_address(text)

    @classmethod
    def everything(cls, family: Family) -> AddressSet:
        return cls(family, ((0, (1 << family.bits) - 1),))

    @classmethod
    def nothing(cls, family: Family) -> AddressSet:
        return cls(family, ())

    @classmethod
    def union(cls, family: Family, parts: Iterable[AddressSet]) -> AddressSet:
        """All addresses of the parts, which are of that family."""
        return cls(family, _merged(span for part in parts for span in part.spans))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __or__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.family, _merged((*self.spans, *other.spans)))

    def __and__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.family, _common(self.spans, other.spans))

    def __sub__(self, other: AddressSet) -> AddressSet:
        return AddressSet(self.family, _without(self.spans, other.spans))

    def __le__(self, other: AddressSet) -> bool:
        return _inside(self.spans, other.spans)

    def labelled(self, label: str) -> AddressSet:
        """The same addresses, told by another name."""
        return AddressSet(self.family, self.spans, label)

    @property
    def is_single(self) -> bool:
        return len(self.spans) == 1 and self.spans[0][0] == self.spans[0][1]

    @property
    def witness(self) -> str:
        """The lowest address, as text: an example for people. The set must not be empty."""
        number = self.spans[0][0]
        if self.family is Family.V4:
            return str(ipaddress.IPv4Address(number))
        return str(ipaddress.IPv6Address(number))

    def __str__(self) -> str:
        if self.label:
            return self.label
        if not self.spans:
            return "no address"
        if self.spans == PUBLIC_IPV4.spans:
            return "public addresses"
        return self.witness if self.is_single else f"{self.witness} and others"


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _common(left: tuple[Span, ...], right: tuple[Span, ...]) -> tuple[Span, ...]:
    found: list[Span] = []
    mine, theirs = 0, 0
    while mine < len(left) and theirs < len(right):
        first, last = left[mine]
        start, end = right[theirs]
        if first <= end and start <= last:
            found.append((max(first, start), min(last, end)))
        if last < end:
            mine += 1
        else:
            theirs += 1
    return tuple(found)


def _without(left: tuple[Span, ...], right: tuple[Span, ...]) -> tuple[Span, ...]:
    kept: list[Span] = []
    theirs = 0
    for first, last in left:
        while theirs < len(right) and right[theirs][1] < first:
            theirs += 1
        start, at = first, theirs
        while at < len(right) and right[at][0] <= last:
            if right[at][0] > start:
                kept.append((start, right[at][0] - 1))
            start = right[at][1] + 1
            at += 1
        if start <= last:
            kept.append((start, last))
    return tuple(kept)


def _inside(left: tuple[Span, ...], right: tuple[Span, ...]) -> bool:
    """Whether each span lies in one of the right, of which no two touch."""
    theirs = 0
    for first, last in left:
        while theirs < len(right) and right[theirs][1] < first:
            theirs += 1
        if theirs == len(right) or first < right[theirs][0] or last > right[theirs][1]:
            return False
    return True


@lru_cache(maxsize=1 << 16)
def _parsed_network(cidr: str) -> AddressSet:
    try:
        block = ipaddress.ip_network(cidr, strict=False)
    except ValueError as error:
        raise MalformedAddressError(f"{cidr!r} is no CIDR block") from error
    first = int(block.network_address)
    return AddressSet(Family(block.version), ((first, first + block.num_addresses - 1),))


@lru_cache(maxsize=1 << 12)
def _parsed_address(text: str) -> AddressSet:
    try:
        one = ipaddress.ip_address(text)
    except ValueError as error:
        raise MalformedAddressError(f"{text!r} is no IP address") from error
    return AddressSet(Family(one.version), ((int(one), int(one)),))


_SPECIAL_PURPOSE_V4: Final = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/3",
)
#: Where an AWS name may resolve to publicly: AWS's APIs do not say, so all of public IPv4 space
#: is the safe default (network.md 2.7). Special-purpose blocks (IANA registry) are left out.
PUBLIC_IPV4: Final = AddressSet.everything(Family.V4) - AddressSet.union(
    Family.V4, map(AddressSet.network, _SPECIAL_PURPOSE_V4)
)
#: The well-known prefix under which DNS64 and NAT64 show IPv4 addresses to IPv6 clients (NG7).
NAT64: Final = AddressSet.network("64:ff9b::/96")
#: IPv6 addresses that are routed on the internet.
GLOBAL_V6: Final = AddressSet.network("2000::/3")


def is_public(addresses: AddressSet) -> bool:
    """Whether every address is one that only a gateway to the internet leads to."""
    if addresses.family is Family.V4:
        return addresses <= PUBLIC_IPV4
    return addresses <= GLOBAL_V6 or addresses <= NAT64
