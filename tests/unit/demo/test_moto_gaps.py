"""What the gap fillers promise, in each of the three ways of running moto."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inventory.facts import DHMC_SETTING
from tests.unit.demo.moto_modes import Moto

IMAGE = "ami-0123456789abcdef0"


def new_vpc(moto: Moto) -> tuple[str, str]:
    """A VPC and a subnet in it."""
    ec2 = moto.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return vpc, ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]


def launch(moto: Moto, count: int = 1, **members: Any) -> list[str]:
    answer = moto.client("ec2").run_instances(
        ImageId=IMAGE, MinCount=count, MaxCount=count, **members
    )
    return [instance["InstanceId"] for instance in answer["Instances"]]


def described(moto: Moto) -> dict[str, Any]:
    answer = moto.client("ec2").describe_instances()
    return {
        instance["InstanceId"]: instance
        for reservation in answer["Reservations"]
        for instance in reservation["Instances"]
    }


def listed(moto: Moto, **asked: Any) -> list[str]:
    answer = moto.client("ssm").describe_instance_information(**asked)
    return [node["InstanceId"] for node in answer["InstanceInformationList"]]


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_managed_nodes_come_in_pages_of_ten_unless_asked_otherwise(moto: Moto) -> None:
    """R-7.1: 10 by default, 50 at most."""
    names = [f"i-{number:017x}" for number in range(12)]
    for name in names:
        moto.ping(InstanceId=name, AgentVersion="3.3.1.0", PlatformType="Linux")
    assert listed(moto) == names[:10]
    pages = moto.client("ssm").get_paginator("describe_instance_information")
    sizes = [
        len(page["InstanceInformationList"])
        for page in pages.paginate(PaginationConfig={"PageSize": 5})
    ]
    assert sizes == [5, 5, 2]
    assert listed(moto, MaxResults=50) == names
    with pytest.raises(ClientError) as too_many:
        listed(moto, MaxResults=51)
    assert code_of(too_many) == "ValidationException"
    with pytest.raises(ClientError) as bad_token:
        listed(moto, NextToken="nonsense")
    assert code_of(bad_token) == "InvalidNextToken"


def test_managed_nodes_are_filtered_in_both_spellings(moto: Moto) -> None:
    moto.ping(InstanceId="i-1", PingStatus="ConnectionLost")
    moto.ping(InstanceId="i-2")
    assert listed(moto, Filters=[{"Key": "PingStatus", "Values": ["ConnectionLost"]}]) == ["i-1"]
    wanted = {"key": "PingStatus", "valueSet": ["Online"]}
    assert listed(moto, InstanceInformationFilterList=[wanted]) == ["i-2"]
    with pytest.raises(ClientError) as unknown_key:
        listed(moto, Filters=[{"Key": "Nonsense", "Values": ["x"]}])
    assert code_of(unknown_key) == "InvalidFilterKey"


def test_a_stopped_node_is_not_listed(moto: Moto) -> None:
    """AWS leaves out stopped and terminated instances (spec domain.md 2.7)."""
    stopped, running = launch(moto, 2)
    moto.ping(InstanceId=stopped)
    moto.ping(InstanceId=running)
    assert set(listed(moto)) == {stopped, running}
    moto.client("ec2").stop_instances(InstanceIds=[stopped])
    assert listed(moto) == [running]


def test_the_dhmc_setting_is_off_until_it_is_set_and_again_after_a_reset(moto: Moto) -> None:
    """R-2.4, R-2.5: asked for by id or by ARN, ``$None`` is off."""
    ssm = moto.client("ssm")

    def setting(name: str = DHMC_SETTING) -> tuple[str, str]:
        found = ssm.get_service_setting(SettingId=name)["ServiceSetting"]
        return found["SettingValue"], found["Status"]

    assert setting() == ("$None", "Default")
    ssm.update_service_setting(SettingId=DHMC_SETTING, SettingValue="service-role/Some")
    assert setting() == ("service-role/Some", "Customized")
    arn = ssm.get_service_setting(SettingId=DHMC_SETTING)["ServiceSetting"]["ARN"]
    assert arn.endswith(f":servicesetting{DHMC_SETTING}")
    assert setting(arn) == ("service-role/Some", "Customized")
    elsewhere = moto.client("ssm", "us-east-1").get_service_setting(SettingId=DHMC_SETTING)
    assert elsewhere["ServiceSetting"]["SettingValue"] == "$None"
    ssm.reset_service_setting(SettingId=DHMC_SETTING)
    assert setting() == ("$None", "Default")
    with pytest.raises(ClientError) as unknown:
        setting("/ssm/nonsense")
    assert code_of(unknown) == "ServiceSettingNotFound"


def test_motos_reset_clears_nodes_and_settings(moto: Moto) -> None:
    moto.ping(InstanceId="i-1")
    moto.client("ssm").update_service_setting(SettingId=DHMC_SETTING, SettingValue="Some")
    moto.reset()
    assert listed(moto) == []
    after = moto.client("ssm").get_service_setting(SettingId=DHMC_SETTING)["ServiceSetting"]
    assert after["SettingValue"] == "$None"


def test_every_instance_of_a_launch_names_the_profile_by_its_own_id(moto: Moto) -> None:
    iam = moto.client("iam")
    profile = iam.create_instance_profile(InstanceProfileName="p")["InstanceProfile"]
    launch(moto, 3, IamInstanceProfile={"Name": "p"})
    named = [instance["IamInstanceProfile"] for instance in described(moto).values()]
    assert named == [{"Arn": profile["Arn"], "Id": profile["InstanceProfileId"]}] * 3


def test_instances_tell_their_platform_and_groups(moto: Moto) -> None:
    vpc, subnet = new_vpc(moto)
    ec2 = moto.client("ec2")
    groups = sorted(
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("one", "two", "three")
    )
    interface = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": groups[::-1]}
    (name,) = launch(moto, NetworkInterfaces=[interface])
    found = described(moto)[name]
    assert found["PlatformDetails"] == "Linux/UNIX"
    assert [group["GroupId"] for group in found["SecurityGroups"]] == groups
    (only,) = found["NetworkInterfaces"]
    assert [group["GroupId"] for group in only["Groups"]] == groups


def test_changing_one_metadata_option_keeps_the_others(moto: Moto) -> None:
    (name,) = launch(moto, MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "disabled"})
    before = described(moto)[name]["MetadataOptions"]
    moto.client("ec2").modify_instance_metadata_options(InstanceId=name, HttpPutResponseHopLimit=2)
    after = described(moto)[name]["MetadataOptions"]
    assert after == before | {"HttpPutResponseHopLimit": 2}
    assert after["HttpEndpoint"] == "disabled"


def test_pages_count_instances_not_launches(moto: Moto) -> None:
    names = launch(moto, 7)
    pages = list(
        moto.client("ec2")
        .get_paginator("describe_instances")
        .paginate(PaginationConfig={"PageSize": 5})
    )
    rows = [
        [instance["InstanceId"] for part in page["Reservations"] for instance in part["Instances"]]
        for page in pages
    ]
    assert [len(row) for row in rows] == [5, 2]
    assert list(itertools.chain(*rows)) == names
    with pytest.raises(ClientError) as too_many:
        moto.client("ec2").describe_instances(MaxResults=1001)
    assert code_of(too_many) == "InvalidParameterValue"


def test_an_endpoints_interfaces_belong_to_it(moto: Moto) -> None:
    """EP2, EP4: its names, its groups, addresses of its subnets."""
    vpc, subnet = new_vpc(moto)
    ec2 = moto.client("ec2")
    group = ec2.create_security_group(GroupName="e", Description="e", VpcId=vpc)["GroupId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-central-1.ssm",
        SubnetIds=[subnet],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    (endpoint,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[made])["VpcEndpoints"]
    assert endpoint["State"] == "available"
    assert endpoint["OwnerId"]
    assert [entry["DnsName"] for entry in endpoint["DnsEntries"]] == [
        f"{made}.ssm.eu-central-1.vpce.amazonaws.com",
        "ssm.eu-central-1.amazonaws.com",
    ]
    (interface,) = ec2.describe_network_interfaces(
        NetworkInterfaceIds=endpoint["NetworkInterfaceIds"]
    )["NetworkInterfaces"]
    assert interface["InterfaceType"] == "vpc_endpoint"
    assert interface["RequesterManaged"] is True
    assert [one["GroupId"] for one in interface["Groups"]] == [group]
    assert interface["PrivateIpAddress"].startswith("10.9.0.")
    assert [one["PrivateIpAddress"] for one in interface["PrivateIpAddresses"]] == [
        interface["PrivateIpAddress"]
    ]


def test_an_endpoint_without_private_dns_does_not_claim_the_services_name(moto: Moto) -> None:
    """EP5; and without a group of its own it carries the VPC's default one (EP4)."""
    vpc, subnet = new_vpc(moto)
    ec2 = moto.client("ec2")
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        VpcEndpointType="Interface",
        ServiceName="com.amazonaws.eu-central-1.ssm",
        SubnetIds=[subnet],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]
    names = [entry["DnsName"] for entry in endpoint["DnsEntries"]]
    assert "ssm.eu-central-1.amazonaws.com" not in names
    assert [group["GroupName"] for group in endpoint["Groups"]] == ["default"]


