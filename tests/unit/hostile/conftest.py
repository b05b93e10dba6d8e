"""The demo account's answers, to be changed for the worse."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fixtures.demo.account import embedded_account
from inventory.collect import AccountSpec, collect, open_account
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.hostile.answers import Answers


@pytest.fixture(scope="session")
def demo_answers(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """All that a run with ``--deep`` reads of the demo account."""
    folder = tmp_path_factory.mktemp("hostile") / "snapshot"
    now = datetime.now(UTC)
    with embedded_account(now) as session:
        account = open_account(AccountSpec(name="demo", embedded=True), session=session)
        regions = ("eu-central-1", "us-east-1")
        collect([account], SnapshotWriter(folder), regions=regions, now=now, deep=True)
    return Answers.of(Snapshot.open(folder))
