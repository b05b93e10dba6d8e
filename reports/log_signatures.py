"""Writes docs/log-signatures.md: ``python -m reports.log_signatures``; a test holds it current.

The page lists the signature table that the agent's log is read by, and the steps of a healthy
start.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from inventory.facts.host.signatures import RUNGS, SIGNATURES, Rung, Signature
from reports.control_table import README

PAGE: Final[Path] = README.parent / "docs" / "log-signatures.md"
_HEAD: Final = """\
# What the agent's log says

LOG-01 to LOG-07 read the logs that `--host-evidence DIR` brings. LOG-01 walks the steps of a
healthy start; the others look for the signatures of their group. An error counts since the agent's
last start, and only while no later step takes it back. What the absence of errors means, the log
cannot tell: a control passes only on a step that it shows.

| weight | a standing error of it |
|---|---|
| high | keeps the node from being online: fails; warns where the log is old or undated |
| medium | breaks the command channel or a feature: warns |
| low | a hint: warns |
| benign | looks like an error and is none |

Errors about ssmmessages and ec2messages weigh what the agent's version and the Region make of them;
those about s3, kms, logs and monitoring only warn, those about sts say nothing.

This page is generated from the table: `python -m reports.log_signatures`.
"""
_GROUPS: Final = {
    "A": "LOG-02: instance metadata",
    "B": "LOG-03: credentials and permissions",
    "C": "LOG-04: endpoints",
    "D": "LOG-05: the service's side",
    "E": "LOG-06: the clock",
    "F": "LOG-07: host and process",
    "OK": "Harmless lines",
}


def page() -> str:
    """The whole page, Markdown."""
    groups = (
        _section(title, [one for one in SIGNATURES if one.group == group])
        for group, title in _GROUPS.items()
    )
    return "\n".join((_HEAD, _ladder(RUNGS), *groups))


def _ladder(rungs: Iterable[Rung]) -> str:
    rows = (
        f"| {one.number} | {_cell(one.means)} | {_texts(one.anchors)} | {_since(one)} |"
        for one in rungs
    )
    head = (
        "## LOG-01: the healthy start",
        "",
        "| step | shows | line | agents |",
        "|---|---|---|---|",
    )
    return "\n".join((*head, *rows, ""))


def _section(title: str, signatures: Iterable[Signature]) -> str:
    head = (f"## {title}", "", "| id | weight | text | cause | fix |", "|---|---|---|---|---|")
    return "\n".join((*head, *map(_row, signatures), ""))


def _row(one: Signature) -> str:
    only = f" ({one.versions})" if one.versions else ""
    fix = _cell(one.fix)
    if one.windows_fix:
        fix = f"{fix}<br>Windows: {_cell(one.windows_fix)}"
    text = _texts(one.anchors) or "times that jump backwards"
    return f"| {one.id} | {one.weight} | {text}{only} | {_cell(one.cause)} | {fix} |"


def _since(rung: Rung) -> str:
    return f"{rung.since[0]}.{rung.since[1]} and later" if any(rung.since) else "any"


def _texts(anchors: Iterable[str]) -> str:
    return "<br>".join(f"`{one.replace('|', chr(92) + '|')}`" for one in anchors)


def _cell(text: str) -> str:
    escaped = text.replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")
    return escaped.replace("\n", "<br>")


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
