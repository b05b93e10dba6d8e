"""From a snapshot to facts: the fleet whose roll is called."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from inventory.errors import SnapshotError
from inventory.facts import AccountFacts, Instance, Node, RegionFacts, Table, Unread
from inventory.facts.coverage import Coverage
from inventory.facts.evidence import Fact
from inventory.facts.iam import InstanceProfile, ManagedPolicy, Organization, Role
from inventory.facts.instance import InstanceProfileAssociation
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
from inventory.snapshot import GLOBAL, Snapshot

Row = TypeVar("Row", bound=Fact)


@dataclasses.dataclass(frozen=True)
class Fleet:
    """Every instance of a snapshot, in (account, Region, id) order, and what could not be read."""

    nodes: tuple[Node, ...]
    accounts: Mapping[str, AccountFacts]
    regions: tuple[RegionFacts, ...]
    coverage: tuple[Coverage, ...]
    as_of: datetime | None


def load_fleet(snapshot: Snapshot) -> Fleet:
    """Decode all facts. Raises SnapshotError naming the file and member that is malformed."""
    accounts = {account: _account(snapshot, account) for account in snapshot.accounts}
    regions = tuple(
        _region(snapshot, account, region)
        for account, names in snapshot.accounts.items()
        for region in names
    )
    nodes = tuple(
        Node(instance, region, accounts[region.account_id], snapshot.as_of)
        for region in regions
        if not isinstance(region.instances, Unread)
        for instance in region.instances
    )
    return Fleet(nodes, accounts, regions, snapshot.coverage, snapshot.as_of)


class _Reader:
    """Reads listings of one account and Region, and says where a malformed one is."""

    def __init__(self, snapshot: Snapshot, account: str, region: str) -> None:
        self._snapshot = snapshot
        self._account = account
        self._region = region

    def answer(self, operation: str) -> Any | Unread:
        return self._snapshot.read(self._account, self._region, operation)

    def listing(self, operation: str, key: str, kind: type[Row]) -> Table[Row] | Unread:
        return self.rows(operation, kind, lambda answer: answer[key])

    def rows(
        self, operation: str, kind: type[Row], pick: Callable[[Any], Iterable[Any]]
    ) -> Table[Row] | Unread:
        answer = self.answer(operation)
        if isinstance(answer, Unread):
            return answer
        with self.place(operation):
            return Table(kind.call, [msgspec.convert(row, kind) for row in pick(answer)])

    def one(self, operation: str, key: str, kind: type[Row]) -> Row | Unread:
        answer = self.answer(operation)
        if isinstance(answer, Unread):
            return answer
        with self.place(operation):
            return msgspec.convert(answer[key], kind)

    def place(self, operation: str) -> _Place:
        return _Place(f"{self._account}/{self._region}/{operation}.json")


@dataclasses.dataclass
class _Place:
    """Turns a shape error inside the block into a SnapshotError that names the file."""

    file: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, msgspec.ValidationError):
            raise SnapshotError(self.file, str(error)) from error
        if isinstance(error, KeyError):
            raise SnapshotError(self.file, f"has no member {error.args[0]!r}") from error
        if isinstance(error, TypeError | AttributeError):
            raise SnapshotError(
                self.file, f"has not the shape of an AWS answer: {error}"
            ) from error


def _account(snapshot: Snapshot, account: str) -> AccountFacts:
    read = _Reader(snapshot, account, GLOBAL)
    details = "iam.GetAccountAuthorizationDetails"
    organization = "organizations.DescribeOrganization"
    return AccountFacts(
        account_id=account,
        instance_profiles=read.listing(
            "iam.ListInstanceProfiles", "InstanceProfiles", InstanceProfile
        ),
        roles=read.listing(details, "RoleDetailList", Role),
        managed_policies=read.listing(details, "Policies", ManagedPolicy),
        organization=None
        if snapshot.is_absent(account, GLOBAL, organization)
        else read.one(organization, "Organization", Organization),
    )


def _region(snapshot: Snapshot, account: str, region: str) -> RegionFacts:
    read = _Reader(snapshot, account, region)
    return RegionFacts(
        account_id=account,
        name=region,
        instances=read.rows("ec2.DescribeInstances", Instance, _instances),
        profile_associations=read.listing(
            "ec2.DescribeIamInstanceProfileAssociations",
            "IamInstanceProfileAssociations",
            InstanceProfileAssociation,
        ),
        managed_nodes=read.listing(
            "ssm.DescribeInstanceInformation", "InstanceInformationList", ManagedNode
        ),
        dhmc_setting=_dhmc_setting(read),
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
    )


def _instances(answer: Any) -> Iterable[Any]:
    """DescribeInstances groups by reservation, one launch's instances over any number of pages."""
    return (
        instance for reservation in answer["Reservations"] for instance in reservation["Instances"]
    )


def _vpc_attributes(answers: Any) -> Iterable[Any]:
    """One row per VPC out of the one-attribute answers of DescribeVpcAttribute."""
    merged: dict[str, dict[str, Any]] = {}
    for answer in answers:
        response = answer["response"]
        row = merged.setdefault(response["VpcId"], {"VpcId": response["VpcId"]})
        for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
            if attribute in response:
                row[attribute] = response[attribute]["Value"]
    return merged.values()


def _dhmc_setting(read: _Reader) -> ServiceSetting | Unread:
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
