"""The agent's service and processes on Linux (1.2 row 5, T-103 … T-105; linux/service.sh)."""

from __future__ import annotations

from typing import Final

import msgspec

from inventory.facts.host import AgentService
from inventory.host.probe.asking import Asked
from inventory.host.probe.shell import Told, at

_SNAP_UNIT: Final = "snap.amazon-ssm-agent.amazon-ssm-agent.service"
_UNIT: Final = "amazon-ssm-agent.service"
_CORE, _WORKER = "amazon-ssm-agen", "ssm-agent-worke"
_RUNNING: Final = {"active": True, "reloading": True, "inactive": False, "failed": False} | {
    "activating": False,
    "deactivating": False,
}
_ENABLED: Final = {
    "enabled": True,
    "enabled-runtime": True,
    "static": True,
    "alias": True,
    "generated": True,
    "disabled": False,
    "masked": False,
    "masked-runtime": False,
}
#: What ``systemctl status`` ends with for a unit that does not run, and for one it does not know.
_STOPPED, _NO_UNIT = "3", "4"


def read_service(said: Told, _asked: Asked) -> AgentService:
    """The first manager that knows the agent, in the order snap, systemd, upstart, none."""
    return _with_processes(_managed(said), said)


def _managed(said: Told) -> AgentService:
    for unit in (_SNAP_UNIT, _UNIT):
        found = _systemd(said, unit)
        if found is not None:
            return found
    return _snap(said) or _upstart(said) or _unknown_to_all(said)


def _systemd(said: Told, unit: str) -> AgentService | None:
    """The unit by its properties, else by how ``systemctl status`` ended."""
    shown = _shown(said, unit)
    system = "snap" if unit == _SNAP_UNIT else "systemd"
    if shown.get("LoadState") == "not-found":
        return None
    if not shown.get("ActiveState"):
        if _status(said, unit) != _STOPPED:
            return None
        return AgentService(running=False, unit=unit, system=system, state="inactive")
    state = shown["ActiveState"].casefold()
    is_masked = shown.get("LoadState") == "masked"
    return AgentService(
        running=_RUNNING.get(state),
        enabled=False if is_masked else _ENABLED.get(shown.get("UnitFileState", "")),
        # No user of its own: systemd runs it as root (systemd.exec(5)).
        user=shown.get("User") or "root",
        unit=unit,
        system=system,
        state=state,
        since=shown.get("ActiveEnterTimestamp", "").replace("n/a", ""),
        note=shown.get("SubState", ""),
    )


def _status(said: Told, unit: str) -> str:
    return next((at(words, 1) for words in said.every("status") if at(words, 0) == unit), "")


def _snap(said: Told) -> AgentService | None:
    """``amazon-ssm-agent.amazon-ssm-agent  enabled  active  -`` of ``snap services``."""
    match said.word("snap").split():
        case [unit, startup, current, *_]:
            state = current.casefold()
        case _:
            return None
    return AgentService(
        running=_RUNNING.get(state),
        enabled=_ENABLED.get(startup),
        unit=unit,
        system="snap",
        state=state,
    )


def _upstart(said: Told) -> AgentService | None:
    """``amazon-ssm-agent start/running, process 812`` of initctl(8)."""
    words = said.word("upstart").replace(",", "").split()
    if at(words, 0) != "amazon-ssm-agent" or "/" not in at(words, 1):
        return None
    state = at(words, 1).partition("/")[2]
    return AgentService(
        running=state == "running",
        # A job that upstart knows starts by its own "start on", unless someone overrode it.
        enabled=None,
        unit="amazon-ssm-agent",
        system="upstart",
        state=state,
    )


def _unknown_to_all(said: Told) -> AgentService:
    """No manager knows it: where systemd answered, it does not run as a service."""
    has_answered = any(
        _status(said, unit) == _NO_UNIT or _shown(said, unit).get("LoadState") == "not-found"
        for unit in (_SNAP_UNIT, _UNIT)
    )
    if not has_answered:
        return AgentService(note="no service manager told")
    return AgentService(running=False, system="systemd", state="not-found")


def _shown(said: Told, unit: str) -> dict[str, str]:
    """The unit's properties."""
    return {at(words, 1): at(words, 2) for words in said.every("show") if at(words, 0) == unit}


def _with_processes(service: AgentService, said: Told) -> AgentService:
    """The processes as /proc shows them; they outweigh what a manager believes of a user."""
    owners = {at(words, 0): at(words, 1) for words in said.every("process")}
    sees_all = said.word("seen_by") == "0" or _CORE in owners
    worker = True if _WORKER in owners else None
    if worker is None and sees_all:
        worker = False
    running = service.running
    note = service.note
    if running is None and sees_all:
        running = _CORE in owners
    if running is False and _CORE in owners and service.state in ("not-found", "inactive"):
        running, note = True, "it runs, but not as a service"
    return msgspec.structs.replace(
        service, running=running, user=owners.get(_CORE) or service.user, worker=worker, note=note
    )
