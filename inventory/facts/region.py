"""Everything read about one Region of one account, and about the account as a whole."""

from __future__ import annotations

import dataclasses

from inventory.facts.association import StateAssociation
from inventory.facts.dns import (
    DnsProfileAssociation,
    DnsProfileResources,
    FirewallAssociation,
    FirewallDomains,
    FirewallRules,
    HostedZoneRecords,
    ResolverRule,
    ResolverRuleAssociation,
    VpcHostedZones,
)
from inventory.facts.evidence import Unread
from inventory.facts.guardrails import PolicyLevel
from inventory.facts.iam import InstanceProfile, ManagedPolicy, Organization, Role
from inventory.facts.image import Image
from inventory.facts.instance import Instance, InstanceProfileAssociation
from inventory.facts.instance_status import InstanceStatus
from inventory.facts.live_probe import ConnectionStatus, ConsoleOutput
from inventory.facts.managed_node import ManagedNode, ServiceSetting
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
from inventory.facts.recorded import NOTHING_RECORDED, Recorded
from inventory.facts.table import Table
from inventory.facts.transit import (
    EgressOnlyInternetGateway,
    PrefixListEntries,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoutes,
    TransitGatewayRouteTable,
    TransitGatewayVpcAttachment,
    VpcEncryptionControl,
    VpcPeeringConnection,
    VpnGateway,
)

NOT_RECORDED = "NOT_RECORDED"


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class AccountFacts:
    """Facts that hold for every Region of an account. ``organization``: ``None`` = in none.

    ``scp_levels`` and ``rcp_levels`` go from the root down to the account; empty: the organization
    does not use that type of policy.
    """

    account_id: str
    instance_profiles: Table[InstanceProfile] | Unread
    roles: Table[Role] | Unread
    managed_policies: Table[ManagedPolicy] | Unread
    organization: Organization | Unread | None
    scp_levels: tuple[PolicyLevel, ...] | Unread
    rcp_levels: tuple[PolicyLevel, ...] | Unread


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class RegionFacts:
    """Facts of one Region; each listing is a table or the reason why it is not there.

    ``recorded_…`` hold the rows of some of them as AWS gave them.
    """

    account_id: str
    name: str
    instances: Table[Instance] | Unread
    profile_associations: Table[InstanceProfileAssociation] | Unread
    managed_nodes: Table[ManagedNode] | Unread
    dhmc_setting: ServiceSetting | Unread
    instance_statuses: Table[InstanceStatus] | Unread
    images: Table[Image] | Unread
    agent_updates: Table[StateAssociation] | Unread
    connections: Table[ConnectionStatus] | Unread
    consoles: Table[ConsoleOutput] | Unread
    network_interfaces: Table[ListedInterface] | Unread
    subnets: Table[Subnet] | Unread
    vpcs: Table[Vpc] | Unread
    vpc_attributes: Table[VpcAttributes] | Unread
    dhcp_options: Table[DhcpOptions] | Unread
    route_tables: Table[RouteTable] | Unread
    network_acls: Table[NetworkAcl] | Unread
    security_groups: Table[SecurityGroup] | Unread
    managed_prefix_lists: Table[ManagedPrefixList] | Unread
    internet_gateways: Table[InternetGateway] | Unread
    nat_gateways: Table[NatGateway] | Unread
    vpc_endpoints: Table[VpcEndpoint] | Unread
    block_public_access: BlockPublicAccessOptions | Unread
    block_public_access_exclusions: Table[BlockPublicAccessExclusion] | Unread
    hosted_zones: Table[VpcHostedZones] | Unread
    record_sets: Table[HostedZoneRecords] | Unread
    resolver_rule_associations: Table[ResolverRuleAssociation] | Unread
    resolver_rules: Table[ResolverRule] | Unread
    firewall_associations: Table[FirewallAssociation] | Unread
    firewall_rules: Table[FirewallRules] | Unread
    firewall_domains: Table[FirewallDomains] | Unread
    dns_profile_associations: Table[DnsProfileAssociation] | Unread
    dns_profile_resources: Table[DnsProfileResources] | Unread
    prefix_list_entries: Table[PrefixListEntries] | Unread
    peering_connections: Table[VpcPeeringConnection] | Unread
    transit_gateways: Table[TransitGateway] | Unread
    transit_gateway_attachments: Table[TransitGatewayAttachment] | Unread
    transit_gateway_vpc_attachments: Table[TransitGatewayVpcAttachment] | Unread
    transit_gateway_route_tables: Table[TransitGatewayRouteTable] | Unread
    transit_gateway_routes: Table[TransitGatewayRoutes] | Unread
    vpn_gateways: Table[VpnGateway] | Unread
    egress_only_internet_gateways: Table[EgressOnlyInternetGateway] | Unread
    encryption_controls: Table[VpcEncryptionControl] | Unread
    recorded_images: Recorded = NOTHING_RECORDED
    recorded_instances: Recorded = NOTHING_RECORDED
    recorded_nodes: Recorded = NOTHING_RECORDED
