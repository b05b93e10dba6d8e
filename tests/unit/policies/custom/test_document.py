"""The document of a node: AWS's rows as they came, null for what is not there, gaps as gaps."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Unread
from policies.control import Context, Missing
from policies.custom.document import Document, document_of
from tests.unit.policies.iam_world import PROFILE, PROFILE_ARN, ROLE
from tests.unit.policies.nodes import INSTANCE
from tests.unit.world import ACCOUNT, REGION, fleet_of, only_node

RAW = INSTANCE | {
    "EbsOptimized": True,
    "ImageId": "ami-1",
    "VpcId": "vpc-1",
    "IamInstanceProfile": {"Arn": PROFILE_ARN},
    "Tags": [{"Key": "Owner", "Value": "payments"}],
}
GROUP = {"GroupId": "sg-1", "GroupName": "web", "IpPermissions": [], "IpPermissionsEgress": []}
ENI = {"NetworkInterfaceId": "eni-1", "Groups": [{"GroupId": "sg-1"}]}
UPDATE = {"AssociationId": "a-1", "Name": "AWS-UpdateSSMAgent"}
ON_NODE = [{"Key": "InstanceIds", "Values": [INSTANCE["InstanceId"]]}]
RECURRING = {
    "AssociationId": "a-2",
    "Name": "AWS-UpdateSSMAgent",
    "Targets": ON_NODE,
    "ScheduleExpression": "rate(1 day)",
}
ON_GROUP = [{"Key": "resource-groups:Name", "Values": ["g"]}]
REGIONAL: dict[str, Any] = {
    "ec2.DescribeInstances": {"Reservations": [{"Instances": [RAW]}]},
    "ssm.DescribeInstanceInformation": {"InstanceInformationList": []},
    "ssm.ListAssociations": {"Associations": []},
    "ec2.DescribeImages": [{"request": {}, "response": {"Images": []}}],
    "ec2.DescribeVpcEndpoints": {"VpcEndpoints": []},
}
GLOBAL: dict[str, Any] = {
    "iam.ListInstanceProfiles": {"InstanceProfiles": [PROFILE]},
    "iam.GetAccountAuthorizationDetails": {"RoleDetailList": [ROLE], "Policies": []},
}


def document(
    regional: dict[str, Any] | None = None,
    account_wide: dict[str, Any] | None = None,
    denied: dict[str, str] | None = None,
) -> Document:
    answers = {name: one for name, one in (REGIONAL | (regional or {})).items() if one is not None}
    wide = GLOBAL if account_wide is None else account_wide
    return document_of(only_node(fleet_of(answers, wide, denied=denied)), Context())


def with_instance(**changes: Any) -> dict[str, Any]:
    return {"ec2.DescribeInstances": {"Reservations": [{"Instances": [RAW | changes]}]}}


def test_the_instance_is_as_aws_gave_it() -> None:
    found = document()
    assert found.get("Instance") == RAW
    assert found.get("Tag") == {"Owner": "payments"}
    assert (found.get("Account"), found.get("Region")) == (ACCOUNT, REGION)
    assert found.get("Elsewhere") is None


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], None),
        (
            [{"InstanceId": INSTANCE["InstanceId"], "IsLatestVersion": False}],
            {"InstanceId": INSTANCE["InstanceId"], "IsLatestVersion": False},
        ),
    ],
)
def test_a_node_is_its_row_or_null(rows: list[Any], expected: Any) -> None:
    answer = {"ssm.DescribeInstanceInformation": {"InstanceInformationList": rows}}
    assert document(answer).get("ManagedNode") == expected


@pytest.mark.parametrize(
    ("part", "operation"),
    [
        ("ManagedNode", "ssm.DescribeInstanceInformation"),
        ("Image", "ec2.DescribeImages"),
        ("AgentUpdate", "ssm.ListAssociations"),
    ],
)
def test_a_refused_call_is_a_gap_and_never_null(part: str, operation: str) -> None:
    found = document({operation: None}, denied={operation: "AccessDenied"}).get(part)
    assert isinstance(found, Unread)
    assert found.code == "AccessDenied"


def test_the_role_is_that_of_the_profile() -> None:
    role = document().get("Role")
    assert (role["RoleName"], role["Arn"]) == (ROLE["RoleName"], ROLE["Arn"])
    assert isinstance(role["AssumeRolePolicyDocument"], dict)


def test_no_profile_no_role_but_unread_roles_are_a_gap() -> None:
    assert document(with_instance(IamInstanceProfile=None)).get("Role") is None
    assert isinstance(document(account_wide={}).get("Role"), Unread)


@pytest.mark.parametrize(
    ("associations", "expected"),
    [
        ([], None),
        ([UPDATE | {"Targets": ON_NODE}], UPDATE | {"Targets": ON_NODE}),
        (
            [
                UPDATE | {"Targets": ON_NODE},
                RECURRING,
            ],
            RECURRING,
        ),
        ([UPDATE | {"Targets": [{"Key": "tag:Owner", "Values": ["others"]}]}], None),
    ],
)
def test_the_update_is_the_association_that_covers_it(
    associations: list[Any], expected: Any
) -> None:
    found = document({"ssm.ListAssociations": {"Associations": associations}})
    assert found.get("AgentUpdate") == expected


def test_an_update_of_a_group_may_cover_it_or_not() -> None:
    answer = {"ssm.ListAssociations": {"Associations": [UPDATE | {"Targets": ON_GROUP}]}}
    assert isinstance(document(answer).get("AgentUpdate"), Missing)


def test_an_image_that_is_not_listed_hides_its_owner() -> None:
    listed = {"ImageId": "ami-1", "OwnerId": "137112412989", "Public": True}
    answer = {"ec2.DescribeImages": [{"request": {}, "response": {"Images": [listed]}}]}
    assert document(answer).get("Image") == listed
    assert isinstance(document().get("Image"), Missing)


def test_the_network_is_told_in_facts_and_its_gaps_stay_gaps() -> None:
    endpoints = [
        {"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": "s", "State": "available"},
        {"VpcEndpointId": "vpce-2", "VpcId": "vpc-2", "ServiceName": "s", "State": "available"},
    ]
    network = document(
        with_instance(NetworkInterfaces=[ENI], PublicIpAddress="203.0.113.7")
        | {
            "ec2.DescribeVpcEndpoints": {"VpcEndpoints": endpoints},
            "ec2.DescribeSecurityGroups": {"SecurityGroups": [GROUP]},
        }
    ).get("Network")
    assert (network["VpcId"], network["SecurityGroupIds"]) == ("vpc-1", ["sg-1"])
    assert network["PublicIpAddresses"] == ["203.0.113.7"]
    assert network["SecurityGroups"][0]["GroupName"] == "web"
    assert [one["VpcEndpointId"] for one in network["Endpoints"]] == ["vpce-1"]
    assert isinstance(network["Subnet"], Unread)
