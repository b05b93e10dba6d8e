"""The order in which prerequisites build on each other (domain.md 2.0, 5.6)."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Final


class Hop(IntEnum):
    """A step on the way to a managed node: a broken one makes all later ones moot."""

    RUNNING = 0
    METADATA = 1
    CREDENTIALS = 2
    NAME = 3
    PATH = 4
    AGENT = 5
    LISTED = 6
    CHANNEL = 7
    FEATURES = 8

    @property
    def told(self) -> str:
        """As people call it."""
        return _TOLD[self]


_TOLD: Final = {
    Hop.RUNNING: "the instance itself",
    Hop.METADATA: "instance metadata",
    Hop.CREDENTIALS: "credentials",
    Hop.NAME: "name resolution",
    Hop.PATH: "network path",
    Hop.AGENT: "agent",
    Hop.LISTED: "the machine, seen from inside",
    Hop.CHANNEL: "command channel",
    Hop.FEATURES: "features",
}

_HOPS: Final = {
    Hop.RUNNING: ("NODE-01",),
    Hop.METADATA: ("IMDS-01", "IMDS-02", "HOST-04", "LOG-02"),
    Hop.CREDENTIALS: (
        *("DHMC-01", "IAM-01", "IAM-02", "IAM-03", "IAM-04"),
        *("DHMC-02", "DHMC-03", "DHMC-04"),
        *("HOST-05", "LOG-03"),
    ),
    Hop.NAME: ("NET-01", "HOST-06"),
    Hop.PATH: (
        *("NET-02", "NET-03", "NET-04", "NET-05", "NET-06", "NET-07", "NET-08"),
        *("HOST-07", "HOST-08", "HOST-09", "LOG-04"),
    ),
    Hop.AGENT: (
        *("NODE-06", "AGENT-01", "AGENT-02", "NODE-05"),
        *("HOST-15", "HOST-12", "HOST-01", "HOST-13", "HOST-02", "HOST-10", "LOG-06"),
        *("HOST-11", "HOST-14", "HOST-03", "LOG-05", "LOG-07", "LOG-01"),
    ),
    Hop.LISTED: ("NODE-02", "NODE-03"),
    Hop.CHANNEL: ("IAM-05", "NET-09", "NET-10", "NODE-04"),
    Hop.FEATURES: ("IAM-06", "IAM-07", "NET-11", "AGENT-03", "HOST-16"),
}
_PLACES: Final = {
    control: (hop, place) for hop, ids in _HOPS.items() for place, control in enumerate(ids)
}
#: Controls unknown here come last: a user's own, or a later version's.
_LAST: Final = (Hop.FEATURES, len(_PLACES))

#: What Systems Manager says of a node, once all before is in order.
LIVE: Final = frozenset({"NODE-02", "NODE-03"})
#: What a node has to have so that Systems Manager hears of it: the hops before ``LISTED``. A
#: failure of one of these explains why a node is not listed or silent …
_BEFORE_LISTED: Final = frozenset(
    control for control, (hop, _) in _PLACES.items() if hop < Hop.LISTED
)
#: … but not of these: a profile that overrules Default Host Management serves the node (D3), an
#: old agent and an old system send heartbeats all the same (D17, D18).
_LETS_THE_HEARTBEAT_THROUGH: Final = frozenset({"DHMC-02", "AGENT-01", "AGENT-02", "NODE-05"})
PREREQUISITES: Final = _BEFORE_LISTED - _LETS_THE_HEARTBEAT_THROUGH
#: A node with a failure of one of these is not managed, or takes no commands: it is held back.
HOLDS_BACK: Final = (
    PREREQUISITES | LIVE | {"IAM-05", "IAM-06", "AGENT-01", "NET-09", "NET-10", "NODE-04"}
)
#: Where one of these fails, the way ends: what lies behind it was not judged (D29).
ENDS_THE_WAY: Final = frozenset({"NET-01", "NET-04"})
#: … and with no role, nobody's calls were held against the policy of an endpoint.
HIDDEN: Final = frozenset({("NET-07", "NO_PROFILE"), ("NET-07", "NO_ROLE")})


class Layer(Enum):
    """The four independent facts that "managed" is made of (domain.md 2.0), and what tells them."""

    REGISTERED = ("NODE-02",)
    HEARTBEAT = ("NODE-03",)
    COMMAND_CHANNEL = ("NODE-04", "IAM-05", "NET-09", "NET-10", "AGENT-01")
    FEATURES = ("IAM-06", "NET-11")


def hop_of(control: str) -> Hop:
    """The hop that a control judges."""
    return _PLACES.get(control, _LAST)[0]


def order_of(control: str) -> tuple[int, int, str]:
    """Sorts controls from the first prerequisite to the last."""
    hop, place = _PLACES.get(control, _LAST)
    return (hop, place, control)
