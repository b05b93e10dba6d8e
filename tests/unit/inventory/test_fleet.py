"""From answers to facts: shapes as AWS, the CLI and old recordings write them."""

from typing import Any

import pytest

from inventory.errors import SnapshotError
from inventory.facts import Unread, moment
from tests.unit.world import ACCOUNT, REGION, fleet_of


def instance(identifier: str, **members: Any) -> dict[str, Any]:
    return {"InstanceId": identifier, "State": {"Name": "running"}, **members}


def test_nodes_come_in_order_of_id_over_all_reservations() -> None:
    answer = {
        "Reservations": [
            {"Instances": [instance("i-3"), instance("i-1")]},
            {"Instances": []},
            {"Instances": [instance("i-2")]},
        ]
    }
    nodes = fleet_of({"ec2.DescribeInstances": answer}).nodes
    assert [node.key for node in nodes] == [(ACCOUNT, REGION, f"i-{n}") for n in (1, 2, 3)]


def test_unknown_members_and_values_are_kept_out_of_the_way() -> None:
    odd = instance("i-1", Shiny={"New": True}, MetadataOptions={"HttpEndpoint": "perhaps"})
    (node,) = fleet_of({"ec2.DescribeInstances": {"Reservations": [{"Instances": [odd]}]}}).nodes
    assert node.instance.metadata_options is not None
    assert node.instance.metadata_options.http_endpoint == "perhaps"


def test_a_missing_listing_is_a_gap_not_an_empty_one() -> None:
    fleet = fleet_of(
        {"ec2.DescribeInstances": {"Reservations": []}},
        denied={"ec2.DescribeSubnets": "UnauthorizedOperation"},
    )
    region = fleet.regions[0]
    assert region.subnets == Unread("ec2:DescribeSubnets", "UnauthorizedOperation")
    assert region.vpcs == Unread("ec2:DescribeVpcs", "NOT_RECORDED")
    assert region.vpcs.find("vpc-1") is region.vpcs


def test_an_object_that_another_names_but_nobody_lists_changed_meanwhile() -> None:
    region = fleet_of({"ec2.DescribeSubnets": {"Subnets": []}}).regions[0]
    found = region.subnets.find("subnet-1")
    assert isinstance(found, Unread)
    assert (found.code, found.call) == ("CHANGED_DURING_COLLECTION", "ec2:DescribeSubnets")


def test_an_account_outside_an_organization_is_known_to_be() -> None:
    call = "organizations.DescribeOrganization"
    world: dict[str, Any] = {"ec2.DescribeInstances": {"Reservations": []}}
    assert fleet_of(world, absent=(call,)).accounts[ACCOUNT].organization is None
    assert isinstance(fleet_of(world).accounts[ACCOUNT].organization, Unread)


@pytest.mark.parametrize(
    ("name", "answer", "told"),
    [
        ("ec2.DescribeVpcs", {}, "no member 'Vpcs'"),
        ("ec2.DescribeVpcs", [], "has not the shape"),
        (
            "ec2.DescribeVpcs",
            {"Vpcs": [{"VpcId": 5}]},
            r"Expected `str`, got `int` - at `\$.VpcId`",
        ),
        ("ec2.DescribeVpcs", {"Vpcs": [{}]}, "missing required field `VpcId`"),
        (
            "ec2.DescribeSecurityGroups",
            {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": []}]},
            "missing required field `IpPermissionsEgress`",
        ),
        (
            "ec2.DescribeRouteTables",
            {"RouteTables": [{"RouteTableId": "rtb-1", "Associations": []}]},
            "missing required field `Routes`",
        ),
        ("ec2.DescribeInstances", {"Reservations": [{}]}, "no member 'Instances'"),
        ("ssm.GetServiceSetting", [{"request": {}}], "no member 'response'"),
    ],
)
def test_a_malformed_answer_names_file_and_member(name: str, answer: Any, told: str) -> None:
    with pytest.raises(SnapshotError, match=told) as caught:
        fleet_of({name: answer})
    assert f"{ACCOUNT}/{REGION}/{name}.json" in str(caught.value)


def test_a_row_listed_twice_is_one_row() -> None:
    """A listing that changes between two pages may give a row twice, with other content."""
    rows = [{"VpcId": "vpc-1", "CidrBlock": cidr} for cidr in ("10.0.0.0/16", "10.1.0.0/16")]
    vpcs = fleet_of({"ec2.DescribeVpcs": {"Vpcs": rows}}).regions[0].vpcs
    assert not isinstance(vpcs, Unread)
    assert [vpc.cidr_block for vpc in vpcs] == ["10.1.0.0/16"]


def test_per_resource_answers_are_merged() -> None:
    answers = [
        {"request": {}, "response": {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}}},
        {"request": {}, "response": {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": False}}},
    ]
    attributes = fleet_of({"ec2.DescribeVpcAttribute": answers}).regions[0].vpc_attributes
    assert not isinstance(attributes, Unread)
    (row,) = attributes
    assert (row.enable_dns_support, row.enable_dns_hostnames) == (True, False)


@pytest.mark.parametrize(
    "stamp",
    ["2026-11-01T12:00:00+00:00", "2026-11-01 12:00:00+00:00", "2026-11-01T12:00:00Z", 1793534400],
)
def test_every_way_of_writing_a_time_is_one_time(stamp: Any) -> None:
    parsed = moment(stamp)
    assert parsed is not None
    assert parsed.isoformat() == "2026-11-01T12:00:00+00:00"


@pytest.mark.parametrize(
    "stamp", [None, "", "soon", float("inf"), 1e30, "0001-01-01T00:00:00+10:00"]
)
def test_what_is_no_time_is_none(stamp: Any) -> None:
    assert moment(stamp) is None


def test_evidence_follows_aws_names_and_stops_at_nothing() -> None:
    bare = {"Reservations": [{"Instances": [instance("i-1")]}]}
    (node,) = fleet_of({"ec2.DescribeInstances": bare}).nodes
    assert node.instance.evidence("MetadataOptions.HttpEndpoint").value is None
    assert node.instance.evidence("State.Name").value == "running"
