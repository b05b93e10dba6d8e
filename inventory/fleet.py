"""From a snapshot to facts: the fleet whose roll is called."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from inventory.dns_answers import (
    load_dns_profile_resources,
    load_firewall_domains,
    load_firewall_rules,
    load_hosted_zones,
    load_record_sets,
)
from inventory.facts import NOT_RECORDED, AccountFacts, Instance, Node, RegionFacts, Unread
from inventory.facts.association import StateAssociation
from inventory.facts.coverage import Coverage
from inventory.facts.dns import (
    DnsProfileAssociation,
    FirewallAssociation,
    ResolverRule,
    ResolverRuleAssociation,
)
from inventory.facts.image import Image
from inventory.facts.instance import InstanceProfileAssociation
from inventory.facts.instance_status import InstanceStatus
from inventory.facts.live_probe import ConnectionStatus, ConsoleOutput
from inventory.facts.managed_node import DHMC_SETTING, ManagedNode, ServiceSetting
from inventory.facts.network import (
    BlockPublicAccessExclusion,
    BlockPublicAccessOptions,
    DhcpOptions,
    InternetGateway,
    ListedInterface,
    ManagedPrefixList,
    NatGateway,
    NetworkAcl,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
    VpcAttributes,
    VpcEndpoint,
)
from inventory.facts.recorded import Recorded
from inventory.facts.transit import (
    EgressOnlyInternetGateway,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
    TransitGatewayVpcAttachment,
    VpcEncryptionControl,
    VpcPeeringConnection,
    VpnGateway,
)
from inventory.host_answers import load_evidence_problems, load_host_facts
from inventory.organization_answers import Organizations
from inventory.probe_answers import listed_in_parts, probed
from inventory.reader import Reader
from inventory.recorded_rows import recorded_images, recorded_rows
from inventory.role_answers import (
    load_instance_profiles,
    load_managed_policies,
    load_roles,
)
from inventory.snapshot import GLOBAL, Snapshot
from inventory.transit_answers import load_prefix_list_entries, load_transit_gateway_routes

#: DescribeInstances groups by reservation: one launch's instances, over any number of pages.
_IN_RESERVATIONS: Final = ("Reservations", "Instances")


@dataclasses.dataclass(frozen=True)
class Fleet:
    """Every instance of a snapshot, in (account, Region, id) order, and what could not be read.

    A machine that was looked at from within, where EC2 was not asked, counts as one.
    """

    nodes: tuple[Node, ...]
    accounts: Mapping[str, AccountFacts]
    regions: tuple[RegionFacts, ...]
    coverage: tuple[Coverage, ...]
    as_of: datetime | None


def load_fleet(snapshot: Snapshot) -> Fleet:
    """Decode all facts. Raises SnapshotError naming the file and member that is malformed."""
    with _no_garbage_collection():
        return _fleet(snapshot)


@contextlib.contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Facts stay: looking through all of them again and again for garbage only takes time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _fleet(snapshot: Snapshot) -> Fleet:
    organizations = Organizations(snapshot)
    accounts = {
        account: _account(snapshot, account, organizations) for account in snapshot.accounts
    }
    regions = tuple(
        _region(snapshot, account, region)
        for account, names in snapshot.accounts.items()
        for region in names
    )
    hosts = [load_host_facts(Reader(snapshot, one.account_id, one.name)) for one in regions]
    nodes = tuple(
        Node(
            instance,
            region,
            accounts[region.account_id],
            snapshot.as_of,
            regions,
            seen.get(instance.id),
        )
        for region, seen in zip(regions, hosts, strict=True)
        for instance in _in_sight(region, seen)
    )
    coverage = (*snapshot.coverage, *load_evidence_problems(snapshot))
    return Fleet(nodes, accounts, regions, coverage, snapshot.as_of)


def _in_sight(region: RegionFacts, seen: Collection[str]) -> Iterable[Instance]:
    """The instances that EC2 listed; where it was not asked, the machines seen from within."""
    listed = region.instances
    if not isinstance(listed, Unread):
        return listed
    if listed.code != NOT_RECORDED:
        return ()
    return (Instance(instance_id=name) for name in sorted(seen))


def _account(snapshot: Snapshot, account: str, organizations: Organizations) -> AccountFacts:
    read = Reader(snapshot, account, GLOBAL)
    guardrails = organizations.guardrails(account)
    return AccountFacts(
        account_id=account,
        instance_profiles=load_instance_profiles(read),
        roles=load_roles(read),
        managed_policies=load_managed_policies(read),
        organization=organizations.organization(account),
        scp_levels=guardrails.scp_levels,
        rcp_levels=guardrails.rcp_levels,
    )


def _region(snapshot: Snapshot, account: str, region: str) -> RegionFacts:
    read = Reader(snapshot, account, region)

    def recorded(operation: str, *members: str) -> Recorded:
        return Recorded(lambda: recorded_rows(snapshot, (account, region, operation), members))

    return RegionFacts(
        account_id=account,
        name=region,
        instances=read.nested_listing("ec2.DescribeInstances", _IN_RESERVATIONS, Instance),
        profile_associations=read.listing(
            "ec2.DescribeIamInstanceProfileAssociations",
            "IamInstanceProfileAssociations",
            InstanceProfileAssociation,
        ),
        managed_nodes=read.listing(
            "ssm.DescribeInstanceInformation", "InstanceInformationList", ManagedNode
        ),
        dhmc_setting=_dhmc_setting(read),
        instance_statuses=read.listing(
            "ec2.DescribeInstanceStatus", "InstanceStatuses", InstanceStatus
        ),
        images=read.rows("ec2.DescribeImages", Image, _images),
        agent_updates=read.listing("ssm.ListAssociations", "Associations", StateAssociation),
        connections=probed(read, "ssm.GetConnectionStatus", ConnectionStatus, "Target"),
        consoles=probed(read, "ec2.GetConsoleOutput", ConsoleOutput, "InstanceId"),
        network_interfaces=read.listing(
            "ec2.DescribeNetworkInterfaces", "NetworkInterfaces", ListedInterface
        ),
        subnets=read.listing("ec2.DescribeSubnets", "Subnets", Subnet),
        vpcs=read.listing("ec2.DescribeVpcs", "Vpcs", Vpc),
        vpc_attributes=read.rows("ec2.DescribeVpcAttribute", VpcAttributes, _vpc_attributes),
        dhcp_options=read.listing("ec2.DescribeDhcpOptions", "DhcpOptions", DhcpOptions),
        route_tables=read.listing("ec2.DescribeRouteTables", "RouteTables", RouteTable),
        network_acls=read.listing("ec2.DescribeNetworkAcls", "NetworkAcls", NetworkAcl),
        security_groups=read.listing("ec2.DescribeSecurityGroups", "SecurityGroups", SecurityGroup),
        managed_prefix_lists=read.listing(
            "ec2.DescribeManagedPrefixLists", "PrefixLists", ManagedPrefixList
        ),
        internet_gateways=read.listing(
            "ec2.DescribeInternetGateways", "InternetGateways", InternetGateway
        ),
        nat_gateways=read.listing("ec2.DescribeNatGateways", "NatGateways", NatGateway),
        vpc_endpoints=read.listing("ec2.DescribeVpcEndpoints", "VpcEndpoints", VpcEndpoint),
        block_public_access=read.one(
            "ec2.DescribeVpcBlockPublicAccessOptions",
            "VpcBlockPublicAccessOptions",
            BlockPublicAccessOptions,
        ),
        block_public_access_exclusions=read.listing(
            "ec2.DescribeVpcBlockPublicAccessExclusions",
            "VpcBlockPublicAccessExclusions",
            BlockPublicAccessExclusion,
        ),
        hosted_zones=load_hosted_zones(read),
        record_sets=load_record_sets(read),
        resolver_rule_associations=read.listing(
            "route53resolver.ListResolverRuleAssociations",
            "ResolverRuleAssociations",
            ResolverRuleAssociation,
        ),
        resolver_rules=read.listing(
            "route53resolver.ListResolverRules", "ResolverRules", ResolverRule
        ),
        firewall_associations=read.listing(
            "route53resolver.ListFirewallRuleGroupAssociations",
            "FirewallRuleGroupAssociations",
            FirewallAssociation,
        ),
        firewall_rules=load_firewall_rules(read),
        firewall_domains=load_firewall_domains(read),
        dns_profile_associations=read.listing(
            "route53profiles.ListProfileAssociations", "ProfileAssociations", DnsProfileAssociation
        ),
        dns_profile_resources=load_dns_profile_resources(read),
        prefix_list_entries=load_prefix_list_entries(read),
        peering_connections=read.listing(
            "ec2.DescribeVpcPeeringConnections", "VpcPeeringConnections", VpcPeeringConnection
        ),
        transit_gateways=read.listing(
            "ec2.DescribeTransitGateways", "TransitGateways", TransitGateway
        ),
        transit_gateway_attachments=read.listing(
            "ec2.DescribeTransitGatewayAttachments",
            "TransitGatewayAttachments",
            TransitGatewayAttachment,
        ),
        transit_gateway_vpc_attachments=read.listing(
            "ec2.DescribeTransitGatewayVpcAttachments",
            "TransitGatewayVpcAttachments",
            TransitGatewayVpcAttachment,
        ),
        transit_gateway_route_tables=read.listing(
            "ec2.DescribeTransitGatewayRouteTables",
            "TransitGatewayRouteTables",
            TransitGatewayRouteTable,
        ),
        transit_gateway_routes=load_transit_gateway_routes(read),
        vpn_gateways=read.listing("ec2.DescribeVpnGateways", "VpnGateways", VpnGateway),
        egress_only_internet_gateways=read.listing(
            "ec2.DescribeEgressOnlyInternetGateways",
            "EgressOnlyInternetGateways",
            EgressOnlyInternetGateway,
        ),
        encryption_controls=read.listing(
            "ec2.DescribeVpcEncryptionControls", "VpcEncryptionControls", VpcEncryptionControl
        ),
        recorded_images=Recorded(
            lambda: recorded_images(snapshot.read(account, region, "ec2.DescribeImages"))
        ),
        recorded_instances=recorded("ec2.DescribeInstances", *_IN_RESERVATIONS),
        recorded_nodes=recorded("ssm.DescribeInstanceInformation", "InstanceInformationList"),
    )


def _images(answers: Any) -> Iterable[Any]:
    return listed_in_parts(answers, "Images")


def _vpc_attributes(answers: Any) -> Iterable[Any]:
    """One row per VPC out of the one-attribute answers of DescribeVpcAttribute.

    An attribute that was refused stays unread, beside the other one.
    """
    merged: dict[str, dict[str, Any]] = {}
    for answer in answers:
        if "error" in answer:
            continue
        response = answer["response"]
        row = merged.setdefault(response["VpcId"], {"VpcId": response["VpcId"]})
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            if attribute in response:
                row[attribute] = response[attribute]["Value"]
    return merged.values()


def _dhmc_setting(read: Reader) -> ServiceSetting | Unread:
    """The setting out of GetServiceSetting's per-setting answers, or out of a plain CLI answer."""
    operation = "ssm.GetServiceSetting"
    answers = read.answer(operation)
    if isinstance(answers, Unread):
        return answers
    with read.place(operation):
        responses = (
            [answer["response"] for answer in answers] if isinstance(answers, list) else [answers]
        )
        settings = [msgspec.convert(one["ServiceSetting"], ServiceSetting) for one in responses]
    for setting in settings:
        if setting.setting_id.endswith(DHMC_SETTING):
            return setting
    return Unread(ServiceSetting.call, "NOT_RECORDED", f"no answer for {DHMC_SETTING}")
