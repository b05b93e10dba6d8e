"""What a reader of the embedded account finds in it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from fixtures.demo.account import DEMO_ACCOUNT_ID, DEMO_REGIONS, embedded_account
from fixtures.demo.machines import MACHINES
from inventory.facts import DHMC_SETTING
from tests.unit.demo.reading import instances, nodes

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def session() -> Iterator[boto3.Session]:
    with embedded_account(NOW) as session:
        yield session


def test_it_is_the_account_it_says_it_is(session: boto3.Session) -> None:
    assert session.client("sts").get_caller_identity()["Account"] == DEMO_ACCOUNT_ID


def test_it_holds_the_planned_machines(session: boto3.Session) -> None:
    found = instances(session)
    by_region = sorted(MACHINES, key=lambda machine: DEMO_REGIONS.index(machine.vpc.region))
    assert list(found) == [machine.name for machine in by_region]
    for machine in MACHINES:
        instance = found[machine.name]
        assert instance["State"]["Name"] == ("running" if machine.running else "stopped")
        assert instance["LaunchTime"] == NOW - machine.age
        assert instance["MetadataOptions"]["HttpEndpoint"] == (
            "enabled" if machine.imds_enabled else "disabled"
        )
        assert instance["PlatformDetails"] == (
            "Windows" if machine.image.is_windows else "Linux/UNIX"
        )
        assert instance["Placement"]["AvailabilityZone"][:-1] == machine.vpc.region
        profile = instance.get("IamInstanceProfile", {"Arn": "/"})["Arn"].rpartition("/")[2]
        assert profile == machine.profile


def test_public_addresses_are_in_public_subnets_only(session: boto3.Session) -> None:
    """IG2: a way out through an internet gateway needs one."""
    found = instances(session)
    for machine in MACHINES:
        if machine.running:
            instance = found[machine.name]
            wanted = machine.subnet.startswith("public") and machine.public_address
            assert ("PublicIpAddress" in instance) == wanted


def test_its_agents_have_spoken_when_they_should(session: boto3.Session) -> None:
    """Stopped nodes are not listed; the others with their planned state and age."""
    by_name, listed = instances(session), nodes(session)
    speaking = {machine.name: machine for machine in MACHINES if machine.ping and machine.running}
    spoken_as = {
        name: machine.hybrid_id or by_name[name]["InstanceId"] for name, machine in speaking.items()
    }
    assert set(listed) == set(spoken_as.values())
    for name, machine in speaking.items():
        node = listed[spoken_as[name]]
        assert machine.ping is not None
        assert node["AgentVersion"] == machine.ping.agent_version
        assert node["PingStatus"] == machine.ping.status
        assert node["LastPingDateTime"] == NOW - machine.ping.age
        assert node["IPAddress"] == by_name[name]["PrivateIpAddress"]


def test_dhmc_is_on_in_one_region_with_a_role_that_exists(session: boto3.Session) -> None:
    """R-2.3, R-2.5: the setting's last segment is the role's name."""
    values = {
        region: session.client("ssm", region_name=region).get_service_setting(
            SettingId=DHMC_SETTING
        )["ServiceSetting"]["SettingValue"]
        for region in DEMO_REGIONS
    }
    assert values["eu-central-1"] == "$None"
    name = values["us-east-1"].rpartition("/")[2]
    role = session.client("iam").get_role(RoleName=name)["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ssm.amazonaws.com"}


def test_the_endpoint_pair_differs_in_the_vpc_alone(session: boto3.Session) -> None:
    """cache-1 and ledger-1: the same rule, 443 to the own VPC's addresses."""
    ec2 = session.client("ec2", region_name="eu-central-1")
    found = instances(session)

    def egress(name: str) -> tuple[Any, str]:
        (group,) = found[name]["SecurityGroups"]
        (described,) = ec2.describe_security_groups(GroupIds=[group["GroupId"]])["SecurityGroups"]
        (vpc,) = ec2.describe_vpcs(VpcIds=[described["VpcId"]])["Vpcs"]
        (rule,) = described["IpPermissionsEgress"]
        (block,) = rule["IpRanges"]
        assert block["CidrIp"] == vpc["CidrBlock"]
        ports = (rule["IpProtocol"], rule["FromPort"], rule["ToPort"])
        return ports, vpc["VpcId"]

    (cache_rule, cache_vpc), (ledger_rule, ledger_vpc) = egress("cache-1"), egress("ledger-1")
    assert cache_rule == ledger_rule == ("tcp", 443, 443)
    assert cache_vpc != ledger_vpc
    served = {endpoint["VpcId"] for endpoint in ec2.describe_vpc_endpoints()["VpcEndpoints"]}
    assert ledger_vpc in served
    assert cache_vpc not in served


def test_it_can_be_read_from_several_threads(session: boto3.Session) -> None:
    clients = [session.client("ec2", region_name=region) for region in DEMO_REGIONS * 4]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: client.describe_subnets()["Subnets"], clients))
    for number, subnets in enumerate(answers):
        assert subnets == answers[number % len(DEMO_REGIONS)]
