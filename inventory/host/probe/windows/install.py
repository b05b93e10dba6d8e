"""Whether the agent is installed on Windows (windows/install.ps1)."""

from __future__ import annotations

from inventory.facts.host import AgentInstall
from inventory.host.probe.asking import Asked
from inventory.host.probe.windows.script import Said


def read_install(said: Said, _asked: Asked) -> AgentInstall:
    """Its service entry or its program in their fixed places.

    [K] That the program's ProductVersion is the agent's version is not told by any source here.
    """
    told = (said.flag("service"), said.flag("program"))
    installed = None if None in told else any(told)
    return AgentInstall(
        installed=installed, version=said.text("version"), package="msi" if installed else ""
    )
