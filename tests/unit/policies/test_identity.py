"""Which credentials a node uses: D1, D2, R-1.6, R-2.5 to R-2.9, T-24 to T-29."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from inventory.facts import Node, OrganizationPolicy, PolicyLevel
from inventory.facts.guardrails import PolicySummary
from policies.control import Context, Premise
from policies.dhmc.agent_version import agent_version
from policies.iam import profile_attached
from policies.identity import (
    RECREATED_PROFILE,
    RECREATED_ROLE,
    Break,
    BrokenChain,
    Credentials,
    ProfileChain,
    Source,
    credentials,
    profile_chain,
)
from tests.unit.policies.iam_world import (
    DHMC_ROLE_NAME,
    DHMC_VALUE,
    MEMBER,
    PROFILE,
    ROLE_NAME,
    association,
    node,
    permissions,
    trust,
)

LAMBDA_TRUST = {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}
ANYONE_TRUST = {"AssumeRolePolicyDocument": trust("x", Principal="*")}
NO_HEARTBEAT: dict[str, Any] = {"AttachedManagedPolicies": []}
MAYBE_HEARTBEAT = {
    "AttachedManagedPolicies": [],
    "RolePolicyList": [
        {
            "PolicyName": "tagged",
            "PolicyDocument": permissions(
                "ssm:*", Condition={"StringEquals": {"aws:ResourceTag/a": "b"}}
            ),
        }
    ],
}
ON = {"dhmc": DHMC_VALUE}


def found(**changes: Any) -> Credentials:
    return credentials(node(**changes), Context())


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("D1 profile", {}, Source.PROFILE),
        ("D1 profile before DHMC", ON, Source.PROFILE),
        ("D1 no profile, DHMC off", {"attached": False}, Source.NONE),
        ("T-24 no profile, DHMC on", {"attached": False} | ON, Source.DHMC),
        ("T-25 no heartbeat, DHMC on", {"role": NO_HEARTBEAT} | ON, Source.DHMC),
        ("D1 no heartbeat, DHMC off", {"role": NO_HEARTBEAT}, Source.NONE),
        ("D1 trust broken, DHMC on", {"role": LAMBDA_TRUST} | ON, Source.DHMC),
        ("D1 trust broken, DHMC off", {"role": LAMBDA_TRUST}, Source.NONE),
        ("D1 no role, DHMC on", {"profile": {"Roles": []}} | ON, Source.DHMC),
        ("D1 heartbeat depends", {"role": MAYBE_HEARTBEAT}, Source.UNKNOWN),
        ("D1 heartbeat depends under DHMC", {"role": MAYBE_HEARTBEAT} | ON, Source.UNKNOWN),
        ("D1 trust depends", {"role": ANYONE_TRUST}, Source.UNKNOWN),
        (
            "D1 trust depends, heartbeat denied",
            {"role": ANYONE_TRUST | NO_HEARTBEAT} | ON,
            Source.DHMC,
        ),
        (
            "R-2.7 no profile, agent 3.2.582.0",
            {"attached": False, "agent": "3.2.582.0"} | ON,
            Source.DHMC,
        ),
        (
            "R-2.7 no profile, agent before",
            {"attached": False, "agent": "3.2.581.9"} | ON,
            Source.NONE,
        ),
        (
            "R-2.7 no heartbeat, agent 3.2.582.0",
            {"role": NO_HEARTBEAT, "agent": "3.2.582.0"} | ON,
            Source.DHMC,
        ),
        (
            "D1 trust broken, agent 3.2.582.0",
            {"role": LAMBDA_TRUST, "agent": "3.2.582.0"} | ON,
            Source.NONE,
        ),
        (
            "D1 trust broken, agent 3.2.815.0",
            {"role": LAMBDA_TRUST, "agent": "3.2.815.0"} | ON,
            Source.DHMC,
        ),
        (
            "D1 no role, agent 3.2.814.0",
            {"profile": {"Roles": []}, "agent": "3.2.814.0"} | ON,
            Source.NONE,
        ),
        (
            "D1 no role, agent 3.2.815.0",
            {"profile": {"Roles": []}, "agent": "3.2.815.0"} | ON,
            Source.DHMC,
        ),
        (
            "D1 the reason of the refusal decides the agent",
            {"role": ANYONE_TRUST | NO_HEARTBEAT, "agent": "3.2.600.0"} | ON,
            Source.UNKNOWN,
        ),
        ("T-28 agent unknown", {"attached": False, "agent": None} | ON, Source.UNKNOWN),
        ("T-28 agent unreadable", {"attached": False, "agent": "latest"} | ON, Source.UNKNOWN),
        ("T-13 versions are numbers", {"attached": False, "agent": "3.10.0.0"} | ON, Source.DHMC),
        ("T-27 role missing", {"attached": False, "dhmc": "service-role/Gone"}, Source.NONE),
        (
            "T-27 role trusts EC2",
            {
                "attached": False,
                "dhmc_role": {"AssumeRolePolicyDocument": trust("ec2.amazonaws.com")},
            }
            | ON,
            Source.NONE,
        ),
        (
            "T-27 role without permissions",
            {"attached": False, "dhmc_role": {"RolePolicyList": []}} | ON,
            Source.NONE,
        ),
        ("T-29 bare name", {"attached": False, "dhmc": DHMC_ROLE_NAME}, Source.DHMC),
        ("D4 leading slash", {"attached": False, "dhmc": f"/{DHMC_VALUE}"}, Source.DHMC),
        (
            "D4 ARN",
            {"attached": False, "dhmc": f"arn:aws:iam::111122223333:role/{DHMC_VALUE}"},
            Source.DHMC,
        ),
        (
            "D4 reserved path",
            {"attached": False, "dhmc": f"aws-reserved/ssm/{DHMC_ROLE_NAME}"},
            Source.DHMC,
        ),
        ("D4 empty value", {"attached": False, "dhmc": ""}, Source.UNKNOWN),
        (
            "R-2.8 IMDS disabled",
            {"attached": False, "instance": {"MetadataOptions": {"HttpEndpoint": "Disabled"}}} | ON,
            Source.NONE,
        ),
        (
            "T-31 IMDSv2 optional",
            {
                "attached": False,
                "instance": {
                    "MetadataOptions": {"HttpEndpoint": "enabled", "HttpTokens": "optional"}
                },
            }
            | ON,
            Source.DHMC,
        ),
        (
            "a new IMDS state",
            {"attached": False, "instance": {"MetadataOptions": {"HttpEndpoint": "paused"}}} | ON,
            Source.UNKNOWN,
        ),
        (
            "a definite block outweighs unknowns",
            {
                "attached": False,
                "agent": None,
                "instance": {"MetadataOptions": {"HttpEndpoint": "disabled"}},
            }
            | ON,
            Source.NONE,
        ),
        (
            "a definite block outweighs an unread setting",
            {
                "attached": False,
                "denied": {"ssm.GetServiceSetting": "AccessDenied"},
                "agent": "3.1.0.0",
            },
            Source.NONE,
        ),
        (
            "setting refused",
            {"attached": False, "denied": {"ssm.GetServiceSetting": "AccessDenied"}},
            Source.UNKNOWN,
        ),
        (
            "R-2.4 no such setting",
            {"attached": False, "denied": {"ssm.GetServiceSetting": "ServiceSettingNotFound"}},
            Source.NONE,
        ),
        (
            "D4 roles refused",
            {"attached": False, "denied": {"iam.GetAccountAuthorizationDetails": "AccessDenied"}}
            | ON,
            Source.UNKNOWN,
        ),
        (
            "agents refused",
            {"attached": False, "denied": {"ssm.DescribeInstanceInformation": "AccessDenied"}} | ON,
            Source.UNKNOWN,
        ),
    ],
)
def test_the_source_of_the_credentials(
    rule: str, changes: dict[str, Any], expected: Source
) -> None:
    assert found(**changes).source is expected, rule


@pytest.mark.parametrize(
    ("changes", "need"),
    [
        ({"role": MAYBE_HEARTBEAT}, "aws:ResourceTag/a"),
        ({"role": ANYONE_TRUST}, "principal:*"),
        (
            {"denied": {"iam.ListInstanceProfiles": "AccessDenied"}},
            "iam:ListInstanceProfiles (AccessDenied)",
        ),
        (
            {"attached": False, "denied": {"ssm.DescribeInstanceInformation": "Throttling"}} | ON,
            "ssm:DescribeInstanceInformation (Throttling)",
        ),
        (
            {"attached": False, "agent": None} | ON,
            "agent version (ssm:DescribeInstanceInformation knows it once registered)",
        ),
    ],
)
def test_an_unknown_names_what_is_missing(changes: dict[str, Any], need: str) -> None:
    answer = found(**changes)
    assert answer.source is Source.UNKNOWN
    assert [str(one) for one in answer.needs] == [need]


def test_the_effective_role_is_told() -> None:
    profile, dhmc, none = found(), found(attached=False, **ON), found(attached=False)
    assert profile.role is not None
    assert dhmc.role is not None
    assert (profile.role.role_name, dhmc.role.role_name, none.role) == (
        ROLE_NAME,
        DHMC_ROLE_NAME,
        None,
    )


def test_a_node_is_decided_once() -> None:
    one, context = node(), Context()
    assert credentials(one, context) is credentials(one, context)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.2.582.0", (3, 2, 582, 0)),
        ("3.3.0.02703", (3, 3, 0, 2703)),
        ("3.3.40", (3, 3, 40, 0)),
        ("3.3.40.0-beta", (3, 3, 40, 0)),
        (" 3.10.1.2 ", (3, 10, 1, 2)),
        ("", None),
        ("3", None),
        ("v3.2", None),
        ("latest", None),
        ("3.2.1234567890", None),
        ("3.2.582.12345678901", None),
    ],
)
def test_agent_versions_are_numbers(text: str, version: tuple[int, ...] | None) -> None:
    """T-13: four parts, leading zeros and suffixes tolerated."""
    assert agent_version(text) == version


FULL = permissions("*")
HEARTBEAT_ONLY = permissions("ssm:UpdateInstanceInformation")
OWN_CALLS = ("ssm:RegisterManagedInstance", "ssm:RequestManagedInstanceRoleToken")
#: A node of an organization's member that only DHMC can serve.
ON_DHMC = {"attached": False, "agent": "3.3.4851.0", "organization": MEMBER} | ON


def denies(*actions: str, **elements: Any) -> dict[str, Any]:
    return permissions(*actions, Effect="Deny", **elements)


def under(*documents: Any, **changes: Any) -> Node:
    """The node in an account with these SCPs, attached to the account itself, and no RCPs."""
    policies = tuple(
        OrganizationPolicy(
            policy_summary=PolicySummary(policy_id=f"p-{number}", name="scp"),
            content=json.dumps(one),
        )
        for number, one in enumerate(documents)
    )
    one = node(**(ON_DHMC | changes))
    levels = (PolicyLevel(one.account.account_id, policies),)
    account = dataclasses.replace(one.account, scp_levels=levels, rcp_levels=())
    return dataclasses.replace(one, account=account)


@pytest.mark.parametrize(
    ("rule", "documents", "expected", "verdict"),
    [
        ("E6: FullAWSAccess", (FULL,), Source.DHMC, "DHMC_STANDS_IN"),
        ("E1: both denied", (FULL, denies(*OWN_CALLS)), Source.NONE, "NO_PROFILE"),
        ("iam.md 4: registration denied", (FULL, denies(OWN_CALLS[0])), Source.NONE, "NO_PROFILE"),
        ("iam.md 4: the token denied", (FULL, denies(OWN_CALLS[1])), Source.NONE, "NO_PROFILE"),
        ("E3: an allow-list without them", (HEARTBEAT_ONLY,), Source.NONE, "NO_PROFILE"),
        (
            "E3: an allow-list with them",
            (HEARTBEAT_ONLY, permissions(*OWN_CALLS)),
            Source.DHMC,
            "DHMC_STANDS_IN",
        ),
        (
            "R-2.13: nodes of this account are excepted",
            (
                FULL,
                denies(
                    *OWN_CALLS,
                    Condition={"StringNotEquals": {"ssm:NodeAccountId": "111122223333"}},
                ),
            ),
            Source.DHMC,
            "DHMC_STANDS_IN",
        ),
        (
            "D6: whether the calls carry the principal's account is unknown",
            (
                FULL,
                denies(
                    *OWN_CALLS,
                    Condition={"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
                ),
            ),
            Source.UNKNOWN,
            "DHMC_MAY_STAND_IN",
        ),
    ],
)
def test_dhmcs_own_calls_meet_the_scps(
    rule: str, documents: tuple[Any, ...], expected: Source, verdict: str
) -> None:
    """iam.md 4 and 5, R-2.13: the role is of no use where the node may not ask for it."""
    one = under(*documents, registered={"PingStatus": "ConnectionLost"})
    assert credentials(one, Context()).source is expected, rule
    assert profile_attached.evaluate(one, Context()).code == verdict, rule


def test_unread_scps_leave_dhmcs_own_calls_open_until_someone_vouches() -> None:
    """iam.md 3, design 4: as for the heartbeat."""
    one, context = node(**ON_DHMC), Context()
    assert credentials(one, context).source is Source.UNKNOWN
    assert credentials(one, context.under(Premise.ASSUMPTION)).source is Source.DHMC


def test_an_assumption_does_not_outweigh_scps_that_were_read() -> None:
    one = under(FULL, denies(*OWN_CALLS))
    assert credentials(one, Context().under(Premise.ASSUMPTION)).source is Source.NONE


@pytest.mark.parametrize(
    ("states", "leaves"),
    [
        (("disassociating",), True),
        (("Disassociated",), True),
        (("disassociating", "disassociated"), True),
        (("disassociating", "associating"), False),
        (("disassociating", "associated"), False),
        (("disassociating", "paused"), False),
        ((), False),
    ],
)
def test_a_profile_that_is_being_detached_is_no_chain(
    states: tuple[str, ...], leaves: bool
) -> None:
    """R-1.6: every association that is listed has to be on its way out."""
    chain = profile_chain(node(associations=[association(state) for state in states]))
    assert isinstance(chain, BrokenChain if leaves else ProfileChain)
    assert not leaves or chain == BrokenChain(Break.NO_PROFILE)


def test_unread_associations_detach_nothing() -> None:
    denied = {"ec2.DescribeIamInstanceProfileAssociations": "AccessDenied"}
    assert isinstance(profile_chain(node(denied=denied)), ProfileChain)


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("D2: DHMC on", ON, "warn DHMC_STANDS_IN"),
        ("D2: DHMC off", {}, "fail PROFILE_DISASSOCIATING"),
        ("R-2.7: agent too old", {"agent": "3.2.581.9"} | ON, "fail PROFILE_DISASSOCIATING"),
        ("T-28: agent unknown", {"agent": None} | ON, "unknown DHMC_MAY_STAND_IN"),
    ],
)
def test_dhmc_may_stand_in_for_a_profile_that_leaves(
    rule: str, changes: dict[str, Any], expected: str
) -> None:
    one = node(associations=[association("disassociating")], **changes)
    verdict = profile_attached.evaluate(one, Context())
    assert f"{verdict.outcome} {verdict.code}" == expected, rule


def held(role_id: str) -> dict[str, Any]:
    """The profile, holding its role under this unique id."""
    return {"profile": {"Roles": [PROFILE["Roles"][0] | {"RoleId": role_id}]}}


@pytest.mark.parametrize(
    ("rule", "changes", "need"),
    [
        ("same profile", {"profile": {"InstanceProfileId": "AIPA1"}}, None),
        ("another profile", {"profile": {"InstanceProfileId": "AIPA2"}}, RECREATED_PROFILE),
        ("profile's id not told", {"profile": {"InstanceProfileId": ""}}, None),
        ("same role", held("AROANODE"), None),
        ("another role", held("AROAGONE"), RECREATED_ROLE),
        ("role's id not told", held(""), None),
    ],
)
def test_a_namesake_is_not_what_was_attached(rule: str, changes: Any, need: Any) -> None:
    """R-1.8: known practice, not documented, so never a definite break."""
    answer = found(**changes)
    assert answer.needs == (() if need is None else (need,)), rule
    assert answer.source is (Source.PROFILE if need is None else Source.UNKNOWN), rule
