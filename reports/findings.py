"""findings.json: every finding of a run, for machines (design 6; docs/findings.schema.json).

The document says nothing about when, where or how long a run took: equal rolls give equal bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from policies.diagnosis import CrossCheck, Diagnosis, Fix, Together
from policies.finding import (
    Blocker,
    Control,
    Coverage,
    Crash,
    Evidence,
    Finding,
    Missing,
    Outcome,
)
from policies.roll import Roll
from policies.settings import SettingInUse
from reports.assumed import Assumed, assumed_of
from reports.causes import Cause, causes_of
from reports.changes import baseline_document, gate_document
from reports.counted import counted_document
from reports.fixes import fixes_of, joint_fixes_of
from reports.json_text import Text, compact, document_text
from reports.tally import OUTCOMES, Tally, controls_of, tally
from reports.waived import waiver_document, waiver_rows

#: The version of the document's shape; rises when a reader would have to change.
SCHEMA: Final = 1


def findings_document(roll: Roll) -> dict[str, Any]:
    """The whole roll as plain JSON values, every list in a stable order."""
    document = _frame(roll)
    document["findings"] = list(_findings(roll, _evidence))
    return document


def _frame(roll: Roll) -> dict[str, Any]:
    """The document without its findings, which are the most of it."""
    tallied = tally(roll)
    return {
        "schema": SCHEMA,
        "run": _run(roll),
        "coverage": [_coverage(one) for one in sorted(roll.coverage, key=_coverage_key)],
        "controls": [_control(control, tallied) for control in controls_of(roll)],
        "findings": [],
        **({"counted": counted_document(roll.counted)} if roll.counted else {}),
        "diagnosis": _diagnosis(roll),
        **({"baseline": baseline_document(roll.baseline)} if roll.baseline else {}),
    }


def findings_json(roll: Roll) -> str:
    """The document as text: ASCII only, so that no reader's encoding can spoil a name."""
    return b"".join(document_text(_frame(roll), _findings(roll, _laid_out))).decode("ascii")


def write_json(roll: Roll, path: Path) -> None:
    """Write findings.json. Raises OSError where the path cannot be written."""
    with path.open("wb") as file:
        file.writelines(document_text(_frame(roll), _findings(roll, _laid_out)))


def _run(roll: Roll) -> dict[str, Any]:
    run = roll.run
    return {
        "tool": run.tool,
        "as_of": run.as_of,
        "snapshot": run.snapshot,
        "accounts": {account: list(run.accounts[account]) for account in sorted(run.accounts)},
        "callers": _sorted_by_key(run.callers),
        "selection": _sorted_by_key(run.selection),
        "cells": run.cells,
        "instances": run.instances,
        "settings": [_setting(one) for one in roll.settings],
        "assumed": [_assumed(one) for one in assumed_of(roll)],
        "waivers_as_of": roll.waivers.as_of.isoformat() if roll.waivers.as_of else "",
        "waivers_not_applied": roll.waivers.not_applied,
        "waivers": waiver_rows(roll),
        "gate": gate_document(roll.gate),
        "crashes": [_crash(one) for one in sorted(roll.crashes, key=_crash_key)],
    }


def _findings(roll: Roll, tell: Callable[[Evidence], Text]) -> Iterator[dict[str, Text]]:
    """Each finding, by id. Findings of alike instances share evidence, which is told once."""
    known: dict[int, Text] = {}

    def told(evidence: Evidence) -> Text:
        found = known.get(id(evidence))
        if found is None:
            found = known[id(evidence)] = tell(evidence)
        return found

    for finding in sorted(roll.findings, key=lambda one: one.id):
        yield _finding(finding, told)


def _finding(finding: Finding, told: Callable[[Evidence], Text]) -> dict[str, Text]:
    verdict = finding.verdict
    return {
        "id": finding.id,
        "control": finding.control.id,
        "severity": finding.severity.value,
        "account": finding.account,
        "region": finding.region,
        "resource": finding.resource,
        "name": finding.name,
        "verdict": verdict.outcome.value,
        "code": verdict.code,
        "reason": verdict.reason,
        "evidence": [told(one) for one in verdict.evidence],
        "blockers": [_blocker(one) for one in verdict.blockers],
        "missing": [_missing(one) for one in verdict.missing],
        "caused_by": sorted(finding.caused_by),
        "remediation": finding.remediation,
        "parameters": dict(finding.parameters),
        "change": finding.change.value if finding.change else None,
        "waiver": waiver_document(finding.waiver) if finding.waiver else None,
        "expired_waiver": (
            waiver_document(finding.expired_waiver) if finding.expired_waiver else None
        ),
    }


