"""Texts as Security Hub takes them: within its limits, and never a command cut in half."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Final

import msgspec

from policies.finding import Finding
from reports.lone_surrogates import well_formed
from reports.visible import visible

#: The longest that each may be (API_AwsSecurityFinding, API_Recommendation), UTF-16 units.
LIMITS: Final[Mapping[str, int]] = {
    "Id": 512,
    "GeneratorId": 512,
    "ProductName": 128,
    "Title": 256,
    "Description": 1024,
    "Recommendation": 512,
    "ProductFields": 2048,
    "Tag": 256,
}
_ELLIPSIS: Final = "…"


def length(text: str) -> int:
    """How long Security Hub may take a text to be: UTF-16 units, of which an emoji has two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def limited(text: str, limit: int) -> str:
    """The text in at most ``limit`` units, an ellipsis where something was cut."""
    if length(text) <= limit:
        return text
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (limit - 1)]
    return units.decode("utf-16-le", "ignore") + _ELLIPSIS


def identified(text: str, limit: int) -> str:
    """An id in at most ``limit`` units: what is too long ends in its SHA-256 and stays unique."""
    if length(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{limited(text, limit - len(digest) - 1)}#{digest}"


def whole_lines(text: str, limit: int, *, otherwise: str) -> str:
    """The lines that fit; where some do not, ``otherwise`` follows, which says where they are.

    Half a command must never stand where somebody copies it from.
    """
    lines = [visible(line) for line in text.strip().split("\n")]
    if length("\n".join(lines)) <= limit:
        return "\n".join(lines)
    kept: list[str] = []
    for line in lines:
        if length("\n".join([*kept, line, otherwise])) > limit:
            break
        kept.append(line)
    return limited("\n".join([*_commands(kept), otherwise]), limit)


def _commands(lines: list[str]) -> list[str]:
    """The lines up to the last that does not go on in the next one."""
    while lines and lines[-1].endswith("\\"):
        lines = lines[:-1]
    return lines


def product_fields(finding: Finding, snapshot: str) -> dict[str, str]:
    """What the format has no member for; what is empty is left out, what is too long is cut."""
    verdict, waiver = finding.verdict, finding.waiver
    fields = {
        "verdict": verdict.outcome.value,
        "code": verdict.code,
        "snapshot_sha256": snapshot,
        "caused_by": " ".join(sorted(finding.caused_by)),
        "blockers": _json(verdict.blockers),
        "missing": _json(verdict.missing),
        "evidence": _json(verdict.evidence),
        "parameters": "; ".join(f"{name} = {value}" for name, value in finding.parameters),
        "change": finding.change.value if finding.change else "",
    }
    if waiver:
        fields |= {
            "waiver_ticket": waiver.ticket,
            "waiver_owner": waiver.owner,
            "waiver_reason": waiver.reason,
            "waiver_expires": waiver.expires.isoformat(),
        }
    limit = LIMITS["ProductFields"]
    return {
        f"ssm-rollcall/{name}": limited(visible(value), limit)
        for name, value in fields.items()
        if value.strip()
    }


def _json(entries: tuple[object, ...]) -> str:
    """The entries as JSON text, empty without any."""
    if not entries:
        return ""
    plain = well_formed(msgspec.to_builtins(entries))
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)
