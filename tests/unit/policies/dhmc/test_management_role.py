"""DHMC-01 by the spec: D2, D4, D17, R-2.3 to R-2.9; T-27, T-29, T-30."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest

from policies.control import Context, Severity, Verdict
from policies.dhmc import management_role
from policies.iam.agent_actions import AGENT_ACTIONS
from policies.judgement import Judgement, judge_place
from tests.unit.policies.iam_world import (
    DHMC_ROLE_NAME,
    DHMC_VALUE,
    INSTANCE_ARN,
    inline,
    managed,
    node,
    permissions,
    trust,
)
from tests.unit.world import ACCOUNT, REGION

HEARTBEAT = "ssm:UpdateInstanceInformation"
EVERYTHING = ("ssm:*", "ssmmessages:*", "ec2messages:*")
BOUNDARY_ARN = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
#: AmazonSSMManagedEC2InstanceDefaultPolicy (domain.md 2.1.1): Core without reading parameters.
DEFAULT_POLICY = tuple(
    one.name for one in AGENT_ACTIONS if not one.name.startswith("ssm:GetParameter")
)


def allows(*documents: Any) -> dict[str, Any]:
    return {"dhmc_role": inline(*documents)}


def tagged(*actions: str) -> dict[str, Any]:
    return permissions(*actions, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})


def verdict(**changes: Any) -> Verdict:
    place = node(**({"dhmc": DHMC_VALUE} | changes)).place
    return judge_place(management_role, place, Context())


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-2.5 off", {"dhmc": "$None"}, "not_applicable DHMC_OFF"),
        (
            "R-2.4 no such setting",
            {"denied": {"ssm.GetServiceSetting": "ServiceSettingNotFound"}},
            "not_applicable DHMC_OFF",
        ),
        (
            "setting refused",
            {"denied": {"ssm.GetServiceSetting": "AccessDenied"}},
            "unknown UNREAD",
        ),
        ("D4 empty value", {"dhmc": ""}, "unknown DHMC_SETTING_UNRECOGNIZED"),
        ("T-29 path and name", {}, "pass DHMC_ROLE_SERVES"),
        ("D4 bare name", {"dhmc": DHMC_ROLE_NAME}, "pass DHMC_ROLE_SERVES"),
        (
            "D4 ARN",
            {"dhmc": f"arn:aws:iam::{ACCOUNT}:role/service-role/{DHMC_ROLE_NAME}"},
            "pass DHMC_ROLE_SERVES",
        ),
        ("T-27 role deleted", {"roles": []}, "fail DHMC_ROLE_MISSING"),
        (
            "D4 roles refused",
            {"denied": {"iam.GetAccountAuthorizationDetails": "AccessDenied"}},
            "unknown UNREAD",
        ),
        (
            "T-27 trusts EC2",
            {"dhmc_role": {"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")}},
            "fail DHMC_TRUST_MISSING_SSM",
        ),
        (
            "R-2.9 trusts both",
            {
                "dhmc_role": {
                    "AssumeRolePolicyDocument": trust("ec2.amazonaws.com", "ssm.amazonaws.com")
                }
            },
            "pass DHMC_ROLE_SERVES",
        ),
        (
            "E1 denies Systems Manager",
            {
                "dhmc_role": {
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            *trust("ssm.amazonaws.com")["Statement"],
                            *trust("ssm.amazonaws.com", Effect="Deny")["Statement"],
                        ],
                    }
                }
            },
            "fail DHMC_TRUST_DENIES_SSM",
        ),
        (
            "iam.md 3 conditioned trust",
            {
                "dhmc_role": {
                    "AssumeRolePolicyDocument": trust(
                        "ssm.amazonaws.com",
                        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
                    )
                }
            },
            "unknown DHMC_ROLE_DEPENDS",
        ),
        ("T-30 no ssm:GetParameter", allows(permissions(*DEFAULT_POLICY)), "pass DHMC_ROLE_SERVES"),
        ("R-2.9 no permission", allows(), "fail DHMC_ROLE_NO_HEARTBEAT"),
        (
            "a single instance only: no failure unexamined",
            allows(permissions(HEARTBEAT, Resource=INSTANCE_ARN), permissions("ssmmessages:*")),
            "unknown DHMC_ROLE_DEPENDS",
        ),
        ("T-42 ssm:* alone", allows(permissions("ssm:*")), "fail DHMC_ROLE_NO_CHANNEL"),
        (
            "D17 no ec2messages, new agents only",
            allows(permissions("ssm:*", "ssmmessages:*")),
            "pass DHMC_ROLE_SERVES",
        ),
        (
            "D17 no ec2messages, an older agent among the nodes",
            allows(permissions("ssm:*", "ssmmessages:*")) | {"agent": "3.3.39.9"},
            "warn DHMC_ROLE_LIMITED",
        ),
        (
            "R-1.4 ec2messages alone",
            allows(permissions("ssm:*", "ec2messages:*")),
            "warn DHMC_ROLE_LIMITED",
        ),
        (
            "R-4.2 ec2messages alone where there is none",
            allows(permissions("ssm:*", "ec2messages:*")) | {"region": "mx-central-1"},
            "fail DHMC_ROLE_NO_CHANNEL",
        ),
        (
            "features missing",
            allows(permissions(HEARTBEAT, "ssmmessages:*")),
            "warn DHMC_ROLE_LIMITED",
        ),
        (
            "R-1.2 heartbeat depends",
            allows(tagged(HEARTBEAT), permissions("ssmmessages:*")),
            "unknown DHMC_ROLE_DEPENDS",
        ),
        (
            "a definite block outweighs unknowns",
            allows(tagged(HEARTBEAT)),
            "fail DHMC_ROLE_NO_CHANNEL",
        ),
        (
            "E4 boundary",
            {
                "dhmc_role": {"PermissionsBoundary": {"PermissionsBoundaryArn": BOUNDARY_ARN}},
                "policies": [managed(BOUNDARY_ARN, permissions("s3:*"))],
            },
            "fail DHMC_ROLE_NO_HEARTBEAT",
        ),
        (
            "iam.md 3 unread SCPs",
            {"organization": {"Id": "o-1", "MasterAccountId": "999988887777"}},
            "unknown UNREAD",
        ),
    ],
)
def test_the_role_behind_dhmc(rule: str, changes: dict[str, Any], expected: str) -> None:
    found = verdict(**changes)
    assert f"{found.outcome} {found.code}" == expected, rule


def test_a_role_limited_to_some_instances_names_the_statement() -> None:
    """A denial on a stand-in instance is no failure: the policy may cover the nodes there are."""
    found = verdict(
        **allows(permissions(HEARTBEAT, Resource=INSTANCE_ARN), permissions("ssmmessages:*"))
    )
    (missing,) = found.missing
    assert "inline policy own-0 statement 1" in missing.what


def test_a_trust_in_ec2_is_repaired_by_adding_systems_manager() -> None:
    """T-27: what is trusted already stays."""
    found = verdict(dhmc_role={"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")})
    words = shlex.split(found.remediation)
    assert words[words.index("--role-name") + 1] == DHMC_ROLE_NAME
    services = [one["Principal"]["Service"] for one in json.loads(words[-1])["Statement"]]
    assert services == [["ec2.amazonaws.com"], "ssm.amazonaws.com"]


def test_a_deleted_role_is_made_again_under_its_name() -> None:
    first = verdict(roles=[]).remediation.splitlines()[0]
    words = shlex.split(first)
    assert words[:5] == ["aws", "iam", "create-role", "--role-name", DHMC_ROLE_NAME]
    assert "ssm.amazonaws.com" in words[-1]


def test_its_finding_is_the_regions() -> None:
    place = node(dhmc=DHMC_VALUE, roles=[]).place
    judgement = Judgement()
    finding = judgement.place_finding(management_role, place)
    assert finding.id == f"DHMC-01/{ACCOUNT}/{REGION}/{REGION}"
    assert (finding.resource, finding.name, finding.severity) == (REGION, "", Severity.HIGH)
    assert not finding.is_about_instance
    assert judgement.place_finding(management_role, place) is finding
