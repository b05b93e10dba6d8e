"""Two faults at once, of which the machine's own log would tell the first only (T-32)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from policies.control import Context
from policies.iam import trust_policy
from policies.judgement import Judgement, judge
from policies.network import path_to_ssm
from tests.unit.policies.network.scenario import World, change, node_in, world

_ANSWERS: Final = "Answers"
_TRUST: Final = {
    "put": [
        _ANSWERS,
        "iam.GetAccountAuthorizationDetails",
        "RoleDetailList",
        "node-role",
        "AssumeRolePolicyDocument",
        "Statement",
        0,
        "Principal",
        "Service",
    ],
    "to": "lambda.amazonaws.com",
}
_EGRESS: Final = {"put": ["SecurityGroups", "sg-client", "IpPermissionsEgress"], "to": []}
_DHMC: Final = {
    "put": [_ANSWERS, "ssm.GetServiceSetting", "ServiceSetting", "SettingValue"],
    "to": "service-role/dhmc-role",
}


def _scene(*changes: dict[str, Any]) -> World:
    return change(world("policies"), *changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ((_DHMC,), ["pass TRUSTS_EC2", "pass REACHABLE"]),
        ((_DHMC, _TRUST), ["warn DHMC_STANDS_IN", "pass REACHABLE"]),
        ((_DHMC, _EGRESS), ["pass TRUSTS_EC2", "fail SG_EGRESS_BLOCKED"]),
        ((_DHMC, _TRUST, _EGRESS), ["warn DHMC_STANDS_IN", "fail SG_EGRESS_BLOCKED"]),
    ],
    ids=["sound", "profile", "network", "both"],
)
def test_a_stand_in_for_the_profile_hides_no_broken_path(changes: Any, told: list[str]) -> None:
    """T-32: an agent without a network never comes to ask Default Host Management."""
    node = node_in(_scene(*changes))
    verdicts = [judge(control, node, Context()) for control in (trust_policy, path_to_ssm)]
    assert [f"{one.outcome} {one.code}" for one in verdicts] == told


@pytest.mark.parametrize(
    ("changes", "controls", "first"),
    [
        ((_TRUST,), {"IAM-03"}, "IAM-03"),
        ((_EGRESS,), {"NET-02"}, "NET-02"),
        ((_TRUST, _EGRESS), {"IAM-03", "NET-02"}, "IAM-03"),
    ],
    ids=["profile", "network", "both"],
)
def test_both_are_roots_at_once(changes: Any, controls: set[str], first: str) -> None:
    """T-32: neither fault masks the other; the first broken hop is the earlier of the two."""
    told = Judgement().diagnosis(node_in(_scene(*changes)))
    roots = {one.partition("/")[0] for one in told.roots}
    assert roots & {"IAM-03", "NET-02"} == controls
    assert told.first_broken.partition("/")[0] == first
