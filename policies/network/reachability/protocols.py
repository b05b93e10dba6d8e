"""Protocols and ports as EC2 writes them in security group rules and network ACL entries."""

from __future__ import annotations

import dataclasses
from enum import IntEnum
from typing import Final

_ALL: Final = frozenset({"-1", "all"})
_NUMBERS: Final = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}


class Protocol(IntEnum):
    """The protocols a flow can have; the values are IANA's numbers."""

    TCP = 6
    UDP = 17


@dataclasses.dataclass(frozen=True, order=True, slots=True)
class Ports:
    """An inclusive range of ports."""

    first: int
    last: int

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def covers_every_protocol(text: str) -> bool:
    """Whether EC2's text means all protocols; then its ports are absent or ignored (SG4, NA3)."""
    return text.casefold() in _ALL


def names_protocol(text: str, protocol: Protocol) -> bool | None:
    """Whether EC2's text (``tcp``, ``6``) names the protocol; ``None`` = a text unknown here."""
    number = _NUMBERS.get(text.casefold())
    if number is None and text.isdecimal():
        number = int(text)
    return None if number is None else number == protocol
