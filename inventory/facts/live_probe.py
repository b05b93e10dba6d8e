"""What is asked of one instance at a time, with ``--deep``: session channel and console."""

from __future__ import annotations

from typing import ClassVar

from inventory.facts.evidence import Fact
from inventory.facts.time import Timestamp


class ConnectionStatus(Fact, frozen=True):
    """Whether the agent holds its Session Manager channel open: connected or notconnected."""

    call: ClassVar[str] = "ssm:GetConnectionStatus"

    target: str
    status: str = ""

    @property
    def id(self) -> str:
        return self.target


class ConsoleOutput(Fact, frozen=True):
    """The serial console's text; a snapshot of ours holds the agent's own lines only.

    ``timestamp`` is when AWS last took the text from the instance.
    """

    call: ClassVar[str] = "ec2:GetConsoleOutput"

    instance_id: str
    timestamp: Timestamp = None
    output: str = ""

    @property
    def id(self) -> str:
        return self.instance_id
