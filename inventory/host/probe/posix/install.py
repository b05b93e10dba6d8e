"""Whether the agent is installed, and how (linux/install.sh, macos/install.sh)."""

from __future__ import annotations

import re
from typing import Final

from inventory.facts.host import AgentInstall
from inventory.host.probe.asking import Asked
from inventory.host.probe.shell import Told, at

_VERSION: Final = re.compile(r"\d{1,9}(?:\.\d{1,9}){2,3}")
#: dpkg-query's ``db:Status-Status`` of a package whose files are there (dpkg-query(1)).
_UNPACKED: Final = ("installed ", "half-configured ", "triggers-")


def read_install(said: Told, _asked: Asked) -> AgentInstall:
    """The first way in which it is there: its package, else its program alone."""
    found = _packages(said)
    binary = said.first("binary")
    if found:
        package, version = next(iter(found.items()))
        others = f"also as {', '.join(list(found)[1:])}" if len(found) > 1 else ""
        return AgentInstall(installed=True, version=version, package=package, note=others)
    if binary is not None:
        note = f"{at(binary, 0)} without a package"
        return AgentInstall(installed=True, version=_version(at(binary, 1)), note=note)
    return AgentInstall(installed=False)


def _packages(said: Told) -> dict[str, str]:
    """Package → version of every package of it that is installed."""
    words = {name: said.word(name) for name in ("snap", "deb", "rpm", "pkg")}
    if not words["deb"].startswith(_UNPACKED):
        words["deb"] = ""
    # rpm says "package amazon-ssm-agent is not installed" where the version would stand.
    return {name: version for name, text in words.items() if (version := _version(text))}


def _version(text: str) -> str:
    found = _VERSION.search(text)
    return found[0] if found else ""
