"""findings.csv: one line per finding, for spreadsheets (RFC 4180, formulas neutralised)."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from policies.finding import Finding
from policies.roll import Roll
from reports.lone_surrogates import without_lone_surrogates
from reports.settings_in_use import parameters_text
from reports.waived import expired_sentence

#: Where a spreadsheet would see a formula: at the start of a field or of what it may take for one,
#: behind blanks and characters without a width, in ASCII or full width (OWASP, CSV Injection);
#: behind quotes too, which our own quoting doubles: another separator's reader sees an empty pair.
_FORMULA: Final = re.compile(
    r"\A (?=[\t\r])"
    r"| (?: \A | [;|\t\r\n] ) [\s\"\ufeff\u200b-\u200f\u2060]*"
    r"  (?=[=+\-@\uff1d\uff0b\uff0d\uff20])",
    re.VERBOSE,
)
#: Where a shell command goes on in the next line: in a cell it is one line, and no line of it
#: starts with the sign of an option.
_CONTINUED: Final = re.compile(r"[ \t]*\\\n[ \t]*")


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
    "remediation": lambda finding: _CONTINUED.sub(" ", finding.remediation),
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
    """The text as a spreadsheet may show it: a quote before all that it would run as a formula.

    That is the start of the text, and what follows a separator within it: where a spreadsheet
    expects semicolons, as in much of Europe, our quoting does not hold a field together.
    NUL, at which some readers stop, and lone surrogates become U+FFFD; all else stays as it is.
    """
    writable = without_lone_surrogates(text).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return _FORMULA.sub(r"\g<0>'", writable)
