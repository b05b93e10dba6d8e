"""How every section is asked for on Linux."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inventory.host.probe.linux.service import read_service
from inventory.host.probe.linux.volumes import read_volumes
from inventory.host.probe.posix.clock import read_clock
from inventory.host.probe.posix.configuration import read_configuration
from inventory.host.probe.posix.endpoints import read_endpoints
from inventory.host.probe.posix.install import read_install
from inventory.host.probe.posix.leftovers import read_leftovers
from inventory.host.probe.posix.metadata import read_metadata
from inventory.host.probe.posix.proxy import read_proxy
from inventory.host.probe.way import ShellWay, hosts, metadata_endpoint, reference_hosts

_PROXY: Final = "linux/service_proxy.sh"

WAYS: Final[Mapping[str, ShellWay]] = MappingProxyType(
    {
        "install": ShellWay(("linux/install.sh",), read_install),
        "service": ShellWay(("linux/service.sh",), read_service),
        "metadata": ShellWay(("posix/metadata.sh",), read_metadata, metadata_endpoint),
        "endpoints": ShellWay(
            (_PROXY, "posix/https.sh", "posix/endpoints.sh"), read_endpoints, hosts
        ),
        "proxy": ShellWay((_PROXY, "posix/proxy.sh"), read_proxy),
        "clock": ShellWay(
            (_PROXY, "posix/https.sh", "posix/clock.sh"), read_clock, reference_hosts
        ),
        "volumes": ShellWay(("linux/volumes.sh",), read_volumes),
        "leftovers": ShellWay(("linux/leftovers.sh",), read_leftovers),
        "configuration": ShellWay(
            ("linux/configuration.sh",), read_configuration, unsourced=("configuration.dual_stack",)
        ),
    }
)
