"""How far a machine gets to the services' hosts: the stages of a request, and their words."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from inventory.facts.host import EndpointTry

OK: Final = "ok"


class Stage(StrEnum):
    """The stages in their order; the value is the member of ``EndpointTry``."""

    NAMES = "names"
    TCP = "tcp"
    TLS = "tls"
    HTTP = "http"


#: How a stage can end otherwise, by the contract of ``EndpointTry``.
WORDS: Final[Mapping[Stage, frozenset[str]]] = MappingProxyType(
    {
        Stage.NAMES: frozenset({"no-such-host", "dns-timeout", "dns-failure"}),
        Stage.TCP: frozenset({"timeout", "refused", "unreachable", "reset", "failure"}),
        Stage.TLS: frozenset(
            {"unknown-authority", "wrong-name", "expired", "reset", "timeout", "failure"}
        ),
        Stage.HTTP: frozenset({"timeout", "reset", "failure", "proxy-407", "proxy-403"}),
    }
)
#: The control that judges each stage.
CONTROLS: Final[Mapping[Stage, str]] = MappingProxyType(
    {
        Stage.NAMES: "HOST-06",
        Stage.TCP: "HOST-07",
        Stage.TLS: "HOST-08",
        Stage.HTTP: "HOST-09",
    }
)
_ORDER: Final = tuple(Stage)


def ended(one: EndpointTry, stage: Stage) -> str:
    """How the stage ended; a later one that went well shows that it did too. ``""`` = not tried."""
    word = str(getattr(one, stage))
    if word:
        return word
    later = _ORDER[_ORDER.index(stage) + 1 :]
    return OK if any(getattr(one, after) == OK for after in later) else ""


def broken_before(one: EndpointTry, stage: Stage) -> Stage | None:
    """The earlier stage that the try ended at; ``None`` = it came as far as this one.

    Names that do not resolve on the machine itself are no matter where a proxy resolves them.
    """
    for earlier in _ORDER[: _ORDER.index(stage)]:
        is_the_proxys = one.proxy and earlier is Stage.NAMES
        if ended(one, earlier) not in ("", OK) and not is_the_proxys:
            return earlier
    return None


def is_left_to_proxy(one: EndpointTry, stage: Stage) -> bool:
    """Whether the proxy does this stage: it resolves names, and refuses before any handshake."""
    if not one.proxy:
        return False
    return stage is Stage.NAMES or (stage is not Stage.HTTP and one.http.startswith("proxy-"))


def addressed(one: EndpointTry) -> str:
    """``10.0.1.7 (private)``: what the name resolved to; private = an interface endpoint's."""
    return ", ".join(f"{address} ({_kind(address)})" for address in one.addresses)


def is_private(one: EndpointTry) -> bool:
    """Whether the name resolves to nothing but private addresses."""
    return bool(one.addresses) and all(_kind(address) == "private" for address in one.addresses)


def _kind(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "no address"
    if found.is_loopback:
        return "loopback"
    return "private" if found.is_private else "public"
