"""A Region of many VPCs for the network benchmark: some work, some are broken in classic ways."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterator
from typing import Any

from inventory.facts import (
    Coverage,
    Instance,
    NetworkInterface,
    Node,
    Status,
    Table,
)
from inventory.facts.instance import (
    Association,
    Attachment,
    GroupReference,
    PrivateAddress,
    State,
)
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot

ACCOUNT, REGION = "111122223333", "eu-central-1"
HOSTS = tuple(f"{name}.{REGION}.amazonaws.com" for name in ("ssm", "ssmmessages", "ec2messages"))
INSTANCES_EACH = 500
#: What the VPCs are like, in turn.
_SHAPES = (
    "public",
    "nat",
    "endpoints",
    "nat",
    "nat that has no internet gateway",
    "endpoints",
    "nat",
    "public without addresses",
    "nat and an endpoint that refuses",
    "public",
)
_GROUPS = tuple(f"g{at}" for at in range(6))
#: Which of them an instance has: what six auto scaling groups give theirs.
_ROLES = (("g0",), ("g1",), ("g2",), ("g2", "g3"), ("g1", "g4"), ("g3", "g4", "g5"))
_ZONES = ("a", "b", "c")
Rows = dict[str, list[Any]]


def many_vpcs(instances: int) -> tuple[Node, ...]:
    """That many running instances, 500 in a VPC, no two VPCs alike."""
    vpcs = -(-instances // INSTANCES_EACH)
    answers = _answers([_Vpc(number) for number in range(vpcs)])
    in_no_organization = Coverage(
        account=ACCOUNT,
        region="global",
        call="organizations:DescribeOrganization",
        status=Status.ABSENT,
    )
    fleet = load_fleet(Snapshot(answers, as_of=None, coverage=(in_no_organization,)))
    chance = random.Random(instances)  # noqa: S311 - no secret
    rows = [_instance(_Vpc(at // INSTANCES_EACH), at, chance) for at in range(instances)]
    region = dataclasses.replace(fleet.regions[0], instances=Table(Instance.call, rows))
    account = fleet.accounts[ACCOUNT]
    return tuple(Node(instance, region, account, None) for instance in rows)


@dataclasses.dataclass(frozen=True)
class _Vpc:
    number: int

    @property
    def id(self) -> str:
        return f"vpc-{self.number:04}"

    @property
    def shape(self) -> str:
        return _SHAPES[self.number % len(_SHAPES)]

    @property
    def prefix(self) -> str:
        """The first two numbers of its addresses."""
        return f"10.{self.number}"

    @property
    def has_endpoints(self) -> bool:
        return "endpoint" in self.shape

    def named(self, kind: str, name: str) -> str:
        return f"{kind}-{self.number:04}-{name}"


def _instance(vpc: _Vpc, number: int, chance: random.Random) -> Instance:
    zone = chance.randrange(len(_ZONES))
    own = number % INSTANCES_EACH
    address = f"{vpc.prefix}.{16 * zone + own % 16}.{4 + own // 16 * 7 % 250}"
    public = f"52.{vpc.number}.{own // 250}.{own % 250}" if vpc.shape == "public" else ""
    groups = chance.choice(_ROLES)
    interface = NetworkInterface(
        network_interface_id=f"eni-{number:06}",
        subnet_id=vpc.named("subnet", _ZONES[zone]),
        vpc_id=vpc.id,
        groups=tuple(GroupReference(group_id=vpc.named("sg", one)) for one in groups),
        private_ip_address=address,
        private_ip_addresses=(
            PrivateAddress(
                private_ip_address=address,
                primary=True,
                association=Association(public_ip=public) if public else None,
            ),
        ),
        attachment=Attachment(device_index=0),
    )
    return Instance(
        instance_id=f"i-{number:06}",
        instance_type="t3.micro",
        platform_details=chance.choice(("Linux/UNIX", "Linux/UNIX", "Windows")),
        state=State(name="running"),
        network_interfaces=(interface,),
    )


def _answers(vpcs: list[_Vpc]) -> dict[tuple[str, str, str], Any]:
    calls: dict[str, Any] = {
        "ec2.DescribeInstances": {"Reservations": []},
        "ec2.DescribeVpcBlockPublicAccessOptions": {
            "VpcBlockPublicAccessOptions": {
                "InternetGatewayBlockMode": "off",
                "State": "default-state",
            }
        },
        "ec2.DescribeVpcAttribute": [
            {"request": {}, "response": {"VpcId": vpc.id, name: {"Value": True}}}
            for vpc in vpcs
            for name in ("EnableDnsSupport", "EnableDnsHostnames")
        ],
        "route53.ListHostedZonesByVPC": [
            {"request": {"VPCId": vpc.id}, "response": {"HostedZoneSummaries": []}} for vpc in vpcs
        ],
        "ec2.GetManagedPrefixListEntries": [
            {
                "request": {"PrefixListId": vpc.named("pl", "partners")},
                "response": {"Entries": [{"Cidr": f"192.0.2.{at * 16}/28"} for at in range(5)]},
            }
            for vpc in vpcs
        ],
    }
    for call, member, rows in _listings(vpcs):
        calls[call] = {member: rows}
    return {(ACCOUNT, REGION, call): answer for call, answer in calls.items()}


def _listings(vpcs: list[_Vpc]) -> Iterator[tuple[str, str, list[Any]]]:
    yield "ec2.DescribeVpcs", "Vpcs", [_vpc(vpc) for vpc in vpcs]
    yield "ec2.DescribeSubnets", "Subnets", [one for vpc in vpcs for one in _subnets(vpc)]
    yield "ec2.DescribeRouteTables", "RouteTables", [one for vpc in vpcs for one in _tables(vpc)]
    yield "ec2.DescribeNetworkAcls", "NetworkAcls", [one for vpc in vpcs for one in _acls(vpc)]
    groups = [one for vpc in vpcs for one in _groups(vpc)]
    yield "ec2.DescribeSecurityGroups", "SecurityGroups", groups
    lists = [_prefix_list(vpc) for vpc in vpcs]
    yield "ec2.DescribeManagedPrefixLists", "PrefixLists", lists
    gateways = [_internet_gateway(vpc) for vpc in vpcs if vpc.shape != "endpoints"]
    yield "ec2.DescribeInternetGateways", "InternetGateways", gateways
    nats = [_nat_gateway(vpc) for vpc in vpcs if vpc.shape.startswith("nat")]
    yield "ec2.DescribeNatGateways", "NatGateways", nats
    interfaces = [one for vpc in vpcs for one in _endpoint_interfaces(vpc)]
    yield "ec2.DescribeNetworkInterfaces", "NetworkInterfaces", interfaces
    endpoints = [one for vpc in vpcs for one in _endpoints(vpc)]
    yield "ec2.DescribeVpcEndpoints", "VpcEndpoints", endpoints
    servers = {"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}
    options = {"DhcpOptionsId": "dopt-1", "DhcpConfigurations": [servers]}
    yield "ec2.DescribeDhcpOptions", "DhcpOptions", [options]
    yield "ec2.DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions", []
    yield "ec2.DescribeVpcEncryptionControls", "VpcEncryptionControls", []
    rules, firewalls = "ResolverRuleAssociations", "FirewallRuleGroupAssociations"
    yield f"route53resolver.List{rules}", rules, []
    yield f"route53resolver.List{firewalls}", firewalls, []
    yield "route53profiles.ListProfileAssociations", "ProfileAssociations", []
    yield "ssm.DescribeInstanceInformation", "InstanceInformationList", []


def _vpc(vpc: _Vpc) -> dict[str, Any]:
    return {
        "VpcId": vpc.id,
        "OwnerId": ACCOUNT,
        "CidrBlock": f"{vpc.prefix}.0.0/16",
        "DhcpOptionsId": "dopt-1",
    }


def _subnets(vpc: _Vpc) -> Iterator[dict[str, Any]]:
    """Three for instances, one in each zone, and one for gateways and endpoints."""
    blocks = [(zone, zone, f"{16 * at}.0/20") for at, zone in enumerate(_ZONES)]
    for name, zone, block in (*blocks, ("edge", "a", "240.0/24")):
        yield {
            "SubnetId": vpc.named("subnet", name),
            "VpcId": vpc.id,
            "OwnerId": ACCOUNT,
            "CidrBlock": f"{vpc.prefix}.{block}",
            "AvailabilityZone": f"{REGION}{zone}",
            "AvailabilityZoneId": f"euc1-az{_ZONES.index(zone) + 1}",
            "EnableDns64": False,
        }


def _tables(vpc: _Vpc) -> Iterator[dict[str, Any]]:
    local = {"DestinationCidrBlock": f"{vpc.prefix}.0.0/16", "GatewayId": "local"}
    to_gateway = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": vpc.named("igw", "edge")}
    to_nat = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": vpc.named("nat", "edge")}
    app, edge = [local], [local]
    if vpc.shape.startswith("public"):
        app = [local, to_gateway]
    if vpc.shape.startswith("nat"):
        app = [local, to_nat]
    if vpc.shape != "nat that has no internet gateway":
        edge = [local, to_gateway]
    subnets = [{"SubnetId": vpc.named("subnet", zone)} for zone in _ZONES]
    for name, associations, routes in (("app", subnets, app), ("main", [{"Main": True}], edge)):
        yield {
            "RouteTableId": vpc.named("rtb", name),
            "VpcId": vpc.id,
            "Associations": associations,
            "Routes": [{**route, "State": "active", "Origin": "CreateRoute"} for route in routes],
        }


def _acls(vpc: _Vpc) -> Iterator[dict[str, Any]]:
    """The edge's ACL refuses parts of two subnets; every seventh VPC admits Linux answers only."""
    back = (1024, 65535) if vpc.number % 7 else (32768, 60999)
    app = [
        _entry(90, True, "10.250.0.0/16", action="deny"),
        _entry(100, True, "0.0.0.0/0", (443, 443)),
        _entry(110, True, f"{vpc.prefix}.0.0/16"),
        _entry(120, True, "0.0.0.0/0", (80, 80)),
        _entry(90, False, f"{vpc.prefix}.3.0/26", (22, 22), action="deny"),
        _entry(100, False, "0.0.0.0/0", back),
        _entry(110, False, f"{vpc.prefix}.0.0/16", (22, 22)),
        _entry(120, False, "192.168.0.0/16", (443, 443)),
        _entry(130, False, "172.16.0.0/12", (3389, 3389), action="deny"),
    ]
    edge = [
        _entry(50, False, f"{vpc.prefix}.2.0/25", action="deny"),
        _entry(60, False, f"{vpc.prefix}.20.128/25", action="deny"),
        _entry(100, False, f"{vpc.prefix}.0.0/16", (443, 443)),
        _entry(110, False, "0.0.0.0/0", (1024, 65535)),
        _entry(120, False, f"{vpc.prefix}.0.0/16", (80, 80)),
        _entry(60, True, f"{vpc.prefix}.40.0/26", (49152, 65535), action="deny"),
        _entry(100, True, "0.0.0.0/0", (443, 443)),
        _entry(110, True, f"{vpc.prefix}.0.0/16", (1024, 65535)),
    ]
    for name, subnets, entries in (("app", _ZONES, app), ("edge", ("edge",), edge)):
        yield {
            "NetworkAclId": vpc.named("acl", name),
            "VpcId": vpc.id,
            "Associations": [{"SubnetId": vpc.named("subnet", one)} for one in subnets],
            "Entries": [
                *entries,
                _entry(32767, True, "0.0.0.0/0", action="deny"),
                _entry(32767, False, "0.0.0.0/0", action="deny"),
            ],
        }


