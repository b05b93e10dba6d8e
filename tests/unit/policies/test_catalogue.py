"""Every control's record: unique, well-formed, complete."""

import re

import pytest

from policies.catalogue import CONTROLS, RECORDS, REGION_CONTROLS
from policies.control import Control, Scope


def test_ids_are_unique_and_sorted() -> None:
    ids = [record.id for record in RECORDS]
    assert ids == sorted(set(ids))


def test_each_control_is_listed_by_what_it_judges() -> None:
    assert {module.CONTROL.scope for module in CONTROLS} == {Scope.INSTANCE}
    assert {module.CONTROL.scope for module in REGION_CONTROLS} == {Scope.REGION}
    assert len(RECORDS) == len(CONTROLS) + len(REGION_CONTROLS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_a_record_is_well_formed(record: Control) -> None:
    assert re.fullmatch(r"[A-Z]+-\d\d", record.id)
    assert 0 < len(record.title) <= 150
    assert not record.title.endswith(".")
    assert not record.title.startswith("Ensure")
    assert record.category == record.family.lower()
    assert record.why.endswith(".")
    assert record.remediation
    assert record.references
    assert all(one.startswith("https://docs.aws.amazon.com/") for one in record.references)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_a_record_needs_only_calls_that_read(record: Control) -> None:
    assert record.needs
    for call in record.needs:
        assert re.fullmatch(r"[a-z0-9]+:(Describe|Get|List|Search|Simulate)[A-Za-z]+", call)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_remediation_leaves_no_placeholder_unfilled(record: Control) -> None:
    names = set(re.findall(r"\{(\w+)\}", record.remediation))
    assert names <= {"instance_id", "region", "account"}
