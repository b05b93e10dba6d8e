"""Ctrl-C before each single file operation of a collecting: what is left is whole, or says so."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inventory.collect import Kept, OpenAccount, collect
from inventory.collect.plan import PLAN
from inventory.collect.replies import Outcome
from inventory.errors import SnapshotError
from inventory.journal import JOURNAL
from inventory.snapshot import GLOBAL, MANIFEST, Manifest, Snapshot, SnapshotWriter
from policies.control import Outcome as Judged
from tests.faults.calling import ACCOUNT, CONFIG, judged, shared_clients
from tests.faults.moments import moments
from tests.faults.proxy import FaultProxy
from tests.faults.recording import REGIONS, Recording

PLACES = (REGIONS[1], GLOBAL)
#: Every so manieth is also taken up to its end, which asks AWS for the rest.
TAKEN_UP = 20


@dataclasses.dataclass(frozen=True)
class Small:
    """The account's smaller Region: collected once, in one piece."""

    account: OpenAccount
    recording: Recording
    whole: Path
    manifest: Manifest

    def collect(self, folder: Path, kept: Path) -> Manifest:
        """Collect again; what ``kept`` holds is not asked for."""
        return _collect(self.account, self.recording, folder, kept=Kept.of(kept))

    @functools.cached_property
    def answers(self) -> dict[str, bytes]:
        """Every answer's file by its path below the folder."""
        return _files(self.whole)

    @functools.cached_property
    def outcomes(self) -> dict[str, Outcome | None]:
        """What a run that takes it up would not ask for."""
        return _outcomes(self.whole)

    @functools.cached_property
    def verdicts(self) -> dict[str, tuple[Judged, str]]:
        """Finding id → outcome and code."""
        return judged(self.whole, self.manifest).verdicts


def _collect(account: OpenAccount, recording: Recording, folder: Path, **options: Any) -> Manifest:
    writer = SnapshotWriter(folder)
    now = recording.taken
    return collect([account], writer, regions=REGIONS[1:], now=now, config=CONFIG, **options)


def _outcomes(folder: Path) -> dict[str, Outcome | None]:
    kept = Kept.of(folder)
    return {
        f"{region} {one.action}": kept.outcome((ACCOUNT, region), one)
        for region in PLACES
        for one in PLAN
    }


def _files(folder: Path) -> dict[str, bytes]:
    """What bears a final name, but for what says how far the run has come."""
    named = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in named
        if path.suffix != ".partial" and path.name not in (JOURNAL, MANIFEST)
    }


@pytest.fixture(scope="module")
def small(
    proxy: FaultProxy,
    account: OpenAccount,
    recording: Recording,
    tmp_path_factory: pytest.TempPathFactory,
) -> Small:
    proxy.start_over()
    whole = tmp_path_factory.mktemp("whole") / "snapshot"
    manifest = _collect(account, recording, whole)
    return Small(account, recording, whole, manifest)


def test_a_collecting_is_broken_off_at_every_moment(small: Small, tmp_path: Path) -> None:
    """No half file under a final name, no manifest before the end, and nothing is lost.

    Each run is fed by the whole one: answers come at once, and are written as ever.
    """
    with shared_clients():
        with moments(tmp_path) as counted:
            small.collect(tmp_path / "counted", small.whole)
        assert counted.seen > 100
        for moment in range(1, counted.seen + 1):
            folder = tmp_path / f"broken-{moment}"
            with pytest.raises(KeyboardInterrupt), moments(folder, end_at=moment):
                small.collect(folder, small.whole)
            is_whole = assert_whole_or_unfinished(small, folder)
            assert is_whole is (moment == counted.seen), "only the journal is left to be removed"
            if moment % TAKEN_UP == 0:
                assert_taken_up(small, folder, tmp_path / f"whole-{moment}")


def assert_whole_or_unfinished(small: Small, folder: Path) -> bool:
    """Whether the folder is a snapshot; else it says that it is none, and holds whole answers."""
    left = _files(folder)
    assert left.items() <= small.answers.items()
    if (folder / MANIFEST).exists():
        assert left == small.answers
        assert _told(Snapshot.open(folder)) == _told(Snapshot.open(small.whole))
        return True
    with pytest.raises(SnapshotError):
        Snapshot.open(folder)
    if (folder / JOURNAL).exists():
        kept = {key: one for key, one in _outcomes(folder).items() if one is not None}
        assert kept.items() <= small.outcomes.items()
    return False


def _told(snapshot: Snapshot) -> list[tuple[str, str, str, str]]:
    return [(one.region, one.call, one.status, one.sha256) for one in snapshot.coverage]


def assert_taken_up(small: Small, folder: Path, result: Path) -> None:
    """Before the journal was begun there is nothing to take up; from then on, all of it."""
    if not (folder / JOURNAL).exists():
        with pytest.raises(SnapshotError, match="no run began it"):
            Kept.of(folder)
        return
    manifest = small.collect(result, folder)
    assert _files(result) == small.answers
    assert judged(result, manifest).verdicts == small.verdicts


def test_the_moments_are_told_of(tmp_path: Path) -> None:
    """The sweep would be worth nothing if it saw no operation, or those of other folders."""
    steps: list[Callable[[], object]] = [
        (tmp_path / "within").mkdir,
        lambda: (tmp_path / "within" / "file").write_text("x"),
        lambda: (tmp_path / "within" / "file").rename(tmp_path / "within" / "other"),
        (tmp_path / "within" / "other").unlink,
    ]
    for end_at, step in enumerate(steps, start=1):
        with moments(tmp_path / "within") as counted:
            step()
        assert counted.seen == 1, end_at
    with moments(tmp_path / "within") as counted:
        (tmp_path / "elsewhere").mkdir()
    assert counted.seen == 0
