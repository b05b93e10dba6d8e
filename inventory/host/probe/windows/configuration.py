"""The agent's own configuration file on Windows (R-3.3; windows/configuration.ps1)."""

from __future__ import annotations

from inventory.facts.host import Configuration
from inventory.host.probe.asking import Asked
from inventory.host.probe.configuration import absent, configuration_of, denied
from inventory.host.probe.windows.script import Said


def read_configuration(said: Said, _asked: Asked) -> Configuration:
    """The file as it is, or that there is none."""
    path = said.text("file")
    if not path:
        return absent()
    text = said.text("text")
    return configuration_of(path, text) if text else denied(path)
