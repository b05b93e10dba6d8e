"""The outputs of people's tools, laid out as spec domain.md 1.1 to 1.4 describe them."""

from __future__ import annotations

import functools
import itertools
import json
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import yaml

from inventory.facts.host import Reading

ID = "i-0123456789abcdef0"
OTHER_ID = "i-0fedcba9876543210"
HOME = ("111122223333", "eu-central-1")
KNOWN = {ID: HOME, OTHER_ID: ("444455556666", "us-east-1")}

#: Check, status or value, note.
Line = Sequence[str]


@functools.cache
def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a file beside this one; nobody changes them."""
    path = Path(__file__).parent / "cases" / f"{name}.yaml"
    return list(yaml.safe_load(path.read_text("utf-8")))


def member(reading: Reading, path: str) -> Any:
    """``endpoints.0.tcp`` of a reading as plain data; ``None`` where a section is absent."""
    found: Any = msgspec.json.decode(msgspec.json.encode(reading))
    for part in path.split("."):
        if found is None:
            return None
        found = found[int(part)] if part.isdigit() else found[part]
    return found


def check(reading: Reading, expected: dict[str, Any], rule: str) -> None:
    """Compare every member that a case names."""
    told = {path: member(reading, path) for path in expected}
    assert told == expected, rule


def ssm_cli_json(*lines: Line) -> str:
    """1.2: a list below ``DiagnosticsOutput``, indented by two."""
    rows = [dict(zip(("Check", "Status", "Note"), line, strict=True)) for line in lines]
    return json.dumps({"DiagnosticsOutput": rows}, indent=2)


def ssm_cli_table(*lines: Line, width: int = 80) -> str:
    """1.2: box characters; a note too long goes on below, with nothing in the other columns."""
    first = max(5, *(len(line[0]) for line in lines))
    second = max(6, *(len(line[1]) for line in lines))
    longest_word = max(len(word) for line in lines for word in line[2].split(" "))
    third = max(width - first - second - 10, longest_word)

    def rule(left: str, middle: str, right: str) -> str:
        return left + middle.join("─" * (size + 2) for size in (first, second, third)) + right

    def row(*cells: str) -> str:
        padded = zip(cells, (first, second, third), strict=True)
        return "│" + "│".join(f" {cell:<{size}} " for cell, size in padded) + "│"

    drawn = [rule("┌", "┬", "┐"), row("Check", "Status", "Note")]
    for one, status, note in lines:
        drawn.append(rule("├", "┼", "┤"))
        wrapped = textwrap.wrap(note, third, break_long_words=False, break_on_hyphens=False) or [""]
        drawn += [row(one, status, wrapped[0]), *(row("", "", more) for more in wrapped[1:])]
    return "\n".join((*drawn, rule("└", "┴", "┘"))) + "\n"


def linux_columns(*lines: Line) -> str:
    """1.3: three columns, as wide as their longest cell, two blanks between them."""
    everything = [("Check", "Value", "Note"), ("-----", "-----", "-----"), *lines]
    widths = [max(len(line[at]) for line in everything) for at in range(3)]
    rows = (
        "  ".join(f"{cell:<{size}}" for cell, size in zip(line, widths, strict=True))
        for line in everything
    )
    return "\n" + "\n".join(row.rstrip() for row in rows) + "\n \n"


def windows_table(*lines: Line, widths: tuple[int, int, int] = (24, 24, 60)) -> str:
    """1.4: PowerShell's ``Format-Table -Wrap``: every column wraps within its own width."""

    def row(*cells: str) -> str:
        padded = zip(cells, widths, strict=True)
        return " ".join(f"{cell:<{size}}" for cell, size in padded).rstrip()

    drawn = ["", row("Check", "Value", "Note"), row("-----", "-----", "----")]
    for line in lines:
        columns = [
            textwrap.wrap(cell, size, break_on_hyphens=False) or [""]
            for cell, size in zip(line, widths, strict=True)
        ]
        drawn += [row(*cells) for cells in itertools.zip_longest(*columns, fillvalue="")]
    return "\r\n".join((*drawn, "", ""))


def windows_list(*lines: Line, width: int = 60) -> str:
    """1.4: PowerShell's ``Format-List``, as the toolkit's own report has it."""
    drawn = [""]
    for line in lines:
        for name, cell in zip(("Check", "Value", "Note"), line, strict=True):
            first, *more = textwrap.wrap(cell, width, break_on_hyphens=False) or [""]
            drawn += [f"{name:<5} : {first}", *(" " * 8 + one for one in more)]
        drawn.append("")
    return "\r\n".join((*drawn, ""))
