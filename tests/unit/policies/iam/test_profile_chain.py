"""IAM-01 and IAM-02 by the spec: R-1.6, R-1.7, D2; T-23, T-24."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, Outcome, Verdict
from policies.iam import profile_attached, profile_role_exists
from policies.judgement import judge
from tests.unit.policies.iam_world import (
    DHMC_VALUE,
    PROFILE,
    PROFILE_ARN,
    association,
    inline,
    node,
    permissions,
)
from tests.unit.policies.nodes import ID, ago

ASSOCIATIONS = "ec2.DescribeIamInstanceProfileAssociations"
NO_ROLE = {"profile": {"Roles": []}}
UNDER_DHMC = {"dhmc": DHMC_VALUE}


def attached(**changes: Any) -> Verdict:
    return profile_attached.evaluate(node(**changes), Context())


def holds_role(**changes: Any) -> Verdict:
    return profile_role_exists.evaluate(node(**changes), Context())


def told(verdict: Verdict) -> str:
    return f"{verdict.outcome} {verdict.code}"


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-1.6 associated", {}, "pass PROFILE_ATTACHED"),
        (
            "states compare without case",
            {"associations": [association("Associated")]},
            "pass PROFILE_ATTACHED",
        ),
        (
            "R-1.6 associating",
            {"associations": [association("associating")]},
            "warn PROFILE_ASSOCIATING",
        ),
        (
            "R-1.6 associating, not shown by the instance yet",
            {"attached": False, "associations": [association("associating")]},
            "warn PROFILE_ASSOCIATING",
        ),
        (
            "T-23 disassociating",
            {"associations": [association("disassociating")]},
            "fail PROFILE_DISASSOCIATING",
        ),
        (
            "R-1.6 disassociated",
            {"associations": [association("disassociated")]},
            "fail PROFILE_DISASSOCIATING",
        ),
        (
            "a replacement shows the old and the new one",
            {"associations": [association("disassociating"), association("associated")]},
            "pass PROFILE_ATTACHED",
        ),
        (
            "a state AWS adds later",
            {"associations": [association("parked")]},
            "unknown ASSOCIATION_STATE_UNRECOGNIZED",
        ),
        ("no association listed", {"associations": []}, "unknown CHANGED_DURING_COLLECTION"),
        (
            "associations refused",
            {"denied": {ASSOCIATIONS: "UnauthorizedOperation"}},
            "unknown UNREAD",
        ),
        ("no profile, DHMC off", {"attached": False}, "fail NO_PROFILE"),
        ("T-24 no profile, DHMC on", {"attached": False} | UNDER_DHMC, "warn DHMC_STANDS_IN"),
        (
            "D1 agent too old for DHMC",
            {"attached": False, "agent": "3.2.581.0"} | UNDER_DHMC,
            "fail NO_PROFILE",
        ),
        (
            "T-28 agent version not known",
            {"attached": False, "agent": None} | UNDER_DHMC,
            "unknown DHMC_MAY_STAND_IN",
        ),
        (
            "DHMC setting refused",
            {"attached": False, "denied": {"ssm.GetServiceSetting": "AccessDenied"}},
            "unknown UNREAD",
        ),
    ],
)
def test_a_profile_is_attached(rule: str, changes: dict[str, Any], expected: str) -> None:
    assert told(attached(**changes)) == expected, rule


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-1.7 one role of another name", {}, "pass ONE_ROLE"),
        ("R-1.6 no role", NO_ROLE, "fail PROFILE_WITHOUT_ROLE"),
        ("R-1.6 role deleted", {"roles": []}, "fail ROLE_MISSING"),
        (
            "AWS allows one",
            {"profile": {"Roles": PROFILE["Roles"] * 2}},
            "unknown PROFILE_UNDECIDED",
        ),
        ("D2 no role, DHMC on", NO_ROLE | UNDER_DHMC, "warn DHMC_STANDS_IN"),
        (
            "D1 zero roles: DHMC only from 3.2.815.0 on",
            NO_ROLE | UNDER_DHMC | {"agent": "3.2.814.0"},
            "fail PROFILE_WITHOUT_ROLE",
        ),
        (
            "D1 zero roles, version not known",
            NO_ROLE | UNDER_DHMC | {"agent": None},
            "unknown DHMC_MAY_STAND_IN",
        ),
        (
            "design 5: the source is DHMC",
            UNDER_DHMC | {"role": inline(permissions("s3:*"))},
            "not_applicable SOURCE_IS_DHMC",
        ),
        ("nothing attached", {"attached": False}, "not_applicable NO_PROFILE"),
        (
            "profiles refused",
            {"denied": {"iam.ListInstanceProfiles": "AccessDenied"}},
            "unknown UNREAD",
        ),
        (
            "roles refused",
            {"denied": {"iam.GetAccountAuthorizationDetails": "AccessDenied"}},
            "unknown UNREAD",
        ),
    ],
)
def test_the_profile_holds_one_role(rule: str, changes: dict[str, Any], expected: str) -> None:
    assert told(holds_role(**changes)) == expected, rule


@pytest.mark.parametrize("module", [profile_attached, profile_role_exists])
def test_a_fresh_ping_contradicts_a_broken_chain(module: Any) -> None:
    """D9, D10: Online entails that some credentials work, and DHMC is off."""
    broken = {"attached": False} if module is profile_attached else NO_ROLE
    online = judge(module, node(**broken), Context())
    silent = judge(module, node(**broken, registered={"PingStatus": "ConnectionLost"}), Context())
    stale = judge(module, node(**broken, registered={"LastPingDateTime": ago(hours=1)}), Context())
    assert (online.outcome, online.code) == (Outcome.WARN, "CONTRADICTED")
    assert silent.outcome is stale.outcome is Outcome.FAIL


def test_unread_associations_are_settled_by_a_fresh_ping() -> None:
    """D10: a computed unknown of what Online entails is OBSERVED."""
    world = {"denied": {ASSOCIATIONS: "UnauthorizedOperation"}}
    assert judge(profile_attached, node(**world), Context()).code == "OBSERVED"
    (missing,) = attached(**world).missing
    assert missing.what.startswith("ec2:DescribeIamInstanceProfileAssociations")


def test_the_repair_attaches_a_profile_to_this_instance() -> None:
    lines = attached(attached=False).remediation.splitlines()
    assert (
        f"aws ec2 associate-iam-instance-profile --instance-id {ID} --region eu-central-1 "
        "--iam-instance-profile Name=ssm-node"
    ) in lines


def test_a_profile_without_role_is_the_blocker_and_named_in_the_repair() -> None:
    verdict = holds_role(**NO_ROLE)
    assert [one.resource for one in verdict.blockers] == [PROFILE_ARN]
    assert (
        "aws iam add-role-to-instance-profile --instance-profile-name profile --role-name ssm-node"
    ) in verdict.remediation
