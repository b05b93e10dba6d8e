"""findings.ocsf.json: what the published schema of OCSF 1.5.0 and Prowler's models take."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

from policies.control import Scope, Severity, failed
from policies.finding import Finding
from policies.roll import Roll
from policies.waivers import Waiver
from reports.cloud_resource import TimeUnknownError
from reports.ocsf import ocsf_events, write_ocsf
from tests.unit.reports import rolls

WAIVER = Waiver(("NET-02",), "netops", "OPS-7", "moves next week", date(2026, 12, 31))
ROLLS = {
    "demo": rolls.demo_roll(),
    "hostile": rolls.all_hostile_roll(),
    "nothing in it": rolls.hostile_roll(""),
    "empty": rolls.empty_roll(),
}


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Of the class with the profile that our events name; members it does not know are errors."""
    published = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.5.0"))
    return jsonschema.Draft202012Validator(
        published.get_class_schema(published.lookup_class_name_from_uid(2003), profiles=["cloud"])
    )


def event_of(finding: Finding) -> dict[str, Any]:
    (event,) = ocsf_events(rolls.roll_of([finding]))
    return event


@pytest.mark.parametrize("roll", ROLLS.values(), ids=ROLLS)
def test_the_published_schema_takes_every_event(roll: Roll) -> None:
    for event in ocsf_events(roll):
        validator().validate(event)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"severity_id": 7}, id="an unknown enum value"),
        pytest.param({"resource_id": "i-1"}, id="an unknown member"),
        pytest.param({"time": "2026-11-01"}, id="a time in words"),
        pytest.param({"cloud": {"region": "eu-central-1"}}, id="a cloud without its provider"),
    ],
)
def test_the_published_schema_refuses_what_is_no_finding(broken: dict[str, Any]) -> None:
    event = event_of(rolls.finding(rolls.NET_02, 2, rolls.NO_EGRESS))
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(event | broken)


@pytest.mark.parametrize("roll", ROLLS.values(), ids=ROLLS)
def test_prowlers_models_read_every_event(roll: Roll) -> None:
    for event in ocsf_events(roll):
        read = ComplianceFinding.model_validate_json(json.dumps(event))
        assert read.finding_info.uid == event["finding_info"]["uid"]
        assert read.compliance.status_id == event["compliance"]["status_id"]


@given(st.text(st.characters(codec=None)))
@settings(max_examples=25)
def test_any_text_gives_a_valid_event(text: str) -> None:
    for event in ocsf_events(rolls.hostile_roll(text)):
        validator().validate(event)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        # compliance.status_id of OCSF 1.5.0.
        (rolls.HOLDS, (1, "Pass")),
        (rolls.STALE, (2, "Warning")),
        (rolls.NO_EGRESS, (3, "Fail")),
        (rolls.CUSTOM_DNS, (0, "Unknown")),
        (rolls.SUBNETS_DENIED, (0, "Unknown")),
        (rolls.STOPPED, (99, "Not Applicable")),
    ],
)
def test_a_verdict_is_a_compliance_status(verdict: Any, status: tuple[int, str]) -> None:
    event = event_of(rolls.finding(rolls.NET_02, 2, verdict))
    assert (event["compliance"]["status_id"], event["compliance"]["status"]) == status
    assert event["unmapped"]["verdict"] == verdict.outcome.value
    assert event["compliance"]["status_code"] == verdict.code


@pytest.mark.parametrize(
    ("severity", "verdict", "severity_id"),
    [
        (Severity.CRITICAL, rolls.NO_EGRESS, 5),
        (Severity.HIGH, rolls.NO_EGRESS, 4),
        (Severity.MEDIUM, rolls.NO_EGRESS, 3),
        (Severity.LOW, rolls.NO_EGRESS, 2),
        (Severity.INFO, rolls.NO_EGRESS, 1),
        # Informational: no action required. Low: the user decides.
        (Severity.CRITICAL, rolls.HOLDS, 1),
        (Severity.CRITICAL, rolls.STOPPED, 1),
        (Severity.CRITICAL, rolls.STALE, 2),
        (Severity.CRITICAL, rolls.CUSTOM_DNS, 2),
    ],
)
def test_only_a_failure_is_as_grave_as_its_control(
    severity: Severity, verdict: Any, severity_id: int
) -> None:
    finding = rolls.finding(rolls.control("NET-02", "t", severity), 2, verdict)
    event = event_of(finding)
    assert event["severity_id"] == severity_id
    assert event["unmapped"]["severity"] == severity.value


