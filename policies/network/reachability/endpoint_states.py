"""The states of an endpoint, in any letter case: those that AWS lists, and none besides (EP1)."""

from __future__ import annotations

from typing import Final

from inventory.facts import Evidence
from inventory.facts.network import VpcEndpoint
from policies.network.reachability.answer import Doubt, Hop, Stage, blocks, doubts

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


def not_serving(endpoint: VpcEndpoint, *evidence: Evidence) -> Stage | None:
    """What comes of packets to an endpoint that is not available; ``None`` = it serves."""
    if is_available(endpoint):
        return None
    quoted = (*evidence, endpoint.evidence("State"))
    unreadable = unreadable_state(endpoint)
    if unreadable is not None:
        return doubts(Hop.NAME, unreadable, *quoted)
    detail = f"{endpoint.id} is {endpoint.state}, not available"
    return blocks(Hop.NAME, "ENDPOINT_STATE", endpoint.id, detail, *quoted)