def _entry(
    number: int,
    egress: bool,
    block: str,
    ports: tuple[int, int] | None = None,
    action: str = "allow",
) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "RuleNumber": number,
        "Egress": egress,
        "Protocol": "6" if ports else "-1",
        "RuleAction": action,
        "CidrBlock": block,
    }
    if ports:
        entry["PortRange"] = {"From": ports[0], "To": ports[1]}
    return entry


def _groups(vpc: _Vpc) -> Iterator[dict[str, Any]]:
    """Six for instances, of which one lets nothing out on 443 and one only into the VPC."""
    https = {
        name: _rule(443, IpRanges=[{"CidrIp": block}])
        for name, block in (("any", "0.0.0.0/0"), ("vpc", f"{vpc.prefix}.0.0/16"))
    }
    ways_out = {"g0": [], "g1": [https["vpc"]]}
    for name in _GROUPS:
        yield _group(vpc, name, egress=[*_usual_rules(vpc), *ways_out.get(name, [https["any"]])])
    if vpc.shape == "endpoints":
        pairs = [{"GroupId": vpc.named("sg", one), "UserId": ACCOUNT} for one in _GROUPS[:4]]
        admitted = [{"CidrIp": f"{vpc.prefix}.16.0/20"}, {"CidrIp": f"{vpc.prefix}.33.0/24"}]
        admits = [_rule(443, UserIdGroupPairs=pairs, IpRanges=admitted)]
    else:
        admits = [_rule(443, IpRanges=[{"CidrIp": "192.168.0.0/16"}])]
    yield _group(vpc, "ends", ingress=admits)


