"""Decides any flow of an ENI, offline: reachable, not reachable or undetermined, and why.

General: knows nothing of controls or of Systems Manager. ``reach(network, flow)`` is the way in.
"""

from policies.network.reachability.addresses import PUBLIC_IPV4, AddressSet, Family
from policies.network.reachability.answer import (
    Answer,
    Crossing,
    Hop,
    Mark,
    Path,
    Reach,
    Stage,
    Way,
)
from policies.network.reachability.engine import reach, resolved
from policies.network.reachability.flow import (
    ANY_EPHEMERAL_PORTS,
    LINUX_PORTS,
    WINDOWS_PORTS,
    Client,
    Flow,
    HostName,
)
from policies.network.reachability.network import Network
from policies.network.reachability.prefix_lists import listed_addresses
from policies.network.reachability.protocols import Ports, Protocol
from policies.network.reachability.resolution import Resolution
from policies.network.reachability.shared import SharedReach

__all__ = [
    "ANY_EPHEMERAL_PORTS",
    "LINUX_PORTS",
    "PUBLIC_IPV4",
    "WINDOWS_PORTS",
    "AddressSet",
    "Answer",
    "Client",
    "Crossing",
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
    "Resolution",
    "SharedReach",
    "Stage",
    "Way",
    "listed_addresses",
    "reach",
    "resolved",
]
