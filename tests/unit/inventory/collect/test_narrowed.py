"""A collection for some actions: no other call is made, and each of those says that it was not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inventory.collect import PLAN, Progress, collect
from inventory.collect.wanted import wanted_calls
from inventory.facts import LEFT_OUT, Status, left_out
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.inventory.collect.scripted import ACCOUNT, REGION, RefusedError, ScriptedAws
from tests.unit.inventory.collect.test_collector import everything, files

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
INSTANCES = "ec2:DescribeInstances"
NODES = "ssm:DescribeInstanceInformation"
ROLES = {
    "iam:GetAccountAuthorizationDetails",
    *("iam:GetInstanceProfile", "iam:GetRole", "iam:ListAttachedRolePolicies"),
    *("iam:ListRolePolicies", "iam:GetRolePolicy", "iam:GetPolicy", "iam:GetPolicyVersion"),
}
ORGANIZATION = {
    "organizations:DescribeOrganization",
    *("organizations:ListRoots", "organizations:ListParents"),
    *("organizations:ListPoliciesForTarget", "organizations:DescribePolicy"),
}


def actions_of(asked: Collection[str] | None) -> set[str]:
    return {call.action for call in wanted_calls(asked)}


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        pytest.param(set(), set(), id="nothing-but-the-instances"),
        pytest.param({NODES}, {NODES}, id="a-listing"),
        pytest.param(
            {"iam:GetAccountAuthorizationDetails"},
            {*ROLES, "iam:ListInstanceProfiles", "ssm:GetServiceSetting"},
            id="roles-are-known-by-profiles-and-DHMC",
        ),
        pytest.param({"iam:ListInstanceProfiles"}, {"iam:ListInstanceProfiles"}, id="profiles"),
        pytest.param({"organizations:DescribeOrganization"}, ORGANIZATION, id="organization"),
        pytest.param(
            {"ec2:SearchTransitGatewayRoutes"},
            {
                *("ec2:SearchTransitGatewayRoutes", "ec2:DescribeTransitGatewayRouteTables"),
                "ec2:DescribeRouteTables",
            },
            id="sources-of-sources",
        ),
        pytest.param({"ssm:GetConnectionStatus"}, {"ssm:GetConnectionStatus", NODES}, id="deep"),
        pytest.param({"s3:GetObject"}, set(), id="no-call-of-the-plan"),
    ],
)
def test_a_call_brings_those_that_lead_to_it(asked: set[str], leads_to: set[str]) -> None:
    """Needs of needs: without the routes nobody knows which gateways to ask about."""
    assert actions_of(asked) == {INSTANCES, *leads_to}


def test_without_actions_every_call_is_made() -> None:
    assert wanted_calls(None) == {*PLAN}


def test_all_actions_are_every_call() -> None:
    assert wanted_calls({call.action for call in PLAN}) == {*PLAN}


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(set(), id="instances"),
        pytest.param({NODES, "ec2:DescribeSubnets"}, id="listings"),
        pytest.param({"iam:GetRole"}, id="roles"),
        pytest.param({"organizations:DescribeOrganization"}, id="organization"),
        pytest.param({"route53:ListResourceRecordSets", "ec2:DescribeVpnGateways"}, id="names"),
        pytest.param({"ssm:GetConnectionStatus", "ec2:GetConsoleOutput"}, id="deep"),
    ],
)
def test_no_other_call_is_made(tmp_path: Path, asked: set[str]) -> None:
    aws, moments = ScriptedAws(everything()), list[Progress]()
    manifest = collect(
        [aws.account()],
        SnapshotWriter(tmp_path),
        now=NOW,
        actions=asked,
        deep=True,
        progress=moments.append,
    )
    wanted = actions_of(asked)
    made = {one.replace(".", ":", 1) for one in aws.operations()}
    assert made <= wanted | {"ec2:DescribeRegions"}
    assert left_out(manifest.calls) == {call.action for call in PLAN} - wanted
    told = {one.call: one for one in manifest.calls if one.code == LEFT_OUT}
    assert {one.status for one in told.values()} == {Status.NOT_ASKED}
    assert moments[-1].calls_done == moments[-1].calls_total == len(PLAN)
    assert ("deep" in manifest.parameters) == ("ssm:GetConnectionStatus" in asked)


def test_what_was_left_out_is_unread_under_that_code(tmp_path: Path) -> None:
    aws = ScriptedAws(everything())
    collect([aws.account()], SnapshotWriter(tmp_path), now=NOW, actions={NODES})
    unread = Snapshot.open(tmp_path).read(ACCOUNT, REGION, "ec2.DescribeVpcs")
    assert (unread.call, unread.code) == ("ec2:DescribeVpcs", "NOT_ASKED")


def test_a_snapshot_of_everything_is_the_one_without_actions(tmp_path: Path) -> None:
    aws = ScriptedAws(everything())
    collect([aws.account()], SnapshotWriter(tmp_path / "1"), now=NOW)
    asked = frozenset(call.action for call in PLAN)
    collect([aws.account()], SnapshotWriter(tmp_path / "2"), now=NOW, actions=asked)
    assert files(tmp_path / "1") == files(tmp_path / "2")


def test_what_could_not_be_read_otherwise_keeps_its_reason(tmp_path: Path) -> None:
    """Without ``--deep``, or without an instance, the call would not have been made anyway."""
    aws = ScriptedAws(everything())
    manifest = collect([aws.account()], SnapshotWriter(tmp_path / "1"), now=NOW, actions=set())
    codes = {one.call: one.code for one in manifest.calls}
    assert codes["ssm:GetConnectionStatus"] == "NOT_DEEP"
    empty = ScriptedAws()
    manifest = collect([empty.account()], SnapshotWriter(tmp_path / "2"), now=NOW, actions=set())
    assert {one.code for one in manifest.calls if one.region == REGION} == {"", "NO_INSTANCES"}


def test_refused_instances_let_nothing_more_be_asked(tmp_path: Path) -> None:
    denied = RefusedError("UnauthorizedOperation")
    aws = ScriptedAws({**everything(), "ec2.DescribeInstances": denied})
    collect([aws.account()], SnapshotWriter(tmp_path), now=NOW, actions={NODES})
    asked = {*aws.operations()} - {"ec2.DescribeRegions"}
    assert asked == {"ec2.DescribeInstances", "ssm.DescribeInstanceInformation"}
