"""The proxy of the agent's service on Windows (1.2; windows/service_proxy.ps1)."""

from __future__ import annotations

from inventory.facts.host import Proxy
from inventory.host.probe.asking import Asked
from inventory.host.probe.posix.proxy import blotted, listed
from inventory.host.probe.windows.script import Said


def read_proxy(said: Said, _asked: Asked) -> Proxy | None:
    """The service's registry value, else the system's variables; those of IE and WinHTTP not."""
    if not said.text("origin"):
        return None
    return Proxy(
        origin=said.text("origin"),
        http=blotted(said.text("http")),
        https=blotted(said.text("https")),
        no_proxy=listed(said.text("no")),
        note="the settings of Internet Explorer and WinHTTP were not looked at",
    )
