"""The demo account read for one control only: the same verdicts, from no more than it needs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest

from fixtures.demo.account import DEMO_REGIONS, embedded_account
from inventory.collect import AccountSpec, collect, open_account
from inventory.collect.wanted import wanted_calls
from inventory.facts import Place, Status, left_out
from inventory.fleet import Fleet, load_fleet
from inventory.snapshot import Manifest, Snapshot, SnapshotWriter
from policies.catalogue import CONTROLS, REGION_CONTROLS
from policies.control import Context, Outcome
from policies.judgement import Judgement, judge, judge_place
from tests.unit.policies.reduced import reduced_nodes, reduced_place

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
BY_ID = {one.CONTROL.id: one for one in CONTROLS}


@pytest.fixture(scope="module")
def session() -> Iterator[boto3.Session]:
    with embedded_account(NOW) as opened:
        yield opened


@pytest.fixture(scope="module")
def whole(session: boto3.Session, tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    folder = tmp_path_factory.mktemp("whole")
    read(session, folder, None)
    return load_fleet(Snapshot.open(folder))


def read(session: boto3.Session, folder: Path, actions: frozenset[str] | None) -> Manifest:
    account = open_account(AccountSpec(name="demo", embedded=True), session=session)
    writer = SnapshotWriter(folder)
    return collect([account], writer, regions=DEMO_REGIONS, now=NOW, deep=True, actions=actions)


def test_needs_are_all_that_a_control_reads(whole: Fleet) -> None:
    """Session channels and consoles included: the demo was read with ``--deep``."""
    context = Context()
    for module in CONTROLS:
        alone, needs = Context(), {"ec2:DescribeInstances", *module.CONTROL.needs}
        nodes = reduced_nodes(whole.nodes, needs)
        for one, other in zip(whole.nodes, nodes, strict=True):
            found = judge(module, other, alone)
            assert found == judge(module, one, context), (module.CONTROL.id, one.id)


def test_so_are_those_of_accounts_and_regions(whole: Fleet) -> None:
    for region in whole.regions:
        place = Place(region, whole.accounts[region.account_id], whole.as_of)
        for module in REGION_CONTROLS:
            alone = reduced_place(place, module.CONTROL.needs)
            assert judge_place(module, alone, Context()) == judge_place(module, place, Context())


@pytest.mark.parametrize("control", ["IAM-04", "NET-02", "NODE-04"])
def test_what_is_read_for_a_control_gives_its_verdicts(
    session: boto3.Session, whole: Fleet, tmp_path: Path, control: str
) -> None:
    module = BY_ID[control]
    manifest = read(session, tmp_path, frozenset(module.CONTROL.needs))
    wanted = {call.action for call in wanted_calls(frozenset(module.CONTROL.needs))}
    assert {one.call for one in manifest.calls if one.status is Status.COLLECTED} <= wanted
    assert left_out(manifest.calls) == {one.call for one in manifest.calls} - wanted
    before, after = Context(), Context()
    for one, other in zip(whole.nodes, load_fleet(Snapshot.open(tmp_path)).nodes, strict=True):
        assert judge(module, other, after) == judge(module, one, before), one.id


def test_what_was_left_out_is_told_and_fails_nothing(
    session: boto3.Session, whole: Fleet, tmp_path: Path
) -> None:
    """Design 4: unknown never fails a node. A replay of a narrowed snapshot is judged as usual."""
    read(session, tmp_path, frozenset(BY_ID["IMDS-01"].CONTROL.needs))
    narrow = load_fleet(Snapshot.open(tmp_path))
    judgement = Judgement().without(left_out(narrow.coverage))
    assert judgement.is_narrowed
    before = Context()
    for one, other in zip(whole.nodes, narrow.nodes, strict=True):
        for module in CONTROLS:
            told = judgement.finding(module, other)
            if told.outcome is Outcome.FAIL:
                assert judge(module, one, before).outcome is Outcome.FAIL, told.id
        path = judgement.finding(BY_ID["NET-08"], other)
        if path.outcome is Outcome.UNKNOWN:
            named = [missing.what for missing in path.verdict.missing]
            assert any(what.startswith("ec2:DescribeVpcs (NOT_ASKED)") for what in named), named
