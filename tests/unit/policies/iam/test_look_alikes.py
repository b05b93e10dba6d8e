"""IAM-07 by the spec: domain.md 2.1.1, R-3.1; T-20, T-22."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, Verdict
from policies.iam import look_alikes
from tests.unit.policies.iam_world import (
    CORE_ACTIONS,
    CORE_ARN,
    DHMC_VALUE,
    MEMBER,
    inline,
    managed,
    node,
    permissions,
)
from tests.unit.world import ACCOUNT

AWS = "arn:aws:iam::aws:policy"
DEPRECATED = f"{AWS}/service-role/AmazonEC2RoleforSSM"
READ_ONLY = f"{AWS}/AmazonSSMReadOnlyAccess"
AUTOMATION = f"{AWS}/service-role/AmazonSSMAutomationRole"
NAMESAKE = f"arn:aws:iam::{ACCOUNT}:policy/AmazonSSMManagedInstanceCore"
UNLISTED = f"arn:aws:iam::{ACCOUNT}:policy/unlisted"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
SUFFICIENT = permissions(*CORE_ACTIONS)
READS = permissions("ssm:Describe*", "ssm:Get*", "ssm:List*")


def carrying(*policies: tuple[str, Any], **changes: Any) -> dict[str, Any]:
    """A role with these managed policies, each an ARN and its document."""
    attached = [{"PolicyArn": arn, "PolicyName": arn.rpartition("/")[2]} for arn, _ in policies]
    listed = [managed(arn, document) for arn, document in policies if arn != CORE_ARN]
    return {"role": {"AttachedManagedPolicies": attached}, "policies": listed} | changes


def bounded(changes: dict[str, Any]) -> dict[str, Any]:
    """The same role within a boundary that allows reading only."""
    boundary = {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": BOUNDARY,
    }
    role = changes["role"] | {"PermissionsBoundary": boundary}
    return changes | {"role": role, "policies": [*changes["policies"], managed(BOUNDARY, READS)]}


def verdict(**changes: Any) -> Verdict:
    return look_alikes.evaluate(node(**changes), Context())


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("T-20 Core itself", {}, "pass NO_LOOKALIKE"),
        ("T-20 inline policies only", {"role": inline(SUFFICIENT)}, "pass NO_LOOKALIKE"),
        ("nothing at all is IAM-04's to tell", {"role": inline()}, "pass NO_LOOKALIKE"),
        (
            "2.1.1 deprecated, yet sufficient",
            carrying((DEPRECATED, SUFFICIENT)),
            "warn DEPRECATED_POLICY",
        ),
        (
            "2.1.1 deprecated beside Core",
            carrying((CORE_ARN, None), (DEPRECATED, SUFFICIENT)),
            "warn DEPRECATED_POLICY",
        ),
        (
            "T-22 a name in another path is another policy",
            carrying((f"{AWS}/AmazonEC2RoleforSSM", SUFFICIENT)),
            "pass NO_LOOKALIKE",
        ),
        ("2.1.1 look-alike", carrying((READ_ONLY, READS)), "fail LOOKALIKE_POLICY"),
        (
            "2.1.1 look-alike beside Core is not relied on",
            carrying((CORE_ARN, None), (READ_ONLY, READS)),
            "pass NO_LOOKALIKE",
        ),
        (
            "iam.md 4 heartbeat without channels",
            carrying((AUTOMATION, permissions("ssm:*"))),
            "fail LOOKALIKE_POLICY",
        ),
        (
            "T-22 a customer's policy of that name, insufficient",
            carrying((NAMESAKE, READS)),
            "fail LOOKALIKE_POLICY",
        ),
        (
            "T-22 a customer's policy of that name, sufficient",
            carrying((NAMESAKE, SUFFICIENT)),
            "warn LOOKALIKE_NAME",
        ),
        (
            "T-22 another partition's ARN is not AWS's here",
            carrying(("arn:aws-cn:iam::aws:policy/AmazonSSMReadOnlyAccess", READS)),
            "pass NO_LOOKALIKE",
        ),
        (
            "R-1.2 whether others serve depends",
            {"role": carrying((UNLISTED, None), (READ_ONLY, READS))["role"]}
            | {"policies": [managed(READ_ONLY, READS)]},
            "unknown CHANGED_DURING_COLLECTION",
        ),
        (
            "unread SCPs are IAM-04's to tell",
            carrying((CORE_ARN, None), (READ_ONLY, READS), organization=MEMBER),
            "pass NO_LOOKALIKE",
        ),
        (
            "unread SCPs excuse no look-alike",
            carrying((READ_ONLY, READS), organization=MEMBER),
            "fail LOOKALIKE_POLICY",
        ),
        (
            "a boundary is IAM-04's to judge",
            bounded(carrying((CORE_ARN, None), (READ_ONLY, READS))),
            "pass NO_LOOKALIKE",
        ),
        (
            "a boundary excuses no look-alike",
            bounded(carrying((READ_ONLY, READS))),
            "fail LOOKALIKE_POLICY",
        ),
        (
            "the source is DHMC",
            carrying((READ_ONLY, READS), dhmc=DHMC_VALUE),
            "not_applicable SOURCE_IS_DHMC",
        ),
        ("nothing attached", {"attached": False}, "not_applicable NO_PROFILE"),
    ],
)
def test_what_a_role_relies_on(rule: str, changes: dict[str, Any], expected: str) -> None:
    found = verdict(**changes)
    assert f"{found.outcome} {found.code}" == expected, rule


def test_the_repair_of_a_deprecated_policy_attaches_core_first() -> None:
    lines = verdict(**carrying((DEPRECATED, SUFFICIENT))).remediation.splitlines()
    assert lines[:2] == [
        f"aws iam attach-role-policy --role-name node-role --policy-arn {CORE_ARN}",
        f"aws iam detach-role-policy --role-name node-role --policy-arn {DEPRECATED}",
    ]


def test_a_look_alike_stays_attached_because_somebody_may_need_it() -> None:
    assert "detach" not in verdict(**carrying((READ_ONLY, READS))).remediation
