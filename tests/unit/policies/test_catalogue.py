"""Every control's record: unique, well-formed, complete."""

import re

import pytest

from policies.catalogue import CONTROLS, HOST_CONTROLS, RECORDS, REGION_CONTROLS
from policies.control import Control, Scope
from policies.within import is_from_within

_DOCUMENTS = ("https://docs.aws.amazon.com/",)
#: What AWS's documents do not say of a machine: the agent's own, and those of its system's maker.
_OF_THE_MACHINE = ("https://github.com/aws/amazon-ssm-agent/", "https://learn.microsoft.com/")


def test_ids_are_unique_and_sorted() -> None:
    ids = [record.id for record in RECORDS]
    assert ids == sorted(set(ids))


def test_each_control_is_listed_by_what_it_judges() -> None:
    assert {module.CONTROL.scope for module in CONTROLS} == {Scope.INSTANCE}
    assert {module.CONTROL.scope for module in REGION_CONTROLS} == {Scope.REGION}
    assert len(RECORDS) == len(CONTROLS) + len(HOST_CONTROLS) + len(REGION_CONTROLS)


def test_what_judges_from_within_is_told_by_its_category() -> None:
    """A node that nobody looked at has no cell of these, and no diagnosis by them."""
    assert all(is_from_within(module.CONTROL) for module in HOST_CONTROLS)
    assert not any(is_from_within(module.CONTROL) for module in (*CONTROLS, *REGION_CONTROLS))


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
    vendors = (*_DOCUMENTS, *(_OF_THE_MACHINE if is_from_within(record) else ()))
    assert all(one.startswith(vendors) for one in record.references)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_a_record_needs_only_calls_that_read(record: Control) -> None:
    assert record.needs
    reads = r"[a-z0-9]+:(Describe|Get|List|Search|Simulate)[A-Za-z]+"
    told = r"host:(Readings|Logs)"
    for call in record.needs:
        assert re.fullmatch(f"{reads}|{told}" if is_from_within(record) else reads, call)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_remediation_leaves_no_placeholder_unfilled(record: Control) -> None:
    names = set(re.findall(r"\{(\w+)\}", record.remediation))
    assert names <= {"instance_id", "region", "account"}


#: Calls whose word is no prerequisite, or proves none.
NO_PREREQUISITE = {
    "D20 account defaults of the metadata service": r"ec2:GetInstanceMetadataDefaults",
    "D20 IAM Roles Anywhere": r"rolesanywhere:.+",
    "D20 EC2 Instance Connect": r"ec2-instance-connect:.+|ec2:DescribeInstanceConnectEndpoints",
    "D20 VPC Lattice": r"vpc-lattice:.+",
    "D31, R-7.2 a view of the console": r"ssm:DescribeInstanceProperties",
    "T-14 empty where no association is": r"ssm:DescribeInstanceAssociationsStatus",
    "T-17, R-7.5 existence, and the last known state": r"(config|securityhub):.+",
    "T-39 needs no permission at all": r"sts:GetCallerIdentity",
    "T-81 no guest, no DNS, and costs money": r"ec2:\w+NetworkInsights\w+",
}


@pytest.mark.parametrize("rule", NO_PREREQUISITE)
def test_no_control_asks_what_is_no_prerequisite(rule: str) -> None:
    asked = {call for record in RECORDS for call in record.needs}
    assert [call for call in asked if re.fullmatch(NO_PREREQUISITE[rule], call)] == []
