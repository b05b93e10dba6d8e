"""What carries packets between VPCs and out of them, as EC2's Describe and Search calls give it.

As in ``network``: lists that decide (routes, entries, attachments) have no default.
"""

from __future__ import annotations

from typing import ClassVar

from inventory.facts.evidence import Fact, Member
from inventory.facts.network import (
    CidrBlockAssociation,
    GatewayAttachment,
    Ipv6CidrBlockAssociation,
)


class PeeredVpc(Member, frozen=True):
    """One end of a peering; ``region`` and the blocks may be absent while it is not active."""

    vpc_id: str = ""
    owner_id: str = ""
    region: str = ""
    cidr_block: str = ""
    cidr_block_set: tuple[CidrBlockAssociation, ...] = ()
    ipv6_cidr_block_set: tuple[Ipv6CidrBlockAssociation, ...] = ()

    @property
    def cidrs(self) -> tuple[str, ...]:
        """All blocks of both families, the primary one first."""
        more = [one.cidr_block for one in self.cidr_block_set]
        more += [one.ipv6_cidr_block for one in self.ipv6_cidr_block_set]
        return tuple(dict.fromkeys(cidr for cidr in (self.cidr_block, *more) if cidr))


class PeeringStatus(Member, frozen=True):
    code: str = ""


class VpcPeeringConnection(Fact, frozen=True):
    """``status.code``: ``active``, or one of nine others that carry nothing (PX1)."""

    call: ClassVar[str] = "ec2:DescribeVpcPeeringConnections"

    vpc_peering_connection_id: str
    requester_vpc_info: PeeredVpc | None = None
    accepter_vpc_info: PeeredVpc | None = None
    status: PeeringStatus | None = None

    @property
    def id(self) -> str:
        return self.vpc_peering_connection_id


class TransitGatewayOptions(Member, frozen=True):
    """Of a gateway or of an attachment: ``enable``, ``disable``, ``""`` where there is none."""

    security_group_referencing_support: str = ""
    appliance_mode_support: str = ""


class TransitGateway(Fact, frozen=True):
    """Its route tables are visible to ``owner_id`` alone (TG5)."""

    call: ClassVar[str] = "ec2:DescribeTransitGateways"

    transit_gateway_id: str
    owner_id: str = ""
    state: str = ""
    options: TransitGatewayOptions | None = None

    @property
    def id(self) -> str:
        return self.transit_gateway_id


class AttachmentAssociation(Member, frozen=True):
    transit_gateway_route_table_id: str = ""
    state: str = ""


class TransitGatewayAttachment(Fact, frozen=True):
    """Of any kind; ``resource_type`` is ``vpc``, ``vpn``, ``direct-connect-gateway`` and others.

    ``association`` is absent where the attachment is associated with no route table.
    """

    call: ClassVar[str] = "ec2:DescribeTransitGatewayAttachments"

    transit_gateway_attachment_id: str
    transit_gateway_id: str = ""
    transit_gateway_owner_id: str = ""
    resource_owner_id: str = ""
    resource_type: str = ""
    resource_id: str = ""
    state: str = ""
    association: AttachmentAssociation | None = None

    @property
    def id(self) -> str:
        return self.transit_gateway_attachment_id


class TransitGatewayVpcAttachment(Fact, frozen=True):
    """``subnet_ids``: one attachment subnet for each zone that the gateway serves (TG1)."""

    call: ClassVar[str] = "ec2:DescribeTransitGatewayVpcAttachments"

    transit_gateway_attachment_id: str
    subnet_ids: tuple[str, ...]
    transit_gateway_id: str = ""
    vpc_id: str = ""
    vpc_owner_id: str = ""
    state: str = ""
    options: TransitGatewayOptions | None = None

    @property
    def id(self) -> str:
        return self.transit_gateway_attachment_id


class TransitGatewayRouteTable(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeTransitGatewayRouteTables"

    transit_gateway_route_table_id: str
    transit_gateway_id: str = ""
    state: str = ""

    @property
    def id(self) -> str:
        return self.transit_gateway_route_table_id


class RouteAttachment(Member, frozen=True):
    transit_gateway_attachment_id: str = ""
    resource_type: str = ""
    resource_id: str = ""


class TransitGatewayRoute(Member, frozen=True):
    """``type``: static, propagated or system; ``state``: active, blackhole and passing ones."""

    destination_cidr_block: str = ""
    prefix_list_id: str = ""
    transit_gateway_attachments: tuple[RouteAttachment, ...] = ()
    type: str = ""
    state: str = ""


class TransitGatewayRoutes(Fact, frozen=True):
    """The routes of one table; filed under the table's id.

    ``additional_routes_available``: the search was cut short and the table may hold more (TG3);
    ``None`` = not recorded.
    """

    call: ClassVar[str] = "ec2:SearchTransitGatewayRoutes"

    transit_gateway_route_table_id: str
    routes: tuple[TransitGatewayRoute, ...]
    additional_routes_available: bool | None = None

    @property
    def id(self) -> str:
        return self.transit_gateway_route_table_id


class VpnGateway(Fact, frozen=True):
    """A virtual private gateway; ``vpc_attachments[].state`` says ``attached`` (VG1)."""

    call: ClassVar[str] = "ec2:DescribeVpnGateways"

    vpn_gateway_id: str
    vpc_attachments: tuple[GatewayAttachment, ...] = ()
    state: str = ""

    @property
    def id(self) -> str:
        return self.vpn_gateway_id


class EgressOnlyInternetGateway(Fact, frozen=True):
    call: ClassVar[str] = "ec2:DescribeEgressOnlyInternetGateways"

    egress_only_internet_gateway_id: str
    attachments: tuple[GatewayAttachment, ...]

    @property
    def id(self) -> str:
        return self.egress_only_internet_gateway_id


class ExclusionState(Member, frozen=True):
    state: str = ""


class EncryptionExclusions(Member, frozen=True):
    """What an enforcing control leaves alone; absent = not excluded."""

    internet_gateway: ExclusionState | None = None
    egress_only_internet_gateway: ExclusionState | None = None
    nat_gateway: ExclusionState | None = None
    virtual_private_gateway: ExclusionState | None = None
    vpc_peering: ExclusionState | None = None


class VpcEncryptionControl(Fact, frozen=True):
    """``mode``: ``monitor`` or ``enforce`` (D27)."""

    call: ClassVar[str] = "ec2:DescribeVpcEncryptionControls"

    vpc_encryption_control_id: str
    vpc_id: str = ""
    mode: str = ""
    state: str = ""
    resource_exclusions: EncryptionExclusions | None = None

    @property
    def id(self) -> str:
        return self.vpc_encryption_control_id


class PrefixListEntry(Member, frozen=True):
    cidr: str = ""


class PrefixListEntries(Fact, frozen=True):
    """What a prefix list holds; filed under the list's id (SG7, RT6)."""

    call: ClassVar[str] = "ec2:GetManagedPrefixListEntries"

    prefix_list_id: str
    entries: tuple[PrefixListEntry, ...]

    @property
    def id(self) -> str:
        return self.prefix_list_id

    @property
    def cidrs(self) -> tuple[str, ...]:
        return tuple(one.cidr for one in self.entries)
