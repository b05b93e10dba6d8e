"""The facts that the stories of docs/demo.md rest on, as a reader of the account sees them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from fixtures.demo.account import embedded_account
from tests.unit.demo.reading import instances, nodes

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
EU = "eu-central-1"


@pytest.fixture(scope="module")
def session() -> Iterator[boto3.Session]:
    with embedded_account(NOW) as session:
        yield session


@pytest.fixture
def ec2(session: boto3.Session) -> Any:
    return session.client("ec2", region_name=EU)


def default_route(ec2: Any, subnet_id: str) -> dict[str, Any] | None:
    """The subnet's own default route; the main table has none in any VPC here."""
    held = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    tables = ec2.describe_route_tables(Filters=held)["RouteTables"]
    routes = [route for table in tables for route in table["Routes"]]
    return next((one for one in routes if one["DestinationCidrBlock"] == "0.0.0.0/0"), None)


def nat_gateway(ec2: Any, subnet_id: str) -> dict[str, Any]:
    route = default_route(ec2, subnet_id)
    assert route is not None
    (found,) = ec2.describe_nat_gateways(NatGatewayIds=[route["NatGatewayId"]])["NatGateways"]
    return dict(found)


def endpoints(ec2: Any, vpc_id: str) -> dict[str, Any]:
    """The VPC's endpoints by the last part of their service name."""
    held = [{"Name": "vpc-id", "Values": [vpc_id]}]
    found = ec2.describe_vpc_endpoints(Filters=held)["VpcEndpoints"]
    return {one["ServiceName"].rpartition(".")[2]: one for one in found}


def entering(ec2: Any, subnet_id: str) -> list[tuple[int, int]]:
    """The TCP ports that the subnet's ACL lets in."""
    held = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
    (acl,) = ec2.describe_network_acls(Filters=held)["NetworkAcls"]
    assert not acl["IsDefault"]
    return [
        (entry["PortRange"]["From"], entry["PortRange"]["To"])
        for entry in acl["Entries"]
        if not entry["Egress"] and entry["RuleAction"] == "allow"
    ]


def test_one_endpoint_takes_the_name_in_both_subnets_and_admits_one(
    session: boto3.Session, ec2: Any
) -> None:
    """Trap 1: till-1 and till-2 have the same NAT gateway, groups and endpoint (EP6)."""
    found = instances(session)
    served, blocked = found["till-1"], found["till-2"]
    assert served["SecurityGroups"] == blocked["SecurityGroups"]
    assert nat_gateway(ec2, served["SubnetId"]) == nat_gateway(ec2, blocked["SubnetId"])
    assert list(endpoints(ec2, served["VpcId"])) == ["ssm"]
    endpoint = endpoints(ec2, served["VpcId"])["ssm"]
    assert endpoint["PrivateDnsEnabled"]
    (group,) = ec2.describe_security_groups(GroupIds=[endpoint["Groups"][0]["GroupId"]])[
        "SecurityGroups"
    ]
    (rule,) = group["IpPermissions"]
    (admitted,) = [block["CidrIp"] for block in rule["IpRanges"]]
    (subnet,) = ec2.describe_subnets(SubnetIds=[served["SubnetId"]])["Subnets"]
    assert (rule["FromPort"], admitted) == (443, subnet["CidrBlock"])


def test_a_nat_gateway_stands_where_no_route_leads_out(session: boto3.Session, ec2: Any) -> None:
    """Trap 13, D25."""
    gateway = nat_gateway(ec2, instances(session)["crate-1"]["SubnetId"])
    assert gateway["State"] == "available"
    assert default_route(ec2, gateway["SubnetId"]) is None


def test_a_default_route_is_a_black_hole(session: boto3.Session, ec2: Any) -> None:
    """Trap 15, RT4: the route stays, its NAT gateway is gone."""
    subnet_id = instances(session)["crate-2"]["SubnetId"]
    route = default_route(ec2, subnet_id)
    assert route is not None
    assert route["State"] == "blackhole"
    assert nat_gateway(ec2, subnet_id)["State"] == "deleted"


def test_a_public_subnet_has_an_instance_without_public_address(session: boto3.Session) -> None:
    """Trap 11: web-5 differs from web-1 in the address alone."""
    found = instances(session)
    assert found["web-5"]["SubnetId"] == found["web-1"]["SubnetId"]
    assert found["web-5"]["SecurityGroups"] == found["web-1"]["SecurityGroups"]
    assert "PublicIpAddress" in found["web-1"]
    assert "PublicIpAddress" not in found["web-5"]


def test_acls_leave_out_answers(session: boto3.Session, ec2: Any) -> None:
    """NA7: Linux takes 32768-60999, Windows 49152-65535; one ACL covers a part, the other none."""
    found = instances(session)
    assert found["render-1"]["SubnetId"] == found["render-2"]["SubnetId"]
    assert entering(ec2, found["render-1"]["SubnetId"]) == [(443, 443), (1024, 49151)]
    assert entering(ec2, found["render-3"]["SubnetId"]) == [(443, 443)]


