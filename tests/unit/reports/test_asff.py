"""findings.asff.json: what BatchImportFindings takes, by botocore's model and AWS's limits."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
import shutil
import subprocess
from datetime import date
from functools import cache
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.model import OperationModel
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from policies.control import Blocker, Scope, Severity, Verdict, failed
from policies.finding import Finding
from policies.roll import Roll
from policies.waivers import Waiver
from reports import asff
from reports.asff import BATCH, asff_findings, write_asff
from reports.asff_text import identified, length, limited, whole_lines
from reports.cloud_resource import TimeUnknownError
from tests.unit.reports import rolls

WAIVER = Waiver(("NET-02",), "netops", "OPS-7", "moves next week", date(2026, 12, 31))
LONG = "x" * 5_000
ROLLS = {
    "demo": rolls.demo_roll(),
    "hostile": rolls.all_hostile_roll(),
    "nothing in it": rolls.hostile_roll(""),
    "long": rolls.hostile_roll(LONG),
    "long beyond the BMP": rolls.hostile_roll("🚀" * 5_000),
}
#: The longest each may be (API_AwsSecurityFinding.html, API_Recommendation.html).
LONGEST = {
    ("Id",): 512,
    ("ProductArn",): 2048,
    ("ProductName",): 128,
    ("GeneratorId",): 512,
    ("Title",): 256,
    ("Description",): 1024,
    ("Remediation", "Recommendation", "Text"): 512,
}
LARGEST = 240_000


@cache
def operation() -> OperationModel:
    service = botocore.session.get_session().get_service_model("securityhub")
    return service.operation_model("BatchImportFindings")


def problems(findings: list[dict[str, Any]]) -> str:
    """What botocore would refuse before sending, the enums that it leaves alone included."""
    shape = operation().input_shape
    assert shape is not None
    report: str = ParamValidator().validate({"Findings": findings}, shape).generate_report()
    member = shape.members["Findings"].member  # type: ignore[attr-defined]
    return report + "".join(told for one in findings for told in foreign_words(one, member, "$"))


def foreign_words(value: Any, shape: Any, where: str) -> list[str]:
    if shape.type_name == "structure":
        return [
            told
            for name, one in value.items()
            for told in (
                foreign_words(one, shape.members[name], f"{where}.{name}")
                if name in shape.members
                else [f"{where}: no member {name}"]
            )
        ]
    if shape.type_name == "list":
        return [told for one in value for told in foreign_words(one, shape.member, where)]
    allowed = getattr(shape, "enum", None)
    return [f"{where}: {value!r}"] if allowed and value not in allowed else []


def finding_of(finding: Finding) -> dict[str, Any]:
    (written,) = asff_findings(rolls.roll_of([finding]))
    return written


def judged(verdict: Verdict, severity: Severity = Severity.HIGH) -> Finding:
    return rolls.finding(rolls.control("NET-02", "t", severity), 2, verdict)


@pytest.mark.parametrize("roll", ROLLS.values(), ids=ROLLS)
def test_botocore_takes_every_batch(roll: Roll) -> None:
    written = list(asff_findings(roll))
    for start in range(0, len(written), BATCH):
        assert problems(written[start : start + BATCH]) == ""


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"Title": 1}, id="a title that is no text"),
        pytest.param({"Severity": {"Label": "GRAVE"}}, id="an unknown label"),
        pytest.param({"Verdict": "fail"}, id="an unknown member"),
    ],
)
def test_botocore_refuses_what_is_no_finding(broken: dict[str, Any]) -> None:
    assert problems([finding_of(judged(rolls.NO_EGRESS)) | broken]) != ""


@pytest.mark.parametrize("roll", ROLLS.values(), ids=ROLLS)
def test_every_text_is_there_and_within_the_documented_limits(roll: Roll) -> None:
    for written in asff_findings(roll):
        for path, longest in LONGEST.items():
            value: Any = written
            for name in path:
                value = value.get(name, {})
            if value:
                assert 1 <= length(value) <= longest, path
                assert value.strip(), path
        fields = written["ProductFields"]
        assert len(fields) <= 50
        assert all(len(name) <= 128 and 1 <= length(one) <= 2048 for name, one in fields.items())
        assert len(json.dumps(written)) < LARGEST


@given(st.text(st.characters(codec=None)))
def test_any_text_gives_a_finding_that_botocore_takes(text: str) -> None:
    written = list(asff_findings(rolls.hostile_roll(text)))
    assert problems(written) == ""
    assert all(one["Description"].strip() for one in written)


@mock_aws
def test_security_hub_as_moto_knows_it_imports_them() -> None:
    client = boto3.Session("any", "any").client("securityhub", region_name="eu-central-1")
    client.enable_security_hub()
    written = list(asff_findings(rolls.demo_roll()))
    for start in range(0, len(written), BATCH):
        answer = client.batch_import_findings(Findings=written[start : start + BATCH])
        assert answer["FailedCount"] == 0
    kept = client.get_paginator("get_findings").paginate().build_full_result()["Findings"]
    assert {one["Id"] for one in kept} == {one.id for one in rolls.demo_roll().findings}


@pytest.mark.parametrize(
    ("verdict", "status", "workflow", "state"),
    [
        # Compliance.Status, Workflow.Status and RecordState of the API reference.
        (rolls.HOLDS, "PASSED", "RESOLVED", "ACTIVE"),
        (rolls.STALE, "WARNING", "NEW", "ACTIVE"),
        (rolls.NO_EGRESS, "FAILED", "NEW", "ACTIVE"),
        (rolls.CUSTOM_DNS, "NOT_AVAILABLE", "NEW", "ACTIVE"),
        (rolls.STOPPED, "NOT_AVAILABLE", "NEW", "ARCHIVED"),
    ],
)
def test_a_verdict_is_a_compliance_status(
    verdict: Verdict, status: str, workflow: str, state: str
) -> None:
    written = finding_of(judged(verdict))
    assert written["Compliance"]["Status"] == status
    assert written["Workflow"]["Status"] == workflow
    assert written["RecordState"] == state
    assert written["ProductFields"]["ssm-rollcall/verdict"] == verdict.outcome.value


def test_a_waived_failure_is_suppressed_and_still_failed() -> None:
    written = finding_of(dataclasses.replace(judged(rolls.NO_EGRESS), waiver=WAIVER))
    assert written["Workflow"]["Status"] == "SUPPRESSED"
    assert written["Compliance"]["Status"] == "FAILED"
    assert written["ProductFields"]["ssm-rollcall/waiver_owner"] == "netops"
    assert written["ProductFields"]["ssm-rollcall/waiver_expires"] == "2026-12-31"


@pytest.mark.parametrize(
    ("severity", "verdict", "label"),
    [
        (Severity.CRITICAL, rolls.NO_EGRESS, "CRITICAL"),
        (Severity.INFO, rolls.NO_EGRESS, "INFORMATIONAL"),
        (Severity.CRITICAL, rolls.STALE, "INFORMATIONAL"),
        (Severity.CRITICAL, rolls.HOLDS, "INFORMATIONAL"),
        (Severity.CRITICAL, rolls.CUSTOM_DNS, "INFORMATIONAL"),
    ],
)
def test_only_a_failure_has_its_severity(severity: Severity, verdict: Verdict, label: str) -> None:
    written = finding_of(judged(verdict, severity))
    assert written["Severity"] == {"Label": label, "Original": severity.value}
    assert written["FindingProviderFields"]["Severity"] == written["Severity"]


@pytest.mark.parametrize(
    ("region", "partition", "named"),
    [
        ("eu-central-1", "aws", "aws"),
        ("cn-north-1", "aws-cn", "aws-cn"),
        ("us-iso-east-1", "aws-iso", "aws-us-iso"),
        ("eusc-de-east-1", "aws-eusc", None),
    ],
)
def test_arns_are_those_of_the_partition(region: str, partition: str, named: str | None) -> None:
    written = finding_of(dataclasses.replace(judged(rolls.HOLDS), region=region))
    account = rolls.ACCOUNT
    assert written["ProductArn"] == (
        f"arn:{partition}:securityhub:{region}:{account}:product/{account}/default"
    )
    (resource,) = written["Resources"]
    assert resource["Id"] == (
        f"arn:{partition}:ec2:{region}:{account}:instance/{rolls.instance_id(2)}"
    )
    assert resource.get("Partition") == named
    assert problems([written]) == ""


def test_a_control_of_a_region_is_about_the_account() -> None:
    regional = dataclasses.replace(rolls.control("DHMC-01", "t"), scope=Scope.REGION)
    finding = Finding(regional, rolls.ACCOUNT, "eu-central-1", "eu-central-1", "", rolls.HOLDS)
    (resource,) = finding_of(finding)["Resources"]
    assert resource == {
        "Type": "AwsAccount",
        "Id": f"AWS::::Account:{rolls.ACCOUNT}",
        "Region": "eu-central-1",
        "Partition": "aws",
    }


def test_times_are_the_snapshots() -> None:
    written = finding_of(judged(rolls.HOLDS))
    assert written["CreatedAt"] == written["UpdatedAt"] == "2026-11-01T12:00:00Z"
    with pytest.raises(TimeUnknownError):
        list(asff_findings(rolls.roll_of([], as_of="")))


def test_a_command_that_does_not_fit_is_left_out_whole() -> None:
    short, long = "aws ec2 first", f"aws ec2 second {'y' * 600}"
    finding = dataclasses.replace(judged(rolls.NO_EGRESS), remediation=f"{short}\n{long}")
    text = finding_of(finding)["Remediation"]["Recommendation"]["Text"]
    assert text == f"{short}\nThe whole text is in findings.json: {finding.id}"


def test_a_command_that_goes_on_in_a_line_that_does_not_fit_is_left_out() -> None:
    text = f"aws ec2 one\naws ec2 two \\\n  --ids {'y' * 600}"
    assert whole_lines(text, 100, otherwise="more") == "aws ec2 one\nmore"


def test_what_fits_keeps_its_lines() -> None:
    assert whole_lines("one\n two", 100, otherwise="more") == "one\n two"


@given(st.text(st.characters(codec=None)), st.integers(min_value=70, max_value=200))
def test_a_cut_text_is_within_its_limit_and_starts_as_before(text: str, limit: int) -> None:
    assert length(limited(text, limit)) <= limit
    assert text.startswith(limited(text, limit).removesuffix("…"))


def test_long_ids_stay_apart() -> None:
    one, other = (identified(f"{LONG}{last}", 512) for last in "ab")
    assert one != other
    assert length(one) == length(other) == 512


def test_a_resource_with_a_long_id_is_still_one_that_security_hub_takes() -> None:
    written = finding_of(dataclasses.replace(judged(rolls.HOLDS), resource=f"i-{LONG}"))
    assert length(written["Id"]) == length(written["Resources"][0]["Id"]) == 512


def test_no_evidence_is_too_much_for_a_finding() -> None:
    many = tuple(Blocker(f"sg-{number}", LONG) for number in range(100))
    verdict = failed("X", "x", *[rolls.evidence("sg", "p", LONG, "D")] * 100, blockers=many)
    assert len(json.dumps(finding_of(judged(verdict)))) < LARGEST


def test_findings_of_one_account_and_region_stand_together(tmp_path: Any) -> None:
    write_asff(rolls.demo_roll(), tmp_path / "a.json")
    places = [
        (one["AwsAccountId"], one["Resources"][0]["Region"])
        for one in json.loads((tmp_path / "a.json").read_text())
    ]
    assert [key for key, _ in itertools.groupby(places)] == sorted(set(places))


@pytest.mark.skipif(shutil.which("jq") is None, reason="jq is not installed")
def test_the_documented_command_makes_batches(tmp_path: Any) -> None:
    write_asff(rolls.demo_roll(), tmp_path / "a.json")
    documented = re.search(r"jq -c '(.+?)'", asff.__doc__ or "", re.DOTALL)
    assert documented
    told = subprocess.run(
        ["jq", "-c", documented[1], tmp_path / "a.json"], capture_output=True, check=True, text=True
    )
    batches = [json.loads(line) for line in told.stdout.splitlines()]
    assert max(map(len, batches)) <= BATCH
    assert all(len({one["ProductArn"] for one in batch}) == 1 for batch in batches)
    assert sum(map(len, batches)) == 140
