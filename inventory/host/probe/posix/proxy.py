"""The proxy of the agent's own service (linux/service_proxy.sh, macos/service_proxy.sh)."""

from __future__ import annotations

import re
from typing import Final

from inventory.facts.host import Proxy
from inventory.host.probe.asking import Asked
from inventory.host.probe.shell import Told, at

_SEPARATOR: Final = re.compile(r"[,\s]+")
_USER: Final = re.compile(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?.*@", re.DOTALL)


def read_proxy(said: Told, _asked: Asked) -> Proxy | None:
    """The proxy; ``None`` where neither the process nor its unit could be looked at."""
    words = said.first("proxy")
    if words is None or not at(words, 0):
        return None
    return Proxy(
        origin=at(words, 0),
        http=blotted(at(words, 1)),
        https=blotted(at(words, 2)),
        no_proxy=listed(at(words, 3)),
    )


def blotted(url: str) -> str:
    """The URL without a name and a password: the script has already blotted them out."""
    return _USER.sub(r"\1***@", url, count=1) if "@" in url else url


def listed(no_proxy: str) -> tuple[str, ...]:
    """The names and networks of a ``no_proxy``, in their order."""
    return tuple(one for one in _SEPARATOR.split(no_proxy) if one)
