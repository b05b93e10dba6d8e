"""The agent's service and processes on Windows (1.2 row 5, 1.4; windows/service.ps1)."""

from __future__ import annotations

from typing import Final

from inventory.facts.host import AgentService
from inventory.host.probe.asking import Asked
from inventory.host.probe.windows.script import Said

_NAME: Final = "AmazonSSMAgent"
_RUNNING: Final = {"running": True, "stopped": False, "paused": False, "start pending": False} | {
    "stop pending": False,
    "pause pending": False,
}
_ENABLED: Final = {"auto": True, "manual": False, "disabled": False}


def read_service(said: Said, _asked: Asked) -> AgentService:
    """``Win32_Service`` (State, StartMode, StartName) and the names of the processes."""
    row = said.one("service")
    processes = " ".join(said.texts("processes")).casefold()
    worker = "ssm-agent-worker" in processes if said.flag("looked") else None
    if row is None:
        running = False if said.flag("looked") else None
        state = "not-found" if said.flag("looked") else ""
        return AgentService(
            running=running, unit=_NAME, system="windows", state=state, worker=worker
        )
    state = row.text("State").casefold()
    return AgentService(
        running=_RUNNING.get(state),
        enabled=_ENABLED.get(row.text("StartMode").casefold()),
        user=row.text("StartName"),
        unit=_NAME,
        system="windows",
        state=state,
        worker=worker,
    )
