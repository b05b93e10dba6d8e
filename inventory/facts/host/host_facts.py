"""Everything known of a machine from within."""

from __future__ import annotations

import dataclasses

import msgspec

from inventory.facts.evidence import Unread
from inventory.facts.host.agent_log import AgentLog
from inventory.facts.host.reading import Reading


class Unreached(msgspec.Struct, frozen=True, kw_only=True):
    """A machine that was to be probed and could not be.

    ``way`` is how it was tried (``ssh``, ``winrm``, ``local``), ``code`` why it failed in one word
    (``UNREACHABLE``, ``NO_ADDRESS``), ``detail`` what was said about it, in one line.
    """

    instance_id: str
    way: str
    code: str
    detail: str = ""

    @property
    def gap(self) -> Unread:
        """The source that is missing: ``host:ssh``."""
        return Unread(f"host:{self.way}", self.code, self.detail)


@dataclasses.dataclass(frozen=True, eq=False)
class HostFacts:
    """The readings of one machine, strongest source first, and its agent's log if there is one.

    ``unreached`` is why a probe of it gave no reading, ``None`` where none was tried or it did.
    """

    readings: tuple[Reading, ...] = ()
    log: AgentLog | None = None
    unreached: Unread | None = None

    @property
    def is_probed(self) -> bool:
        """Whether a probe looked at it, or was to."""
        return self.unreached is not None or any(one.source == "probe" for one in self.readings)
