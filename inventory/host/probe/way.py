"""How a section is asked for on a system: scripts, their arguments, and who reads the answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Final

from inventory.host.probe import shell
from inventory.host.probe.asking import Answer, Asked, Runner
from inventory.host.probe.shell import Told
from inventory.host.probe.windows import script
from inventory.host.probe.windows.script import Said

#: Characters of a machine's complaint that are told on.
_COMPLAINT_LIMIT: Final = 200


@dataclasses.dataclass(frozen=True)
class Unanswered:
    """The script did not come to its end; ``reason`` is a clause for people."""

    reason: str


def nothing(_asked: Asked) -> tuple[str, ...]:
    """The arguments of a script that needs none."""
    return ()


def hosts(asked: Asked) -> tuple[str, ...]:
    """The hosts to try, each once, in the order asked."""
    return tuple(dict.fromkeys(host for _service, host in asked.hosts))


def reference_hosts(asked: Asked) -> tuple[str, ...]:
    """Whose Date is looked at: the heartbeat's own host first."""
    ranked = sorted(asked.hosts, key=lambda one: one[0] != "ssm")
    return tuple(dict.fromkeys(host for _service, host in ranked))[:2]


def metadata_endpoint(asked: Asked) -> tuple[str, ...]:
    """Where the metadata service is."""
    return (asked.metadata_endpoint,)


@dataclasses.dataclass(frozen=True)
class ShellWay:
    """A POSIX script.

    ``unsourced`` are the section or members of it of which no source here tells that the output
    looks so ([K]): ``proxy``, ``install.version``.
    """

    scripts: tuple[str, ...]
    read: Callable[[Told, Asked], object]
    arguments: Callable[[Asked], tuple[str, ...]] = nothing
    unsourced: tuple[str, ...] = ()

    def ask(self, runner: Runner, asked: Asked) -> object:
        """What the section holds, ``None`` where the machine could not tell, or ``Unanswered``."""
        answer = runner.run(shell.command(self.scripts, self.arguments(asked)))
        said = shell.told(answer.stdout)
        return _unanswered(answer) if said is None else self.read(said, asked)


@dataclasses.dataclass(frozen=True)
class PowerShellWay:
    """A PowerShell script; the members are as those of ``ShellWay``."""

    scripts: tuple[str, ...]
    read: Callable[[Said, Asked], object]
    arguments: Callable[[Asked], tuple[str, ...]] = nothing
    unsourced: tuple[str, ...] = ()

    def ask(self, runner: Runner, asked: Asked) -> object:
        """What the section holds, ``None`` where the machine could not tell, or ``Unanswered``."""
        answer = runner.run(script.command(self.scripts, self.arguments(asked)))
        said = script.said(answer.stdout)
        return _unanswered(answer) if said is None else self.read(said, asked)


Way = ShellWay | PowerShellWay


def _unanswered(answer: Answer) -> Unanswered:
    complaint = shell.printable(answer.stderr)[:_COMPLAINT_LIMIT]
    told = f": {complaint}" if complaint else ""
    return Unanswered(f"its script did not come to its end (exit status {answer.rc}){told}")