def test_the_severity_that_the_user_sets_counts() -> None:
    finding = rolls.finding(rolls.NET_02, 2, rolls.NO_EGRESS)
    graver = dataclasses.replace(finding, set_severity=Severity.CRITICAL)
    assert event_of(finding)["severity"] == "High"
    assert event_of(graver)["severity"] == "Critical"


def test_a_waived_failure_is_suppressed_and_says_who_accepts_it() -> None:
    finding = rolls.finding(rolls.NET_02, 2, rolls.NO_EGRESS)
    event = event_of(dataclasses.replace(finding, waiver=WAIVER))
    assert (event["status_id"], event["status"]) == (3, "Suppressed")
    assert event["comment"] == "accepted until 2026-12-31 by netops, OPS-7: moves next week"
    assert event["unmapped"]["waiver"]["expires"] == "2026-12-31"
    assert event["compliance"]["status"] == "Fail"
    validator().validate(event)

    open_one = event_of(finding)
    assert (open_one["status_id"], open_one["status"]) == (1, "New")
    assert "comment" not in open_one
    assert open_one["unmapped"]["waiver"] is None


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_the_resource_is_an_arn_of_its_partition(region: str, partition: str) -> None:
    finding = dataclasses.replace(rolls.finding(rolls.NET_02, 2, rolls.HOLDS), region=region)
    event = event_of(finding)
    (resource,) = event["resources"]
    assert resource["uid"] == (
        f"arn:{partition}:ec2:{region}:{rolls.ACCOUNT}:instance/{rolls.instance_id(2)}"
    )
    assert event["cloud"]["cloud_partition"] == partition
    assert event["cloud"]["account"]["uid"] == rolls.ACCOUNT


def test_a_control_of_a_region_is_about_the_account() -> None:
    regional = dataclasses.replace(rolls.control("DHMC-01", "t"), scope=Scope.REGION)
    finding = Finding(regional, rolls.ACCOUNT, "eu-central-1", "eu-central-1", "", rolls.HOLDS)
    (resource,) = event_of(finding)["resources"]
    assert resource["type"] == "AwsAccount"
    assert resource["uid"] == f"AWS::::Account:{rolls.ACCOUNT}"
    assert resource["region"] == "eu-central-1"


def test_ids_are_those_of_the_findings_and_time_is_the_snapshots() -> None:
    events = list(ocsf_events(rolls.demo_roll()))
    assert [one["finding_info"]["uid"] for one in events] == [
        one.id for one in rolls.demo_roll().findings
    ]
    assert len({one["metadata"]["uid"] for one in events}) == len(events)
    assert {one["time"] for one in events} == {1_793_534_400_000}


def test_without_a_time_nothing_is_made_up() -> None:
    with pytest.raises(TimeUnknownError):
        list(ocsf_events(rolls.roll_of([], as_of="")))


def test_what_has_no_remediation_has_no_empty_one() -> None:
    assert "remediation" not in event_of(rolls.finding(rolls.NET_02, 2, rolls.HOLDS))


def test_the_file_is_one_list_and_the_order_of_findings_makes_no_difference(tmp_path: Any) -> None:
    roll = rolls.demo_roll()
    write_ocsf(roll, tmp_path / "a.json")
    write_ocsf(dataclasses.replace(roll, findings=roll.findings[::-1]), tmp_path / "b.json")
    told = [one["finding_info"]["uid"] for one in json.loads((tmp_path / "a.json").read_text())]
    assert told == [one.id for one in roll.findings]
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_lone_surrogate_does_not_spoil_the_file_for_strict_readers(tmp_path: Any) -> None:
    verdict = failed("X", "\ud800", rolls.evidence("\ud800", "p", {"\ud800": ["\ud800"]}, "D"))
    write_ocsf(rolls.roll_of([rolls.finding(rolls.NET_02, 1, verdict)]), tmp_path / "a.json")
    (event,) = json.loads((tmp_path / "a.json").read_text(encoding="ascii"))
    assert event["unmapped"]["evidence"][0]["value"] == {"\ufffd": ["\ufffd"]}
    ComplianceFinding.model_validate_json(json.dumps(event))


def test_an_empty_roll_is_an_empty_list(tmp_path: Any) -> None:
    write_ocsf(rolls.empty_roll(), tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == "[]\n"
