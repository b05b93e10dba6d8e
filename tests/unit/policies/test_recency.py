"""Recent changes that an agent has not noticed yet: D13, R-2.1, R-2.11; T-37."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context
from policies.judgement import judge
from policies.node import online, registered
from tests.unit.policies.iam_world import DHMC_VALUE, association, node
from tests.unit.policies.nodes import ago

LOST = {"PingStatus": "ConnectionLost", "LastPingDateTime": ago(days=2)}
UNHEARD: dict[str, Any] = {"agent": None}
ON: dict[str, Any] = {"attached": False, "dhmc": DHMC_VALUE}


def attached(**span: float) -> dict[str, Any]:
    return {"associations": [association("associated") | {"Timestamp": ago(**span)}]}


def switched_on(**span: float) -> dict[str, Any]:
    return ON | {"setting": {"LastModifiedDate": ago(**span)}}


def told(**changes: Any) -> str:
    control = registered if changes.get("agent", "") is None else online
    verdict = judge(control, node(**({"registered": LOST} | changes)), Context())
    return f"{verdict.outcome} {verdict.code}"


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("D13, T-37 attached 29 minutes ago", UNHEARD | attached(minutes=29), "warn PROPAGATING"),
        (
            "D13, T-37 attached 30 minutes ago",
            UNHEARD | attached(minutes=30),
            "fail NOT_REGISTERED",
        ),
        ("D13 a lost node", attached(minutes=29), "warn PROPAGATING"),
        ("D13 a lost node, later", attached(minutes=30), "fail CONNECTION_LOST"),
        (
            "D13 attached, and IAM fails",
            UNHEARD | attached(minutes=5) | {"role": {"AttachedManagedPolicies": []}},
            "fail NOT_REGISTERED",
        ),
        (
            "R-1.6 a profile that leaves",
            UNHEARD
            | {"associations": [association("disassociating") | {"Timestamp": ago(minutes=5)}]},
            "fail NOT_REGISTERED",
        ),
        ("no time told", UNHEARD, "fail NOT_REGISTERED"),
        ("R-2.11 DHMC on for 29 minutes", UNHEARD | switched_on(minutes=29), "warn PROPAGATING"),
        ("R-2.11 DHMC on for 30", UNHEARD | switched_on(minutes=30), "fail NOT_REGISTERED"),
        ("R-2.11 a lost node", switched_on(minutes=29), "warn PROPAGATING"),
        (
            "R-2.7 DHMC on, and the agent is too old",
            switched_on(minutes=5) | {"agent": "3.2.0.0"},
            "fail CONNECTION_LOST",
        ),
        (
            "R-2.9 DHMC on with a role that does not serve",
            UNHEARD
            | switched_on(minutes=5)
            | {"dhmc_role": {"AssumeRolePolicyDocument": {"Statement": []}}},
            "fail NOT_REGISTERED",
        ),
        (
            "R-2.5 DHMC switched off just now",
            UNHEARD | switched_on(minutes=5) | {"dhmc": "$None"},
            "fail NOT_REGISTERED",
        ),
    ],
)
def test_a_recent_change_is_given_time(rule: str, changes: dict[str, Any], expected: str) -> None:
    assert told(**changes) == expected, rule


@pytest.mark.parametrize(
    ("platform", "restart"),
    [("", "systemctl restart amazon-ssm-agent"), ("windows", "Restart-Service AmazonSSMAgent")],
)
def test_the_restart_is_for_the_system_of_the_instance(platform: str, restart: str) -> None:
    """2.7: the service is called otherwise on Windows, and is restarted otherwise."""
    waiting = node(registered=LOST, instance={"Platform": platform}, **attached(minutes=5))
    verdict = judge(online, waiting, Context())
    assert verdict.code == "PROPAGATING"
    assert verdict.remediation.endswith(restart)
