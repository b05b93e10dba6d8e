"""How every section is asked for on macOS."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inventory.host.probe.macos.service import read_service
from inventory.host.probe.macos.volumes import read_volumes
from inventory.host.probe.posix.clock import read_clock
from inventory.host.probe.posix.configuration import read_configuration
from inventory.host.probe.posix.endpoints import read_endpoints
from inventory.host.probe.posix.install import read_install
from inventory.host.probe.posix.leftovers import read_leftovers
from inventory.host.probe.posix.metadata import read_metadata
from inventory.host.probe.posix.proxy import read_proxy
from inventory.host.probe.way import ShellWay, hosts, metadata_endpoint, reference_hosts

_PROXY: Final = "macos/service_proxy.sh"

_DUAL_STACK: Final = ("configuration.dual_stack",)

#: [K] No source here tells where the agent of a Mac keeps a hybrid registration, nor where its
#: service has its proxy, through which the endpoints are tried.
WAYS: Final[Mapping[str, ShellWay]] = MappingProxyType(
    {
        "install": ShellWay(("macos/install.sh",), read_install),
        "service": ShellWay(("macos/service.sh",), read_service),
        "metadata": ShellWay(("posix/metadata.sh",), read_metadata, metadata_endpoint),
        "endpoints": ShellWay(
            (_PROXY, "posix/https.sh", "posix/endpoints.sh"),
            read_endpoints,
            hosts,
            unsourced=("endpoints",),
        ),
        "proxy": ShellWay((_PROXY, "posix/proxy.sh"), read_proxy, unsourced=("proxy",)),
        "clock": ShellWay(
            (_PROXY, "posix/https.sh", "posix/clock.sh"), read_clock, reference_hosts
        ),
        "volumes": ShellWay(("macos/volumes.sh",), read_volumes),
        "leftovers": ShellWay(("macos/leftovers.sh",), read_leftovers, unsourced=("leftovers",)),
        "configuration": ShellWay(
            ("macos/configuration.sh",), read_configuration, unsourced=_DUAL_STACK
        ),
    }
)
