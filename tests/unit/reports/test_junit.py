"""JUnit properties: text and JSON, nothing that XML or a parser would choke on."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reports.junit import case_properties, suite_properties
from tests.unit.reports import rolls


def test_a_case_names_control_severity_account_region_instance_and_verdict():
    cause = f"NET-02/{rolls.ACCOUNT}/eu-central-1/{rolls.instance_id(2)}"
    finding = rolls.finding(rolls.IMDS_01, 2, rolls.IMDS_OFF, caused_by=(cause,))

    assert case_properties(finding) == [
        ("control", "IMDS-01"),
        ("severity", "critical"),
        ("account", rolls.ACCOUNT),
        ("region", "eu-central-1"),
        ("instance", rolls.instance_id(2)),
        ("resource", rolls.instance_id(2)),
        ("verdict", "fail"),
        ("code", "IMDS_DISABLED"),
        ("caused_by", json.dumps([cause])),
    ]


def test_a_root_has_an_empty_list_of_causes():
    finding = rolls.finding(rolls.IMDS_01, 2, rolls.IMDS_OFF)

    assert dict(case_properties(finding))["caused_by"] == "[]"


def test_the_suite_tells_scope_and_totals():
    told = dict(suite_properties(rolls.demo_roll()))

    assert told["roll"] == "7 controls × 20 instances: 140 findings"
    assert told["as_of"] == "2026-11-01T12:00:00+00:00"
    assert json.loads(told["accounts"]) == {rolls.ACCOUNT: list(rolls.REGIONS)}
    assert {name: value for name, value in told.items() if name.startswith("findings.")} == {
        "findings.fail": "7",
        "findings.fail.roots": "6",
        "findings.fail.consequences": "1",
        "findings.warn": "1",
        "findings.unknown": "4",
        "findings.pass": "121",
        "findings.not_applicable": "7",
    }
    assert (told["crashed"], told["not_judged"]) == ("0", "0")


@given(st.text(st.characters(codec=None)))
def test_no_property_holds_what_xml_cannot(text):
    roll = rolls.roll_of([], tool=text, selection={"-k": text}, callers={text: text})

    for _, value in suite_properties(roll):
        assert not any(ord(one) < 32 or 0xD800 <= ord(one) <= 0xDFFF for one in value)