def test_a_nat_gateway_has_no_group_and_an_address_of_its_subnet(moto: Moto) -> None:
    """SG11."""
    _, subnet = new_vpc(moto)
    ec2 = moto.client("ec2")
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)
    (gateway,) = ec2.describe_nat_gateways()["NatGateways"]
    (address,) = gateway["NatGatewayAddresses"]
    (interface,) = ec2.describe_network_interfaces(
        NetworkInterfaceIds=[address["NetworkInterfaceId"]]
    )["NetworkInterfaces"]
    assert interface["InterfaceType"] == "nat_gateway"
    assert interface["Groups"] == []
    assert address["PrivateIp"] == interface["PrivateIpAddress"]
    assert address["PrivateIp"].startswith("10.9.0.")


def test_a_new_vpc_has_dhcp_options_that_can_be_described(moto: Moto) -> None:
    new_vpc(moto)
    ec2 = moto.client("ec2")
    (options,) = ec2.describe_dhcp_options()["DhcpOptions"]
    assert {vpc["DhcpOptionsId"] for vpc in ec2.describe_vpcs()["Vpcs"]} == {
        options["DhcpOptionsId"]
    }
    configured = {one["Key"]: one["Values"] for one in options["DhcpConfigurations"]}
    assert configured["domain-name-servers"] == [{"Value": "AmazonProvidedDNS"}]


