"""IAM-06 by the spec: iam.md 4, R-1.1, D2, D9; T-20, T-34."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, Verdict
from policies.iam import core_actions
from policies.iam.core_actions import EXTRAS
from policies.judgement import judge
from tests.unit.policies.iam_world import DHMC_VALUE, inline, node, permissions
from tests.unit.world import ACCOUNT, REGION

ALL = tuple(one.name for one in EXTRAS)
OWN = f"arn:aws:ssm:*:{ACCOUNT}"


def without(*actions: str) -> dict[str, Any]:
    """Core but for these actions."""
    return permissions(*(one for one in ALL if one not in actions))


def on(resource: str, *actions: str, **elements: Any) -> dict[str, Any]:
    return permissions(*actions, Resource=resource, **elements)


def all_but(resource: str, *actions: str) -> dict[str, Any]:
    """Denies them on any other resource."""
    deny = {"Effect": "Deny", "Action": list(actions), "NotResource": resource}
    return {"Version": "2012-10-17", "Statement": [deny]}


def tagged(*actions: str) -> dict[str, Any]:
    return permissions(*actions, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})


def verdict(*documents: Any, **changes: Any) -> Verdict:
    role = {"role": inline(*documents)} if documents else {}
    return core_actions.evaluate(node(**role, **changes), Context())


def test_the_rest_of_core_is_what_iam_md_4_lists() -> None:
    """25 actions: the heartbeat, four of ssmmessages, six of ec2messages, and these 14."""
    assert len(ALL) == 14
    assert all(one.startswith("ssm:") for one in ALL)


@pytest.mark.parametrize(
    ("rule", "documents", "expected"),
    [
        ("R-1.1 ssm:*", [permissions("ssm:*")], "pass CORE_ALLOWED"),
        ("R-1.1 each by name", [permissions(*ALL)], "pass CORE_ALLOWED"),
        ("T-34 case", [permissions(*map(str.upper, ALL))], "pass CORE_ALLOWED"),
        ("R-1.1 nothing", [permissions("s3:*")], "fail CORE_ACTIONS_MISSING"),
        ("documents", [without("ssm:GetDocument")], "fail CORE_ACTIONS_MISSING"),
        (
            "optional parameters, AmazonEC2RoleforSSM",
            [without("ssm:GetParameter")],
            "warn CORE_FEATURES_MISSING",
        ),
        ("inventory", [without("ssm:PutInventory")], "warn CORE_FEATURES_MISSING"),
        ("State Manager", [without("ssm:ListAssociations")], "warn CORE_FEATURES_MISSING"),
        (
            "explicit Deny of inventory",
            [permissions("ssm:*"), permissions("ssm:PutInventory", Effect="Deny")],
            "warn CORE_FEATURES_MISSING",
        ),
        (
            "own documents only: no failure unexamined",
            [without("ssm:GetDocument"), on(f"{OWN}:document/*", "ssm:GetDocument")],
            "warn CORE_LIMITED",
        ),
        (
            "a Deny of one document is no denial of all",
            [
                permissions("ssm:*"),
                permissions(
                    "ssm:GetDocument",
                    Effect="Deny",
                    Resource="arn:aws:ssm:*::document/AWS-RunShellScript",
                ),
            ],
            "warn CORE_LIMITED",
        ),
        (
            "a Deny of all documents is",
            [permissions("ssm:*"), permissions("ssm:GetDocument", Effect="Deny")],
            "fail CORE_ACTIONS_MISSING",
        ),
        (
            "a Deny of all documents by their ARN is, too",
            [
                permissions("ssm:*"),
                on("arn:aws:ssm:*:*:document/*", "ssm:GetDocument", Effect="Deny"),
            ],
            "fail CORE_ACTIONS_MISSING",
        ),
        (
            "a Deny of AWS's own documents leaves the account's",
            [
                permissions("ssm:*"),
                on("arn:aws:ssm:*::document/*", "ssm:GetDocument", Effect="Deny"),
            ],
            "warn CORE_LIMITED",
        ),
        (
            "a Deny of all parameters",
            [
                permissions("ssm:*"),
                on("arn:aws:ssm:*:*:parameter/*", "ssm:GetParameter*", Effect="Deny"),
            ],
            "warn CORE_FEATURES_MISSING",
        ),
        (
            "a Deny of all parameters of this Region and account",
            [
                permissions("ssm:*"),
                on(
                    f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/*",
                    "ssm:GetParameter*",
                    Effect="Deny",
                ),
            ],
            "warn CORE_FEATURES_MISSING",
        ),
        (
            "a Deny of some parameters",
            [
                permissions("ssm:*"),
                on("arn:aws:ssm:*:*:parameter/roll*", "ssm:GetParameter*", Effect="Deny"),
            ],
            "pass CORE_ALLOWED",
        ),
        (
            "a Deny of all but some parameters",
            [permissions("ssm:*"), all_but(f"{OWN}:parameter/app/*", "ssm:GetParameter*")],
            "pass CORE_ALLOWED",
        ),
        (
            "a Deny of all but what is no parameter",
            [permissions("ssm:*"), all_but("arn:aws:s3:::bucket/*", "ssm:GetParameter*")],
            "warn CORE_FEATURES_MISSING",
        ),
        (
            "a bucket is no document",
            [on("arn:aws:s3:::bucket/*", "ssm:*")],
            "fail CORE_ACTIONS_MISSING",
        ),
        (
            "another Region's documents are not this one's",
            [
                without("ssm:GetDocument"),
                on("arn:aws:ssm:us-west-2:*:document/*", "ssm:GetDocument"),
            ],
            "fail CORE_ACTIONS_MISSING",
        ),
        (
            "another account's documents are not this one's",
            [
                without("ssm:GetDocument"),
                on("arn:aws:ssm:*:999988887777:document/*", "ssm:GetDocument"),
            ],
            "fail CORE_ACTIONS_MISSING",
        ),
        (
            "own parameters only, as AWS recommends",
            [
                without("ssm:GetParameter", "ssm:GetParameters"),
                on(f"{OWN}:parameter/app/*", "ssm:GetParameter", "ssm:GetParameters"),
            ],
            "pass CORE_ALLOWED",
        ),
        (
            "another instance's compliance is not this one's",
            [
                without("ssm:PutComplianceItems"),
                on(f"arn:aws:ec2:*:{ACCOUNT}:instance/i-0aa", "ssm:PutComplianceItems"),
            ],
            "warn CORE_FEATURES_MISSING",
        ),
        (
            "R-1.2 documents depend",
            [without("ssm:GetDocument"), tagged("ssm:GetDocument")],
            "unknown CORE_DEPENDS",
        ),
        (
            "R-1.2 inventory depends",
            [without("ssm:PutInventory"), tagged("ssm:PutInventory")],
            "unknown CORE_DEPENDS",
        ),
        (
            "a definite block outweighs unknowns",
            [without("ssm:GetDocument", "ssm:DescribeDocument"), tagged("ssm:GetDocument")],
            "fail CORE_ACTIONS_MISSING",
        ),
        (
            "no better than a warning, whatever inventory comes to",
            [without("ssm:PutInventory", "ssm:GetManifest"), tagged("ssm:PutInventory")],
            "warn CORE_FEATURES_MISSING",
        ),
    ],
)
def test_the_rest_of_core(rule: str, documents: list[Any], expected: str) -> None:
    found = verdict(*documents)
    assert f"{found.outcome} {found.code}" == expected, rule


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        (
            "T-30, D2: the source is DHMC",
            {"role": inline(permissions("s3:*")), "dhmc": DHMC_VALUE},
            "not_applicable SOURCE_IS_DHMC",
        ),
        ("nothing attached", {"attached": False}, "not_applicable NO_PROFILE"),
        (
            "iam.md 3 unread SCPs",
            {"organization": {"Id": "o-1", "MasterAccountId": "999988887777"}},
            "unknown UNREAD",
        ),
    ],
)
def test_whom_it_judges(rule: str, changes: dict[str, Any], expected: str) -> None:
    found = verdict(**changes)
    assert f"{found.outcome} {found.code}" == expected, rule


def test_a_fresh_ping_says_nothing_about_it() -> None:
    """D9: Online entails nothing about IAM-06."""
    bare = node(role=inline(permissions("s3:*")))
    assert judge(core_actions, bare, Context()).code == "CORE_ACTIONS_MISSING"


def test_the_reason_names_what_is_lost() -> None:
    found = verdict(without("ssm:GetParameter"))
    assert found.reason == "node-role may not call ssm:GetParameter (parameters)"
