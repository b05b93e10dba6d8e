"""The pytest plugins, by name, and how they are loaded; nothing else."""

from __future__ import annotations

from typing import Final

import pytest

_PLUGINS: Final = (
    "fixtures.options",
    "fixtures.garbage",
    "fixtures.gating",
    "fixtures.junit_file",
    "fixtures.html_page",
    "fixtures.discovery",
    "fixtures.preflight",
    "fixtures.own_files",
    "fixtures.roll_call",
    "fixtures.outcomes",
    "fixtures.cells.watch",
    "fixtures.cells.collect",
    "fixtures.cells.expand",
    "fixtures.cells.run",
    "fixtures.judging_progress",
    "fixtures.reporting",
    "fixtures.policy_scenarios",
)


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """Load them.

    For each name in ``pytest_plugins`` pytest would first read what every installed distribution
    brings, in case one of them has a plugin of that name.
    """
    for name in _PLUGINS:
        pluginmanager.import_plugin(name)
