"""Loading and judging a fleet of N instances: the demo account's own, repeated."""

from __future__ import annotations

import copy
import dataclasses
import gc
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fixtures.demo.account import embedded_account
from inventory.collect import AccountSpec, collect, open_account
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot, SnapshotWriter
from policies.catalogue import CONTROLS
from policies.judgement import Judgement

_INSTANCES = "ec2.DescribeInstances"
_NODES = "ssm.DescribeInstanceInformation"


@dataclasses.dataclass(frozen=True)
class Measured:
    """CPU seconds of this process; peak memory since it started."""

    instances: int
    load: float
    judge: float
    findings: int
    peak_mib: float

    def __str__(self) -> str:
        each = self.judge / self.findings * 1e6
        return (
            f"{self.instances:>10,} {self.load:>8.2f} {self.judge:>8.2f} {each:>11.1f} "
            f"{self.peak_mib:>9.0f}"
        )


def measure(size: int) -> Measured:
    """Load and judge a fleet of that size once."""
    snapshot = fleet_of(size)
    started = time.process_time()
    fleet = load_fleet(snapshot)
    gc.freeze()  # as a run does
    loaded = time.process_time()
    judgement = Judgement()
    findings = sum(
        judgement.finding(control, node) is not None for control in CONTROLS for node in fleet.nodes
    )
    judged = time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Measured(len(fleet.nodes), loaded - started, judged - loaded, findings, peak)


def fleet_of(size: int) -> Snapshot:
    """The snapshot of that many instances at least: the demo account's, under new ids."""
    with TemporaryDirectory() as folder, embedded_account() as session:
        account = open_account(AccountSpec(name="demo", embedded=True), session=session)
        collect([account], SnapshotWriter(Path(folder)), now=datetime.now(UTC))
        seed = Snapshot.open(Path(folder))
        answers: dict[tuple[str, str, str], Any] = {
            (one.account, one.region, one.call.replace(":", ".", 1)): seed.read(
                one.account, one.region, one.call.replace(":", ".", 1)
            )
            for one in seed.coverage
            if one.file
        }
        listed = {key: answer for key, answer in answers.items() if key[2] in (_INSTANCES, _NODES)}
        total = sum(
            len(reservation["Instances"])
            for key, answer in listed.items()
            if key[2] == _INSTANCES
            for reservation in answer["Reservations"]
        )
        for key, answer in listed.items():
            answers[key] = _repeated(answer, -(-size // total))
        return Snapshot(answers, as_of=seed.as_of, coverage=seed.coverage)


def _repeated(answer: Any, times: int) -> Any:
    """The same rows with new instance ids, ``times`` over."""
    copies = [_renamed(copy.deepcopy(answer), number) for number in range(times)]
    merged: dict[str, Any] = {}
    for one in copies:
        for key, rows in one.items():
            merged.setdefault(key, []).extend(rows)
    return merged


def _renamed(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {key: _renamed(one, number) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, number) for one in value]
    if isinstance(value, str) and value.startswith("i-"):
        return f"{value[:-6]}{number:06x}"
    return value
