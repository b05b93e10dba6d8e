"""What an error text of Go or Windows says about the way to a host (domain.md 3.4, group C)."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

#: Text → how the look-up of the name ended. The first that is found counts.
_NAMES: Final = (
    ("no such host", "no-such-host"),
    ("server misbehaving", "dns-failure"),
    ("temporary failure in name resolution", "dns-failure"),
    ("i/o timeout", "dns-timeout"),
    ("", "dns-failure"),
)
#: Text → how the connection ended. Windows says the same in sentences of its own.
_CONNECTIONS: Final = (
    ("i/o timeout", "timeout"),
    ("connection timed out", "timeout"),
    ("did not properly respond", "timeout"),
    ("deadline exceeded", "timeout"),
    ("connection refused", "refused"),
    ("actively refused", "refused"),
    ("network is unreachable", "unreachable"),
    ("unreachable network", "unreachable"),
    ("no route to host", "unreachable"),
    ("unreachable host", "unreachable"),
    ("connection reset", "reset"),
    ("forcibly closed", "reset"),
    ("eof", "reset"),
)
#: Of a text in another language, or one that nobody has seen: it failed, and that is all.
UNTOLD: Final = "failure"

_LOOKUP: Final = re.compile(
    r"\blookup (?P<host>[\w.-]{1,253})(?: on (?P<server>[\w.:\[\]%]{1,64}))?"
)
_DIAL: Final = re.compile(
    r"dial \w+ (?:\S+->)?(?P<address>\[[0-9a-fA-F:.%]+\]|[\w.-]{1,253}):(?P<port>\d+)"
)
_PROXY_STATUS: Final = re.compile(r"http proxy with status code (?P<code>\d{3})", re.IGNORECASE)
_HTTPS: Final = "443"


@dataclasses.dataclass(frozen=True)
class NetworkError:
    """How far a connection came, in the words of ``EndpointTry``.

    ``address`` is where it went, ``resolver`` who was asked for the name, ``via`` the proxy that
    the text names where it went to one: another port than 443.
    """

    names: str = ""
    tcp: str = ""
    http: str = ""
    address: str = ""
    resolver: str = ""
    via: str = ""


def network_error(text: str) -> NetworkError:
    """The stage that an error speaks of; of one that is not understood, that TCP failed."""
    said = text.casefold()
    lookup = _LOOKUP.search(text)
    if lookup is not None:
        names = next(stage for words, stage in _NAMES if words in said)
        server = (lookup["server"] or "").rstrip(":").removesuffix(":53").strip("[]")
        return NetworkError(names=names, resolver=server)
    status = _PROXY_STATUS.search(text)
    if status is not None:
        code = status["code"]
        return NetworkError(http=f"proxy-{code}" if code in ("403", "407") else UNTOLD)
    tcp = next((stage for words, stage in _CONNECTIONS if words in said), UNTOLD)
    dial = _DIAL.search(text)
    if dial is None:
        return NetworkError(tcp=tcp)
    address = dial["address"].strip("[]")
    if dial["port"] != _HTTPS:
        return NetworkError(tcp=tcp, via=f"{dial['address']}:{dial['port']}")
    return NetworkError(names="ok", tcp=tcp, address=address)
