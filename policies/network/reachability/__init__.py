"""Decides any flow of an ENI, offline: reachable, not reachable or undetermined, and why.

General: knows nothing of controls or of Systems Manager. ``reach(network, flow)`` is the way in.
"""

from policies.network.reachability.addresses import PUBLIC_IPV4, AddressSet, Family
from policies.network.reachability.answer import Answer, Hop, Mark, Path, Reach, Stage, Way
from policies.network.reachability.engine import reach
from policies.network.reachability.flow import (
    LINUX_PORTS,
    WINDOWS_PORTS,
    Client,
    Flow,
    HostName,
)
from policies.network.reachability.network import Network
from policies.network.reachability.protocols import Ports, Protocol

__all__ = [
    "LINUX_PORTS",
    "PUBLIC_IPV4",
    "WINDOWS_PORTS",
    "AddressSet",
    "Answer",
    "Client",
    "Family",
    "Flow",
    "Hop",
    "HostName",
    "Mark",
    "Network",
    "Path",
    "Ports",
    "Protocol",
    "Reach",
    "Stage",
    "Way",
    "reach",
]
