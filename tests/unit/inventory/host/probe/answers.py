"""A machine that prints what it is told to."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence


@dataclasses.dataclass(frozen=True)
class Printed:
    """What a command left behind."""

    stdout: str = ""
    rc: int = 0
    stderr: str = ""


class Machine:
    """Answers the given texts in turn, the last one for ever, and keeps the commands."""

    def __init__(self, *answers: Printed | str) -> None:
        self._answers = [Printed(one) if isinstance(one, str) else one for one in answers]
        self.commands: list[str] = []

    def run(self, command: str) -> Printed:
        self.commands.append(command)
        return self._answers[0] if len(self._answers) == 1 else self._answers.pop(0)


def lines(rows: Sequence[Sequence[str]]) -> str:
    """What a POSIX script prints: words between tabs, and its end."""
    return "\n".join(["\t".join(words) for words in rows] + ["end", ""])
