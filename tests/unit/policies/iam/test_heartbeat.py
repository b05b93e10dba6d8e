"""IAM-04 by the spec: D1, D2, D9, D20, R-1.1; T-20, T-21, T-25, T-34 to T-36, T-39."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from policies.control import Context, Verdict
from policies.iam import heartbeat
from policies.judgement import judge
from tests.unit.policies.iam_world import (
    CORE_ARN,
    DHMC_VALUE,
    INSTANCE_ARN,
    ROLE_ARN,
    inline,
    managed,
    node,
    permissions,
    trust,
)
from tests.unit.world import ACCOUNT

HEARTBEAT = "ssm:UpdateInstanceInformation"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
ELSEWHERE = "arn:aws:ec2:eu-central-1:111122223333:instance/i-0aaaaaaaaaaaaaaaa"
QUICK_SETUP = "AmazonSSMRoleForInstancesQuickSetup"
IN_AN_ORGANIZATION = {"organization": {"Id": "o-1", "MasterAccountId": "999988887777"}}


def bounded(document: Any) -> dict[str, Any]:
    return {
        "role": {"PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY_ARN}},
        "policies": [managed(BOUNDARY_ARN, document)],
    }


def called(name: str, policies: dict[str, Any] | None = None) -> dict[str, Any]:
    """The node's role under another name."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    reference = {"RoleName": name, "Arn": arn, "RoleId": "AROANODE"}
    return {"role": reference | (policies or {}), "profile": {"Roles": [reference]}}


def verdict(**changes: Any) -> Verdict:
    return heartbeat.evaluate(node(**changes), Context())


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-1.1 managed policy", {}, "pass HEARTBEAT_ALLOWED"),
        ("T-20 inline", {"role": inline(permissions(HEARTBEAT))}, "pass HEARTBEAT_ALLOWED"),
        (
            "T-34 case and wildcard",
            {"role": inline(permissions("SSM:updateinstance*"))},
            "pass HEARTBEAT_ALLOWED",
        ),
        (
            "T-35 this instance",
            {"role": inline(permissions(HEARTBEAT, Resource=INSTANCE_ARN))},
            "pass HEARTBEAT_ALLOWED",
        ),
        (
            "T-35 another instance",
            {"role": inline(permissions(HEARTBEAT, Resource=ELSEWHERE))},
            "fail HEARTBEAT_ON_OTHER_RESOURCES",
        ),
        (
            "T-35 managed instances",
            {"role": inline(permissions(HEARTBEAT, Resource="arn:aws:ssm:*:*:managed-instance/*"))},
            "fail HEARTBEAT_ON_OTHER_RESOURCES",
        ),
        ("R-1.1 no policy", {"role": inline()}, "fail HEARTBEAT_NOT_ALLOWED"),
        (
            "R-1.1 other actions",
            {"role": inline(permissions("ssm:Get*"))},
            "fail HEARTBEAT_NOT_ALLOWED",
        ),
        (
            "T-39 credentials that only tell who they are",
            {"role": inline(permissions("sts:GetCallerIdentity"))},
            "fail HEARTBEAT_NOT_ALLOWED",
        ),
        (
            "T-39 and may send it",
            {"role": inline(permissions("sts:GetCallerIdentity", HEARTBEAT))},
            "pass HEARTBEAT_ALLOWED",
        ),
        ("D20 the role of Quick Setup", called(QUICK_SETUP), "pass HEARTBEAT_ALLOWED"),
        (
            "D20 its name allows nothing",
            called(QUICK_SETUP, inline(permissions("s3:*"))),
            "fail HEARTBEAT_NOT_ALLOWED",
        ),
        (
            "T-21 explicit Deny",
            {"role": inline(permissions("*"), permissions(HEARTBEAT, Effect="Deny"))},
            "fail HEARTBEAT_DENIED",
        ),
        (
            "T-21 Deny of another instance",
            {
                "role": inline(
                    permissions("*"), permissions(HEARTBEAT, Effect="Deny", Resource=ELSEWHERE)
                )
            },
            "pass HEARTBEAT_ALLOWED",
        ),
        ("T-21 boundary", bounded(permissions("s3:*")), "fail HEARTBEAT_OUTSIDE_BOUNDARY"),
        ("T-21 wide boundary", bounded(permissions("*")), "pass HEARTBEAT_ALLOWED"),
        (
            "R-1.2 unknown condition",
            {
                "role": inline(
                    permissions(HEARTBEAT, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})
                )
            },
            "unknown HEARTBEAT_DEPENDS",
        ),
        (
            "a definite block outweighs unknowns",
            {"role": inline(permissions("s3:*"))} | IN_AN_ORGANIZATION,
            "fail HEARTBEAT_NOT_ALLOWED",
        ),
        ("iam.md 3 unread SCPs", IN_AN_ORGANIZATION, "unknown UNREAD"),
        (
            "T-25 DHMC serves the node",
            {"role": inline(permissions("s3:*")), "dhmc": DHMC_VALUE},
            "not_applicable SOURCE_IS_DHMC",
        ),
        (
            "D1 DHMC, but an agent too old for it",
            {"role": inline(permissions("s3:*")), "dhmc": DHMC_VALUE, "agent": "3.2.581.0"},
            "fail HEARTBEAT_NOT_ALLOWED",
        ),
        (
            "T-28 DHMC, agent version not known",
            {"role": inline(permissions("s3:*")), "dhmc": DHMC_VALUE, "agent": None},
            "unknown DHMC_MAY_STAND_IN",
        ),
        (
            "design 4: outcomes stay independent of the trust",
            {"role": {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}},
            "pass HEARTBEAT_ALLOWED",
        ),
        ("nothing attached", {"attached": False}, "not_applicable NO_PROFILE"),
        ("profile without role", {"profile": {"Roles": []}}, "not_applicable NO_ROLE"),
        (
            "roles refused",
            {"denied": {"iam.GetAccountAuthorizationDetails": "AccessDenied"}},
            "unknown UNREAD",
        ),
    ],
)
def test_the_heartbeat(rule: str, changes: dict[str, Any], expected: str) -> None:
    found = verdict(**changes)
    assert f"{found.outcome} {found.code}" == expected, rule


