"""The output of ``Invoke-SSMChecks`` as rows: PowerShell's table, or its list (domain.md 1.4).

The table wraps in every column, so that where a row begins has to be told from the names of the
checks; the report that the toolkit writes is the list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from inventory.host.evidence.rows import LONGEST_CELL, Row, bounded_lines, cells_to_row, one_line

#: Every check of the toolkit but the endpoints, whose names hold a Region.
CHECKS: Final = (
    "Windows sysprep image state complete",
    "Amazon SSM agent service running",
    "Amazon SSM service account",
    "Amazon SSM service startup mode",
    "Managed(hybrid) Instance Registration",
    "EC2 instance metadata accessible",
    "IAM instance profile",
    "IAM profile credential valid",
    "LocalSystem account user API assume role",
    "SSM Agent Proxy Setting",
    "System-wide environment variable proxy",
    "LocalSystem account user environment variable proxy",
    "WinHTTP system-wide proxy",
    "LocalSystem account user Internet Explorer proxy",
    "SSMAgent version",
    "Session Manager plugin version",
)
_ENDPOINT: Final = re.compile(r"^[a-z0-9-]+\.[a-z0-9-]+\.amazonaws\.comaccessible$")
_ENDPOINT_START: Final = re.compile(r"^[a-z0-9-]+\.[a-z0-9.-]*$")
_ENDPOINT_END: Final = "amazonaws.comaccessible"
_HEADING: Final = re.compile(r"^\s*Check\s+(?:Value|Status)\s+Note\s*$", re.IGNORECASE)
_RULER: Final = re.compile(r"-+")
_MEMBER: Final = re.compile(
    r"^(?P<name>Check|Value|Status|Note)\s*: ?(?P<value>.*)$", re.IGNORECASE
)
_COLUMNS: Final = 3


def windows_rows(text: str) -> tuple[Row, ...]:
    """The checks, of whichever form there is more to be read."""
    lines = bounded_lines(text.expandtabs(8))
    return max(tuple(_listed(lines)), tuple(_tabled(lines)), key=len)


def is_check(name: str) -> bool:
    """Whether a check of the toolkit is called so, however it was wrapped."""
    plain = _plain(name)
    return plain in _PLAIN or _ENDPOINT.match(plain) is not None


def _plain(name: str) -> str:
    return re.sub(r"\s+", "", name).casefold()


_PLAIN: Final = frozenset(_plain(name) for name in CHECKS)


def _goes_on(so_far: str, more: str) -> bool:
    """Whether a cell continues a name that is not complete yet."""
    if is_check(so_far):
        return False
    joined = _plain(so_far + more)
    if any(name.startswith(joined) for name in _PLAIN):
        return True
    return _ENDPOINT_START.match(_plain(so_far)) is not None and (
        _ENDPOINT_START.match(joined) is not None or joined.endswith(_ENDPOINT_END)
    )


def _listed(lines: list[str]) -> Iterator[Row]:
    """``Check : …``, ``Value : …``, ``Note : …``; longer values go on below, indented."""
    found: dict[str, str] = {}
    last = ""
    for line in (*lines, "Check :"):
        member = _MEMBER.match(line)
        if member is not None:
            last = member["name"].casefold().replace("status", "value")
            if last == "check":
                if is_check(found.get("check", "")):
                    yield _row(found["check"], found.get("value", ""), found.get("note", ""))
                found = {}
            found[last] = member["value"]
        elif line.startswith(" ") and last:
            found[last] = f"{found[last]} {line.strip()}"[:LONGEST_CELL]
        else:
            last = ""


def _tabled(lines: list[str]) -> Iterator[Row]:
    """Columns as wide as the ruler below the heading says."""
    for at, line in enumerate(lines[:-1]):
        starts = [one.start() for one in _RULER.finditer(lines[at + 1])]
        if _HEADING.match(line) and len(starts) == _COLUMNS:
            yield from _below(lines[at + 2 :], starts)
            return


def _below(lines: list[str], starts: list[int]) -> Iterator[Row]:
    check, value, note = starts
    rows: list[tuple[list[str], list[str], list[str]]] = []
    for line in lines:
        cells = (line[check:value].strip(), line[value:note].strip(), line[note:].strip())
        if cells[0] and not (rows and _goes_on(" ".join(rows[-1][0]), cells[0])):
            rows.append(([], [], []))
        for column, cell in zip(rows[-1] if rows else (), cells, strict=False):
            if cell:
                column.append(cell)
    for row in rows:
        if is_check(" ".join(row[0])):
            yield _row(*(" ".join(column) for column in row))


def _row(check: str, value: str, note: str) -> Row:
    name = one_line(check)
    plain = _plain(name)
    if _ENDPOINT.match(plain):
        name = f"{plain.removesuffix('accessible')} accessible"
    else:
        name = next(known for known in CHECKS if _plain(known) == plain)
    return cells_to_row(name, value, note)