def _laid_out(evidence: Evidence) -> Text:
    return compact(_evidence(evidence))


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "resource": evidence.resource,
        "path": evidence.path,
        "value": _sorted_by_key(evidence.value),
        "call": evidence.call,
    }


def _blocker(blocker: Blocker) -> dict[str, str]:
    return {"resource": blocker.resource, "detail": blocker.detail}


def _missing(missing: Missing) -> dict[str, str]:
    return {"gap": missing.gap.value, "what": missing.what}


def _control(control: Control, tallied: Tally) -> dict[str, Any]:
    row = next((row for row in tallied.rows if row.control.id == control.id), None)
    waived = row.waived if row else 0
    counts = Counter(row.counts if row else {}) + Counter({Outcome.FAIL: waived})
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity.value,
        "category": control.category,
        "why": control.why,
        "remediation": control.remediation,
        "needs": list(control.needs),
        "references": list(control.references),
        "counts": {outcome.value: counts[outcome] for outcome in OUTCOMES} | {"waived": waived},
    }


def _coverage(one: Coverage) -> dict[str, str]:
    """Which call gave what; the file's name stays out, its hash ties the finding to the answer."""
    return {
        "account": one.account,
        "region": one.region,
        "call": one.call,
        "status": one.status.value,
        "code": one.code,
        "detail": one.detail,
        "sha256": one.sha256,
    }


def _coverage_key(one: Coverage) -> tuple[str, ...]:
    return tuple(_coverage(one).values())


def _crash(crash: Crash) -> dict[str, str]:
    return {"control": crash.control, "resource": crash.resource, "error": crash.error}


def _crash_key(crash: Crash) -> tuple[str, ...]:
    return tuple(_crash(crash).values())


def _setting(one: SettingInUse) -> dict[str, Any]:
    target = one.target
    return {
        "name": one.name,
        "value": one.value,
        "accounts": list(target.accounts),
        "regions": list(target.regions),
        "tags": dict(target.tags),
    }


def _assumed(one: Assumed) -> dict[str, Any]:
    assumption = one.assumption
    return {
        "setting": assumption.setting,
        "owner": assumption.owner,
        "reason": assumption.reason,
        "accounts": list(assumption.accounts),
        "findings": one.findings,
    }


def _diagnosis(roll: Roll) -> dict[str, Any]:
    return {
        "instances": [_instance(one) for one in sorted(roll.diagnoses, key=lambda one: one.node)],
        "fix_first": [_fix(fix) for fix in fixes_of(roll)],
        "only_together": [_together(one) for one in joint_fixes_of(roll)],
        "unknown_because": [_cause(cause) for cause in causes_of(roll)],
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "resource": fix.blocker.resource,
        "detail": fix.blocker.detail,
        "controls": list(fix.controls),
        "touches": list(fix.touches),
        "frees": list(fix.frees),
        "may_free": list(fix.may_free),
        "remediation": fix.remediation,
        "instead": fix.instead,
    }


def _together(together: Together) -> dict[str, Any]:
    return {
        "blockers": [_blocker(one) for one in together.blockers],
        "frees": list(together.frees),
        "may_free": list(together.may_free),
    }


def _instance(one: Diagnosis) -> dict[str, Any]:
    return {
        "instance": one.node,
        "name": one.name,
        "state": one.state.value,
        "reason": one.reason,
        "hop": one.hop.name.casefold() if one.hop is not None else None,
        "first_broken": one.first_broken,
        "roots": list(one.roots),
        "missing": [_missing(missing) for missing in one.missing],
        "guest_causes": list(one.guest_causes),
        "cross_checks": [_cross_check(each) for each in one.cross_checks],
        "layers": {layer.name.casefold(): one.layers[layer].value for layer in one.layers},
    }


def _cross_check(one: CrossCheck) -> dict[str, Any]:
    return {
        "stand": one.stand.value,
        "told": one.told,
        "within": list(one.within),
        "aws": list(one.aws),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "gap": cause.kind.value,
        "what": cause.what,
        "findings": cause.findings,
        "places": [f"{account}/{region}" for account, region in cause.places],
        "details": list(cause.details),
    }


def _sorted_by_key(value: Any) -> Any:
    """The same JSON value with the keys of every object in order."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return {key: _sorted_by_key(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_sorted_by_key(one) for one in value]
    return value