def test_a_fresh_ping_contradicts_a_denial() -> None:
    """D9: Online entails the heartbeat; T-36: nor does it make a pass of a right that is gone.

    Credentials and an open channel outlive a permission by up to an hour.
    """
    denied = {"role": inline(permissions("s3:*"))}
    lost = {"registered": {"PingStatus": "ConnectionLost"}}
    assert judge(heartbeat, node(**denied), Context()).code == "CONTRADICTED"
    assert judge(heartbeat, node(**denied, **lost), Context()).code == "HEARTBEAT_NOT_ALLOWED"


def test_a_denial_quotes_the_statement_that_allows_it_elsewhere() -> None:
    found = verdict(role=inline(permissions(HEARTBEAT, Resource=ELSEWHERE)))
    (quoted,) = found.evidence
    assert quoted.value["Resource"] == ELSEWHERE
    assert INSTANCE_ARN in found.reason


def test_the_repair_gives_the_role_the_missing_statement() -> None:
    found = verdict(role=inline())
    lines = found.remediation.splitlines()
    assert f"aws iam attach-role-policy --role-name node-role --policy-arn {CORE_ARN}" in lines
    (command,) = [one for one in lines if "put-role-policy" in one]
    document = json.loads(shlex.split(command)[-1])
    assert document["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [HEARTBEAT],
            "Resource": f"arn:aws:ec2:*:{ACCOUNT}:instance/*",
        }
    ]
    assert [one.resource for one in found.blockers] == [ROLE_ARN]


def test_the_repair_of_a_boundary_keeps_what_it_allows() -> None:
    found = verdict(**bounded(permissions("s3:*")))
    words = shlex.split(found.remediation)
    assert words[:3] == ["aws", "iam", "create-policy-version"]
    assert words[words.index("--policy-arn") + 1] == BOUNDARY_ARN
    statements = json.loads(words[words.index("--policy-document") + 1])["Statement"]
    assert statements[0] == permissions("s3:*")["Statement"][0]
    assert statements[1]["Action"] == [HEARTBEAT]
    assert [one.resource for one in found.blockers] == [BOUNDARY_ARN]
