"""A run that is broken off at any moment is taken up where it ended, and asks for the rest only."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import pytest

from inventory.collect import Kept, OpenAccount, Progress
from inventory.errors import AccountError, SnapshotError
from inventory.facts import Status
from inventory.journal import JOURNAL
from inventory.snapshot import MANIFEST, Snapshot
from tests.faults.calling import Called, call_the_roll
from tests.faults.faults import DENIED, EXPIRED
from tests.faults.proxy import FaultProxy
from tests.faults.recording import REGIONS, Recording
from tests.faults.schedules import always

#: Who asks and where are found out anew by every run.
ALWAYS_ASKED: Final = {"ec2.DescribeRegions": 1}


@dataclasses.dataclass(frozen=True)
class Runs:
    """Runs of one account that are broken off, and those that take them up."""

    account: OpenAccount
    now: dt.datetime

    def call(self, folder: Path, **options: Any) -> Called:
        return call_the_roll(self.account, folder, REGIONS[:1], self.now, **options)

    def break_off(self, folder: Path, after: int) -> None:
        """The user has enough after so many calls."""

        def tell(progress: Progress) -> None:
            if progress.calls_done == after:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            self.call(folder, progress=tell, deep=True)

    def take_up(self, broken: Path, folder: Path, **options: Any) -> Called:
        """Most of an hour later."""
        later = dataclasses.replace(self, now=self.now + dt.timedelta(minutes=50))
        return later.call(folder, kept=Kept.of(broken), **options)


@pytest.fixture(scope="module")
def runs(account: OpenAccount, recording: Recording) -> Runs:
    return Runs(account, recording.taken)


@dataclasses.dataclass(frozen=True)
class Whole:
    """A run in one piece, also of what costs a request an instance, and what it asked."""

    called: Called
    asked: Counter[tuple[str, ...]]


@pytest.fixture(scope="module")
def deep(proxy: FaultProxy, runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    proxy.start_over()
    called = runs.call(tmp_path_factory.mktemp("deep"), deep=True)
    return Whole(called, Counter(one.key for one in proxy.asked))


@pytest.mark.parametrize("after", [9, 55])
def test_a_run_is_taken_up_at_any_moment(
    proxy: FaultProxy, runs: Runs, deep: Whole, after: int, tmp_path: Path
) -> None:
    proxy.start_over()
    runs.break_off(tmp_path / "broken", after)
    answered = [line for line in journal(tmp_path / "broken") if line["status"] == "collected"]
    assert len(answered) > 0
    proxy.start_over()
    told = runs.take_up(tmp_path / "broken", tmp_path / "whole", deep=True)
    assert told.verdicts == deep.called.verdicts
    assert told.manifest.collected_at == deep.called.manifest.collected_at
    asked = Counter(one.key for one in proxy.asked)
    assert asked <= deep.asked, "nothing is asked that a whole run would not ask"
    assert asked.total() < deep.asked.total()
    again = {one["call"].replace(":", ".", 1) for one in answered} & {one[0] for one in asked}
    assert again <= ALWAYS_ASKED.keys()
    assert (tmp_path / "whole" / MANIFEST).is_file()
    assert not (tmp_path / "whole" / JOURNAL).exists()


def journal(folder: Path) -> list[dict[str, str]]:
    """The lines of a journal behind the first."""
    return [json.loads(line) for line in (folder / JOURNAL).read_text().splitlines()[1:]]


def test_a_run_says_what_it_has_from_the_one_before(
    proxy: FaultProxy, runs: Runs, tmp_path: Path
) -> None:
    proxy.start_over()
    runs.break_off(tmp_path / "broken", 30)
    told = runs.take_up(tmp_path / "broken", tmp_path / "whole")
    assert "interrupted" in told.manifest.parameters["resumed"]
    read_before = {one.call for one in told.manifest.calls if "interrupted run" in one.detail}
    collected = {
        one["call"]
        for one in journal(tmp_path / "broken")
        if one["status"] == "collected" and one["call"] in {c.call for c in told.manifest.calls}
    }
    assert {"ec2:DescribeInstances"} <= read_before <= collected


def test_what_was_denied_is_asked_again_and_nothing_else(
    proxy: FaultProxy, runs: Runs, quiet: Called, tmp_path: Path
) -> None:
    """A finished run with gaps is taken up like one that was broken off."""
    denied = ("ec2.DescribeSubnets", "ssm.DescribeInstanceInformation")
    proxy.start_over(always(DENIED, *denied))
    runs.call(tmp_path / "gaps")
    proxy.start_over()
    told = runs.take_up(tmp_path / "gaps", tmp_path / "whole")
    assert Counter(one.name for one in proxy.asked) == dict.fromkeys(denied, 1) | ALWAYS_ASKED
    assert told.verdicts == quiet.verdicts


def test_expired_credentials_leave_what_was_read(
    proxy: FaultProxy, runs: Runs, quiet: Called, tmp_path: Path
) -> None:
    proxy.start_over(always(EXPIRED, "ec2.SearchTransitGatewayRoutes"))
    with pytest.raises(AccountError, match="the credentials have expired"):
        runs.call(tmp_path / "lost")
    proxy.start_over()
    told = runs.take_up(tmp_path / "lost", tmp_path / "whole")
    assert told.verdicts == quiet.verdicts
    assert "ec2.DescribeInstances" not in {one.name for one in proxy.asked}


def test_an_answer_that_was_altered_or_half_told_is_asked_again(
    proxy: FaultProxy, runs: Runs, quiet: Called, tmp_path: Path
) -> None:
    """Only what the journal tells in full, with the file's hash, is kept."""
    proxy.start_over()
    runs.break_off(tmp_path / "broken", 30)
    place = tmp_path / "broken" / runs.account.account_id / REGIONS[0]
    (place / "ec2.DescribeInstances.json").write_text('{"Reservations": []}')
    with (tmp_path / "broken" / JOURNAL).open("a") as file:
        file.write('{"account": "123456789012", "region": "eu-cent')
    proxy.start_over()
    told = runs.take_up(tmp_path / "broken", tmp_path / "whole")
    assert "ec2.DescribeInstances" in {one.name for one in proxy.asked}
    assert told.verdicts == quiet.verdicts


def test_what_was_broken_off_is_not_judged_as_it_is(
    proxy: FaultProxy, runs: Runs, tmp_path: Path
) -> None:
    """Nobody knows what is missing: a Region that was not reached would look as if empty."""
    proxy.start_over()
    runs.break_off(tmp_path, 9)
    with pytest.raises(SnapshotError, match="--resume DIR"):
        Snapshot.open(tmp_path)


def test_a_folder_that_no_run_began_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match=JOURNAL):
        Kept.of(tmp_path)


def test_a_whole_run_needs_nothing_more(proxy: FaultProxy, runs: Runs, tmp_path: Path) -> None:
    proxy.start_over()
    before = runs.call(tmp_path / "before")
    proxy.start_over()
    told = runs.take_up(tmp_path / "before", tmp_path / "again")
    assert Counter(one.name for one in proxy.asked) == ALWAYS_ASKED
    assert told.verdicts == before.verdicts
    status = {one.call: one.status for one in before.manifest.calls}
    assert {one.call: one.status for one in told.manifest.calls} == status
    assert Status.ABSENT in status.values()
