"""The agent's own configuration file (linux and macos/configuration.sh)."""

from __future__ import annotations

from inventory.facts.host import Configuration
from inventory.host.probe.asking import Asked
from inventory.host.probe.configuration import absent, configuration_of, denied
from inventory.host.probe.shell import Told, at


def read_configuration(said: Told, _asked: Asked) -> Configuration:
    """The first file that is there."""
    words = said.first("file")
    if words is None:
        closed = said.word("closed")
        return denied(closed) if closed else absent()
    if at(words, 1) != "readable":
        return denied(at(words, 0))
    return configuration_of(at(words, 0), at(words, 2))
