"""docs/iam-policy.json: the read-only IAM policy that the suite itself needs.

``python -m reports.iam_policy`` writes it from the controls' ``needs``; a test says when it is
stale, and compares it with the calls that a run really makes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from policies.catalogue import RECORDS
from policies.within import is_from_within

POLICY: Final = Path(__file__).resolve().parent.parent / "docs" / "iam-policy.json"
#: What finds out whose credentials these are, and in which Regions to look.
DISCOVERY: Final = ("ec2:DescribeRegions", "sts:GetCallerIdentity")
#: A call that controls name → the calls that read the same or more where it does not do (iam.md 8).
FURTHER: Final[Mapping[str, tuple[str, ...]]] = {
    "iam:GetAccountAuthorizationDetails": (
        "iam:GetInstanceProfile",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:GetRole",
        "iam:GetRolePolicy",
        "iam:ListAttachedRolePolicies",
        "iam:ListRolePolicies",
    ),
    "organizations:DescribeOrganization": (
        "organizations:DescribePolicy",
        "organizations:ListParents",
        "organizations:ListPoliciesForTarget",
        "organizations:ListRoots",
    ),
}


def needed_actions() -> frozenset[str]:
    """Every IAM action that a run may use."""
    asks_aws = (record for record in RECORDS if not is_from_within(record))
    named = {call for record in asks_aws for call in record.needs}
    further = {call for name in named for call in FURTHER.get(name, ())}
    return frozenset(named | further | set(DISCOVERY))


def policy_document(actions: Iterable[str]) -> dict[str, Any]:
    """An identity policy that allows these actions and nothing else, one statement a service."""
    by_service: dict[str, list[str]] = {}
    for action in sorted(actions):
        by_service.setdefault(action.partition(":")[0], []).append(action)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": f"RollCallReads{service.capitalize()}",
                "Effect": "Allow",
                "Action": listed,
                # None of these actions can be narrowed to what a roll call will meet.
                "Resource": "*",
            }
            for service, listed in by_service.items()
        ],
    }


def policy_text() -> str:
    """The file's text."""
    return json.dumps(policy_document(needed_actions()), indent=2) + "\n"


if __name__ == "__main__":
    POLICY.write_text(policy_text(), encoding="utf-8")
