"""What an instance is as a network client: its interfaces, its own ports, its hypervisor."""

from __future__ import annotations

import functools
import re
from typing import Final

from inventory.facts import Instance, NetworkInterface, Node, Unread
from policies.control import Context
from policies.network.reachability import LINUX_PORTS, WINDOWS_PORTS, Client, Ports
from policies.parameters import Parameters

_DEFAULTS: Final = Parameters()
#: Instance families on the Xen hypervisor, a closed set: all later ones are Nitro. The instance's
#: own ``Hypervisor`` says ``xen`` for both.
_XEN: Final = re.compile(
    r"t[12]|m[1-4]|c[134]|cc[12]|c[gr]1|d2|f1|g[23]s?|h1|hi1|hs1|i[23]|[pr][23]|r4|x1e?", re.ASCII
)


def sender(node: Node, interface: NetworkInterface, context: Context) -> Client:
    """As ``client_of``, made once for all that is asked of one interface in a row."""
    key = (node, interface)
    return context.latest("sender", key, lambda: client_of(node, interface, context.parameters))


def client_of(
    node: Node, interface: NetworkInterface, parameters: Parameters = _DEFAULTS
) -> Client:
    """One of the node's interfaces as the sending end of a flow."""
    return Client.of(
        interface,
        ports=own_ports(node, parameters),
        nitro=runs_on_nitro(node.instance.instance_type),
    )


def primary_interface(instance: Instance) -> NetworkInterface | None:
    """Device 0 on card 0 (MH1); a lone interface is primary even where that was not recorded."""
    if len(instance.network_interfaces) == 1:
        return instance.network_interfaces[0]
    return instance.primary_interface


def own_ports(node: Node, parameters: Parameters = _DEFAULTS) -> Ports | None:
    """The range the operating system takes its ports from (NA7, D26); ``None`` = unknown OS.

    macOS uses the same range as Windows, the one IANA set aside; a range that the user sets for
    Windows is not meant for it.
    """
    row = node.region.managed_nodes.find(node.id)
    reported = "" if isinstance(row, Unread) else row.platform_type.casefold()
    instance = node.instance
    if reported == "windows" or instance.is_windows:
        return Ports(*parameters.windows_ports) if parameters.windows_ports else WINDOWS_PORTS
    if reported == "macos" or instance.architecture.endswith("_mac"):
        return WINDOWS_PORTS
    if reported == "linux" or instance.platform_details:
        return Ports(*parameters.linux_ports) if parameters.linux_ports else LINUX_PORTS
    return None


@functools.lru_cache(maxsize=4096)
def runs_on_nitro(instance_type: str) -> bool | None:
    """Whether the type is a Nitro one (D21); ``None`` = no readable type."""
    named = re.fullmatch(r"([a-z0-9-]+)\.([a-z0-9-]+)", instance_type)
    if named is None:
        return None
    family, size = named.groups()
    return not _XEN.fullmatch(family) or size.startswith("metal")
