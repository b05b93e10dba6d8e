"""The table of calls: what is asked of AWS, in the largest pages the API allows.

Page sizes are the maxima of botocore's models, or of the documentation where the model has none
(spec moto.md 5). The operations are those that ``inventory.fleet`` reads (spec network.md 5.1,
iam.md 8, domain.md 2.7), and every one of them only reads.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from botocore import xform_name

from inventory.facts import DHMC_SETTING, UPDATE_DOCUMENT
from inventory.snapshot import iam_action

INSTANCES: Final = "ec2.DescribeInstances"
MANAGED_NODES: Final = "ssm.DescribeInstanceInformation"
INSTANCE_PROFILES: Final = "iam.ListInstanceProfiles"
ORGANIZATION: Final = "organizations.DescribeOrganization"
SERVICE_SETTING: Final = "ssm.GetServiceSetting"

Request = Mapping[str, Any]


class Scope(StrEnum):
    """Whether a call is made once per account or once per account and Region."""

    ACCOUNT = "account"
    REGION = "region"


@dataclasses.dataclass(frozen=True)
class Listing:
    """A paginated call. ``members`` are the lists that every complete answer holds."""

    members: tuple[str, ...]
    page_size: int


@dataclasses.dataclass(frozen=True)
class Single:
    """One request, one answer, which holds ``member``."""

    member: str


@dataclasses.dataclass(frozen=True)
class Repeated:
    """The same few requests everywhere, kept as a list of ``{request, response}``."""

    member: str
    requests: tuple[Request, ...]


@dataclasses.dataclass(frozen=True)
class PerResource:
    """Requests about resources that the Region's instances name, kept like repeated ones.

    ``requests`` makes them, in a stable order, from the merged DescribeInstances answer.
    ``page_size`` is that of a paginated call, else 0.
    """

    member: str
    requests: Callable[[Any], tuple[Request, ...]]
    page_size: int = 0


@dataclasses.dataclass(frozen=True)
class FollowUp:
    """Requests that answers of the account lead to, kept like repeated ones.

    ``page_size`` is that of a paginated call, else 0.
    """

    member: str
    page_size: int = 0


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """One operation of the plan, equal to itself only.

    ``operation`` is the snapshot's file name without its suffix.
    ``where_known`` are parameters that an older SDK may not have (D19). ``absent`` are error codes
    by which AWS answers that there is no such thing, which is knowledge and not a failure.
    """

    operation: str
    shape: Listing | Single | Repeated | PerResource | FollowUp
    scope: Scope = Scope.REGION
    parameters: Request = dataclasses.field(default_factory=dict)
    where_known: Request = dataclasses.field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    @property
    def service(self) -> str:
        """``ec2`` of ``ec2.DescribeVpcs``."""
        return self.operation.partition(".")[0]

    @property
    def api_name(self) -> str:
        """``DescribeVpcs`` of ``ec2.DescribeVpcs``."""
        return self.operation.partition(".")[2]

    @property
    def method(self) -> str:
        """The boto3 client's method: ``describe_vpcs``."""
        return xform_name(self.api_name)

    @property
    def action(self) -> str:
        """The IAM action a reader needs: ``ec2:DescribeVpcs``."""
        return iam_action(self.operation)


def _ec2(name: str, member: str, page_size: int = 1000, **where_known: Any) -> Call:
    return Call(
        operation=f"ec2.{name}", shape=Listing((member,), page_size), where_known=where_known
    )


def _about(operation: str, member: str, page_size: int = 0) -> Call:
    """A follow-up about one role, profile or policy; it may have been deleted meanwhile."""
    return Call(
        operation=f"iam.{operation}",
        shape=FollowUp(member, page_size),
        scope=Scope.ACCOUNT,
        absent=frozenset({"NoSuchEntity"}),
    )


