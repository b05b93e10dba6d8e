"""What is collected from an account loads as the facts of that account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from inventory.collect import AccountSpec, OpenAccount, collect, open_account
from inventory.facts import Status, Table, Unread
from inventory.fleet import Fleet, load_fleet
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.inventory.collect.scripted import ONE_ATTEMPT, REGION

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NOT_IN_MOTO = (
    "ssm.DescribeInstanceInformation",
    "ssm.GetServiceSetting",
    "ssm.ListAssociations",
    "ec2.DescribeVpcBlockPublicAccessOptions",
    "ec2.DescribeVpcBlockPublicAccessExclusions",
    "ec2.DescribeVpcEncryptionControls",
    "route53profiles.ListProfileAssociations",
    "route53resolver.ListFirewallRuleGroupAssociations",
)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def _seed(session: boto3.Session) -> str:
    """One instance with a profile in a VPC of its own; gives the instance's id."""
    iam = session.client("iam")
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.create_instance_profile(InstanceProfileName="web-profile")
    iam.add_role_to_instance_profile(InstanceProfileName="web-profile", RoleName="web")
    ec2 = session.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    launched = ec2.run_instances(
        ImageId="ami-12345678",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        IamInstanceProfile={"Name": "web-profile"},
    )
    return launched["Instances"][0]["InstanceId"]


@pytest.fixture
def account() -> Iterator[tuple[OpenAccount, str]]:
    """A small account, behind a network that swallows the calls moto does not know."""

    def missing(**_: Any) -> Any:
        raise ReadTimeoutError(endpoint_url="https://example")

    with mock_aws():
        session = boto3.Session("testing", "testing", region_name=REGION)
        for operation in NOT_IN_MOTO:
            session.events.register(f"before-send.{operation}", missing)
        instance = _seed(session)
        yield open_account(AccountSpec(name="small", embedded=True), session=session), instance


def fleet_of(account: OpenAccount, folder: Path) -> Fleet:
    writer = SnapshotWriter(folder)
    collect([account], writer, regions=["eu-*"], now=NOW, config=ONE_ATTEMPT)
    return load_fleet(Snapshot.open(folder))


def test_what_was_collected_loads(account: tuple[OpenAccount, str], tmp_path: Path) -> None:
    opened, instance = account
    fleet = fleet_of(opened, tmp_path)
    (node,) = fleet.nodes
    assert node.key == (opened.account_id, REGION, instance)
    assert fleet.as_of == NOW
    region, facts = node.region, node.account
    assert facts.organization is None
    assert isinstance(region.vpc_attributes, Table)
    attributes = region.vpc_attributes.find(node.instance.vpc_id)
    assert not isinstance(attributes, Unread)
    assert (attributes.enable_dns_support, attributes.enable_dns_hostnames) == (True, False)
    for table in (region.subnets, region.vpcs, region.route_tables, region.network_acls):
        assert isinstance(table, Table)
        assert len(table) > 0
    assert isinstance(facts.roles, Table)
    role = facts.roles.find("web")
    assert not isinstance(role, Unread)
    assert role.assume_role_policy_document == TRUST
    assert isinstance(facts.instance_profiles, Table)
    (profile,) = facts.instance_profiles
    assert [one.role_name for one in profile.roles] == ["web"]


def test_calls_that_failed_are_unread_facts(
    account: tuple[OpenAccount, str], tmp_path: Path
) -> None:
    """T-07: a failed listing of managed nodes is never an empty one."""
    (node,) = fleet_of(account[0], tmp_path).nodes
    nodes, setting = node.region.managed_nodes, node.region.dhmc_setting
    assert isinstance(nodes, Unread)
    assert (nodes.call, nodes.code) == ("ssm:DescribeInstanceInformation", "ReadTimeoutError")
    assert isinstance(setting, Unread)
    assert (setting.call, setting.code) == ("ssm:GetServiceSetting", "ReadTimeoutError")


def test_regions_without_instances_hold_no_node(
    account: tuple[OpenAccount, str], tmp_path: Path
) -> None:
    fleet = fleet_of(account[0], tmp_path)
    others = [one for one in fleet.regions if one.name != REGION]
    assert {"eu-west-1", "eu-north-1"} <= {one.name for one in others}
    for region in others:
        assert isinstance(region.instances, Table)
        assert len(region.instances) == 0
        assert isinstance(region.vpcs, Unread)
        assert region.vpcs.code == "NO_INSTANCES"


def test_snapshot_holds_no_credential(account: tuple[OpenAccount, str], tmp_path: Path) -> None:
    fleet = fleet_of(account[0], tmp_path)
    assert any(one.status is Status.COLLECTED for one in fleet.coverage)
    for path in tmp_path.rglob("*.json"):
        assert "testing" not in path.read_text()
