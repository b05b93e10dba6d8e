"""findings.csv: one line per finding, for spreadsheets (RFC 4180, formulas neutralised)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from policies.finding import Finding
from policies.roll import Roll
from reports.settings_in_use import parameters_text
from reports.waived import expired_sentence

#: What a spreadsheet takes for the start of a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def _evidence(finding: Finding) -> str:
    return "; ".join(
        f"{one.resource} {one.path} = {json.dumps(one.value, sort_keys=True)} ({one.call})"
        for one in finding.verdict.evidence
    )


_COLUMNS: Final[Mapping[str, Callable[[Finding], str]]] = {
    "id": lambda finding: finding.id,
    "control": lambda finding: finding.control.id,
    "severity": lambda finding: finding.severity.value,
    "account": lambda finding: finding.account,
    "region": lambda finding: finding.region,
    "resource": lambda finding: finding.resource,
    "name": lambda finding: finding.name,
    "verdict": lambda finding: finding.outcome.value,
    "code": lambda finding: finding.verdict.code,
    "reason": lambda finding: finding.verdict.reason,
    "evidence": _evidence,
    "blockers": lambda finding: "; ".join(
        f"{one.resource}: {one.detail}" for one in finding.verdict.blockers
    ),
    "missing": lambda finding: "; ".join(one.what for one in finding.verdict.missing),
    "caused_by": lambda finding: " ".join(sorted(finding.caused_by)),
    "remediation": lambda finding: finding.remediation,
    "parameters": parameters_text,
    "change": lambda finding: finding.change.value if finding.change else "",
    "waiver": lambda finding: finding.waiver.ticket if finding.waiver else "",
    "waiver_owner": lambda finding: finding.waiver.owner if finding.waiver else "",
    "waiver_reason": lambda finding: finding.waiver.reason if finding.waiver else "",
    "waiver_expires": lambda finding: finding.waiver.expires.isoformat() if finding.waiver else "",
    "expired_waiver": lambda finding: (
        expired_sentence(finding.expired_waiver) if finding.expired_waiver else ""
    ),
}
HEADER: Final = tuple(_COLUMNS)


def write_csv(roll: Roll, path: Path) -> None:
    """Write findings.csv, sorted by finding id. Raises OSError where the path cannot be written."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\r\n")
        lines.writerow(HEADER)
        for finding in sorted(roll.findings, key=lambda one: one.id):
            lines.writerow([cell(column(finding)) for column in _COLUMNS.values()])


def cell(text: str) -> str:
    """The text as a spreadsheet may show it: a leading quote where it would be run as a formula.

    Lone surrogates, which UTF-8 cannot carry, become U+FFFD; all else stays as it is.
    """
    writable = "".join("\N{REPLACEMENT CHARACTER}" if _is_lone(one) else one for one in text)
    if writable.startswith(_FORMULA_STARTS) or writable.lstrip().startswith(_FORMULA_STARTS):
        return f"'{writable}"
    return writable


def _is_lone(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
