"""The agent's version, as the machine itself or else Systems Manager tells it."""

from __future__ import annotations

from inventory.facts import Node
from inventory.facts.host import AgentInstall
from policies.dhmc.agent_version import Version
from policies.dhmc.agent_version import agent_version as version_in
from policies.host.readings import section_of
from policies.network.hosts import agent_version as version_reported


def agent_version(node: Node) -> Version | None:
    """``None`` = nobody told, or it is no version."""
    install: AgentInstall | None = section_of(node, "install")
    installed = version_in(install.version) if install else None
    return installed or version_reported(node)
