"""The gate: from findings to an exit status, and the sentence that says why (design 6)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from inventory.facts import Coverage, Instance
from policies.control import Gap, Outcome, Severity
from policies.finding import Finding

#: Failures of these severities are told but do not gate.
_BELOW_GATE: Final = frozenset({Severity.INFO})


@dataclasses.dataclass(frozen=True)
class Gate:
    """Exit status (0 open, 1 failures, 7 not decidable) and why."""

    status: int
    reason: str


def gate(findings: Iterable[Finding], gaps: Iterable[Coverage] = ()) -> Gate:
    """Failures close the gate; without any, unknowns that an unread call left do.

    So does a Region whose instances could not be listed: nobody knows whom it hides.
    """
    findings = tuple(findings)
    failures = [
        one for one in findings if one.outcome is Outcome.FAIL and one.severity not in _BELOW_GATE
    ]
    if failures:
        return Gate(1, f"{_counted(failures)} failed")
    unread = [one for one in findings if one.outcome is Outcome.UNKNOWN and _is_unread(one)]
    if unread:
        calls = "a call it needs was not read" if len(unread) == 1 else "calls were not read"
        return Gate(7, f"nothing failed, but {_counted(unread)} could not be decided: {calls}")
    hidden = [f"{one.account} {one.region}" for one in gaps if one.call == Instance.call]
    if hidden:
        where = ", ".join(sorted(hidden))
        return Gate(7, f"nothing failed, but the instances of {where} could not be listed")
    if any(one.outcome is Outcome.FAIL for one in findings):
        return Gate(0, "no failure at or above the gate")
    return Gate(0, "nothing failed")


def _counted(findings: list[Finding]) -> str:
    return "1 finding" if len(findings) == 1 else f"{len(findings)} findings"


def _is_unread(finding: Finding) -> bool:
    return any(missing.gap is Gap.UNREAD for missing in finding.verdict.missing)
