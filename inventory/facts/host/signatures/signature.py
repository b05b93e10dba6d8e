"""What a signature of the agent's log is: a text, what it means, and how grave that is."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Final

#: Rungs of the healthy start after which an earlier error is history (domain.md 3.3, "Seq"):
#: credentials accepted, a heartbeat without an error, a control channel.
CONNECTED: Final = frozenset({6, 9, 10})
#: The same for what keeps the agent from its identity: taking one is enough.
IDENTIFIED: Final = frozenset({2, 6, 9, 10})
#: Only the control channel itself shows that it opens.
CHANNEL: Final = frozenset({10})
#: Any step of a start: the agent runs again.
RUNNING: Final = frozenset({1, 2, 3, 5, 6, 8, 9, 10})
#: What no later line takes back.
NEVER: Final[frozenset[int]] = frozenset()


class Weight(StrEnum):
    """The column "Sev" of domain.md 3.4."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    BENIGN = "benign"

    @property
    def meaning(self) -> str:
        """What such a signature is enough for."""
        return _MEANINGS[self]


_MEANINGS: Final = {
    Weight.HIGH: "keeps the node from being online",
    Weight.MEDIUM: "breaks the command channel or a feature",
    Weight.LOW: "a hint",
    Weight.BENIGN: "not an error",
}


@dataclasses.dataclass(frozen=True)
class Signature:
    """One row of domain.md 3.4; texts compare as written, upper and lower case told apart.

    A record (a line with its continuation lines) matches when it holds one of ``anchors``,
    ``pattern`` is found in it and ``unless`` is not; both are regular expressions, ``""`` = no such
    condition. ``wraps``: it reports an error whose own text follows; where that text is a signature
    itself, that one is the cause. ``settled_by`` are the rungs whose later line makes it history.
    ``windows_fix`` ``""`` = ``fix`` holds there too. Fixes may use ``{region}``,
    ``{partition}``, ``{instance_id}`` and ``{ssm}``, ``{ssmmessages}``, ``{ec2messages}`` for host
    names. ``versions`` are the agents that write it, ``""`` = any.
    """

    id: str
    weight: Weight
    anchors: tuple[str, ...]
    cause: str
    fix: str = ""
    windows_fix: str = ""
    pattern: str = ""
    unless: str = ""
    wraps: bool = False
    settled_by: frozenset[int] = CONNECTED
    versions: str = ""
    sources: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """``C`` of ``C12b``; ``OK`` for the harmless lines."""
        return self.id.rstrip("abcdefgh").rstrip("0123456789")
