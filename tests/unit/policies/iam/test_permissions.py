"""What a role may really do: its layers out of facts, the heartbeat and the command channel."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Node, Role, Unread
from policies.control import Context
from policies.iam.agent_actions import AGENT_ACTIONS, DHMC_ACTIONS, Target, resources
from policies.iam.evaluation import Decision
from policies.iam.permissions import command_channel, profile_heartbeat, profile_may
from tests.unit.policies.iam_world import INSTANCE_ARN, ROLE_NAME, VPC, managed, node, permissions
from tests.unit.world import ACCOUNT, REGION

HEARTBEAT = "ssm:UpdateInstanceInformation"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
UNSEEN_ENDPOINTS = (
    f"ec2:DescribeVpcEndpoints (OWNER_NOT_COLLECTED): {VPC} belongs to account 999988887777"
)
DESCRIBE_POLICY = "organizations:DescribePolicy"


def role_of(one: Node) -> Role:
    role = one.account.roles.find(ROLE_NAME)
    assert not isinstance(role, Unread)
    return role


def told(decision: Decision) -> Any:
    if decision.needs:
        return [str(need) for need in decision.needs]
    return "denied explicit" if decision.explicit else str(decision.answer)


def heartbeat(**changes: Any) -> Any:
    one = node(**changes)
    return told(profile_heartbeat(one, role_of(one), Context()))


def inline(document: Any) -> dict[str, Any]:
    policy = {"PolicyName": "own", "PolicyDocument": document}
    return {"RolePolicyList": [policy], "AttachedManagedPolicies": []}


def bounded(document: Any | None) -> dict[str, Any]:
    """The sufficient role under a boundary; ``None``: the boundary is not listed."""
    policies = [] if document is None else [managed(BOUNDARY_ARN, document)]
    return {
        "role": {"PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY_ARN}},
        "policies": policies,
    }


def endpoint(policy: Any, **members: Any) -> dict[str, Any]:
    return {
        "VpcEndpointId": "vpce-0a",
        "VpcId": VPC,
        "ServiceName": f"com.amazonaws.{REGION}.ssm",
        "State": "available",
        "PrivateDnsEnabled": True,
        "PolicyDocument": policy,
    } | members


OPEN = permissions("*", Principal="*")
CLOSED = permissions("s3:*", Principal="*")
BY_PATH = ["request:path, whether it leads through endpoint policy of vpce-0a"]


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("T-20 managed policy", {}, "allowed"),
        ("T-20 inline policy", {"role": inline(permissions(HEARTBEAT))}, "allowed"),
        ("T-20 no policy at all", {"role": {"AttachedManagedPolicies": []}}, "denied"),
        ("T-34 case", {"role": inline(permissions("SSM:updateINSTANCE*"))}, "allowed"),
        (
            "T-35 managed instances only",
            {"role": inline(permissions(HEARTBEAT, Resource="arn:aws:ssm:*:*:managed-instance/*"))},
            "denied",
        ),
        (
            "T-35 this instance",
            {"role": inline(permissions(HEARTBEAT, Resource=INSTANCE_ARN))},
            "allowed",
        ),
        (
            "T-21 explicit Deny",
            {
                "role": {
                    "RolePolicyList": [
                        {
                            "PolicyName": "no",
                            "PolicyDocument": permissions(HEARTBEAT, Effect="Deny"),
                        }
                    ]
                }
            },
            "denied explicit",
        ),
        ("T-21 boundary allows", bounded(permissions("ssm:*")), "allowed"),
        ("T-21 boundary does not", bounded(permissions("s3:*")), "denied"),
        (
            "R-1.2 condition on a tag of the instance",
            {
                "role": inline(
                    permissions(
                        HEARTBEAT, Condition={"StringEquals": {"aws:ResourceTag/managed": "yes"}}
                    )
                )
            },
            ["aws:ResourceTag/managed"],
        ),
        (
            "iam.md 3 deny without MFA blocks every node",
            {
                "role": {
                    "RolePolicyList": [
                        {
                            "PolicyName": "mfa",
                            "PolicyDocument": permissions(
                                "*",
                                Effect="Deny",
                                Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
                            ),
                        }
                    ]
                }
            },
            "denied explicit",
        ),
        (
            "iam.md 3 allow with MFA never matches",
            {
                "role": inline(
                    permissions(
                        HEARTBEAT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}
                    )
                )
            },
            "denied",
        ),
        (
            "iam.md 3 absent or false is not the same to Bool false",
            {
                "role": inline(
                    permissions(
                        HEARTBEAT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}
                    )
                )
            },
            ["aws:MultiFactorAuthPresent"],
        ),
        (
            "unread boundary",
            bounded(None),
            [
                (
                    "iam:GetAccountAuthorizationDetails (CHANGED_DURING_COLLECTION): "
                    f"{BOUNDARY_ARN} is not listed"
                )
            ],
        ),
        (
            "unread managed policy",
            {"role": {"AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/New"}]}},
            [
                (
                    "iam:GetAccountAuthorizationDetails (CHANGED_DURING_COLLECTION): "
                    "arn:aws:iam::aws:policy/New is not listed"
                )
            ],
        ),
        (
            "inline policy without its document",
            {"role": inline(None)},
            ["iam:GetAccountAuthorizationDetails (NOT_RECORDED): node-role: inline policy own"],
        ),
        (
            "E5 member account whose SCPs are not read",
            {"organization": {"Id": "o-1", "MasterAccountId": "999988887777"}},
            [f"{DESCRIBE_POLICY} (NOT_RECORDED)"],
        ),
        (
            "E5 management account",
            {"organization": {"Id": "o-1", "MasterAccountId": ACCOUNT}},
            "allowed",
        ),
        (
            "iam.md 3 unread Organizations",
            {"denied": {"organizations.DescribeOrganization": "AccessDenied"}},
            [
                "organizations:DescribeOrganization (AccessDenied)",
                f"{DESCRIBE_POLICY} (AccessDenied)",
            ],
        ),
        (
            "iam.md 3 unread Organizations never deny",
            {
                "denied": {"organizations.DescribeOrganization": "AccessDenied"},
                "role": {"AttachedManagedPolicies": []},
            },
            "denied",
        ),
        ("D1 endpoint with full access", {"endpoints": [endpoint(OPEN)]}, "allowed"),
        ("D1 endpoint with a policy that denies", {"endpoints": [endpoint(CLOSED)]}, BY_PATH),
        ("iam.md 6 endpoint without a policy", {"endpoints": [endpoint(None)]}, "allowed"),
        (
            "D1 endpoint of another VPC",
            {"endpoints": [endpoint(CLOSED, VpcId="vpc-0bb")]},
            "allowed",
        ),
        (
            "D1 endpoint without private DNS",
            {"endpoints": [endpoint(CLOSED, PrivateDnsEnabled=False)]},
            "allowed",
        ),
        (
            "D1 endpoint that is not available",
            {"endpoints": [endpoint(CLOSED, State="Pending")]},
            "allowed",
        ),
        (
            "D1 endpoint of another service",
            {"endpoints": [endpoint(CLOSED, ServiceName=f"com.amazonaws.{REGION}.ssmmessages")]},
            "allowed",
        ),
        (
            "D22 the name it answers, not its service's name, makes it the ssm endpoint",
            {
                "endpoints": [
                    endpoint(
                        CLOSED,
                        ServiceName="cn.com.amazonaws.example",
                        DnsEntries=[{"DnsName": f"ssm.{REGION}.amazonaws.com"}],
                    )
                ]
            },
            BY_PATH,
        ),
        (
            "R-1.11 a participant does not see the endpoints of a shared VPC",
            {"vpc_owner": "999988887777"},
            [UNSEEN_ENDPOINTS],
        ),
        (
            "D1 endpoints not read",
            {"denied": {"ec2.DescribeVpcEndpoints": "UnauthorizedOperation"}},
            ["ec2:DescribeVpcEndpoints (UnauthorizedOperation)"],
        ),
    ],
)
def test_the_heartbeat(rule: str, changes: dict[str, Any], expected: Any) -> None:
    assert heartbeat(**changes) == expected, rule


CHANNEL = ("ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel")
ON_ARN = f"arn:aws:ssmmessages:{REGION}:{ACCOUNT}:*"


@pytest.mark.parametrize(
    ("rule", "document", "region", "expected"),
    [
        ("R-1.4 both control actions", permissions(*CHANNEL), REGION, "allowed"),
        ("R-1.4 one of them", permissions(CHANNEL[0]), REGION, "denied"),
        ("R-1.4 only the heartbeat", permissions(HEARTBEAT), REGION, "denied"),
        ("R-1.4 all of ec2messages", permissions("ec2messages:*"), REGION, "allowed"),
        ("R-1.4 some of ec2messages", permissions("ec2messages:GetMessages"), REGION, "denied"),
        (
            "R-4.2 Region without ec2messages",
            permissions("ec2messages:*"),
            "mx-central-1",
            "denied",
        ),
        (
            "iam.md 4 listed and observed resource disagree",
            permissions(*CHANNEL, Resource=ON_ARN),
            REGION,
            ["request:resource"],
        ),
    ],
)
def test_the_command_channel(rule: str, document: Any, region: str, expected: Any) -> None:
    one = node(role=inline(document), region=region)
    assert told(command_channel(one, role_of(one), Context())) == expected, rule


def test_what_is_remembered_is_what_is_computed() -> None:
    one = node()
    shared = Context()
    first = profile_heartbeat(one, role_of(one), shared)
    assert profile_heartbeat(one, role_of(one), shared) is first
    assert told(profile_heartbeat(one, role_of(one), Context())) == told(first)


@pytest.mark.parametrize("action", AGENT_ACTIONS, ids=lambda action: action.name)
def test_every_action_is_allowed_to_a_role_that_may_do_everything(action: Any) -> None:
    one = node(role=inline(permissions("*")))
    assert profile_may(action, one, role_of(one), Context()).is_allowed


def test_requests_name_the_resources_of_iam_md_4() -> None:
    one = node()
    assert resources(Target.INSTANCE, one) == (INSTANCE_ARN,)
    assert resources(Target.CHANNEL, one) == ("*", ON_ARN)
    assert resources(Target.DOCUMENT, one)[0].startswith(f"arn:aws:ssm:{REGION}::document/AWS-")
    assert {action.name for action in DHMC_ACTIONS} == {
        "ssm:RegisterManagedInstance",
        "ssm:RequestManagedInstanceRoleToken",
    }
