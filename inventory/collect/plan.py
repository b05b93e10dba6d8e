"""The table of calls: what is asked of AWS, in the largest pages the API allows.

Page sizes are the maxima of botocore's models, or of the documentation where the model has none
(spec moto.md 5). The operations are those that ``inventory.fleet`` reads (spec network.md 5.1,
iam.md 8, domain.md 2.7), and every one of them only reads.
"""

from __future__ import annotations

from typing import Any, Final

from inventory.collect.call import (
    Call,
    FollowUp,
    Listing,
    PerResource,
    Scope,
    Single,
)
from inventory.collect.name_calls import NAME_CALLS
from inventory.collect.network_calls import NETWORK_CALLS
from inventory.collect.node_calls import NODE_CALLS
from inventory.collect.vpcs_in_use import INSTANCES, dns_attributes

INSTANCE_PROFILES: Final = "iam.ListInstanceProfiles"
ORGANIZATION: Final = "organizations.DescribeOrganization"


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

DESCRIBE_ORGANIZATION: Final = Call(
    operation=ORGANIZATION,
    shape=Single("Organization"),
    scope=Scope.ACCOUNT,
    absent=frozenset({"AWSOrganizationsNotInUseException"}),
)
LIST_ROOTS: Final = Call(
    operation="organizations.ListRoots", shape=Listing(("Roots",), 20), scope=Scope.ACCOUNT
)
LIST_PARENTS: Final = _organizations("ListParents", "Parents", 20)
LIST_POLICIES_FOR_TARGET: Final = _organizations("ListPoliciesForTarget", "Policies", 20)
DESCRIBE_POLICY: Final = _organizations("DescribePolicy", "Policy")
#: Asked of an account that may read its organization, about all accounts of the run in it.
ORGANIZATION_CALLS: Final = (LIST_ROOTS, LIST_PARENTS, LIST_POLICIES_FOR_TARGET, DESCRIBE_POLICY)

PLAN: Final[tuple[Call, ...]] = (
    Call(
        operation=INSTANCE_PROFILES,
        shape=Listing(("InstanceProfiles",), 1000),
        scope=Scope.ACCOUNT,
    ),
    DESCRIBE_ORGANIZATION,
    *ROLE_CALLS,
    *ORGANIZATION_CALLS,
    _ec2("DescribeInstances", "Reservations", IncludeManagedResources=True),
    *NODE_CALLS,
    _ec2("DescribeNetworkInterfaces", "NetworkInterfaces", IncludeManagedResources=True),
    _ec2("DescribeSubnets", "Subnets"),
    _ec2("DescribeVpcs", "Vpcs"),
    Call(
        operation="ec2.DescribeVpcAttribute",
        shape=PerResource("VpcId", dns_attributes, (INSTANCES,)),
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
    *NETWORK_CALLS,
    *NAME_CALLS,
)

#: Asked at once. The account's other calls start from their answers, or from the Regions'.
ACCOUNT_CALLS: Final = tuple(
    call
    for call in PLAN
    if call.scope is Scope.ACCOUNT and call not in (*ROLE_CALLS, *ORGANIZATION_CALLS)
)
FIRST_CALL: Final = next(call for call in PLAN if call.operation == INSTANCES)
#: Asked once DescribeInstances has shown that there is something to judge, here or behind a hub.
FURTHER_CALLS: Final = tuple(
    call for call in PLAN if call.scope is Scope.REGION and call is not FIRST_CALL
)


def required_actions() -> tuple[str, ...]:
    """Every IAM action a collection uses, sorted; GetCallerIdentity needs no permission."""
    return tuple(sorted({call.action for call in PLAN} | {"ec2:DescribeRegions"}))
