"""findings.ocsf.json: OCSF Compliance Findings (class 2003) of schema 1.5.0, for SIEMs.

https://schema.ocsf.io/1.5.0/classes/compliance_finding

* Verdicts become ``compliance.status`` by name: Pass, Fail, Warning, Unknown. OCSF has no word for
  what does not apply: that is ``Other``, with "Not Applicable" beside it, as the schema asks. OCSF
  calls a check without a result a Warning too: ``unmapped.verdict`` is what the control said.
* A failure has the severity of its finding. What holds or does not apply is Informational ("No
  action required"), the rest Low ("The user decides"). ``unmapped.severity`` is the finding's.
* A failure that a waiver accepts is Suppressed; everything else is New.
* Nothing here is a wall clock: ``time`` is when the judged data was read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from policies.finding import Finding, Outcome, Severity
from policies.roll import Roll
from reports.cloud_resource import moment_of, product_of, resource_of
from reports.json_list import write_json_list
from reports.visible import visible

SCHEMA_VERSION: Final = "1.5.0"
#: What all controls together stand for.
STANDARD: Final = "AWS Systems Manager managed node prerequisites"
_STATUS: Final = {
    Outcome.PASS: (1, "Pass"),
    Outcome.WARN: (2, "Warning"),
    Outcome.FAIL: (3, "Fail"),
    Outcome.UNKNOWN: (0, "Unknown"),
    Outcome.NOT_APPLICABLE: (99, "Not Applicable"),
}
_INFORMATIONAL: Final = (1, "Informational")
_LOW: Final = (2, "Low")
_SEVERITY: Final = {
    Severity.CRITICAL: (5, "Critical"),
    Severity.HIGH: (4, "High"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.LOW: _LOW,
    Severity.INFO: _INFORMATIONAL,
}
_NEEDS_NOTHING: Final = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


def ocsf_events(roll: Roll) -> Iterator[dict[str, Any]]:
    """One event for each finding, by finding id; ``metadata.uid`` names it in this snapshot.

    Raises TimeUnknownError where the roll has no time.
    """
    time = int(moment_of(roll).timestamp() * 1000)
    name, version = product_of(roll)
    metadata = {
        "version": SCHEMA_VERSION,
        "product": {"name": visible(name), "vendor_name": visible(name)}
        | ({"version": visible(version)} if version else {}),
        "profiles": ["cloud"],
    }
    snapshot = visible(roll.run.snapshot)
    for finding in sorted(roll.findings, key=lambda one: one.id):
        yield {
            **_event(finding, time),
            "metadata": {**metadata, "uid": f"{visible(finding.id)}@{snapshot}"},
        }


def write_ocsf(roll: Roll, path: Path) -> None:
    """Write findings.ocsf.json. Raises OSError, and TimeUnknownError as ``ocsf_events``."""
    write_json_list(ocsf_events(roll), path)


def _event(finding: Finding, time: int) -> dict[str, Any]:
    severity_id, severity = _severity(finding)
    status_id, status = (3, "Suppressed") if finding.waiver else (1, "New")
    event = {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "type_uid": 200301,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "status_code": visible(finding.verdict.code),
        "status_detail": visible(finding.verdict.reason),
        "message": visible(f"{finding.control.id} {finding.resource}: {finding.verdict.reason}"),
        "finding_info": _finding_info(finding, time),
        "compliance": _compliance(finding),
        "cloud": _cloud(finding),
        "resources": [_resource(finding)],
        "unmapped": _unmapped(finding),
    }
    if finding.remediation:
        event["remediation"] = {
            "desc": finding.remediation,
            "references": list(finding.control.references),
        }
    if finding.waiver:
        accepted = f"accepted until {finding.waiver.expires} by {finding.waiver.owner}"
        event["comment"] = visible(f"{accepted}, {finding.waiver.ticket}: {finding.waiver.reason}")
    return event


def _severity(finding: Finding) -> tuple[int, str]:
    if finding.outcome is Outcome.FAIL:
        return _SEVERITY[finding.severity]
    return _INFORMATIONAL if finding.outcome in _NEEDS_NOTHING else _LOW


def _finding_info(finding: Finding, time: int) -> dict[str, Any]:
    control = finding.control
    return {
        "uid": visible(finding.id),
        "title": visible(control.title),
        "desc": visible(control.why),
        "types": [visible(control.category)],
        "analytic": {
            "uid": visible(control.id),
            "name": visible(control.title),
            "type_id": 1,
            "type": "Rule",
        },
        "data_sources": [visible(call) for call in control.needs],
        "last_seen_time": time,
    }


def _compliance(finding: Finding) -> dict[str, Any]:
    status_id, status = _STATUS[finding.outcome]
    missing = (f"would settle it: {one.what}" for one in finding.verdict.missing)
    return {
        "control": visible(finding.control.id),
        "standards": [STANDARD],
        "requirements": [visible(finding.control.title)],
        "category": visible(finding.control.category),
        "desc": visible(finding.control.title),
        "status_id": status_id,
        "status": status,
        "status_code": visible(finding.verdict.code),
        "status_details": [visible(finding.verdict.reason), *map(visible, missing)],
    }


def _cloud(finding: Finding) -> dict[str, Any]:
    return {
        "provider": "AWS",
        "region": visible(finding.region),
        "cloud_partition": finding.partition,
        "account": {
            "uid": visible(finding.account),
            # The account's own name is not read; some readers insist on one.
            "name": visible(finding.account),
            "type": "AWS Account",
            "type_id": 10,
        },
    }


def _resource(finding: Finding) -> dict[str, Any]:
    resource = resource_of(finding)
    return {
        "uid": visible(resource.uid),
        "name": visible(finding.name or finding.resource),
        "type": resource.type,
        "region": visible(finding.region),
        "cloud_partition": finding.partition,
    }


def _unmapped(finding: Finding) -> dict[str, Any]:
    """What OCSF has no attribute for, as findings.json has it."""
    verdict = finding.verdict
    built: dict[str, Any] = msgspec.to_builtins(
        {
            "verdict": verdict.outcome,
            "code": verdict.code,
            "severity": finding.severity,
            "resource": finding.resource,
            "evidence": verdict.evidence,
            "blockers": verdict.blockers,
            "missing": verdict.missing,
            "caused_by": sorted(finding.caused_by),
            "change": finding.change,
            "parameters": dict(finding.parameters),
            "waiver": None,
        }
    )
    if finding.waiver:
        built["waiver"] = {
            "ticket": finding.waiver.ticket,
            "owner": finding.waiver.owner,
            "reason": finding.waiver.reason,
            "expires": finding.waiver.expires.isoformat(),
        }
    return built
