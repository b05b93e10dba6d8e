"""What a file of the evidence is: by its name where that says it, else by how it begins."""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from inventory.host.evidence.console import is_console
from inventory.host.evidence.piece import Piece
from inventory.host.evidence.runbook import is_runbook
from inventory.host.evidence.ssm_cli_output import is_ssm_cli
from inventory.host.evidence.text import text_of
from inventory.host.evidence.toolkit_linux import is_toolkit_linux
from inventory.host.evidence.toolkit_windows import is_toolkit_windows
from inventory.host.logs import is_agent_log


class Kind(Enum):
    """What can be read, and what helps to read it."""

    SSM_CLI = "output of ssm-cli get-diagnostics"
    TOOLKIT_LINUX = "output of the SSMAgent toolkit for Linux"
    TOOLKIT_WINDOWS = "output of the SSMAgent toolkit for Windows"
    RUNBOOK = "output of AWSSupport-TroubleshootManagedInstance"
    CONSOLE = "console output"
    LOG = "log of the agent or the system"
    COLLECTED_AT = "the time at which the files beside it were collected"
    INSTANCE_ID = "the id of the instance that the files beside it come from"


#: Names that docs/host.md's script gives, and where cloud-init keeps the id.
_COLLECTED_AT: Final = ("collected-at", "collected-at.txt")
_INSTANCE_ID: Final = ("instance-id", "instance-id.txt")

_TOOLS: Final = (
    (is_ssm_cli, Kind.SSM_CLI),
    (is_runbook, Kind.RUNBOOK),
    (is_toolkit_windows, Kind.TOOLKIT_WINDOWS),
    (is_toolkit_linux, Kind.TOOLKIT_LINUX),
)
#: A record of the agent's log (domain.md 3.2), or a line of a journal about its unit.
_LOG_LINE: Final = re.compile(
    r"^(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? \"?(?:TRACE|DEBUG|INFO|WARN|ERROR|CRITICAL)\b"
    r"|.{0,120}\bamazon-ssm-agent(?:\.amazon-ssm-agent|\.service)?(?:\[\d+\])?: "
    r"|[●○×*] (?:snap\.amazon-ssm-agent\.)?amazon-ssm-agent\.service)",
    re.MULTILINE,
)


def kind_of(piece: Piece) -> Kind | None:
    """What the file is; ``None`` for anything that this does not read."""
    base = piece.base.casefold()
    if base in _COLLECTED_AT:
        return Kind.COLLECTED_AT
    if base in _INSTANCE_ID:
        return Kind.INSTANCE_ID
    if is_agent_log(piece.base):
        return Kind.LOG
    text = text_of(piece.head)
    for is_one, kind in _TOOLS:
        if is_one(text):
            return kind
    if _LOG_LINE.search(text) is not None:
        return Kind.LOG
    return Kind.CONSOLE if is_console(piece.base, text) else None