def test_block_public_access_is_off_and_has_no_exclusions(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    options = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert options["InternetGatewayBlockMode"] == "off"
    exclusions = ec2.describe_vpc_block_public_access_exclusions()
    assert exclusions["VpcBlockPublicAccessExclusions"] == []


@pytest.mark.parametrize(
    ("operation", "rows", "largest"),
    [
        ("describe_subnets", "Subnets", 1000),
        ("describe_security_groups", "SecurityGroups", 1000),
        ("describe_route_tables", "RouteTables", 100),
        ("describe_managed_prefix_lists", "PrefixLists", 100),
    ],
)
def test_network_listings_come_in_pages(
    moto: Moto, operation: str, rows: str, largest: int
) -> None:
    """The limits are those of botocore's model (spec moto.md 5)."""
    vpc, _ = new_vpc(moto)
    ec2 = moto.client("ec2")
    for number in range(1, 7):
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24")
        ec2.create_security_group(GroupName=f"g{number}", Description="g", VpcId=vpc)
        ec2.create_route_table(VpcId=vpc)
        ec2.create_managed_prefix_list(
            PrefixListName=f"p{number}", MaxEntries=1, AddressFamily="IPv4"
        )
    describe = getattr(ec2, operation)
    whole = describe()[rows]
    pages = ec2.get_paginator(operation).paginate(PaginationConfig={"PageSize": 5})
    cut = [page[rows] for page in pages]
    assert list(itertools.chain(*cut)) == whole
    assert [len(page) for page in cut[:-1]] == [5] * (len(cut) - 1)
    assert len(cut) > 1
    with pytest.raises(ClientError) as too_many:
        describe(MaxResults=largest + 1)
    assert code_of(too_many) == "InvalidParameterValue"


def test_profile_associations_come_in_pages(moto: Moto) -> None:
    moto.client("iam").create_instance_profile(InstanceProfileName="p")
    launch(moto, 7, IamInstanceProfile={"Name": "p"})
    pages = (
        moto.client("ec2")
        .get_paginator("describe_iam_instance_profile_associations")
        .paginate(PaginationConfig={"PageSize": 5})
    )
    assert [len(page["IamInstanceProfileAssociations"]) for page in pages] == [5, 2]


def test_iams_bulk_answer_names_policies_and_comes_in_pages(moto: Moto) -> None:
    iam = moto.client("iam")
    statement = {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = iam.create_policy(PolicyName="local", PolicyDocument=document)["Policy"]
    for name in ("one", "two", "three"):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
        iam.create_instance_profile(InstanceProfileName=name)
    pages = list(
        iam.get_paginator("get_account_authorization_details").paginate(
            Filter=["Role", "LocalManagedPolicy"], PaginationConfig={"PageSize": 2}
        )
    )
    assert [len(page["RoleDetailList"]) + len(page["Policies"]) for page in pages] == [2, 2]
    assert [role["RoleName"] for page in pages for role in page["RoleDetailList"]] == [
        "one",
        "two",
        "three",
    ]
    (policy,) = [policy for page in pages for policy in page["Policies"]]
    assert (policy["PolicyName"], policy["PolicyId"]) == ("local", made["PolicyId"])
    profiles = iam.get_paginator("list_instance_profiles").paginate(
        PaginationConfig={"PageSize": 2}
    )
    assert [len(page["InstanceProfiles"]) for page in profiles] == [2, 1]