def _usual_rules(vpc: _Vpc) -> list[dict[str, Any]]:
    """What else machines speak: names, time, mail, a database, partners by a prefix list."""
    inside = [{"CidrIp": f"{vpc.prefix}.0.0/16"}]
    return [
        _rule(53, IpRanges=inside),
        _rule(53, "udp", IpRanges=inside),
        _rule(123, "udp", IpRanges=[{"CidrIp": "0.0.0.0/0"}]),
        _rule(587, IpRanges=[{"CidrIp": "198.51.100.0/24"}]),
        _rule(5432, UserIdGroupPairs=[{"GroupId": vpc.named("sg", "g2"), "UserId": ACCOUNT}]),
        _rule(6379, IpRanges=[{"CidrIp": f"{vpc.prefix}.{16 * at}.0/28"} for at in range(3)]),
        _rule(443, PrefixListIds=[{"PrefixListId": vpc.named("pl", "partners")}]),
    ]


def _rule(port: int, protocol: str = "tcp", **peers: list[Any]) -> dict[str, Any]:
    return {"IpProtocol": protocol, "FromPort": port, "ToPort": port, **peers}


def _group(
    vpc: _Vpc,
    name: str,
    ingress: list[dict[str, Any]] | None = None,
    egress: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "GroupId": vpc.named("sg", name),
        "VpcId": vpc.id,
        "OwnerId": ACCOUNT,
        "IpPermissions": ingress or [],
        "IpPermissionsEgress": egress or [],
    }


