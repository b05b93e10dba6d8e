"""How many changed answers a long run puts to the reader and the judging, and what came of them."""

from __future__ import annotations

import dataclasses
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.demo.account import embedded_account
from inventory.collect import AccountSpec, collect, open_account
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.hostile.answers import Answers, judged
from tests.unit.hostile.mutation import Mutation, mutations

#: Of each sixth instance the findings are made: the others differ in what is not changed.
EVERY = 6


@dataclasses.dataclass
class Fuzzed:
    """Changed answers: those that were refused by name, and the controls that crashed on others."""

    inputs: int = 0
    refused: int = 0
    crashes: int = 0


def fuzz(inputs: int) -> Fuzzed:
    """Judge the demo account so many times, each with one answer changed in up to twelve places."""
    found = Fuzzed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        answers = _answers(folder / "snapshot")

        @given(number=st.integers(0, 10**6), changes=mutations())
        @settings(
            max_examples=inputs,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def put(number: int, changes: list[Mutation]) -> None:
            key = answers.key(number)
            outcome = judged(answers.changed(key, changes, folder), every=EVERY)
            found.inputs += 1
            found.refused += not isinstance(outcome, list)
            found.crashes += len(outcome) if isinstance(outcome, list) else 0

        put()
    return found


def _answers(folder: Path) -> Answers:
    now = datetime.now(UTC)
    with embedded_account(now) as session:
        account = open_account(AccountSpec(name="demo", embedded=True), session=session)
        regions = ("eu-central-1", "us-east-1")
        collect([account], SnapshotWriter(folder), regions=regions, now=now, deep=True)
    return Answers.of(Snapshot.open(folder))
