"""AWSSupport-TroubleshootManagedInstance, both generations, by the spec: domain.md 1.1."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inventory.facts.host import Reading
from inventory.host.evidence.runbook import is_runbook, runbook_reading, told_instance
from tests.unit.inventory.host.evidence.outputs import ID

CASES = Path(__file__).parent / "cases"
#: The output of each generation, laid out as the spec tells.
FIRST = (CASES / "runbook_first.txt").read_text("utf-8")
SECOND = (CASES / "runbook_second.txt").read_text("utf-8")


def reading(text: str) -> Reading:
    return runbook_reading(ID, text, origin="a", taken_at="")


@pytest.mark.parametrize("generation", ["first", "second"])
def test_every_finding_is_a_remark_under_its_heading(generation: str) -> None:
    text = (CASES / f"runbook_{generation}.txt").read_text("utf-8")
    assert is_runbook(text)
    expected = (CASES / f"runbook_{generation}.remarks.txt").read_text("utf-8").splitlines()
    assert list(reading(text).remarks) == expected


def test_the_second_generation_names_the_instance() -> None:
    assert told_instance(SECOND) == {ID}


@pytest.mark.parametrize("text", [FIRST, SECOND], ids=["first", "second"])
def test_spacing_case_and_quoting_do_not_matter(text: str) -> None:
    plain = [one.casefold() for one in reading(text).remarks]
    quoted = "\n".join(f"> {line}" for line in text.split("\n"))
    assert [one.casefold() for one in reading(quoted).remarks] == plain
    spaced = text.replace(" :", ":").replace("PASSED:", "passed   :").replace("[OK]", "[ok]")
    assert [one.casefold() for one in reading(spaced).remarks] == plain


def test_the_answer_of_get_automation_execution() -> None:
    execution = {
        "AutomationExecution": {
            "ExecutionStartTime": "2026-11-01T09:15:02.123000+01:00",
            "Parameters": {"InstanceId": [ID]},
            "StepExecutions": [
                {"StepName": "FinalOutput", "Outputs": {"Message": [SECOND]}},
            ],
        }
    }
    text = json.dumps(execution, indent=4)
    assert is_runbook(text)
    assert told_instance(text) == {ID}
    found = reading(text)
    assert found.remarks == reading(SECOND).remarks
    assert found.taken_at == "2026-11-01T08:15:02Z"


def test_a_text_without_a_finding_is_a_problem() -> None:
    found = reading("Total Number of Tests: 5\nthe rest was cut")
    assert (found.remarks, found.problems) == ((), ("none of the runbook's findings can be read",))


@pytest.mark.parametrize(
    "text",
    [
        "we ran AWSSupport-TroubleshootManagedInstance and it said [WARNING] nothing",
        "2. Checks for the VPC route table entries",
        '{"Message": "hello"}',
    ],
)
def test_what_only_speaks_of_it_is_not_it(text: str) -> None:
    assert not is_runbook(text)
