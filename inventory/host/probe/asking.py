"""What a probe needs: a way to run commands on the machine, and what to ask about."""

from __future__ import annotations

import dataclasses
from typing import Final, Protocol

#: Where the metadata service answers (spec domain.md 2.6).
METADATA_ENDPOINT: Final = "http://169.254.169.254"


class Answer(Protocol):
    """What a command left behind, as testinfra's ``CommandResult`` has it."""

    @property
    def rc(self) -> int:
        """The exit status."""

    @property
    def stdout(self) -> str:
        """What it printed, decoded."""

    @property
    def stderr(self) -> str:
        """What it complained of, decoded."""


class Runner(Protocol):
    """Runs one command line on the machine and waits for it; testinfra's ``host`` is one."""

    def run(self, command: str) -> Answer:
        """The command goes to the machine's own shell: ``sh``, over WinRM ``cmd.exe``."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """What a probe is asked about one machine; nothing in it comes from a tag.

    ``hosts`` are pairs of AWS's service name and the host to try on 443, ``("ssm",
    "ssm.eu-central-1.amazonaws.com")``: whoever asks picks the names by Region, partition, FIPS
    and dual stack. ``system`` is ``linux``, ``macos`` or ``windows``, ``""`` = find out (one more
    command). ``origin`` is the way in (``local``, ``ssh``, ``winrm``) and ``taken_at`` the caller's
    time in ISO 8601 UTC; both only go into the reading.
    """

    instance_id: str
    hosts: tuple[tuple[str, str], ...] = ()
    system: str = ""
    origin: str = ""
    taken_at: str = ""
    metadata_endpoint: str = METADATA_ENDPOINT