def _organizations(operation: str, member: str, page_size: int = 0) -> Call:
    return Call(
        operation=f"organizations.{operation}",
        shape=FollowUp(member, page_size),
        scope=Scope.ACCOUNT,
    )


def instance_vpcs(instances: Any) -> tuple[str, ...]:
    """The VPCs that hold an instance, sorted, from a merged DescribeInstances answer.

    A terminated instance no longer names a VPC.
    """
    return tuple(
        sorted(
            {
                instance["VpcId"]
                for reservation in instances["Reservations"]
                for instance in reservation["Instances"]
                if instance.get("VpcId")
            }
        )
    )


def _dns_attributes(instances: Any) -> tuple[Request, ...]:
    """Two requests a VPC: DescribeVpcAttribute has no bulk form (spec network.md 5.1)."""
    return tuple(
        {"VpcId": vpc, "Attribute": attribute}
        for vpc in instance_vpcs(instances)
        for attribute in ("enableDnsSupport", "enableDnsHostnames")
    )


#: As many values as EC2 takes in one filter.
_FILTER_VALUES: Final = 200


def _images_in_use(instances: Any) -> tuple[Request, ...]:
    """The images as a filter: an id that no longer exists is left out, not an error (R-8.1)."""
    images = sorted(
        {
            instance["ImageId"]
            for reservation in instances["Reservations"]
            for instance in reservation["Instances"]
            if instance.get("ImageId")
        }
    )
    return tuple(
        {
            "Filters": [{"Name": "image-id", "Values": images[first : first + _FILTER_VALUES]}],
            "IncludeDeprecated": True,
        }
        for first in range(0, len(images), _FILTER_VALUES)
    )


AUTHORIZATION_DETAILS: Final = Call(
    operation="iam.GetAccountAuthorizationDetails",
    shape=Listing(("RoleDetailList", "Policies"), 1000),
    scope=Scope.ACCOUNT,
    parameters={"Filter": ["Role", "LocalManagedPolicy", "AWSManagedPolicy"]},
)
GET_INSTANCE_PROFILE: Final = _about("GetInstanceProfile", "InstanceProfile")
GET_ROLE: Final = _about("GetRole", "Role")
LIST_ATTACHED_ROLE_POLICIES: Final = _about("ListAttachedRolePolicies", "AttachedPolicies", 1000)
LIST_ROLE_POLICIES: Final = _about("ListRolePolicies", "PolicyNames", 1000)
GET_ROLE_POLICY: Final = _about("GetRolePolicy", "PolicyDocument")
GET_POLICY: Final = _about("GetPolicy", "Policy")
GET_POLICY_VERSION: Final = _about("GetPolicyVersion", "PolicyVersion")
#: Asked once the roles in use are known, in bulk or one by one (iam.md 8).
ROLE_CALLS: Final = (
    AUTHORIZATION_DETAILS,
    GET_INSTANCE_PROFILE,
    GET_ROLE,
    LIST_ATTACHED_ROLE_POLICIES,
    LIST_ROLE_POLICIES,
    GET_ROLE_POLICY,
    GET_POLICY,
    GET_POLICY_VERSION,
)

LIST_ROOTS: Final = Call(
    operation="organizations.ListRoots", shape=Listing(("Roots",), 20), scope=Scope.ACCOUNT
)
LIST_PARENTS: Final = _organizations("ListParents", "Parents", 20)
LIST_POLICIES_FOR_TARGET: Final = _organizations("ListPoliciesForTarget", "Policies", 20)
DESCRIBE_POLICY: Final = _organizations("DescribePolicy", "Policy")
#: Asked of an account that may read its organization, about all accounts of the run in it.
ORGANIZATION_CALLS: Final = (LIST_ROOTS, LIST_PARENTS, LIST_POLICIES_FOR_TARGET, DESCRIBE_POLICY)

