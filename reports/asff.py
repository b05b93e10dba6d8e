"""findings.asff.json: findings in the AWS Security Finding Format, for ``BatchImportFindings``.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html

Nothing is sent: whoever imports the file calls Security Hub once for each account and Region, with
credentials of that account (the default product ARN demands it), at most ``BATCH`` findings at a
time. The list is sorted so that findings of one account and Region stand together::

    jq -c 'group_by([.AwsAccountId, .Resources[0].Region])[]
           | range(0; length; 100) as $from | .[$from:$from + 100]' findings.asff.json

* Verdicts become ``Compliance.Status``: PASSED, WARNING, FAILED; what is unknown or does not apply
  is NOT_AVAILABLE, and the latter ARCHIVED as Security Hub does with its own.
* Severity: a failure has its finding's; everything else is INFORMATIONAL, as Security Hub's own
  checks are. ``Severity.Original`` is the finding's.
* Workflow: SUPPRESSED where a waiver accepts the failure, RESOLVED where the control passes, else
  NEW. Security Hub takes it for new findings only and leaves it alone afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from policies.finding import Finding, Outcome, Severity
from policies.roll import Roll
from reports.asff_text import LIMITS, identified, limited, product_fields, whole_lines
from reports.cloud_resource import moment_of, product_of, resource_of
from reports.json_list import write_json_list
from reports.visible import visible

#: How many findings one call of BatchImportFindings takes.
BATCH: Final = 100
TYPE: Final = "Software and Configuration Checks/AWS Systems Manager/Managed node prerequisites"
_SCHEMA_VERSION: Final = "2018-10-08"
_STATUS: Final = {
    Outcome.PASS: "PASSED",
    Outcome.WARN: "WARNING",
    Outcome.FAIL: "FAILED",
    Outcome.UNKNOWN: "NOT_AVAILABLE",
    Outcome.NOT_APPLICABLE: "NOT_AVAILABLE",
}
_LABEL: Final = {
    Severity.CRITICAL: "CRITICAL",
    Severity.HIGH: "HIGH",
    Severity.MEDIUM: "MEDIUM",
    Severity.LOW: "LOW",
    Severity.INFO: "INFORMATIONAL",
}
#: Partitions by Security Hub's own names; it has none for the others.
_PARTITION: Final = {
    "aws": "aws",
    "aws-cn": "aws-cn",
    "aws-us-gov": "aws-us-gov",
    "aws-iso": "aws-us-iso",
    "aws-iso-b": "aws-us-iso-b",
}


def asff_findings(roll: Roll) -> Iterator[dict[str, Any]]:
    """One finding each, by account, Region and id. Raises TimeUnknownError without a time."""
    when = moment_of(roll).isoformat(timespec="seconds").replace("+00:00", "Z")
    product = visible(product_of(roll)[0])
    for finding in sorted(roll.findings, key=lambda one: (one.account, one.region, one.id)):
        yield _finding(finding, when, product, roll.run.snapshot)


def write_asff(roll: Roll, path: Path) -> None:
    """Write findings.asff.json. Raises OSError, and TimeUnknownError as ``asff_findings``."""
    write_json_list(asff_findings(roll), path)


def _finding(finding: Finding, when: str, product: str, snapshot: str) -> dict[str, Any]:
    control, code = finding.control, visible(finding.verdict.code)
    account, region = visible(finding.account), visible(finding.region)
    reason = visible(finding.verdict.reason).strip() or code
    is_failure = finding.outcome is Outcome.FAIL
    severity = {
        "Label": _LABEL[finding.severity] if is_failure else "INFORMATIONAL",
        "Original": finding.severity.value,
    }
    written = {
        "SchemaVersion": _SCHEMA_VERSION,
        "Id": identified(visible(finding.id), LIMITS["Id"]),
        "ProductArn": f"arn:{finding.partition}:securityhub:{region}:{account}"
        f":product/{account}/default",
        "ProductName": limited(product, LIMITS["ProductName"]),
        "GeneratorId": identified(f"{product}/{visible(control.id)}", LIMITS["GeneratorId"]),
        "AwsAccountId": account,
        "Types": [TYPE],
        "CreatedAt": when,
        "UpdatedAt": when,
        "Severity": severity,
        "FindingProviderFields": {"Severity": severity, "Types": [TYPE]},
        "Title": limited(f"{visible(control.id)} {visible(control.title)}", LIMITS["Title"]),
        "Description": limited(reason, LIMITS["Description"]),
        "Resources": [_resource(finding)],
        "Compliance": {
            "Status": _STATUS[finding.outcome],
            "SecurityControlId": visible(control.id),
            "StatusReasons": [
                {"ReasonCode": code, "Description": limited(reason, LIMITS["Description"])}
            ],
        },
        "Workflow": {"Status": _workflow(finding)},
        "RecordState": "ARCHIVED" if finding.outcome is Outcome.NOT_APPLICABLE else "ACTIVE",
        "ProductFields": product_fields(finding, snapshot),
    }
    if finding.remediation.strip():
        written["Remediation"] = {"Recommendation": _recommendation(finding)}
    return written


def _workflow(finding: Finding) -> str:
    if finding.waiver:
        return "SUPPRESSED"
    return "RESOLVED" if finding.outcome is Outcome.PASS else "NEW"


def _resource(finding: Finding) -> dict[str, Any]:
    resource = resource_of(finding)
    named: dict[str, Any] = {
        "Type": resource.type,
        "Id": identified(visible(resource.uid), LIMITS["Id"]),
        "Region": visible(finding.region),
    }
    if finding.partition in _PARTITION:
        named["Partition"] = _PARTITION[finding.partition]
    if finding.name.strip():
        named["Tags"] = {"Name": limited(visible(finding.name), LIMITS["Tag"])}
    return named


def _recommendation(finding: Finding) -> dict[str, str]:
    where = f"The whole text is in findings.json: {visible(finding.id)}"
    text = whole_lines(finding.remediation, LIMITS["Recommendation"], otherwise=where)
    references = finding.control.references
    return {"Text": text} | ({"Url": visible(references[0])} if references else {})
