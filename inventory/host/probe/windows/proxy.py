"""The proxy of the agent's service on Windows (1.2; windows/service_proxy.ps1)."""

from __future__ import annotations

from typing import Final

from inventory.facts.host import Proxy
from inventory.host.probe.asking import Asked
from inventory.host.probe.posix.proxy import blotted, listed
from inventory.host.probe.windows.script import Said

_NOT_LOOKED_AT: Final = (
    "the agent's service and the system name none; LocalSystem's own environment, Internet "
    "Explorer's and WinHTTP's were not looked at: netsh winhttp show proxy"
)


def read_proxy(said: Said, _asked: Asked) -> Proxy | None:
    """The service's registry value, else the system's variables.

    Where neither has one, the agent goes on to places that were not looked at (1.2): no origin.
    """
    if not said.text("origin"):
        return None
    http, https = blotted(said.text("http")), blotted(said.text("https"))
    return Proxy(
        origin=said.text("origin") if http or https else "",
        http=http,
        https=https,
        no_proxy=listed(said.text("no")),
        note="" if http or https else _NOT_LOOKED_AT,
    )