GET_CONNECTION_STATUS: Final = Call(operation="ssm.GetConnectionStatus", shape=FollowUp("Status"))
GET_CONSOLE_OUTPUT: Final = Call(operation="ec2.GetConsoleOutput", shape=FollowUp("InstanceId"))
#: Asked with ``--deep`` only, about one instance at a time (D14).
DEEP_CALLS: Final = (GET_CONNECTION_STATUS, GET_CONSOLE_OUTPUT)

PLAN: Final[tuple[Call, ...]] = (
    Call(
        operation=INSTANCE_PROFILES,
        shape=Listing(("InstanceProfiles",), 1000),
        scope=Scope.ACCOUNT,
    ),
    Call(
        operation=ORGANIZATION,
        shape=Single("Organization"),
        scope=Scope.ACCOUNT,
        absent=frozenset({"AWSOrganizationsNotInUseException"}),
    ),
    *ROLE_CALLS,
    *ORGANIZATION_CALLS,
    _ec2("DescribeInstances", "Reservations", IncludeManagedResources=True),
    _ec2("DescribeIamInstanceProfileAssociations", "IamInstanceProfileAssociations"),
    Call(
        operation=MANAGED_NODES,
        shape=Listing(("InstanceInformationList",), 50),
    ),
    Call(
        operation=SERVICE_SETTING,
        shape=Repeated("ServiceSetting", ({"SettingId": DHMC_SETTING},)),
    ),
    Call(
        operation="ec2.DescribeInstanceStatus",
        shape=Listing(("InstanceStatuses",), 1000),
        parameters={"IncludeAllInstances": False},
        where_known={"IncludeManagedResources": True},
    ),
    Call(
        operation="ec2.DescribeImages",
        shape=PerResource("Images", _images_in_use, 1000),
    ),
    Call(
        operation="ssm.ListAssociations",
        shape=Listing(("Associations",), 50),
        parameters={"AssociationFilterList": [{"key": "Name", "value": UPDATE_DOCUMENT}]},
    ),
    *DEEP_CALLS,
    _ec2("DescribeNetworkInterfaces", "NetworkInterfaces", IncludeManagedResources=True),
    _ec2("DescribeSubnets", "Subnets"),
    _ec2("DescribeVpcs", "Vpcs"),
    Call(
        operation="ec2.DescribeVpcAttribute",
        shape=PerResource("VpcId", _dns_attributes),
    ),
    _ec2("DescribeDhcpOptions", "DhcpOptions"),
    _ec2("DescribeRouteTables", "RouteTables", 100),
    _ec2("DescribeNetworkAcls", "NetworkAcls"),
    _ec2("DescribeSecurityGroups", "SecurityGroups"),
    _ec2("DescribeManagedPrefixLists", "PrefixLists", 100),
    _ec2("DescribeInternetGateways", "InternetGateways"),
    _ec2("DescribeNatGateways", "NatGateways"),
    _ec2("DescribeVpcEndpoints", "VpcEndpoints"),
    Call(
        operation="ec2.DescribeVpcBlockPublicAccessOptions",
        shape=Single("VpcBlockPublicAccessOptions"),
    ),
    _ec2("DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions"),
)

#: Asked at once. The account's other calls start from their answers, or from the Regions'.
ACCOUNT_CALLS: Final = tuple(
    call
    for call in PLAN
    if call.scope is Scope.ACCOUNT and call not in (*ROLE_CALLS, *ORGANIZATION_CALLS)
)
FIRST_CALL: Final = next(call for call in PLAN if call.operation == INSTANCES)
#: Asked once a Region's DescribeInstances has shown that there is something to judge.
FURTHER_CALLS: Final = tuple(
    call for call in PLAN if call.scope is Scope.REGION and call not in (FIRST_CALL, *DEEP_CALLS)
)


def required_actions() -> tuple[str, ...]:
    """Every IAM action a collection uses, sorted; GetCallerIdentity needs no permission."""
    return tuple(sorted({call.action for call in PLAN} | {"ec2:DescribeRegions"}))
