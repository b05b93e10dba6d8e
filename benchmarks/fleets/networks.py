"""What EC2 and Route 53 tell of the networks of a Region.

Each VPC has a subnet without a way out, ``forgotten``, and one whose ACL drops every answer,
``closed``; where there is a branch, its packets leave by a VPN that nobody can look into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks.fleets.gateways import (
    endpoints,
    internet_gateway,
    nat_gateway,
    storage_list,
)
from benchmarks.fleets.guards import acls, groups
from benchmarks.fleets.identifiers import identifier
from benchmarks.fleets.transit import transit_gateway
from benchmarks.fleets.vpcs import ZONES, Row, Shape, Vpc

_ANYWHERE: Final = "0.0.0.0/0"


def network_answers(vpcs: Sequence[Vpc], region: str) -> Iterator[tuple[str, Any]]:
    """Operation and answer, but for the interfaces, which are the instances' too."""
    for operation, member, rows in _listings(vpcs, region):
        yield f"ec2.{operation}", {member: rows}
    off = {"InternetGatewayBlockMode": "off", "State": "default-state", "AwsRegion": region}
    yield (
        "ec2.DescribeVpcBlockPublicAccessOptions",
        {"VpcBlockPublicAccessOptions": {**off, "ManagedBy": "account"}},
    )
    yield (
        "ec2.DescribeVpcAttribute",
        [
            {
                "request": {"VpcId": vpc.id, "Attribute": name},
                "response": {"VpcId": vpc.id, name[0].upper() + name[1:]: {"Value": True}},
            }
            for vpc in vpcs
            for name in ("enableDnsHostnames", "enableDnsSupport")
        ],
    )
    entries = [{"Cidr": "3.5.136.0/22"}, {"Cidr": "52.219.0.0/16"}]
    request = {"PrefixListId": storage_list(region)}
    yield (
        "ec2.GetManagedPrefixListEntries",
        [{"request": request, "response": {"Entries": entries}}],
    )


def name_answers(vpcs: Sequence[Vpc], region: str) -> Iterator[tuple[str, Any]]:
    """What Route 53 tells of them: nothing stands between a name and its address."""
    yield (
        "route53.ListHostedZonesByVPC",
        [
            {
                "request": {"VPCId": vpc.id, "VPCRegion": region},
                "response": {"HostedZoneSummaries": []},
            }
            for vpc in vpcs
        ],
    )
    yield "route53profiles.ListProfileAssociations", {"ProfileAssociations": []}
    for member in ("ResolverRuleAssociations", "FirewallRuleGroupAssociations"):
        yield f"route53resolver.List{member}", {member: []}


def _listings(vpcs: Sequence[Vpc], region: str) -> Iterator[tuple[str, str, list[Row]]]:
    yield "DescribeVpcs", "Vpcs", [_vpc(vpc) for vpc in vpcs]
    yield "DescribeSubnets", "Subnets", [one for vpc in vpcs for one in _subnets(vpc)]
    yield "DescribeRouteTables", "RouteTables", [one for vpc in vpcs for one in _tables(vpc)]
    yield "DescribeNetworkAcls", "NetworkAcls", [one for vpc in vpcs for one in acls(vpc)]
    rules = [one for vpc in vpcs for one in groups(vpc)]
    yield "DescribeSecurityGroups", "SecurityGroups", rules
    internet = [internet_gateway(vpc) for vpc in vpcs if vpc.shape is not Shape.ENDPOINTS]
    yield "DescribeInternetGateways", "InternetGateways", internet
    nats = [nat_gateway(vpc) for vpc in vpcs if vpc.shape is Shape.NAT]
    yield "DescribeNatGateways", "NatGateways", nats
    served = [one for vpc in vpcs for one in endpoints(vpc)]
    yield "DescribeVpcEndpoints", "VpcEndpoints", served
    storage = {
        "PrefixListId": storage_list(region),
        "PrefixListName": f"com.amazonaws.{region}.s3",
        "OwnerId": "AWS",
        "AddressFamily": "IPv4",
        "State": "create-complete",
    }
    yield "DescribeManagedPrefixLists", "PrefixLists", [storage]
    servers = {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}
    options = {"DhcpOptionsId": identifier("dopt", region), "DhcpConfigurations": [servers]}
    yield "DescribeDhcpOptions", "DhcpOptions", [options]
    yield "DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions", []
    yield "DescribeVpcEncryptionControls", "VpcEncryptionControls", []


