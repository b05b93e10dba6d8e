"""ssm-cli get-diagnostics by the spec: domain.md 1.2, T-117 … T-122."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from inventory.facts.host import Reading
from inventory.host.evidence.ssm_cli import ssm_cli_reading, told_instance
from inventory.host.evidence.ssm_cli_output import is_ssm_cli
from tests.unit.inventory.host.evidence.outputs import (
    ID,
    Line,
    cases,
    check,
    ssm_cli_json,
    ssm_cli_table,
)

CASES = cases("ssm_cli")
IMDS = (
    "EC2 IMDS",
    "Success",
    f"IMDS is accessible and has instance id {ID} in region eu-central-1",
)


def reading(text: str) -> Reading:
    return ssm_cli_reading(ID, text, origin="a.json", taken_at="2026-11-01T08:15:02Z")


def lines(case: dict[str, Any]) -> list[Line]:
    return [case["row"], *case.get("beside", ())]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_a_check(case: dict[str, Any]) -> None:
    text = ssm_cli_json(*lines(case))
    assert is_ssm_cli(text)
    check(reading(text), case["expect"], case["rule"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["rule"])
def test_the_table_says_the_same_as_the_json(case: dict[str, Any]) -> None:
    table = ssm_cli_table(*lines(case))
    assert is_ssm_cli(table)
    assert reading(table) == reading(ssm_cli_json(*lines(case)))


def test_every_check_of_the_tool_has_a_case_that_is_in_order_and_one_that_is_not() -> None:
    shown = {(case["row"][0].split(" to ")[0], case["row"][1]) for case in CASES}
    names = {name for name, _ in shown}
    assert len(names) == len(
        (
            "EC2 IMDS",
            "Hybrid instance registration",
            "Connectivity",
            "AWS Credentials",
            "Agent service",
            "Proxy configuration",
            "Windows sysprep image state",
            "SSM Agent version",
        )
    )
    for name in names:
        assert len({status for of, status in shown if of == name}) > 1, name


@pytest.mark.parametrize("who", ["root", "administrator"])
def test_t117_without_root_it_says_nothing_but_that(who: str) -> None:
    text = f"get-diagnostics needs to be executed by {who}\n"
    assert is_ssm_cli(text)
    found = reading(text)
    assert "without root" in found.problems[0]
    bare = Reading(instance_id=ID, source="ssm-cli", origin="a.json", taken_at=found.taken_at)
    assert msgspec.structs.replace(found, problems=()) == bare


def test_json_may_stand_among_other_lines() -> None:
    text = "# ssm-cli get-diagnostics\n2026/11/01 panic during AWS Credentials check\n"
    assert reading(text + ssm_cli_json(IMDS) + "\n# exit\n") == reading(ssm_cli_json(IMDS))


@pytest.mark.parametrize(
    "text",
    [
        '{"DiagnosticsOutput": [{"Check": "EC2 IMDS", "Sta',
        '{"DiagnosticsOutput": {}}',
        '{"DiagnosticsOutput": [1, null, "x", []]}',
        '{"DiagnosticsOutput": [{"Check": 1, "Status": null, "Note": {}}]}',
        '{"DiagnosticsOutput": []}',
        '"DiagnosticsOutput"',
    ],
)
def test_what_is_cut_or_malformed_is_a_problem_and_no_section(text: str) -> None:
    found = reading(text)
    assert found.problems == ("its list of checks cannot be read",)
    assert found.service is None
    assert found.metadata is None


def test_an_escape_in_the_json_steers_no_terminal() -> None:
    text = ssm_cli_json(
        ("Agent service", "Failed", "Agent service is not running, \x1b[2Jstate is: \u202ex")
    )
    assert "\\u001b" in text
    found = reading(text)
    assert all(remark.isprintable() for remark in found.remarks)
    assert found.service is not None
    assert found.service.note.isprintable()


def test_it_says_which_instance_it_is_about() -> None:
    assert told_instance(ssm_cli_table(IMDS)) == {ID}
    failed = ("EC2 IMDS", "Failed", "IMDS request timeout")
    assert told_instance(ssm_cli_json(failed)) == frozenset()


def test_no_secret_is_kept() -> None:
    note = (
        "Detected proxy configuration: http_proxy: http://user:s3cret@proxy.corp:3128 "
        "https_proxy: user:s3cret@proxy.corp:3128 "
    )
    text = ssm_cli_json(("Proxy configuration", "Success", note))
    kept = msgspec.json.encode(reading(text)).decode()
    assert "s3cret" not in kept
    assert "proxy.corp:3128" in kept
