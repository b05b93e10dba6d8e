"""The VPC objects between an instance and an endpoint, as EC2's Describe calls give them.

The lists that decide (rules, entries, routes) have no default: AWS always sends them, and an answer
trimmed on the way must not read as "no rule".
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from inventory.facts.evidence import Fact, Member
from inventory.facts.instance import GroupReference, NetworkInterface


class ListedInterface(NetworkInterface, frozen=True):
    """An ENI of the Region's own listing: endpoints', NAT gateways' and instances' alike."""

    call: ClassVar[str] = "ec2:DescribeNetworkInterfaces"


class Subnet(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeSubnets"

    subnet_id: str
    vpc_id: str = ""
    owner_id: str = ""
    cidr_block: str = ""
    availability_zone: str = ""
    availability_zone_id: str = ""
    ipv6_native: bool = False
    enable_dns64: bool | None = msgspec.field(name="EnableDns64", default=None)
    block_public_access_states: dict[str, str] | None = None

    @property
    def id(self) -> str:
        return self.subnet_id


class CidrBlockState(Member, frozen=True):
    """What has become of a block; one that is gone stays listed for a while."""

    state: str = ""

    @property
    def is_gone(self) -> bool:
        return self.state.casefold() in ("disassociated", "failed")


class CidrBlockAssociation(Member, frozen=True):
    cidr_block: str = ""
    cidr_block_state: CidrBlockState = CidrBlockState()


class Ipv6CidrBlockAssociation(Member, frozen=True):
    ipv6_cidr_block: str = ""
    ipv6_cidr_block_state: CidrBlockState = CidrBlockState()


class Vpc(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeVpcs"

    vpc_id: str
    owner_id: str = ""
    cidr_block: str = ""
    dhcp_options_id: str = ""
    cidr_block_association_set: tuple[CidrBlockAssociation, ...] = ()
    ipv6_cidr_block_association_set: tuple[Ipv6CidrBlockAssociation, ...] = ()
    block_public_access_states: dict[str, str] | None = None

    @property
    def id(self) -> str:
        return self.vpc_id

    @property
    def cidrs(self) -> tuple[str, ...]:
        """All IPv4 blocks, primary first."""
        listed = self.cidr_block_association_set
        more = (one.cidr_block for one in listed if not one.cidr_block_state.is_gone)
        return tuple(dict.fromkeys(cidr for cidr in (self.cidr_block, *more) if cidr))

    @property
    def ipv6_cidrs(self) -> tuple[str, ...]:
        """All IPv6 blocks."""
        listed = self.ipv6_cidr_block_association_set
        kept = (one for one in listed if not one.ipv6_cidr_block_state.is_gone)
        return tuple(one.ipv6_cidr_block for one in kept)


class VpcAttributes(Fact, frozen=True):
    """The two DNS attributes, each a DescribeVpcAttribute call of its own; ``None`` = not read."""

    call: ClassVar[str] = "ec2:DescribeVpcAttribute"

    vpc_id: str
    enable_dns_support: bool | None = None
    enable_dns_hostnames: bool | None = None

    @property
    def id(self) -> str:
        return self.vpc_id


class DhcpValue(Member, frozen=True):
    value: str = ""


class DhcpConfiguration(Member, frozen=True):
    key: str
    values: tuple[DhcpValue, ...] = ()


class DhcpOptions(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeDhcpOptions"

    dhcp_options_id: str
    dhcp_configurations: tuple[DhcpConfiguration, ...] = ()

    @property
    def id(self) -> str:
        return self.dhcp_options_id

    @property
    def domain_name_servers(self) -> tuple[str, ...]:
        return tuple(
            value.value
            for configuration in self.dhcp_configurations
            if configuration.key == "domain-name-servers"
            for value in configuration.values
        )


class RouteTableState(Member, frozen=True):
    state: str = ""


class RouteTableAssociation(Member, frozen=True):
    main: bool = False
    subnet_id: str = ""
    gateway_id: str = ""
    association_state: RouteTableState | None = None


class Route(Member, frozen=True):
    """One route; the target is the one member of ``targets`` that is set (RT5)."""

    destination_cidr_block: str = ""
    destination_ipv6_cidr_block: str = ""
    destination_prefix_list_id: str = ""
    state: str = ""
    origin: str = ""
    gateway_id: str = ""
    nat_gateway_id: str = ""
    transit_gateway_id: str = ""
    vpc_peering_connection_id: str = ""
    network_interface_id: str = ""
    instance_id: str = ""
    egress_only_internet_gateway_id: str = ""
    carrier_gateway_id: str = ""
    local_gateway_id: str = ""
    core_network_arn: str = ""
    odb_network_arn: str = ""
    ip_address: str = ""

    @property
    def destination(self) -> str:
        return (
            self.destination_cidr_block
            or self.destination_ipv6_cidr_block
            or self.destination_prefix_list_id
        )

    @property
    def target(self) -> str:
        """The id of what the route points at, ``""`` when AWS named it in a way unknown here."""
        return (
            self.nat_gateway_id
            or self.transit_gateway_id
            or self.vpc_peering_connection_id
            or self.network_interface_id
            or self.instance_id
            or self.egress_only_internet_gateway_id
            or self.carrier_gateway_id
            or self.local_gateway_id
            or self.core_network_arn
            or self.odb_network_arn
            or self.gateway_id
            or self.ip_address
        )


class RouteTable(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeRouteTables"

    route_table_id: str
    associations: tuple[RouteTableAssociation, ...]
    routes: tuple[Route, ...]
    vpc_id: str = ""
    owner_id: str = ""

    @property
    def id(self) -> str:
        return self.route_table_id


class PortRange(Member, frozen=True):
    first: int = msgspec.field(name="From")
    last: int = msgspec.field(name="To")


class NetworkAclEntry(Member, frozen=True):
    rule_number: int
    egress: bool
    protocol: str
    rule_action: str
    cidr_block: str = ""
    ipv6_cidr_block: str = ""
    port_range: PortRange | None = None


class NetworkAclAssociation(Member, frozen=True):
    subnet_id: str = ""


class NetworkAcl(Fact, frozen=True):
    """Entries come in any order: whoever judges sorts by ``rule_number`` (NA2)."""

    call: ClassVar[str] = "ec2:DescribeNetworkAcls"

    network_acl_id: str
    associations: tuple[NetworkAclAssociation, ...]
    entries: tuple[NetworkAclEntry, ...]
    vpc_id: str = ""
    is_default: bool = False

    @property
    def id(self) -> str:
        return self.network_acl_id


class IpRange(Member, frozen=True):
    cidr_ip: str = ""


class Ipv6Range(Member, frozen=True):
    cidr_ipv6: str = msgspec.field(name="CidrIpv6", default="")


class PrefixListReference(Member, frozen=True):
    prefix_list_id: str = ""


class GroupPair(Member, frozen=True):
    group_id: str = ""
    user_id: str = ""
    vpc_id: str = ""
    vpc_peering_connection_id: str = ""
    peering_status: str = ""


class Permission(Member, frozen=True):
    """A security group rule; ``from_port``/``to_port`` are absent for all protocols (SG4)."""

    ip_protocol: str
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[Ipv6Range, ...] = msgspec.field(name="Ipv6Ranges", default=())
    prefix_list_ids: tuple[PrefixListReference, ...] = ()
    user_id_group_pairs: tuple[GroupPair, ...] = ()


class SecurityGroup(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeSecurityGroups"

    group_id: str
    ip_permissions: tuple[Permission, ...]
    ip_permissions_egress: tuple[Permission, ...]
    group_name: str = ""
    owner_id: str = ""
    vpc_id: str = ""

    @property
    def id(self) -> str:
        return self.group_id


class ManagedPrefixList(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeManagedPrefixLists"

    prefix_list_id: str
    prefix_list_name: str = ""
    owner_id: str = ""
    address_family: str = ""

    @property
    def id(self) -> str:
        return self.prefix_list_id


class GatewayAttachment(Member, frozen=True):
    vpc_id: str = ""
    state: str = ""


class InternetGateway(Fact, frozen=True):
    """``attachments[].state`` says ``available`` in answers, ``attached`` in the model (IG1)."""

    call: ClassVar[str] = "ec2:DescribeInternetGateways"

    internet_gateway_id: str
    attachments: tuple[GatewayAttachment, ...]

    @property
    def id(self) -> str:
        return self.internet_gateway_id


class NatGatewayAddress(Member, frozen=True):
    public_ip: str = ""
    private_ip: str = ""
    network_interface_id: str = ""
    status: str = ""


class NatGateway(Fact, frozen=True):
    """A regional NAT gateway has no ``subnet_id`` but a ``route_table_id`` of its own (NG6)."""

    call: ClassVar[str] = "ec2:DescribeNatGateways"

    nat_gateway_id: str
    vpc_id: str = ""
    subnet_id: str = ""
    route_table_id: str = ""
    state: str = ""
    connectivity_type: str = ""
    availability_mode: str = ""
    nat_gateway_addresses: tuple[NatGatewayAddress, ...] = ()
    attached_appliances: tuple[Any, ...] = ()

    @property
    def id(self) -> str:
        return self.nat_gateway_id


class DnsEntry(Member, frozen=True):
    dns_name: str = ""


class DnsOptions(Member, frozen=True):
    """Which records an endpoint has, and who may resolve them (EP11, EP12)."""

    dns_record_ip_type: str = ""
    private_dns_only_for_inbound_resolver_endpoint: bool | None = None
    private_dns_preference: str = ""
    private_dns_specified_domains: tuple[str, ...] = ()


class VpcEndpoint(Fact, frozen=True):
    """States come back in lower case although the model capitalises them: compare casefolded."""

    call: ClassVar[str] = "ec2:DescribeVpcEndpoints"

    vpc_endpoint_id: str
    vpc_endpoint_type: str = ""
    vpc_id: str = ""
    owner_id: str = ""
    service_name: str = ""
    service_region: str = ""
    state: str = ""
    private_dns_enabled: bool | None = None
    policy_document: Any = None
    subnet_ids: tuple[str, ...] = ()
    network_interface_ids: tuple[str, ...] = ()
    groups: tuple[GroupReference, ...] = ()
    dns_entries: tuple[DnsEntry, ...] = ()
    ip_address_type: str = ""
    dns_options: DnsOptions | None = None

    @property
    def id(self) -> str:
        return self.vpc_endpoint_id


class BlockPublicAccessOptions(Fact, frozen=True):
    """``internet_gateway_block_mode``: off, block-bidirectional or block-ingress (IG5)."""

    call: ClassVar[str] = "ec2:DescribeVpcBlockPublicAccessOptions"

    internet_gateway_block_mode: str = ""
    state: str = ""
    aws_region: str = ""

    @property
    def id(self) -> str:
        return "vpc-block-public-access"


class BlockPublicAccessExclusion(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeVpcBlockPublicAccessExclusions"

    exclusion_id: str
    internet_gateway_exclusion_mode: str = ""
    resource_arn: str = ""
    state: str = ""

    @property
    def id(self) -> str:
        return self.exclusion_id
