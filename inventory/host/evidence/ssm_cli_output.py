"""The output of ``ssm-cli get-diagnostics`` as rows: JSON, a table, a refusal (1.2)."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from inventory.host.evidence.rows import LONGEST_CELL, Row, bounded_lines, cells_to_row

#: The member that the JSON has, and nothing else of these tools.
_MEMBER: Final = '"DiagnosticsOutput"'
_LINE: Final = "│"
_COLUMNS: Final = ("check", "status", "note")
_REFUSED: Final = re.compile(r"get-diagnostics needs to be executed by \w+", re.IGNORECASE)
_STATUSES: Final = frozenset({"success", "skipped", "failed"})


def is_ssm_cli(text: str) -> bool:
    """Whether the text is, or holds, what ssm-cli prints."""
    return _MEMBER in text or is_refusal(text) or _header(text)


def is_refusal(text: str) -> bool:
    """Whether it was run without root: a sentence instead of a result, and exit 0 (T-117)."""
    return _REFUSED.search(text) is not None


def ssm_cli_rows(text: str) -> tuple[Row, ...] | None:
    """The checks in the order of the output; ``None`` where there is nothing to be read.

    Rows with a status that ssm-cli does not know are left in: they decide nothing.
    """
    rows = _json_rows(text) if _MEMBER in text else _table_rows(text)
    return rows if any(one.says(*_STATUSES) for one in rows) else None


def _json_rows(text: str) -> tuple[Row, ...]:
    """The list behind the member. A prompt, a warning or a stack trace may stand around it."""
    after = text[text.index(_MEMBER) + len(_MEMBER) :].lstrip().removeprefix(":").lstrip()
    try:
        found, _ = json.JSONDecoder().raw_decode(after)
    except (ValueError, RecursionError):
        return ()
    checks = found if isinstance(found, list) else ()
    return tuple(
        cells_to_row(_said(one, "Check"), _said(one, "Status"), _said(one, "Note"))
        for one in checks
        if isinstance(one, dict)
    )


def _said(entry: dict[str, Any], member: str) -> str:
    value = entry.get(member, "")
    return value if isinstance(value, str) else ""


def _header(text: str) -> bool:
    return _LINE in text and any(
        _cells(line) == _COLUMNS for line in bounded_lines(text.casefold())
    )


def _table_rows(text: str) -> tuple[Row, ...]:
    """Rows of the table; a note that was too long goes on in lines without a check."""
    rows: list[list[str]] = []
    for line in bounded_lines(text):
        cells = _cells(line)
        if len(cells) != len(_COLUMNS) or tuple(cell.casefold() for cell in cells) == _COLUMNS:
            continue
        if cells[0] or not rows:
            rows.append(list(cells))
        else:
            rows[-1] = [
                f"{so_far} {more}".strip()[:LONGEST_CELL]
                for so_far, more in zip(rows[-1], cells, strict=True)
            ]
    return tuple(cells_to_row(check, status, note) for check, status, note in rows)


def _cells(line: str) -> tuple[str, ...]:
    """What stands between the vertical lines; nothing where the line has none."""
    first, last = line.find(_LINE), line.rfind(_LINE)
    return (
        tuple(cell.strip() for cell in line[first + 1 : last].split(_LINE)) if first < last else ()
    )
