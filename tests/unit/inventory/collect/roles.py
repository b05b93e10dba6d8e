"""Scripted answers of an account whose instances use any number of roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from tests.unit.inventory.collect.scripted import ACCOUNT, RefusedError, Script, reservation

GONE = RefusedError("NoSuchEntity", "It cannot be found.")
DENIED = RefusedError("AccessDenied", "User is not authorized to perform: it on resource: role")
BULK = "iam.GetAccountAuthorizationDetails"


def document(action: str) -> str:
    """As IAM sends it, percent-encoded; botocore hands it on as an object."""
    allow = {"Effect": "Allow", "Action": action}
    return quote(json.dumps({"Version": "2012-10-17", "Statement": allow}))


def role_name(number: int) -> str:
    return f"role-{number:03}"


def policy_arn(number: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/policy-{number:03}"


def profile_arn(number: int) -> str:
    """A profile's name is not its role's (R-1.7)."""
    return f"arn:aws:iam::{ACCOUNT}:instance-profile/profile-{number:03}"


def _profile(number: int) -> dict[str, Any]:
    role = {"RoleName": role_name(number), "Arn": f"arn:aws:iam::{ACCOUNT}:role/x"}
    return {
        "InstanceProfileName": f"profile-{number:03}",
        "Arn": profile_arn(number),
        "Roles": [role],
    }


class RolesInUse:
    """``roles`` roles, each with an inline policy; ``policies`` managed ones, dealt out."""

    def __init__(self, roles: int, policies: int) -> None:
        self.roles, self.policies = roles, policies
        self.boundary: str | None = None

    def scripts(self) -> dict[str, Script]:
        """All of IAM's calls about them, in bulk and one by one."""
        numbers = range(self.roles)
        rows = [self._role(number) for number in numbers]
        attached = {row["RoleName"]: self._attached(number) for number, row in enumerate(rows)}
        return {
            "ec2.DescribeInstances": {
                "Reservations": [
                    reservation(
                        {
                            "InstanceId": f"i-{number:03}",
                            "VpcId": "vpc-1",
                            "ImageId": "ami-1",
                            "IamInstanceProfile": {"Arn": profile_arn(number)},
                        }
                    )
                    for number in numbers
                ]
            },
            "iam.ListInstanceProfiles": {"InstanceProfiles": [_profile(one) for one in numbers]},
            "iam.GetInstanceProfile": lambda asked, _: {
                "InstanceProfile": _profile(int(asked["InstanceProfileName"][-3:]))
            },
            "iam.GetRole": lambda asked, _: {"Role": self._role(int(asked["RoleName"][-3:]))},
            "iam.ListAttachedRolePolicies": lambda asked, _: {
                "AttachedPolicies": attached[asked["RoleName"]],
                "IsTruncated": False,
            },
            "iam.ListRolePolicies": {"PolicyNames": ["own"], "IsTruncated": False},
            "iam.GetRolePolicy": lambda asked, _: {
                **asked,
                "PolicyDocument": document(f"ssm:{asked['RoleName']}"),
            },
            "iam.GetPolicy": lambda asked, _: {"Policy": self._policy(asked["PolicyArn"])},
            "iam.GetPolicyVersion": lambda asked, _: {
                "PolicyVersion": self._version(asked["PolicyArn"])
            },
            BULK: {
                "RoleDetailList": [
                    row
                    | {
                        "RolePolicyList": [
                            {
                                "PolicyName": "own",
                                "PolicyDocument": document(f"ssm:{row['RoleName']}"),
                            }
                        ],
                        "AttachedManagedPolicies": attached[row["RoleName"]],
                    }
                    for row in rows
                ],
                "Policies": [
                    self._policy(policy_arn(one))
                    | {"PolicyVersionList": [self._version(policy_arn(one))]}
                    for one in range(self.policies)
                ],
                "IsTruncated": False,
            },
        }

    def _role(self, number: int) -> dict[str, Any]:
        row = {
            "RoleName": role_name(number),
            "Arn": f"arn:aws:iam::{ACCOUNT}:role/{role_name(number)}",
            "RoleId": f"AROA{number:03}",
            "Path": "/",
            "AssumeRolePolicyDocument": document("sts:AssumeRole"),
            "Tags": [{"Key": "team", "Value": f"t{number}"}],
        }
        if self.boundary:
            row["PermissionsBoundary"] = {"PermissionsBoundaryArn": self.boundary}
        return row

    def _attached(self, number: int) -> list[Mapping[str, str]]:
        """Each policy at some role."""
        return [
            {"PolicyArn": policy_arn(one), "PolicyName": f"policy-{one:03}"}
            for one in range(number % self.roles, self.policies, self.roles)
        ]

    def _policy(self, arn: str) -> dict[str, Any]:
        return {
            "Arn": arn,
            "PolicyName": arn.rpartition("/")[2],
            "PolicyId": f"ANPA{arn[-3:]}",
            "DefaultVersionId": "v3",
        }

    def _version(self, arn: str) -> dict[str, Any]:
        return {"VersionId": "v3", "IsDefaultVersion": True, "Document": document(f"s3:{arn[-3:]}")}