def test_one_endpoint_has_a_policy_for_another_service(session: boto3.Session, ec2: Any) -> None:
    """EP7, T-76."""
    found = endpoints(ec2, instances(session)["ward-1"]["VpcId"])
    actions = {
        service: [one["Action"] for one in json.loads(endpoint["PolicyDocument"])["Statement"]]
        for service, endpoint in found.items()
    }
    assert actions == {"ssm": ["*"], "ssmmessages": ["ssm:*"], "ec2messages": ["*"]}


def test_a_zone_of_their_own_swallows_the_names(session: boto3.Session) -> None:
    """Trap 5: a zone amazonaws.com, with no record but its own."""
    route53 = session.client("route53", region_name="us-east-1")
    vpc_id = instances(session)["loom-1"]["VpcId"]
    (zone,) = route53.list_hosted_zones_by_vpc(VPCId=vpc_id, VPCRegion=EU)["HostedZoneSummaries"]
    assert zone["Name"] == "amazonaws.com."
    records = route53.list_resource_record_sets(HostedZoneId=zone["HostedZoneId"])
    assert {one["Name"] for one in records["ResourceRecordSets"]} == {"amazonaws.com."}


def test_private_names_are_off_where_endpoints_are_the_only_way(
    session: boto3.Session, ec2: Any
) -> None:
    """Trap 4, D21."""
    instance = instances(session)["shelf-1"]
    attribute = "enableDnsHostnames"
    answer = ec2.describe_vpc_attribute(VpcId=instance["VpcId"], Attribute=attribute)
    assert answer["EnableDnsHostnames"] == {"Value": False}
    assert default_route(ec2, instance["SubnetId"]) is None
    found = endpoints(ec2, instance["VpcId"])
    assert set(found) == {"ssm", "ssmmessages", "ec2messages"}
    assert all(one["PrivateDnsEnabled"] for one in found.values())


def test_names_are_resolved_outside_of_aws(session: boto3.Session, ec2: Any) -> None:
    """Trap 6, T-60."""
    (vpc,) = ec2.describe_vpcs(VpcIds=[instances(session)["desk-1"]["VpcId"]])["Vpcs"]
    (options,) = ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
    (servers,) = options["DhcpConfigurations"]
    assert servers == {"Key": "domain-name-servers", "Values": [{"Value": "8.8.8.8"}]}


def test_the_transit_gateway_leads_to_a_vpn(session: boto3.Session, ec2: Any) -> None:
    """VG1: from branch-1's attachment by the associated table (TG2) to what nobody here sees."""
    instance = instances(session)["branch-1"]
    route = default_route(ec2, instance["SubnetId"])
    assert route is not None
    attachments = {
        one["ResourceType"]: one
        for one in ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    }
    own = attachments["vpc"]
    assert own["ResourceId"] == instance["VpcId"]
    assert own["TransitGatewayId"] == route["TransitGatewayId"]
    found = ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=own["Association"]["TransitGatewayRouteTableId"],
        Filters=[{"Name": "state", "Values": ["active", "blackhole"]}],
    )["Routes"]
    (default,) = [one for one in found if one["DestinationCidrBlock"] == "0.0.0.0/0"]
    (target,) = default["TransitGatewayAttachments"]
    assert target["TransitGatewayAttachmentId"] == attachments["vpn"]["TransitGatewayAttachmentId"]


def test_one_instance_is_impaired_and_one_is_to_be_retired(
    session: boto3.Session, ec2: Any
) -> None:
    """R-9.2, R-9.4: all others are ok, with nothing announced."""
    found = instances(session)
    statuses = {
        one["InstanceId"]: one for one in ec2.describe_instance_status()["InstanceStatuses"]
    }
    impaired = statuses.pop(found["iis-2"]["InstanceId"])["InstanceStatus"]
    assert impaired["Status"] == "impaired"
    (detail,) = impaired["Details"]
    assert detail["ImpairedSince"] == NOW - timedelta(hours=5)
    retiring = statuses.pop(found["iis-1"]["InstanceId"])
    (event,) = retiring["Events"]
    assert event["Code"] == "instance-retirement"
    assert event["NotBefore"] == NOW + timedelta(days=6)
    checks = ("InstanceStatus", "SystemStatus", "AttachedEbsStatus")
    for status in statuses.values():
        assert {status[check]["Status"] for check in checks} == {"ok"}
        assert not status.get("Events")


def test_a_hybrid_registration_shadows_an_instance(session: boto3.Session) -> None:
    """D15: the mi- row has the address and the name of an i- that is not listed."""
    instance = instances(session)["lab-1"]
    listed = nodes(session)
    (shadow,) = [one for one in listed.values() if one["ResourceType"] == "ManagedInstance"]
    assert shadow["InstanceId"].startswith("mi-")
    assert shadow["IPAddress"] == instance["PrivateIpAddress"]
    assert shadow["ComputerName"] == instance["PrivateDnsName"]
    assert instance["InstanceId"] not in listed
