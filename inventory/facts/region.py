"""Everything read about one Region of one account, and about the account as a whole."""

from __future__ import annotations

import dataclasses

from inventory.facts.association import StateAssociation
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
from inventory.facts.table import Table

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
    """Facts of one Region; each listing is a table or the reason why it is not there."""

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
