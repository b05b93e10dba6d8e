"""findings.json: its shape is the schema's, equal rolls give equal bytes (design 6)."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import Evidence
from policies.control import failed
from policies.finding import Crash, Outcome
from reports.findings import findings_document, findings_json, write_json
from tests.unit.reports import rolls

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "findings.schema.json").read_text())

ROLLS = {
    "demo": rolls.demo_roll(),
    "empty": rolls.roll_of([]),
    "hostile": rolls.hostile_roll('<img src=x onerror=alert(1)>"\n\x1b'),
    "no controls": rolls.roll_of([], controls=()),
}


def shape_errors(value: Any, schema: Any, where: str = "$") -> list[str]:
    """What of the value the schema does not allow; knows the keywords that our schema uses."""
    if schema is True:
        return []
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    told = plain_error(value, schema)
    if told:
        return [f"{where}: {told}"]
    errors = []
    if isinstance(value, list):
        for index, one in enumerate(value):
            errors += shape_errors(one, schema["items"], f"{where}[{index}]")
    if isinstance(value, dict):
        missing = sorted(set(schema.get("required", ())) - set(value))
        errors += [f"{where}: lacks {key}" for key in missing]
        for key, one in value.items():
            allowed = schema.get("properties", {}).get(key, schema.get("additionalProperties"))
            if allowed is False:
                errors.append(f"{where}: {key} is not in the schema")
            else:
                errors += shape_errors(one, allowed, f"{where}.{key}")
    return errors


def plain_error(value: Any, schema: Any) -> str:
    kinds = {"object": dict, "array": list, "string": str, "integer": int, "null": type(None)}
    allowed = schema.get("type", [])
    allowed = allowed if isinstance(allowed, list) else [allowed]
    if allowed and not isinstance(value, tuple(kinds[one] for one in allowed)):
        return f"{value!r} is no {schema['type']}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{value!r} is not in {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        return f"{value!r} is not {schema['const']!r}"
    if isinstance(value, int) and value < schema.get("minimum", value):
        return f"{value} is too small"
    return ""


@pytest.mark.parametrize("roll", ROLLS.values(), ids=ROLLS)
def test_the_document_has_the_shape_of_the_schema(roll):
    document = json.loads(findings_json(roll))

    assert shape_errors(document, SCHEMA) == []


def test_a_validator_agrees_with_the_schema():
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)

    for roll in ROLLS.values():
        validator.validate(json.loads(findings_json(roll)))


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"schema": 2}, "is not 1"),
        ({"waiver": 1}, "waiver is not in the schema"),
        ({"findings": [{}]}, "lacks verdict"),
        ({"coverage": {}}, "no array"),
    ],
)
def test_the_schema_refuses_other_shapes(broken, told):
    document = findings_document(rolls.demo_roll()) | broken

    assert any(told in error for error in shape_errors(document, SCHEMA))


def test_the_order_of_findings_controls_and_calls_makes_no_difference():
    roll = rolls.demo_roll()
    shuffled = dataclasses.replace(
        roll,
        controls=roll.controls[::-1],
        findings=roll.findings[::-1],
        coverage=roll.coverage[::-1],
    )

    assert findings_json(shuffled) == findings_json(roll)


def test_the_order_of_keys_in_evidence_makes_no_difference():
    def roll_with(value):
        quoted = Evidence(resource="sg-1", path="", value=value, call="ec2:DescribeSecurityGroups")
        return rolls.roll_of([rolls.finding(rolls.NET_02, 1, failed("X", "x", quoted))])

    one = {"Rule": [{"IpProtocol": "tcp", "FromPort": 443}]}
    other = {"Rule": [{"FromPort": 443, "IpProtocol": "tcp"}]}

    assert findings_json(roll_with(one)) == findings_json(roll_with(other))


def test_a_finding_tells_all_that_design_6_names():
    document = findings_document(rolls.demo_roll())

    (net,) = [
        one
        for one in document["findings"]
        if one["control"] == "NET-02" and one["resource"] == rolls.instance_id(2)
    ]
    assert net["id"] == f"NET-02/{rolls.ACCOUNT}/eu-central-1/{rolls.instance_id(2)}"
    assert net["name"] == rolls.HOSTILE[2]
    assert net["verdict"] == "fail"
    assert net["code"] == "NO_443_EGRESS"
    assert net["evidence"][0]["call"] == "ec2:DescribeSecurityGroups"
    assert net["blockers"][0]["resource"] == "sg-0d15ab1ed00000001"
    assert net["waiver"] is None


def test_counts_are_those_of_the_findings():
    roll = rolls.demo_roll()
    document = findings_document(roll)

    for outcome in Outcome:
        told = sum(control["counts"][outcome.value] for control in document["controls"])
        listed = sum(one["verdict"] == outcome.value for one in document["findings"])
        assert told == listed == roll.count()[outcome]


def test_an_unread_call_is_one_cause_of_its_findings():
    causes = findings_document(rolls.demo_roll())["diagnosis"]["unknown_because"]

    assert [(one["gap"], one["what"], one["findings"]) for one in causes] == [
        ("unread", "ec2:DescribeVpcEndpoints (UnauthorizedOperation)", 3),
        ("undecidable", "assume.dns: [10.0.0.2]", 1),
        ("unread", "ec2:DescribeDhcpOptions (RequestLimitExceeded)", 0),
    ]


def test_crashes_are_told_with_the_run():
    crash = Crash(control="NET-02", resource="i-1", error="KeyError: 'x'")

    run = findings_document(rolls.roll_of([], crashes=(crash,)))["run"]

    assert run["crashes"] == [{"control": "NET-02", "resource": "i-1", "error": "KeyError: 'x'"}]
    assert run["cells"] == 1


def test_no_file_name_of_the_snapshot_gets_in():
    assert ".json" not in findings_json(rolls.demo_roll())


@given(st.text(st.characters(codec=None)))
def test_any_text_survives_json(text):
    (net,) = [
        one
        for one in json.loads(findings_json(rolls.hostile_roll(text)))["findings"]
        if one["control"] == "NET-02"
    ]

    assert net["reason"] == text
    assert net["evidence"][0]["value"] == {"Key": text}


def test_the_file_is_the_text(tmp_path):
    roll = rolls.hostile_roll("rocket 🚀 \ud800")
    write_json(roll, tmp_path / "findings.json")

    assert (tmp_path / "findings.json").read_bytes() == findings_json(roll).encode("ascii")
