"""The rule of tests/faults by itself: what a fault may make of a finding, and what it may not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from inventory.facts import Coverage, Status, Unread
from policies.control import Verdict, failed, not_applicable, passed, undecidable, unread, warned
from policies.finding import finding_of
from tests.faults.calling import Called
from tests.faults.rule import made_up
from tests.unit.policies.nodes import node_with
from tests.unit.policies.test_live_evidence import ENTAILED
from tests.unit.world import ACCOUNT, REGION

PINGS = "ssm:DescribeInstanceInformation"
HOLDS, BLOCKED, SO_SO = passed("FINE", "x"), failed("BROKEN", "x"), warned("SO_SO", "x")
OBSERVED, CONTRADICTED = passed("OBSERVED", "x"), warned("CONTRADICTED", "x")
UNREAD = unread(Unread(PINGS, "AccessDenied"))
VANISHED = unread(Unread("ec2:DescribeSubnets", "CHANGED_DURING_COLLECTION"))
ELSEWHERE = unread(Unread("ec2:DescribeVpcs", "AccessDenied"))
UNSEEN = undecidable("UNSEEN", "x", settled_by="a look")
AFTER, NO_NEED = not_applicable("AFTER_NET_01", "x"), not_applicable("NO_NEED", "x")
OFF = not_applicable("DHMC_OFF", "x")


def called(verdict: Verdict | None, gaps: tuple[str, ...] = (PINGS,)) -> Called:
    """A run of one finding, or none, in which these calls were refused."""
    found = () if verdict is None else (finding_of(ENTAILED, node_with(), verdict),)
    calls = [
        Coverage(
            account=ACCOUNT, region=REGION, call=one, status=Status.DENIED, code="AccessDenied"
        )
        for one in gaps
    ]
    manifest: Any = SimpleNamespace(calls=calls)
    fleet: Any = None
    return Called(fleet, manifest, {one.id: one for one in found})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HOLDS, UNREAD),
        (BLOCKED, UNREAD),
        (HOLDS, VANISHED),
        (BLOCKED, failed("BROKEN_ELSEWHERE", "x")),
        (HOLDS, OBSERVED),
        (SO_SO, OBSERVED),
        (AFTER, OBSERVED),
        (AFTER, HOLDS),
        (NO_NEED, SO_SO),
    ],
)
def test_what_a_fault_may_make_of_a_finding(before: Verdict, after: Verdict) -> None:
    assert made_up(called(before, ()), called(after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (HOLDS, BLOCKED),
        (SO_SO, BLOCKED),
        (UNSEEN, BLOCKED),
        (CONTRADICTED, BLOCKED),
        (AFTER, BLOCKED),
        (BLOCKED, HOLDS),
        (SO_SO, HOLDS),
        (UNSEEN, HOLDS),
        (BLOCKED, OBSERVED),
        (UNSEEN, OBSERVED),
        (OFF, OBSERVED),
        (OFF, HOLDS),
        (HOLDS, SO_SO),
        (HOLDS, warned("EC2MESSAGES_MAY_BE_NEEDED", "x")),
        (BLOCKED, OFF),
        (HOLDS, ELSEWHERE),
        (HOLDS, UNSEEN),
        (HOLDS, None),
    ],
)
def test_what_a_fault_may_not_make_of_it(before: Verdict, after: Verdict | None) -> None:
    assert len(made_up(called(before, ()), called(after))) == 1


def test_a_finding_is_gone_only_where_the_instances_were_not_listed() -> None:
    assert made_up(called(HOLDS, ()), called(None, ("ec2:DescribeInstances",))) == []


def test_no_finding_comes_out_of_a_fault() -> None:
    assert len(made_up(called(None, ()), called(HOLDS))) == 1
