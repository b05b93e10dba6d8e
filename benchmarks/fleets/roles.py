"""Fifty roles with what applications allow theirs, and three that keep a node from registering."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from benchmarks.fleets.identifiers import ago, digits
from policies.iam.agent_actions import AGENT_ACTIONS, CORE_POLICY

ROLES: Final = 50
#: Profiles whose instances cannot be managed nodes: what is wrong is told by the name.
WRONG_TRUST: Final = "batch-lambda"
WITHOUT_SSM: Final = "archive-reader"
EMPTY_PROFILE: Final = "decommissioned"
_CLOUDWATCH: Final = "CloudWatchAgentServerPolicy"
#: Every so many roles has the agent's actions in a policy of its own, or a permissions boundary.
_OWN_POLICY: Final = 5
_BOUNDARY: Final = 7
Document = dict[str, Any]


def role_name(number: int) -> str:
    """The name of an application's role, which is its instance profile's too."""
    return f"app-{number % ROLES:02}"


def profile_reference(account: str, name: str) -> dict[str, str]:
    """An instance profile as instances quote it."""
    arn = f"arn:aws:iam::{account}:instance-profile/{name}"
    return {"Arn": arn, "Id": f"AIPA{digits('profile', account, name)[:17].upper()}"}


def account_answers(account: str) -> Iterator[tuple[str, Any]]:
    """What IAM tells of the account: operation and answer."""
    roles = [
        *(_application_role(account, number) for number in range(ROLES)),
        _role(account, WRONG_TRUST, _trust("lambda"), [CORE_POLICY], []),
        _role(account, WITHOUT_SSM, _trust("ec2"), [], [_application_statements(ROLES)]),
    ]
    profiles = [_profile(account, role["RoleName"], [role]) for role in roles]
    profiles.append(_profile(account, EMPTY_PROFILE, []))
    yield "iam.ListInstanceProfiles", {"InstanceProfiles": profiles}
    policies = [
        _policy(f"arn:aws:iam::aws:policy/{CORE_POLICY}", _agent_statements()),
        _policy(f"arn:aws:iam::aws:policy/{_CLOUDWATCH}", _cloudwatch_statements()),
        _policy(_boundary_arn(account), _boundary_statements()),
    ]
    yield (
        "iam.GetAccountAuthorizationDetails",
        {
            "RoleDetailList": roles,
            "Policies": policies,
            "UserDetailList": [],
            "GroupDetailList": [],
        },
    )


def _application_role(account: str, number: int) -> Document:
    name = role_name(number)
    inline = [_application_statements(number)]
    if number % _OWN_POLICY:
        role = _role(account, name, _trust("ec2"), [CORE_POLICY, _CLOUDWATCH], inline)
    else:
        role = _role(account, name, _trust("ec2"), [_CLOUDWATCH], [*inline, _agent_statements()])
    if number % _BOUNDARY == 0:
        boundary = _boundary_arn(account)
        role["PermissionsBoundary"] = {
            "PermissionsBoundaryType": "Policy",
            "PermissionsBoundaryArn": boundary,
        }
    return role


def _role(
    account: str,
    name: str,
    trust: Document,
    attached: list[str],
    inline: list[list[Document]],
) -> Document:
    return {
        "Path": "/",
        "RoleName": name,
        "RoleId": f"AROA{digits('role', account, name)[:17].upper()}",
        "Arn": f"arn:aws:iam::{account}:role/{name}",
        "CreateDate": ago(days=700),
        "AssumeRolePolicyDocument": trust,
        "RolePolicyList": [
            {"PolicyName": f"{name}-{at}", "PolicyDocument": _document(statements)}
            for at, statements in enumerate(inline)
        ],
        "AttachedManagedPolicies": [
            {"PolicyName": one, "PolicyArn": f"arn:aws:iam::aws:policy/{one}"} for one in attached
        ],
        "Tags": [{"Key": "owner", "Value": f"team-{digits('team', name)[:2]}"}],
    }


def _profile(account: str, name: str, roles: list[Document]) -> Document:
    reference = profile_reference(account, name)
    return {
        "Path": "/",
        "InstanceProfileName": name,
        "InstanceProfileId": reference["Id"],
        "Arn": reference["Arn"],
        "CreateDate": ago(days=700),
        "Roles": [
            {
                "RoleName": one["RoleName"],
                "RoleId": one["RoleId"],
                "Arn": one["Arn"],
                "AssumeRolePolicyDocument": one["AssumeRolePolicyDocument"],
            }
            for one in roles
        ],
    }


def _policy(arn: str, statements: list[Document]) -> Document:
    return {
        "PolicyName": arn.rpartition("/")[2],
        "Arn": arn,
        "Path": "/",
        "DefaultVersionId": "v1",
        "AttachmentCount": ROLES,
        "IsAttachable": True,
        "PolicyVersionList": [
            {
                "VersionId": "v1",
                "IsDefaultVersion": True,
                "CreateDate": ago(days=900),
                "Document": _document(statements),
            }
        ],
    }


def _boundary_arn(account: str) -> str:
    return f"arn:aws:iam::{account}:policy/workload-boundary"


def _document(statements: list[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": statements}


def _trust(service: str) -> Document:
    principal = {"Service": f"{service}.amazonaws.com"}
    return _document([{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}])


def _agent_statements() -> list[Document]:
    """AmazonSSMManagedInstanceCore: a statement for each service, every action by its name."""
    return [
        {
            "Effect": "Allow",
            "Action": [one.name for one in AGENT_ACTIONS if one.name.startswith(f"{service}:")],
            "Resource": "*",
        }
        for service in ("ssm", "ssmmessages", "ec2messages")
    ]


def _cloudwatch_statements() -> list[Document]:
    actions = ["cloudwatch:PutMetricData", "ec2:DescribeTags", "logs:PutLogEvents"]
    parameter = "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"
    return [
        {"Effect": "Allow", "Action": actions, "Resource": "*"},
        {"Effect": "Allow", "Action": ["ssm:GetParameter"], "Resource": parameter},
    ]


def _boundary_statements() -> list[Document]:
    return [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": ["iam:*", "organizations:*"], "Resource": "*"},
    ]


def _application_statements(number: int) -> list[Document]:
    """A bucket of its own, and a Deny with a condition, as applications have them."""
    bucket = f"arn:aws:s3:::application-{number}"
    return [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": f"{bucket}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
        {
            "Effect": "Deny",
            "Action": ["s3:DeleteObject*"],
            "Resource": f"{bucket}/*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
