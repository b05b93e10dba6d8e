"""What the gap fillers promise about transit gateways, names and encryption controls."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.demo.moto_modes import Moto

STATES = [{"Name": "state", "Values": ["active", "blackhole"]}]


class Transit:
    """A transit gateway with one attached VPC."""

    def __init__(self, moto: Moto, **options: str) -> None:
        self.ec2 = moto.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.9.0.0/24")["Subnet"]
        gateway = self.ec2.create_transit_gateway(Options=options)["TransitGateway"]
        self.gateway = gateway["TransitGatewayId"]
        self.table = gateway["Options"]["AssociationDefaultRouteTableId"]
        self.attachment = self.ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=self.gateway, VpcId=self.vpc, SubnetIds=[subnet["SubnetId"]]
        )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

    @property
    def target(self) -> dict[str, str]:
        """The attached VPC, as a route names it."""
        return {
            "ResourceId": self.vpc,
            "ResourceType": "vpc",
            "TransitGatewayAttachmentId": self.attachment,
        }

    def add_route(self, destination: str, **target: Any) -> None:
        self.ec2.create_transit_gateway_route(
            DestinationCidrBlock=destination, TransitGatewayRouteTableId=self.table, **target
        )

    def search(self, **asked: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.ec2.search_transit_gateway_routes(
            TransitGatewayRouteTableId=self.table, **{"Filters": STATES, **asked}
        )
        return answer

    def routes(self) -> dict[str, Any]:
        """Destination -> (type, state, targets)."""
        return {
            route["DestinationCidrBlock"]: (
                route["Type"],
                route["State"],
                route.get("TransitGatewayAttachments"),
            )
            for route in self.search(MaxResults=1000)["Routes"]
        }


def test_routes_say_where_they_lead_and_vpcs_are_propagated(moto: Moto) -> None:
    """TG2: static and propagated routes, and black holes, which lead nowhere."""
    transit = Transit(moto)
    transit.add_route("0.0.0.0/0", TransitGatewayAttachmentId=transit.attachment)
    transit.add_route("10.0.0.0/8", Blackhole=True)
    assert transit.routes() == {
        "0.0.0.0/0": ("static", "active", [transit.target]),
        "10.0.0.0/8": ("static", "blackhole", None),
        "10.9.0.0/16": ("propagated", "active", [transit.target]),
    }


def test_a_static_route_takes_the_place_of_a_propagated_one(moto: Moto) -> None:
    transit = Transit(moto)
    transit.add_route("10.9.0.0/16", Blackhole=True)
    assert transit.routes() == {"10.9.0.0/16": ("static", "blackhole", None)}


def test_nothing_is_propagated_where_that_is_switched_off_until_it_is_asked_for(
    moto: Moto,
) -> None:
    transit = Transit(moto, DefaultRouteTablePropagation="disable")
    assert transit.routes() == {}
    transit.ec2.enable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=transit.table, TransitGatewayAttachmentId=transit.attachment
    )
    assert transit.routes() == {"10.9.0.0/16": ("propagated", "active", [transit.target])}


def test_a_search_is_filtered_and_says_when_it_is_cut_short(moto: Moto) -> None:
    """TG3: at most as many routes as asked for, and a word that there are more."""
    transit = Transit(moto)
    for number in range(6):
        transit.add_route(f"10.{100 + number}.0.0/16", Blackhole=True)
    whole = transit.search()
    assert (len(whole["Routes"]), whole["AdditionalRoutesAvailable"]) == (7, False)
    cut = transit.search(MaxResults=5)
    assert (len(cut["Routes"]), cut["AdditionalRoutesAvailable"]) == (5, True)
    active = transit.search(Filters=[{"Name": "state", "Values": ["active"]}])
    assert [route["DestinationCidrBlock"] for route in active["Routes"]] == ["10.9.0.0/16"]


def test_only_attachments_of_vpcs_are_listed_as_such(moto: Moto) -> None:
    transit = Transit(moto)
    device = transit.ec2.create_customer_gateway(
        Type="ipsec.1", IpAddress="198.51.100.20", BgpAsn=65010
    )["CustomerGateway"]
    transit.ec2.create_vpn_connection(
        Type="ipsec.1",
        CustomerGatewayId=device["CustomerGatewayId"],
        TransitGatewayId=transit.gateway,
    )
    every = transit.ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert {one["ResourceType"] for one in every} == {"vpc", "vpn"}
    of_vpcs = transit.ec2.describe_transit_gateway_vpc_attachments(MaxResults=1000)
    (only,) = of_vpcs["TransitGatewayVpcAttachments"]
    assert only["TransitGatewayAttachmentId"] == transit.attachment


@pytest.mark.parametrize(
    ("operation", "rows", "largest"),
    [
        ("describe_transit_gateways", "TransitGateways", 1000),
        ("describe_transit_gateway_route_tables", "TransitGatewayRouteTables", 1000),
        ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", 255),
        ("describe_vpc_peering_connections", "VpcPeeringConnections", 1000),
    ],
)
def test_listings_refuse_a_page_larger_than_aws_gives(
    moto: Moto, operation: str, rows: str, largest: int
) -> None:
    describe = getattr(moto.client("ec2"), operation)
    assert describe(MaxResults=largest)[rows] == []
    with pytest.raises(ClientError):
        describe(MaxResults=largest + 1)


def test_entries_of_a_prefix_list_come_in_pages(moto: Moto) -> None:
    ec2 = moto.client("ec2")
    entries = [{"Cidr": f"10.{number}.0.0/16"} for number in range(3)]
    made = ec2.create_managed_prefix_list(
        PrefixListName="own", MaxEntries=3, AddressFamily="IPv4", Entries=entries
    )["PrefixList"]
    pages = ec2.get_paginator("get_managed_prefix_list_entries").paginate(
        PrefixListId=made["PrefixListId"], PaginationConfig={"PageSize": 2}
    )
    assert [[entry["Cidr"] for entry in page["Entries"]] for page in pages] == [
        ["10.0.0.0/16", "10.1.0.0/16"],
        ["10.2.0.0/16"],
    ]


def test_nothing_stands_between_a_vpc_and_the_public_names(moto: Moto) -> None:
    """No DNS Firewall and no Profile: an answer that says so, and not a refusal."""
    resolver = moto.client("route53resolver")
    listed = resolver.list_firewall_rule_group_associations(MaxResults=100)
    assert listed["FirewallRuleGroupAssociations"] == []
    assert (
        resolver.list_resolver_rule_associations(MaxResults=100)["ResolverRuleAssociations"] == []
    )
    profiles = moto.client("route53profiles")
    assert profiles.list_profile_associations(MaxResults=100)["ProfileAssociations"] == []


def test_no_vpc_has_an_encryption_control(moto: Moto) -> None:
    controls = moto.client("ec2").describe_vpc_encryption_controls(MaxResults=1000)
    assert controls["VpcEncryptionControls"] == []
