"""An account's Region as something that is judged: its key, its partition, its memo."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import cast

import pytest

from inventory.facts import Place
from policies.control import Blocker, Context, Outcome, RegionControlModule, Scope, Verdict, failed
from policies.dhmc import management_role
from policies.diagnosis import fix_first
from policies.finding import Finding
from policies.judgement import Judgement, judge_place
from policies.scope import is_running
from tests.unit.policies.iam_world import node
from tests.unit.world import ACCOUNT, REGION


def control_that(answer: object) -> RegionControlModule:
    record = dataclasses.replace(management_role.CONTROL, id="TEST-01")
    return cast("RegionControlModule", SimpleNamespace(CONTROL=record, evaluate=answer))


def test_a_place_is_known_by_account_and_region() -> None:
    assert node().place.key == (ACCOUNT, REGION)


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-central-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-iso-east-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_the_regions_prefix_says_the_partition(region: str, partition: str) -> None:
    """Spec domain.md 2.3."""
    one = node(region=region)
    assert one.partition == one.place.partition == partition


def test_a_place_is_judged_once_however_often_it_is_made() -> None:
    asked: list[Place] = []

    def answer(place: Place, _context: Context) -> Verdict:
        asked.append(place)
        return failed("BROKEN", "it is broken")

    judgement, control, one = Judgement(), control_that(answer), node()
    first = judgement.place_finding(control, one.place)
    assert judgement.place_finding(control, one.place) is first
    assert len(asked) == 1


def test_an_unknown_without_what_is_missing_is_a_defect() -> None:
    def answer(_place: Place, _context: Context) -> Verdict:
        return dataclasses.replace(failed("WHY", "because"), outcome=Outcome.UNKNOWN)

    with pytest.raises(ValueError, match="WHY without what is missing"):
        judge_place(control_that(answer), node().place, Context())


@pytest.mark.parametrize(
    ("state", "runs"), [("running", True), ("Running", True), ("stopped", False)]
)
def test_only_running_instances_make_a_region_asked(state: str, runs: bool) -> None:
    """R-9.1, T-15."""
    assert is_running(node(instance={"State": {"Name": state}}).instance) is runs


def test_a_broken_setting_of_a_region_is_a_fix_that_touches_no_instance_itself() -> None:
    verdict = failed("BROKEN", "it is broken", blockers=(Blocker("role/x", "gone"),))
    finding = Finding(management_role.CONTROL, ACCOUNT, REGION, REGION, "", verdict)
    assert finding.control.scope is Scope.REGION
    (fix,) = fix_first([finding])
    assert (fix.blocker.resource, fix.touches, fix.frees) == ("role/x", (), ())
