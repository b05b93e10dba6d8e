"""An instance with a profile, a role and the account around it, to change one thing at a time."""

from __future__ import annotations

from typing import Any

from inventory.facts import DHMC_SETTING, Node
from inventory.fleet import Fleet
from tests.unit.policies.nodes import ID, INSTANCE, MANAGED
from tests.unit.world import ACCOUNT, REGION, fleet_of, only_node

PROFILE_ARN = f"arn:aws:iam::{ACCOUNT}:instance-profile/fleet/profile"
ROLE_NAME = "node-role"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/fleet/{ROLE_NAME}"
DHMC_ROLE_NAME = "AWSSystemsManagerDefaultEC2InstanceManagementRole"
DHMC_VALUE = f"service-role/{DHMC_ROLE_NAME}"
CORE_ARN = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
INSTANCE_ARN = f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{ID}"
VPC = "vpc-0aa"

CORE_ACTIONS = ["ssm:*", "ssmmessages:*", "ec2messages:*"]
#: A member of an organization: what its policies say, nobody here may read.
MEMBER = {"Id": "o-example", "MasterAccountId": "999988887777"}
IN_NO_ORGANIZATION = "organizations.DescribeOrganization"


def trust(*services: str, **elements: Any) -> dict[str, Any]:
    """A trust policy that allows sts:AssumeRole to these services."""
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [allow | elements]}


def permissions(*actions: str, **elements: Any) -> dict[str, Any]:
    """A policy that allows these actions."""
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [allow | elements]}


def managed(arn: str, document: Any) -> dict[str, Any]:
    """A managed policy as GetAccountAuthorizationDetails lists it."""
    return {
        "Arn": arn,
        "PolicyName": arn.rpartition("/")[2],
        "DefaultVersionId": "v2",
        "PolicyVersionList": [
            {"VersionId": "v1", "IsDefaultVersion": False, "Document": permissions("s3:*")},
            {"VersionId": "v2", "IsDefaultVersion": True, "Document": document},
        ],
    }


DHMC_ROLE = {
    "RoleName": DHMC_ROLE_NAME,
    "Arn": f"arn:aws:iam::{ACCOUNT}:role/service-role/{DHMC_ROLE_NAME}",
    "RoleId": "AROADHMC",
    "Path": "/service-role/",
    "AssumeRolePolicyDocument": trust("ssm.amazonaws.com"),
    "RolePolicyList": [{"PolicyName": "dhmc", "PolicyDocument": permissions(*CORE_ACTIONS)}],
}
ROLE = {
    "RoleName": ROLE_NAME,
    "Arn": ROLE_ARN,
    "RoleId": "AROANODE",
    "Path": "/fleet/",
    "AssumeRolePolicyDocument": trust("ec2.amazonaws.com"),
    "AttachedManagedPolicies": [{"PolicyArn": CORE_ARN, "PolicyName": "Core"}],
}
PROFILE = {
    "InstanceProfileName": "profile",
    "Arn": PROFILE_ARN,
    "Roles": [{"RoleName": ROLE_NAME, "Arn": ROLE_ARN, "RoleId": "AROANODE"}],
}


def association(state: str) -> dict[str, Any]:
    """What binds the profile to the instance."""
    profile = {"Arn": PROFILE_ARN, "Id": "AIPA1"}
    return {
        "AssociationId": f"iip-assoc-{state}",
        "InstanceId": ID,
        "State": state,
        "IamInstanceProfile": profile,
    }


def inline(*documents: Any) -> dict[str, Any]:
    """A role whose only policies are these inline documents."""
    policies = [
        {"PolicyName": f"own-{number}", "PolicyDocument": one}
        for number, one in enumerate(documents)
    ]
    return {"RolePolicyList": policies, "AttachedManagedPolicies": []}


def fleet(
    *,
    role: dict[str, Any] | None = None,
    profile: dict[str, Any] | None = None,
    attached: bool = True,
    roles: list[dict[str, Any]] | None = None,
    policies: list[dict[str, Any]] | None = None,
    dhmc: str = "$None",
    setting: dict[str, Any] | None = None,
    dhmc_role: dict[str, Any] | None = None,
    agent: str | None = "3.3.4851.0",
    registered: dict[str, Any] | None = None,
    associations: list[dict[str, Any]] | None = None,
    instance: dict[str, Any] | None = None,
    endpoints: list[dict[str, Any]] | None = None,
    vpc_owner: str = ACCOUNT,
    organization: dict[str, Any] | None = None,
    denied: dict[str, str] | None = None,
    absent: tuple[str, ...] = (),
    region: str = REGION,
) -> Fleet:
    """One instance whose node role is sufficient; each argument replaces members of one object.

    ``agent=None``: not registered. ``associations`` are all there are, by default one that is
    associated where a profile is attached. ``denied`` and ``absent`` as in ``fleet_of``.
    """
    profile_reference = {"IamInstanceProfile": {"Arn": PROFILE_ARN, "Id": "AIPA1"}}
    row = INSTANCE | {"VpcId": VPC} | (profile_reference if attached else {}) | (instance or {})
    managed_node = MANAGED | {"AgentVersion": agent} | (registered or {})
    if associations is None:
        associations = [association("associated")] if attached else []
    regional = {
        "ec2.DescribeInstances": {"Reservations": [{"Instances": [row]}]},
        "ec2.DescribeIamInstanceProfileAssociations": {
            "IamInstanceProfileAssociations": associations
        },
        "ec2.DescribeVpcEndpoints": {"VpcEndpoints": endpoints or []},
        "ec2.DescribeVpcs": {"Vpcs": [{"VpcId": VPC, "OwnerId": vpc_owner}]},
        "ssm.DescribeInstanceInformation": {
            "InstanceInformationList": [] if agent is None else [managed_node]
        },
        "ssm.GetServiceSetting": {
            "ServiceSetting": {"SettingId": DHMC_SETTING, "SettingValue": dhmc} | (setting or {})
        },
    }
    every_role = [ROLE | (role or {}), DHMC_ROLE | (dhmc_role or {})] if roles is None else roles
    core = managed(CORE_ARN, permissions(*CORE_ACTIONS))
    account_wide: dict[str, Any] = {
        "iam.ListInstanceProfiles": {"InstanceProfiles": [PROFILE | (profile or {})]},
        "iam.GetAccountAuthorizationDetails": {
            "RoleDetailList": every_role,
            "Policies": [core, *(policies or [])],
        },
    }
    refused = denied or {}
    if organization is not None:
        account_wide[IN_NO_ORGANIZATION] = {"Organization": organization}
    elif IN_NO_ORGANIZATION not in refused:
        absent = (*absent, IN_NO_ORGANIZATION)
    gone = {*refused, *absent}
    return fleet_of(
        {name: one for name, one in regional.items() if name not in gone},
        {name: one for name, one in account_wide.items() if name not in gone},
        denied=refused,
        absent=absent,
        region=region,
    )


def node(**changes: Any) -> Node:
    """The fleet's only node."""
    return only_node(fleet(**changes))
