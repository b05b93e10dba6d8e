"""The states of an endpoint, in any letter case: those that AWS lists, and none besides (EP1)."""

from __future__ import annotations

from typing import Final

from inventory.facts.network import VpcEndpoint
from policies.network.reachability.answer import Doubt

#: Nothing comes back from these.
GONE: Final = frozenset({"deleted", "rejected", "expired"})
_UNAVAILABLE: Final = GONE | {"pendingacceptance", "pending", "deleting", "failed", "partial"}


def is_available(endpoint: VpcEndpoint) -> bool:
    """Whether the endpoint serves."""
    return endpoint.state.casefold() == "available"


def unreadable_state(endpoint: VpcEndpoint) -> Doubt | None:
    """The doubt about a state that is absent or of no known name: it could be any."""
    if is_available(endpoint) or endpoint.state.casefold() in _UNAVAILABLE:
        return None
    return Doubt.malformed(endpoint.call, endpoint.id, f"State {endpoint.state!r}")
