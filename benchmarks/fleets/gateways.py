"""What leads out of a VPC: internet and NAT gateways, endpoints, and the interfaces of these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from benchmarks.fleets.guards import ENDPOINT_GROUP, group_reference
from benchmarks.fleets.identifiers import ago, identifier
from benchmarks.fleets.vpcs import ZONES, Row, Shape, Vpc

SERVICES: Final = ("ssm", "ssmmessages", "ec2messages")
_DEFAULT_POLICY: Final = (
    '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}'
)
#: Endpoints take addresses that no instance has.
_FIRST_ENDPOINT: Final = 4000


def storage_list(region: str) -> str:
    """The prefix list of the Region's S3."""
    return identifier("pl", region, "s3")


def internet_gateway(vpc: Vpc) -> Row:
    """Attached, as every VPC has one that is not closed."""
    return {
        "InternetGatewayId": vpc.named("igw", "edge"),
        "OwnerId": vpc.account,
        "Attachments": [{"VpcId": vpc.id, "State": "available"}],
        "Tags": [],
    }


def nat_gateway(vpc: Vpc) -> Row:
    """Public, in the subnet at the edge."""
    address = {
        "AllocationId": vpc.named("eipalloc", "edge"),
        "NetworkInterfaceId": vpc.named("eni", "nat"),
        "PrivateIp": vpc.address("edge", 1),
        "PublicIp": _nat_address(vpc),
        "Status": "succeeded",
        "IsPrimary": True,
    }
    return {
        "NatGatewayId": vpc.named("nat", "edge"),
        "VpcId": vpc.id,
        "SubnetId": vpc.named("subnet", "edge"),
        "State": "available",
        "ConnectivityType": "public",
        "CreateTime": ago(days=500),
        "NatGatewayAddresses": [address],
        "Tags": [],
    }


def endpoints(vpc: Vpc) -> Iterator[Row]:
    """A gateway to S3 in each VPC, and the agent's services where that is the only way."""
    yield _endpoint(vpc, "s3") | {
        "VpcEndpointType": "Gateway",
        "RouteTableIds": [vpc.named("rtb", "app")],
        "PrivateDnsEnabled": False,
    }
    for service in _served(vpc):
        own = f"{vpc.named('vpce', service)}.{service}.{vpc.region}.vpce.amazonaws.com"
        names = [own, f"{service}.{vpc.region}.amazonaws.com"]
        yield _endpoint(vpc, service) | {
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": True,
            "SubnetIds": [vpc.named("subnet", f"app-{zone}") for zone in ZONES],
            "NetworkInterfaceIds": [vpc.named("eni", f"{service}-{zone}") for zone in ZONES],
            "Groups": [group_reference(vpc, ENDPOINT_GROUP)],
            "DnsEntries": [{"DnsName": name, "HostedZoneId": "Z1"} for name in names],
            "IpAddressType": "ipv4",
        }


def other_interfaces(vpc: Vpc) -> Iterator[Row]:
    """The interfaces of its NAT gateway and its endpoints, as EC2 lists them."""
    if vpc.shape is Shape.NAT:
        nat = vpc.named("nat", "edge")
        yield _interface(vpc, "nat", "edge", 1) | {
            "InterfaceType": "nat_gateway",
            "Description": f"Interface for NAT Gateway {nat}",
            "Association": {"PublicIp": _nat_address(vpc), "IpOwnerId": vpc.account},
            "Groups": [],
        }
    for at, service in enumerate(_served(vpc)):
        for zone in ZONES:
            yield _interface(vpc, f"{service}-{zone}", f"app-{zone}", _FIRST_ENDPOINT + at) | {
                "InterfaceType": "vpc_endpoint",
                "Description": f"VPC Endpoint Interface {vpc.named('vpce', service)}",
                "Groups": [group_reference(vpc, ENDPOINT_GROUP)],
            }


def _interface(vpc: Vpc, name: str, subnet: str, number: int) -> Row:
    address = vpc.address(subnet, number)
    return {
        "NetworkInterfaceId": vpc.named("eni", name),
        "OwnerId": vpc.account,
        "VpcId": vpc.id,
        "SubnetId": vpc.named("subnet", subnet),
        "AvailabilityZone": f"{vpc.region}{vpc.zone_of(subnet)}",
        "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"PrivateIpAddress": address, "Primary": True}],
        "Ipv6Addresses": [],
        "RequesterManaged": True,
        "SourceDestCheck": False,
        "Status": "in-use",
        "TagSet": [],
    }


def _endpoint(vpc: Vpc, service: str) -> Row:
    return {
        "VpcEndpointId": vpc.named("vpce", service),
        "VpcId": vpc.id,
        "OwnerId": vpc.account,
        "ServiceName": f"com.amazonaws.{vpc.region}.{service}",
        "State": "available",
        "PolicyDocument": _DEFAULT_POLICY,
        "CreationTimestamp": ago(days=400),
    }


def _served(vpc: Vpc) -> tuple[str, ...]:
    return SERVICES if vpc.shape is Shape.ENDPOINTS else ()


def _nat_address(vpc: Vpc) -> str:
    return f"35.{vpc.number // 256}.{vpc.number % 256}.7"