def _vpc(vpc: Vpc) -> Row:
    association = {"CidrBlock": vpc.cidr, "CidrBlockState": {"State": "associated"}}
    return {
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "CidrBlock": vpc.cidr,
        "CidrBlockAssociationSet": [association],
        "DhcpOptionsId": identifier("dopt", vpc.region),
        "InstanceTenancy": "default",
        "IsDefault": False,
        "State": "available",
        "Tags": [{"Key": "Name", "Value": f"{vpc.shape}-{vpc.number:03}"}],
    }


def _subnets(vpc: Vpc) -> Iterator[Row]:
    for name in vpc.subnets:
        yield {
            "SubnetId": vpc.named("subnet", name),
            "VpcId": vpc.id,
            "OwnerId": vpc.account,
            "CidrBlock": vpc.block_of(name),
            "AvailabilityZone": f"{vpc.region}{vpc.zone_of(name)}",
            "AvailabilityZoneId": f"az{ZONES.index(vpc.zone_of(name)) + 1}",
            "MapPublicIpOnLaunch": vpc.shape is Shape.PUBLIC,
            "EnableDns64": False,
            "Ipv6Native": False,
            "State": "available",
            "Tags": [{"Key": "Name", "Value": name}],
        }


def _tables(vpc: Vpc) -> Iterator[Row]:
    """``forgotten`` has none of its own, so the main table rules it, which leads nowhere."""
    storage = {"DestinationPrefixListId": storage_list(vpc.region)}
    inside = {"DestinationCidrBlock": vpc.cidr, "GatewayId": "local"}
    gateway = {"DestinationCidrBlock": _ANYWHERE, "GatewayId": vpc.named("igw", "edge")}
    nat = {"DestinationCidrBlock": _ANYWHERE, "NatGatewayId": vpc.named("nat", "edge")}
    transit = {"DestinationCidrBlock": _ANYWHERE, "TransitGatewayId": transit_gateway(vpc.region)}
    app: dict[Shape, list[Row]] = {
        Shape.NAT: [nat],
        Shape.PUBLIC: [gateway],
        Shape.ENDPOINTS: [],
    }
    buckets = {**storage, "GatewayId": vpc.named("vpce", "s3")}
    subnets = [f"app-{zone}" for zone in ZONES] + ["closed"]
    yield _table(vpc, "main", [{"Main": True}], [inside])
    yield _table(vpc, "app", _associated(vpc, subnets), [inside, *app[vpc.shape], buckets])
    edge = [] if vpc.shape is Shape.ENDPOINTS else [gateway]
    yield _table(vpc, "edge", _associated(vpc, ["edge"]), [inside, *edge])
    if "branch" in vpc.subnets:
        yield _table(vpc, "branch", _associated(vpc, ["branch"]), [inside, transit])


def _associated(vpc: Vpc, subnets: Sequence[str]) -> list[Row]:
    return [{"Main": False, "SubnetId": vpc.named("subnet", one)} for one in subnets]


def _table(vpc: Vpc, name: str, associations: list[Row], routes: list[Row]) -> Row:
    state = {"AssociationState": {"State": "associated"}}
    return {
        "RouteTableId": vpc.named("rtb", name),
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "Associations": [
            {**one, **state, "RouteTableAssociationId": vpc.named("rtbassoc", f"{name}-{at}")}
            for at, one in enumerate(associations)
        ],
        "Routes": [{**one, "State": "active", "Origin": "CreateRoute"} for one in routes],
        "Tags": [{"Key": "Name", "Value": name}],
    }
