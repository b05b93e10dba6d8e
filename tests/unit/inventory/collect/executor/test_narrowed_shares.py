"""A spread run for some actions: what one process leaves out, its workers leave out too."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.collect import PLAN
from inventory.collect.wanted import wanted_calls
from inventory.facts import LEFT_OUT, Coverage, Status, left_out
from inventory.snapshot import Manifest
from tests.unit.inventory.collect.executor.test_spread import HUB, RUNS, SPOKE, Run, files, lost

ROUTES = "ec2:DescribeRouteTables"


@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("a hub and a spoke", "ec2:DescribeTransitGatewayRouteTables"),
        ("a hub and a spoke", "iam:GetRole"),
        ("roles, two registered instances", "iam:GetRole"),
        ("one loses its credentials", "ssm:DescribeInstanceInformation"),
        ("whoever listed the organization reads", "organizations:ListRoots"),
        ("whoever listed the organization reads", "iam:GetRole"),
    ],
)
def test_workers_leave_out_the_same(tmp_path: Path, name: str, action: str) -> None:
    """Byte for byte what one process writes, by the same calls: hubs and listers included."""
    run = Run(*RUNS[name])
    alone = run.taken(tmp_path / "alone", actions={action})
    by_one = run.calls
    unwanted = {call.action for call in PLAN} - _wanted(action)
    assert left_out(alone.calls)
    assert left_out(alone.calls) <= unwanted
    run.spread(tmp_path / "spread", actions={action})
    assert run.calls == by_one
    assert files(tmp_path / "spread") == files(tmp_path / "alone")


def _wanted(action: str) -> set[str]:
    return {call.action for call in wanted_calls({action})}


def lines(manifest: Manifest, account: str) -> list[Coverage]:
    return [one for one in manifest.calls if one.account == account]


@pytest.mark.parametrize("as_hub", [False, True])
def test_a_lost_share_has_failed_in_what_it_was_about_only(tmp_path: Path, as_hub: bool) -> None:
    """What nobody needs is no gap, whoever was to read it."""
    wanted = _wanted(ROUTES)
    account = HUB if as_hub else SPOKE
    run = Run(*RUNS["a hub and a spoke"])
    spoil = lost(account, as_hub=as_hub)
    manifest = run.spread(tmp_path, spoil, actions={ROUTES})
    failed = {one.call for one in lines(manifest, account) if one.status is Status.FAILED}
    assert failed
    assert failed <= wanted
    assert {one.code for one in lines(manifest, account) if one.call not in wanted} <= {
        *(LEFT_OUT, "NO_INSTANCES", "NOT_DEEP")
    }
