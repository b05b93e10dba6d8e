"""What ``--host-evidence`` comes to: readings, logs, and what could not be used."""

from __future__ import annotations

import dataclasses

from inventory.facts.host import AgentLog, Reading


@dataclasses.dataclass(frozen=True, order=True)
class Problem:
    """A file that told nothing, or not all: its place in the folder, and why.

    ``file`` is relative to the folder, with ``!`` before a path inside an archive; ``instance_id``
    is the instance it is about, ``""`` where nobody can tell.
    """

    file: str
    what: str
    instance_id: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.what}"


@dataclasses.dataclass(frozen=True)
class EvidenceFound:
    """All that a folder tells of the fleet.

    ``readings`` are sorted by instance, the strongest source of each first, of equal ones the
    latest; ``logs`` hold one for each instance at most; ``problems`` are sorted by file.
    """

    readings: tuple[Reading, ...] = ()
    logs: tuple[AgentLog, ...] = ()
    problems: tuple[Problem, ...] = ()
