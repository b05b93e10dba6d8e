"""A call that is denied costs the controls that declare it, and no other (T-16, T-07)."""

from __future__ import annotations

from typing import Any, Final

import pytest

from inventory.snapshot import iam_action
from policies.catalogue import CONTROLS
from policies.control import Context, Outcome, Verdict
from policies.judgement import judge
from tests.unit.policies.network.scenario import ABSENT, World, change, node_in, world

#: One node behind endpoints, with its role: what other accounts and options add is not there.
_WORLD: Final = "policies"
_LISTINGS: Final = {
    "VpcEndpoints": "ec2:DescribeVpcEndpoints",
    "SecurityGroups": "ec2:DescribeSecurityGroups",
    "NetworkAcls": "ec2:DescribeNetworkAcls",
    "RouteTables": "ec2:DescribeRouteTables",
    "Subnets": "ec2:DescribeSubnets",
    "NetworkInterfaces": "ec2:DescribeNetworkInterfaces",
    "VpcAttributes": "ec2:DescribeVpcAttribute",
    "InstanceInformationList": "ssm:DescribeInstanceInformation",
}
_ANSWERS: Final = [name for name, told in world(_WORLD)["Answers"].items() if told != ABSENT]
_NEEDS: Final = {one.CONTROL.id: frozenset(one.CONTROL.needs) for one in CONTROLS}


def _judged(scene: World) -> dict[str, Verdict]:
    node = node_in(scene)
    return {one.CONTROL.id: judge(one, node, Context()) for one in CONTROLS}


def _without(*names: str) -> World:
    """The world in which these operations (``iam.GetRole``) were refused."""
    refused: dict[str, Any] = dict.fromkeys(names, "AccessDenied")
    scene = world(_WORLD)
    return scene | {"Answers": scene["Answers"] | refused}


def _changed(scene: World) -> dict[str, Verdict]:
    before = _judged(world(_WORLD))
    after = _judged(scene)
    return {
        control: verdict
        for control, verdict in after.items()
        if (verdict.outcome, verdict.code) != (before[control].outcome, before[control].code)
    }


def _assert_only_declared(changed: dict[str, Verdict], *calls: str) -> None:
    assert changed, "the world has something of it"
    for control, verdict in changed.items():
        assert _NEEDS[control] & {*calls}, f"{control} depends on {calls} and does not declare it"
        assert verdict.outcome is not Outcome.FAIL, control


@pytest.mark.parametrize(("listing", "call"), _LISTINGS.items())
def test_a_denied_listing(listing: str, call: str) -> None:
    """T-16, design 4: unknown is never a failure, and is told by the controls that asked."""
    _assert_only_declared(_changed(change(world(_WORLD), {"deny": listing})), call)


@pytest.mark.parametrize("name", [one for one in _ANSWERS if one.startswith("iam.")])
def test_a_denied_call_of_iam(name: str) -> None:
    _assert_only_declared(_changed(_without(name)), iam_action(name))


def test_an_account_whose_iam_nobody_may_read() -> None:
    """T-16: without any right to read IAM the node, its metadata and its network are judged."""
    denied = [one for one in _ANSWERS if one.startswith("iam.")]
    calls = {iam_action(one) for one in denied}
    changed = _changed(_without(*denied))
    _assert_only_declared(changed, *calls)
    assert {"IAM-02", "IAM-03", "IAM-04", "IAM-05"} <= changed.keys()
    for control in ("IAM-02", "IAM-03", "IAM-04", "IAM-05"):
        told = " ".join(one.what for one in changed[control].missing)
        assert changed[control].outcome is Outcome.UNKNOWN
        assert any(call in told for call in calls)
    assert not {"IMDS-01", "NET-02", "NET-08", "NODE-05"} & changed.keys()
