"""DHMC-02 by the spec: D3, D4, R-2.10, iam.md 5, T-26, T-35."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, Verdict
from policies.dhmc import profile_overrules
from policies.parameters import Parameters
from tests.unit.policies.iam_world import (
    CORE_ACTIONS,
    CORE_ARN,
    DHMC_VALUE,
    PROFILE,
    ROLE_ARN,
    managed,
    node,
    permissions,
    trust,
)
from tests.unit.world import ACCOUNT

HEARTBEAT = "ssm:UpdateInstanceInformation"
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/boundary"


def verdict(*, may_serve: bool = False, **changes: Any) -> Verdict:
    context = Context(Parameters(dhmc_profile_may_serve=may_serve))
    return profile_overrules.evaluate(node(**({"dhmc": DHMC_VALUE} | changes)), context)


def told(**changes: Any) -> str:
    found = verdict(**changes)
    return f"{found.outcome} {found.code}"


def inline(*documents: Any) -> dict[str, Any]:
    policies = [
        {"PolicyName": f"own-{number}", "PolicyDocument": one}
        for number, one in enumerate(documents)
    ]
    return {"RolePolicyList": policies, "AttachedManagedPolicies": []}


def tagged(*actions: str) -> dict[str, Any]:
    return permissions(*actions, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})


LEAVES = "pass PROFILE_LEAVES_HEARTBEAT_TO_DHMC"


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-2.5 off", {"dhmc": "$None"}, "not_applicable DHMC_OFF"),
        (
            "R-2.4 no such setting",
            {"absent": ("ssm.GetServiceSetting",)},
            "not_applicable DHMC_OFF",
        ),
        (
            "R-2.4 not found",
            {"denied": {"ssm.GetServiceSetting": "ServiceSettingNotFound"}},
            "not_applicable DHMC_OFF",
        ),
        (
            "setting refused",
            {"denied": {"ssm.GetServiceSetting": "AccessDenied"}},
            "unknown UNREAD",
        ),
        ("D4 empty value", {"dhmc": ""}, "unknown DHMC_SETTING_UNRECOGNIZED"),
        ("nothing attached", {"attached": False}, "not_applicable NO_PROFILE"),
        ("profile without a role", {"profile": {"Roles": []}}, "not_applicable NO_ROLE"),
        ("role deleted", {"roles": []}, "not_applicable NO_ROLE"),
        ("two roles", {"profile": {"Roles": PROFILE["Roles"] * 2}}, "unknown PROFILE_UNDECIDED"),
        (
            "profiles refused",
            {"denied": {"iam.ListInstanceProfiles": "AccessDenied"}},
            "unknown UNREAD",
        ),
        ("D3 sufficient", {}, "fail PROFILE_OVERRULES_DHMC"),
        ("D3 sufficient and accepted", {"may_serve": True}, "pass PROFILE_SUFFICIENT"),
        (
            "T-26 heartbeat alone",
            {"role": inline(permissions(HEARTBEAT))},
            "fail PROFILE_SUPPRESSES_DHMC",
        ),
        (
            "T-26 heartbeat alone is never accepted",
            {"role": inline(permissions(HEARTBEAT)), "may_serve": True},
            "fail PROFILE_SUPPRESSES_DHMC",
        ),
        (
            "T-26 all of ssm is the heartbeat alone",
            {"role": inline(permissions("ssm:*"))},
            "fail PROFILE_SUPPRESSES_DHMC",
        ),
        (
            "R-1.4 ec2messages is a command channel",
            {"role": inline(permissions(HEARTBEAT, "ec2messages:*"))},
            "fail PROFILE_OVERRULES_DHMC",
        ),
        (
            "R-4.2 where there is no ec2messages it is not",
            {"role": inline(permissions(HEARTBEAT, "ec2messages:*")), "region": "mx-central-1"},
            "fail PROFILE_SUPPRESSES_DHMC",
        ),
        (
            "D3 channel depends",
            {"role": inline(permissions(HEARTBEAT), tagged("ssmmessages:*"))},
            "fail PROFILE_OVERRULES_DHMC",
        ),
        (
            "D3 channel depends and a sufficient profile is accepted",
            {"role": inline(permissions(HEARTBEAT), tagged("ssmmessages:*")), "may_serve": True},
            "unknown CHANNEL_DEPENDS",
        ),
        ("R-2.10 no heartbeat", {"role": inline(permissions("s3:*"))}, LEAVES),
        ("R-2.10 no policy", {"role": inline()}, LEAVES),
        ("R-2.10 channels only", {"role": inline(permissions("ssmmessages:*"))}, LEAVES),
        (
            "iam.md 5 managed instances only (T-35)",
            {"role": inline(permissions(HEARTBEAT, Resource="arn:aws:ssm:*:*:managed-instance/*"))},
            LEAVES,
        ),
        (
            "iam.md 5 instances (T-35)",
            {"role": inline(permissions(HEARTBEAT, Resource="arn:aws:ec2:*:*:instance/*"))},
            "fail PROFILE_SUPPRESSES_DHMC",
        ),
        (
            "iam.md 5 a Deny satisfies it",
            {"role": inline(permissions("*"), permissions(HEARTBEAT, Effect="Deny"))},
            LEAVES,
        ),
        (
            "iam.md 5 a boundary satisfies it",
            {
                "role": {"PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY_ARN}},
                "policies": [managed(BOUNDARY_ARN, permissions("s3:*"))],
            },
            LEAVES,
        ),
        (
            "D1 credentials that EC2 cannot get send nothing",
            {"role": {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}},
            LEAVES,
        ),
        (
            "D3 heartbeat depends",
            {"role": inline(tagged(HEARTBEAT))},
            "unknown HEARTBEAT_DEPENDS",
        ),
        (
            "D1 trust depends",
            {"role": {"AssumeRolePolicyDocument": trust("x", Principal="*")}},
            "unknown HEARTBEAT_DEPENDS",
        ),
        (
            "malformed policy",
            {"role": inline('{"Statement": 1')},
            "unknown HEARTBEAT_DEPENDS",
        ),
        (
            "unread policy",
            {"role": inline(None)},
            "unknown UNREAD",
        ),
        (
            "iam.md 3 unread SCPs",
            {"organization": {"Id": "o-1", "MasterAccountId": "999988887777"}},
            "unknown UNREAD",
        ),
        (
            "iam.md 3 unread SCPs never turn what is not allowed",
            {
                "organization": {"Id": "o-1", "MasterAccountId": "999988887777"},
                "role": inline(permissions("s3:*")),
            },
            LEAVES,
        ),
    ],
)
def test_the_profile_under_dhmc(rule: str, changes: dict[str, Any], expected: str) -> None:
    assert told(**changes) == expected, rule


def test_a_failure_quotes_setting_and_statement_and_names_the_role() -> None:
    found = verdict()
    setting, statement = found.evidence
    assert (setting.path, setting.value) == ("SettingValue", DHMC_VALUE)
    assert setting.call == "ssm:GetServiceSetting"
    assert statement.value == permissions(*CORE_ACTIONS)["Statement"][0]
    assert statement.path == f"{CORE_ARN} statement 1"
    assert [blocker.resource for blocker in found.blockers] == [ROLE_ARN]


def test_a_pass_says_why() -> None:
    denied = inline(permissions("*"), permissions(HEARTBEAT, Effect="Deny", Sid="Leave"))
    assert "inline policy own-1 statement 1 (Leave)" in verdict(role=denied).reason
    assert (
        "may not assume"
        in verdict(role={"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}).reason
    )


def test_the_repair_names_every_policy_that_allows_it() -> None:
    role = {"RolePolicyList": [{"PolicyName": "own", "PolicyDocument": permissions("ssm:*")}]}
    assert verdict(role=role).remediation.splitlines() == [
        f"Take {HEARTBEAT} out of 'inline policy own' of role 'node-role'",
        f"aws iam detach-role-policy --role-name node-role --policy-arn {CORE_ARN}",
    ]


def test_an_unknown_names_the_key() -> None:
    (missing,) = verdict(role=inline(tagged(HEARTBEAT))).missing
    assert missing.what == "aws:ResourceTag/a"
