"""The command line of a Windows probe, and the JSON that it printed.

PowerShell gets its script encoded (``-EncodedCommand``): nothing in it is ever quoted by cmd.exe.
The JSON is plain ASCII, other characters as its own escapes.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

#: Characters that one command line of cmd.exe may have (its documented limit).
COMMAND_LIMIT: Final = 8191
#: Characters of an answer that are read.
LIMIT: Final = 262_144
_TEXT_LIMIT: Final = 65_536
_LIST_LIMIT: Final = 64
_NUMBER_LIMIT: Final = 1e18
_NOT_PRINTED: Final = re.compile(r"[^\t\n\r\x20-\U0010ffff]|[\x7f-\x9f]")
_HERE: Final = Path(__file__).parent
_ASCII: Final = (
    "[regex]::Replace(($said | ConvertTo-Json -Compress -Depth 5), '[^ -~]', "
    "{ '\\u{0:x4}' -f [int][char]$args[0].Value })\n"
)
#: What people read in a script, and PowerShell need not.
_FOR_PEOPLE: Final = re.compile(r"^[ \t]+|^#.*\n", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Said:
    """A JSON object of which nothing is taken for granted: a wrong type counts as not told."""

    members: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def text(self, name: str) -> str:
        """A member that is text, without control characters; ``""`` = not told."""
        value = self.members.get(name)
        return _NOT_PRINTED.sub("", value)[:_TEXT_LIMIT].strip() if isinstance(value, str) else ""

    def flag(self, name: str) -> bool | None:
        """A member that is true or false."""
        value = self.members.get(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> float | None:
        """A member that is a finite number."""
        value = self.members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value) if abs(value) < _NUMBER_LIMIT else None

    def texts(self, name: str) -> tuple[str, ...]:
        """A member that is a list of texts, or one text: PowerShell unpacks lists of one."""
        return tuple(one for one in self._listed(name) if isinstance(one, str))

    def one(self, name: str) -> Said | None:
        """A member that is an object."""
        value = self.members.get(name)
        return Said(value) if isinstance(value, dict) else None

    def many(self, name: str) -> tuple[Said, ...]:
        """A member that is a list of objects, or one object."""
        return tuple(Said(one) for one in self._listed(name) if isinstance(one, dict))

    def _listed(self, name: str) -> list[Any]:
        value = self.members.get(name)
        return value[:_LIST_LIMIT] if isinstance(value, list) else [value]


def command(scripts: tuple[str, ...], hosts: tuple[str, ...] = ()) -> str:
    """The command line that runs these script files as one, with ``hosts`` as ``$hosts``."""
    encoded = base64.b64encode(script(scripts, hosts).encode("utf-16-le")).decode()
    return f"powershell -NoProfile -NonInteractive -EncodedCommand {encoded}"


def script(scripts: tuple[str, ...], hosts: tuple[str, ...] = ()) -> str:
    """The PowerShell text that ``command`` encodes."""
    names = ", ".join(_literal(one) for one in hosts)
    body = "\n".join(_text(name) for name in ("preamble.ps1", *scripts[:-1]))
    return f"$hosts = @({names})\n{body}\n$said = & {{\n{_text(scripts[-1])}}}\n{_ASCII}"


def said(printed: str) -> Said | None:
    """The JSON object that a script printed; ``None`` where it did not come to its end."""
    try:
        document = json.loads(printed[:LIMIT].strip().removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return Said(document) if isinstance(document, dict) else None


def _literal(text: str) -> str:
    """A PowerShell string in which nothing is expanded."""
    return "'" + text.replace("'", "''") + "'"


@functools.cache
def _text(name: str) -> str:
    return _FOR_PEOPLE.sub("", (_HERE / name).read_text(encoding="utf-8"))