def _prefix_list(vpc: _Vpc) -> dict[str, Any]:
    return {
        "PrefixListId": vpc.named("pl", "partners"),
        "PrefixListName": "partners",
        "OwnerId": ACCOUNT,
        "AddressFamily": "IPv4",
    }


def _internet_gateway(vpc: _Vpc) -> dict[str, Any]:
    attachments = [{"VpcId": vpc.id, "State": "available"}]
    return {"InternetGatewayId": vpc.named("igw", "edge"), "Attachments": attachments}


def _nat_gateway(vpc: _Vpc) -> dict[str, Any]:
    address = {
        "PrivateIp": f"{vpc.prefix}.240.5",
        "PublicIp": f"52.{vpc.number}.255.5",
        "Status": "succeeded",
    }
    return {
        "NatGatewayId": vpc.named("nat", "edge"),
        "VpcId": vpc.id,
        "SubnetId": vpc.named("subnet", "edge"),
        "State": "available",
        "ConnectivityType": "public",
        "NatGatewayAddresses": [address],
    }


def _served(vpc: _Vpc) -> tuple[str, ...]:
    """The hosts that the VPC has endpoints for; the one that refuses is for ssm alone."""
    if not vpc.has_endpoints:
        return ()
    return HOSTS if vpc.shape == "endpoints" else HOSTS[:1]


def _endpoint_interfaces(vpc: _Vpc) -> Iterator[dict[str, Any]]:
    for at, host in enumerate(_served(vpc)):
        for place, subnet in enumerate(("edge", "b")):
            yield {
                "NetworkInterfaceId": vpc.named("eni", f"{host.split('.')[0]}-{subnet}"),
                "InterfaceType": "vpc_endpoint",
                "VpcId": vpc.id,
                "SubnetId": vpc.named("subnet", subnet),
                "PrivateIpAddress": f"{vpc.prefix}.{(240, 31)[place]}.{250 + at}",
                "Groups": [{"GroupId": vpc.named("sg", "ends")}],
            }


def _endpoints(vpc: _Vpc) -> Iterator[dict[str, Any]]:
    for host in _served(vpc):
        service = host.split(".")[0]
        yield {
            "VpcEndpointId": vpc.named("vpce", service),
            "VpcEndpointType": "Interface",
            "VpcId": vpc.id,
            "OwnerId": ACCOUNT,
            "ServiceName": f"com.amazonaws.{REGION}.{service}",
            "State": "available",
            "PrivateDnsEnabled": True,
            "NetworkInterfaceIds": [vpc.named("eni", f"{service}-{one}") for one in ("edge", "b")],
            "Groups": [{"GroupId": vpc.named("sg", "ends")}],
            "DnsEntries": [{"DnsName": host}],
        }
