"""The agent's version, as the machine itself or else Systems Manager tells it."""

from __future__ import annotations

from inventory.facts import Node
from policies.dhmc.agent_version import Version
from policies.dhmc.agent_version import agent_version as version_in
from policies.host.readings import readings_of, sourced
from policies.network.hosts import agent_version as version_reported


def agent_version(node: Node) -> Version | None:
    """``None`` = nobody told, or it is no version.

    What only a [K] format tells counts as not told: no verdict may rest on it.
    """
    installs = (sourced(one).install for one in readings_of(node))
    told = (version_in(one.version) for one in installs if one is not None)
    return next((one for one in told if one is not None), None) or version_reported(node)
