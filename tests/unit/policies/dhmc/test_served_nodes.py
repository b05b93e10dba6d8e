"""DHMC-03 and DHMC-04 by the spec: D1, D5, D14, R-2.7, R-2.8, T-24, T-28, T-31."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from policies.control import Context
from policies.dhmc import agent_new_enough, metadata_service_works
from policies.judgement import judge
from policies.parameters import Parameters
from policies.reference import AgentReleases
from tests.unit.policies.iam_world import DHMC_VALUE, node, permissions, trust
from tests.unit.policies.nodes import ago

#: Not heard from lately, so that no ping settles or contradicts anything (D9).
SILENT = {"PingStatus": "ConnectionLost", "LastPingDateTime": ago(days=2)}
NO_HEARTBEAT: dict[str, Any] = {"AttachedManagedPolicies": []}
LAMBDA_TRUST = {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}
ANYONE_TRUST = {"AssumeRolePolicyDocument": trust("x", Principal="*")}
TAGGED = permissions("ssm:*", Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})
MAYBE_HEARTBEAT = {
    "AttachedManagedPolicies": [],
    "RolePolicyList": [{"PolicyName": "tagged", "PolicyDocument": TAGGED}],
}
NO_PROFILE = {"attached": False}


def told(control: ModuleType, *, releases: AgentReleases | None = None, **changes: Any) -> str:
    world = {"dhmc": DHMC_VALUE, "registered": SILENT} | changes
    context = Context(Parameters(agent_releases=releases) if releases else None)
    verdict = judge(control, node(**world), context)  # type: ignore[arg-type]
    return f"{verdict.outcome} {verdict.code}"


@pytest.mark.parametrize("control", [agent_new_enough, metadata_service_works])
@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-2.5 off", {"dhmc": "$None"}, "not_applicable DHMC_OFF"),
        ("design 5 the profile serves", {}, "not_applicable SOURCE_IS_PROFILE"),
        (
            "D1 the profile may serve",
            {"role": MAYBE_HEARTBEAT},
            "unknown SOURCE_UNDECIDED",
        ),
        ("D4 empty value", {"dhmc": ""}, "unknown DHMC_SETTING_UNRECOGNIZED"),
        (
            "setting refused",
            {"denied": {"ssm.GetServiceSetting": "AccessDenied"}},
            "unknown UNREAD",
        ),
    ],
)
def test_whom_both_judge(
    control: ModuleType, rule: str, changes: dict[str, Any], expected: str
) -> None:
    assert told(control, **changes) == expected, rule


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-2.7 at the floor", NO_PROFILE | {"agent": "3.2.582.0"}, "pass"),
        ("R-2.7 below it", NO_PROFILE | {"agent": "3.2.581.9"}, "fail"),
        ("T-13 numbers", NO_PROFILE | {"agent": "3.10.0.0"}, "pass"),
        ("D1 no heartbeat, at", {"role": NO_HEARTBEAT, "agent": "3.2.582.0"}, "pass"),
        ("D1 no heartbeat, below", {"role": NO_HEARTBEAT, "agent": "3.2.581.9"}, "fail"),
        ("D1 trust broken, at", {"role": LAMBDA_TRUST, "agent": "3.2.815.0"}, "pass"),
        ("D1 trust broken, below", {"role": LAMBDA_TRUST, "agent": "3.2.814.9"}, "fail"),
        ("D1 no role, at", {"profile": {"Roles": []}, "agent": "3.2.815.0"}, "pass"),
        ("D1 no role, below", {"profile": {"Roles": []}, "agent": "3.2.814.9"}, "fail"),
        (
            "D1 either reason, between the floors",
            {"role": ANYONE_TRUST | NO_HEARTBEAT, "agent": "3.2.600.0"},
            "unknown DHMC_FLOOR_DEPENDS",
        ),
        (
            "D1 either reason, below both",
            {"role": ANYONE_TRUST | NO_HEARTBEAT, "agent": "3.2.100.0"},
            "fail",
        ),
        (
            "D14, T-28 never registered",
            NO_PROFILE | {"agent": None},
            "unknown AGENT_VERSION_UNKNOWN",
        ),
        (
            "registration refused",
            NO_PROFILE | {"denied": {"ssm.DescribeInstanceInformation": "AccessDenied"}},
            "unknown UNREAD",
        ),
        ("not a version", NO_PROFILE | {"agent": "new"}, "unknown AGENT_VERSION_UNREADABLE"),
        ("version not told", NO_PROFILE | {"agent": ""}, "unknown UNREAD"),
        (
            "D9 online on whatever credentials",
            NO_PROFILE | {"agent": "3.2.100.0", "registered": {}},
            "warn CONTRADICTED",
        ),
        (
            "D9 a ping tells no source",
            {"role": MAYBE_HEARTBEAT, "registered": {}},
            "unknown SOURCE_UNDECIDED",
        ),
    ],
)
def test_the_agents_version(rule: str, changes: dict[str, Any], expected: str) -> None:
    words = {"pass": "pass AGENT_NEW_ENOUGH_FOR_DHMC", "fail": "fail AGENT_TOO_OLD_FOR_DHMC"}
    assert told(agent_new_enough, **changes) == words.get(expected, expected), rule


def test_the_floor_is_that_of_the_users_table() -> None:
    """Issue 5: version milestones are data that users can override."""
    raised = AgentReleases(dhmc=(3, 3, 0, 0))
    assert told(agent_new_enough, **NO_PROFILE, agent="3.2.582.0").startswith("pass")
    assert told(agent_new_enough, releases=raised, **NO_PROFILE, agent="3.2.582.0").startswith(
        "fail"
    )


OPTIONS = {"State": "applied", "HttpEndpoint": "enabled", "HttpTokens": "required"}


@pytest.mark.parametrize(
    ("rule", "options", "expected"),
    [
        ("D5 required", OPTIONS, "pass IMDSV2_WORKS"),
        ("D5, T-31 optional", OPTIONS | {"HttpTokens": "optional"}, "pass IMDSV2_WORKS"),
        ("R-2.8 disabled", OPTIONS | {"HttpEndpoint": "disabled"}, "fail IMDS_DISABLED"),
        ("D5 pending", OPTIONS | {"State": "pending"}, "warn IMDS_PENDING"),
        ("T-15", {name: word.upper() for name, word in OPTIONS.items()}, "pass IMDSV2_WORKS"),
        ("new tokens", OPTIONS | {"HttpTokens": "never"}, "unknown IMDS_STATE_UNRECOGNIZED"),
        ("new state", OPTIONS | {"State": "odd"}, "unknown IMDS_STATE_UNRECOGNIZED"),
        ("tokens not told", {"State": "applied", "HttpEndpoint": "enabled"}, "unknown UNREAD"),
        ("endpoint not told", OPTIONS | {"HttpEndpoint": ""}, "unknown UNREAD"),
        ("nothing told", None, "unknown UNREAD"),
    ],
)
def test_the_metadata_service(rule: str, options: Any, expected: str) -> None:
    changes = NO_PROFILE | {"instance": {"MetadataOptions": options}}
    assert told(metadata_service_works, **changes) == expected, rule
