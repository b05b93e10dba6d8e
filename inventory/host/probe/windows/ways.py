"""How every section is asked for on Windows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from inventory.host.probe.way import PowerShellWay, hosts, metadata_endpoint, reference_hosts
from inventory.host.probe.windows.clock import read_clock
from inventory.host.probe.windows.configuration import read_configuration
from inventory.host.probe.windows.endpoints import read_endpoints
from inventory.host.probe.windows.install import read_install
from inventory.host.probe.windows.leftovers import read_leftovers
from inventory.host.probe.windows.metadata import read_metadata
from inventory.host.probe.windows.proxy import read_proxy
from inventory.host.probe.windows.service import read_service
from inventory.host.probe.windows.sysprep_state import read_sysprep_state
from inventory.host.probe.windows.volumes import read_volumes

_REQUEST: Final = ("service_proxy.ps1", "request.ps1")

WAYS: Final[Mapping[str, PowerShellWay]] = MappingProxyType(
    {
        "install": PowerShellWay(("install.ps1",), read_install, unsourced=("install.version",)),
        "service": PowerShellWay(("service.ps1",), read_service),
        "metadata": PowerShellWay(("metadata.ps1",), read_metadata, metadata_endpoint),
        "endpoints": PowerShellWay((*_REQUEST, "endpoints.ps1"), read_endpoints, hosts),
        "proxy": PowerShellWay(("service_proxy.ps1", "proxy.ps1"), read_proxy),
        "clock": PowerShellWay((*_REQUEST, "clock.ps1"), read_clock, reference_hosts),
        "volumes": PowerShellWay(("volumes.ps1",), read_volumes),
        "leftovers": PowerShellWay(("leftovers.ps1",), read_leftovers),
        "configuration": PowerShellWay(
            ("configuration.ps1",), read_configuration, unsourced=("configuration.dual_stack",)
        ),
        "sysprep_state": PowerShellWay(("sysprep_state.ps1",), read_sysprep_state),
    }
)
