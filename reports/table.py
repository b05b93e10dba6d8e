"""findings.csv: one line per finding, for spreadsheets (RFC 4180, formulas neutralised)."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Final

from policies.finding import Evidence, Finding
from policies.roll import Roll
from reports.lone_surrogates import without_lone_surrogates
from reports.settings_in_use import parameters_text
from reports.waived import expired_sentence

#: Where a spreadsheet would see a formula: at the start of a field or of what it may take for one,
#: behind blanks and characters without a width, in ASCII or full width (OWASP, CSV Injection);
#: behind quotes too, which our own quoting doubles: another separator's reader sees an empty pair.
#: Possessive, and begun only where a run begins: a long run of blanks is gone through once.
_QUIET: Final = r"\"\ufeff\u200b-\u200f\u2060"
_RUN: Final = rf"[\s;|{_QUIET}]"
_FORMULA: Final = re.compile(
    rf"\A (?=[\t\r])"
    rf"| (?: \A {_RUN}*+ | (?<!{_RUN}) (?=(?:[^\S\t\r\n]|[{_QUIET}])*+[;|\t\r\n]) {_RUN}++ )"
    rf"  (?=[=+\-@\uff1d\uff0b\uff0d\uff20])",
    re.VERBOSE,
)
#: What a formula could begin with, or hide behind.
_SUSPICIOUS: Final = r"[\s\"\ufeff\u200b-\u200f\u2060=+\-@\uff1d\uff0b\uff0d\uff20]"
#: Most texts: nothing of that at the start, and no separator.
_HARMLESS: Final = re.compile(rf"(?!{_SUSPICIOUS})[^;|\t\r\n\0\ud800-\udfff]*").fullmatch
_PLAIN_FIELD: Final = rf"(?!{_SUSPICIOUS})[^;|\t\r\n\0\ud800-\udfff,\"]*"
#: … and several of them, none with anything that has to be quoted.
_PLAIN: Final = re.compile(rf"{_PLAIN_FIELD}(?:,{_PLAIN_FIELD})*").fullmatch
_QUOTED: Final = re.compile(r"[,\"\r\n]").search
_ENCODED: Final = json.JSONEncoder(sort_keys=True).encode
#: Where a shell command goes on in the next line: in a cell it is one line, and no line of it
#: starts with the sign of an option.
_CONTINUED: Final = re.compile(r"(?:(?<![ \t])[ \t]*+)?\\\n[ \t]*+")

#: Columns by the member of a finding that they hold.
_BEFORE_EVIDENCE: Final[Mapping[str, str]] = {
    "id": "id",
    "control": "control.id",
    "severity": "severity.value",
    "account": "account",
    "region": "region",
    "resource": "resource",
    "name": "name",
    "verdict": "verdict.outcome.value",
    "code": "verdict.code",
    "reason": "verdict.reason",
}
_TEXTS_BEFORE: Final = attrgetter(*_BEFORE_EVIDENCE.values())
_EVIDENCE: Final = "evidence"
_BEHIND_EVIDENCE: Final[Mapping[str, Callable[[Finding], str]]] = {
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
#: What the columns behind are made of: most findings have none of it.
_BEHIND: Final = attrgetter(
    *("verdict.blockers", "verdict.missing", "caused_by", "remediation", "parameters"),
    *("change", "waiver", "expired_waiver"),
)
_NOTHING_BEHIND: Final = "," * (len(_BEHIND_EVIDENCE) - 1)
HEADER: Final = (*_BEFORE_EVIDENCE, _EVIDENCE, *_BEHIND_EVIDENCE)


def write_csv(roll: Roll, path: Path) -> None:
    """Write findings.csv, sorted by finding id. Raises OSError where the path cannot be written."""
    evidence = _EvidenceFields()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"{','.join(HEADER)}\r\n")
        for finding in sorted(roll.findings, key=lambda one: one.id):
            before, found = _fields(_TEXTS_BEFORE(finding)), evidence.of(finding.verdict.evidence)
            file.write(f"{before},{found},{_behind(finding)}\r\n")


def _behind(finding: Finding) -> str:
    if not any(_BEHIND(finding)):
        return _NOTHING_BEHIND
    return _fields([column(finding) for column in _BEHIND_EVIDENCE.values()])


class _EvidenceFields:
    """The evidence of findings; what alike instances have in common is looked at once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[str, bool]] = {}

    def of(self, evidence: Sequence[Evidence]) -> str:
        """The field of one finding."""
        told = [self._known.get(id(one)) or self._told(one) for one in evidence]
        text = "; ".join([text for text, _ in told])
        if not all(is_harmless for _, is_harmless in told):
            text = cell(text)
        return _quoted(text)

    def _told(self, one: Evidence) -> tuple[str, bool]:
        """One piece, and whether it is nothing that a formula could hide in."""
        text = f"{one.resource} {one.path} = {_ENCODED(one.value)} ({one.call})"
        told = self._known[id(one)] = (text, _HARMLESS(text) is not None)
        return told


def _fields(texts: Sequence[str]) -> str:
    """The texts as fields of RFC 4180 that no spreadsheet runs."""
    line = ",".join(texts)
    if line.count(",") == len(texts) - 1 and _PLAIN(line):
        return line
    return ",".join([_quoted(cell(text)) for text in texts])


def _quoted(text: str) -> str:
    if _QUOTED(text) is None:
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


@functools.lru_cache(maxsize=1_024)
def cell(text: str) -> str:
    """The text as a spreadsheet may show it: a quote before all that it would run as a formula.

    That is the start of the text, and what follows a separator within it: where a spreadsheet
    expects semicolons, as in much of Europe, our quoting does not hold a field together.
    NUL, at which some readers stop, and lone surrogates become U+FFFD; all else stays as it is.
    """
    if _HARMLESS(text):
        return text
    writable = without_lone_surrogates(text).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return _FORMULA.sub(r"\g<0>'", writable)
