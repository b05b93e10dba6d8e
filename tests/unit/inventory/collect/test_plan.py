"""The plan against botocore's models: it only reads, in the largest pages, what is there."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from inventory.collect import PLAN, required_actions
from inventory.collect.call import Answered, Call, FollowUp, Listing, PerResource, Repeated, Single
from inventory.collect.node_calls import DEEP_CALLS, NODE_CALLS
from inventory.collect.vpcs_in_use import instance_vpcs
from inventory.facts import DHMC_SETTING

ROOT = Path(__file__).parents[4]
#: Maxima that the API's documentation names and botocore's model does not (spec moto.md 5).
DOCUMENTED_MAXIMA = {
    "ec2.DescribeImages": 1000,
    "ec2.DescribeInstanceStatus": 1000,
    "ec2.DescribeInstances": 1000,
    "ec2.DescribeVpcEndpoints": 1000,
    "route53.ListHostedZonesByVPC": 100,
    "route53.ListResourceRecordSets": 300,
}


@cache
def service_model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def model_of(call: Call) -> Any:
    return service_model(call.service).operation_model(call.api_name)


def each_call() -> Any:
    return pytest.mark.parametrize("call", PLAN, ids=[call.operation for call in PLAN])


def page_size(call: Call) -> int:
    """0 for a call without pages."""
    shape = call.shape
    return shape.page_size if isinstance(shape, Listing | FollowUp | PerResource) else 0


def listings() -> list[Call]:
    return [call for call in PLAN if page_size(call)]


def test_plan_is_exactly_what_the_loader_reads() -> None:
    loader = "".join(path.read_text() for path in (ROOT / "inventory").glob("*.py"))
    read = set(re.findall(r'"((?:ec2|iam|ssm|organizations|route53\w*)\.[A-Za-z]+)"', loader))
    assert {call.operation for call in PLAN} == read


def test_no_operation_is_planned_twice() -> None:
    operations = [call.operation for call in PLAN]
    assert len(operations) == len(set(operations))


@each_call()
def test_call_only_reads(call: Call) -> None:
    assert re.match(r"(Describe|Get|List|Search)[A-Z]", call.api_name)


def test_actions_to_allow_only_read() -> None:
    actions = required_actions()
    assert {"ec2:DescribeRegions", "ec2:DescribeVpcAttribute", "ssm:GetServiceSetting"} <= {
        *actions
    }
    assert all(re.fullmatch(r"[a-z0-9]+:(Describe|Get|List|Search)\w+", one) for one in actions)
    assert list(actions) == sorted(actions)


@each_call()
def test_parameters_and_members_exist(call: Call) -> None:
    inputs = model_of(call).input_shape.members if model_of(call).input_shape else {}
    outputs = model_of(call).output_shape.members
    assert {*call.parameters, *call.where_known} <= {*inputs}
    match call.shape:
        case Listing(members):
            assert {outputs[member].type_name for member in members} == {"list"}
        case Single(member) | Repeated(member) | PerResource(member) | FollowUp(member):
            assert member in outputs


@pytest.mark.parametrize("call", listings(), ids=[call.operation for call in listings()])
def test_pages_are_the_largest_the_api_gives(call: Call) -> None:
    inputs = model_of(call).input_shape.members
    limit = inputs.get("MaxResults") or inputs.get("MaxItems")
    maximum = limit.metadata.get("max") or DOCUMENTED_MAXIMA[call.operation]
    assert page_size(call) == maximum


def test_a_listing_is_every_call_that_can_be_continued() -> None:
    continued = {
        call.operation
        for call in PLAN
        if {"NextToken", "Marker", "NextRecordName"} & {*model_of(call).output_shape.members}
    }
    assert continued == {call.operation for call in listings()}


def test_what_a_call_starts_from_is_asked_before_it() -> None:
    """A source that stands later in the plan, or is account-wide, would never be settled."""
    earlier: set[str] = set()
    for call in PLAN:
        if call.scope == "region":
            assert earlier.issuperset(call.sources), call.operation
            earlier.add(call.operation)
        else:
            assert call.sources == ()


def test_authorization_details_leave_users_and_groups_out() -> None:
    """iam.md 8: Filter Role, LocalManagedPolicy, AWSManagedPolicy."""
    (call,) = [one for one in PLAN if one.api_name == "GetAccountAuthorizationDetails"]
    allowed = model_of(call).input_shape.members["Filter"].member.enum
    assert call.parameters["Filter"] == ["Role", "LocalManagedPolicy", "AWSManagedPolicy"]
    assert {*call.parameters["Filter"]} == {*allowed} - {"User", "Group"}


def test_the_setting_asked_for_is_the_one_the_loader_looks_for() -> None:
    (call,) = [one for one in PLAN if one.api_name == "GetServiceSetting"]
    assert isinstance(call.shape, Repeated)
    assert call.shape.requests == ({"SettingId": DHMC_SETTING},)


def test_two_attributes_are_asked_of_each_vpc_that_holds_an_instance() -> None:
    """network.md 5.1: two calls a VPC; a terminated instance is in none."""
    answer = {
        "Reservations": [
            {"Instances": [{"VpcId": "vpc-b"}, {"VpcId": "vpc-a"}, {"InstanceId": "i-gone"}]},
            {"Instances": [{"VpcId": "vpc-b"}]},
        ]
    }
    (call,) = [one for one in PLAN if one.api_name == "DescribeVpcAttribute"]
    assert isinstance(call.shape, PerResource)
    assert instance_vpcs(answer) == ("vpc-a", "vpc-b")
    assert call.shape.requests(Answered("eu-north-1", {"ec2.DescribeInstances": answer})) == (
        {"VpcId": "vpc-a", "Attribute": "enableDnsSupport"},
        {"VpcId": "vpc-a", "Attribute": "enableDnsHostnames"},
        {"VpcId": "vpc-b", "Attribute": "enableDnsSupport"},
        {"VpcId": "vpc-b", "Attribute": "enableDnsHostnames"},
    )


def test_images_are_asked_for_by_filter_in_groups_that_a_filter_takes() -> None:
    """R-8.1: an image that no longer exists is left out of an answer, and is no error."""
    names = [f"ami-{number:03}" for number in range(201)]
    answer = {
        "Reservations": [
            {"Instances": [{"ImageId": name} for name in [*names, names[0]]]},
            {"Instances": [{}]},
        ]
    }
    (call,) = [one for one in PLAN if one.api_name == "DescribeImages"]
    assert isinstance(call.shape, PerResource)
    first, second = call.shape.requests(Answered("eu-north-1", {"ec2.DescribeInstances": answer}))
    assert first["Filters"] == [{"Name": "image-id", "Values": names[:200]}]
    assert second["Filters"] == [{"Name": "image-id", "Values": names[200:]}]
    assert first["IncludeDeprecated"] is True


def test_one_call_an_instance_is_made_with_deep_only() -> None:
    """D14: GetConnectionStatus and GetConsoleOutput cost one request each; no others do."""
    assert {call.api_name for call in DEEP_CALLS} == {"GetConnectionStatus", "GetConsoleOutput"}
    assert {*DEEP_CALLS} < {*NODE_CALLS} < {*PLAN}
