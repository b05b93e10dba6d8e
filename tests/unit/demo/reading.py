"""Reads an account the way any reader would: boto3 clients of a session, nothing of moto's."""

from __future__ import annotations

from typing import Any

import boto3

from fixtures.demo.account import DEMO_REGIONS


def instances(session: boto3.Session, endpoint: str | None = None) -> dict[str, Any]:
    """All instances of both Regions by Name tag, in the order AWS lists them."""
    found = {}
    for region in DEMO_REGIONS:
        ec2 = session.client("ec2", region_name=region, endpoint_url=endpoint)
        for page in ec2.get_paginator("describe_instances").paginate():
            for reservation in page["Reservations"]:
                for instance in reservation["Instances"]:
                    (name,) = [tag["Value"] for tag in instance["Tags"] if tag["Key"] == "Name"]
                    found[name] = instance
        ec2.close()
    return found


def nodes(session: boto3.Session) -> dict[str, Any]:
    return {
        node["InstanceId"]: node
        for region in DEMO_REGIONS
        for page in session.client("ssm", region_name=region)
        .get_paginator("describe_instance_information")
        .paginate()
        for node in page["InstanceInformationList"]
    }


def ids(session: boto3.Session, endpoint: str | None = None) -> list[str]:
    """Every id that findings, evidence and reports could quote."""
    found = [instance["InstanceId"] for instance in instances(session, endpoint).values()]
    listings = {
        "describe_vpcs": ("Vpcs", "VpcId"),
        "describe_subnets": ("Subnets", "SubnetId"),
        "describe_security_groups": ("SecurityGroups", "GroupId"),
        "describe_route_tables": ("RouteTables", "RouteTableId"),
        "describe_network_acls": ("NetworkAcls", "NetworkAclId"),
        "describe_vpc_endpoints": ("VpcEndpoints", "VpcEndpointId"),
        "describe_nat_gateways": ("NatGateways", "NatGatewayId"),
        "describe_network_interfaces": ("NetworkInterfaces", "NetworkInterfaceId"),
        "describe_dhcp_options": ("DhcpOptions", "DhcpOptionsId"),
    }
    for region in DEMO_REGIONS:
        ec2 = session.client("ec2", region_name=region, endpoint_url=endpoint)
        for operation, (rows, member) in listings.items():
            found += [row[member] for row in getattr(ec2, operation)()[rows]]
        ec2.close()
    iam = session.client("iam", endpoint_url=endpoint)
    details = iam.get_account_authorization_details(MaxItems=1000)
    iam.close()
    found += [role["RoleId"] for role in details["RoleDetailList"]]
    found += [policy["PolicyId"] for policy in details["Policies"]]
    return found
