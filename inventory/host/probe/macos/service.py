"""The agent's service and processes on macOS (1.2 row 5; macos/service.sh)."""

from __future__ import annotations

from typing import Final

from inventory.facts.host import AgentService
from inventory.host.probe.asking import Asked
from inventory.host.probe.shell import Told, at

_LABEL: Final = "com.amazon.aws.ssm"
#: launchctl(1)'s exit status for a service it does not find (spec domain.md 1.2 row 5).
_NOT_FOUND: Final = "113"


def read_service(said: Told, _asked: Asked) -> AgentService:
    """The service by launchd's list, its user and worker by the list of processes."""
    owners = {at(words, 0): at(words, 1) for words in said.every("process")}
    code, line = said.word("launchctl"), said.word("launchctl", 1).split()
    running, state = _launchd(code, line)
    sees_all = said.word("seen_by") == "0" or bool(owners)
    return AgentService(
        running=running,
        user=owners.get("amazon-ssm-agent", ""),
        unit=_LABEL,
        system="launchd",
        state=state,
        worker="ssm-agent-worker" in owners if sees_all else None,
    )


def _launchd(code: str, line: list[str]) -> tuple[bool | None, str]:
    """The three columns of ``launchctl list``: process id or ``-``, last exit status, label."""
    if code == _NOT_FOUND:
        return False, "not-found"
    match line:
        case ["-", _, label] if label == _LABEL:
            return False, "stopped"
        case [process, _, label] if label == _LABEL and process.isdecimal():
            return True, "running"
        case _:
            return None, ""
