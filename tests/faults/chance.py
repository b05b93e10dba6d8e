"""Runs in which some of all answers go wrong by chance, and what came of them."""

from __future__ import annotations

import dataclasses
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Final, Self

from inventory.collect import OpenAccount
from tests.faults.calling import Called, call_the_roll
from tests.faults.faults import DAMAGED, DENIED, EMPTY_PAGE, LASTING, REPEATED_PAGE, TRANSIENT
from tests.faults.proxy import FaultProxy, Schedule
from tests.faults.recording import REGIONS, Recording
from tests.faults.rule import made_up
from tests.faults.schedules import always, by_chance

#: Of the requests, how many meet a fault.
SHARE: Final = 0.05
FAULTS: Final = (*TRANSIENT, *TRANSIENT, *LASTING, *DAMAGED, EMPTY_PAGE, REPEATED_PAGE)
#: Without an answer to these there is no run, and so nothing that could be made up.
SPARED: Final = ("sts.GetCallerIdentity", "ec2.DescribeRegions")
#: How many times the 44 instances of the account's larger Region make a thousand.
THOUSAND: Final = 23


@dataclasses.dataclass(frozen=True)
class Survived:
    """What some runs came to; ``wrong`` says which findings a fault has made up."""

    runs: int = 0
    requests: int = 0
    faults: int = 0
    findings: int = 0
    unknown: int = 0
    wrong: tuple[str, ...] = ()

    def __add__(self, other: Survived) -> Self:
        """Both together."""
        mine, theirs = dataclasses.astuple(self), dataclasses.astuple(other)
        return type(self)(*(one + more for one, more in zip(mine, theirs, strict=True)))


@dataclasses.dataclass(frozen=True)
class ByChance:
    """Calls the roll of one account again and again."""

    proxy: FaultProxy
    account: OpenAccount
    recording: Recording

    def quiet(self) -> Called:
        """The run that the others are compared with."""
        self.proxy.start_over()
        return self._called()

    def survived(self, quiet: Called, seed: int) -> Survived:
        """A run whose faults this seed decides."""
        return self._under(by_chance(SHARE, seed, FAULTS, SPARED), quiet, f"seed {seed}")

    def for_minutes(self, minutes: float) -> Survived:
        """As many seeds as there is time for, and one at least."""
        quiet, together = self.quiet(), Survived()
        until = time.monotonic() + 60 * minutes
        for seed in count(1):
            together += self.survived(quiet, seed)
            if time.monotonic() > until:
                return together
        return together

    def each_call_denied(self) -> Survived:
        """A run for each operation of the quiet one, in which it is denied."""
        quiet = self.quiet()
        operations = sorted({one.name for one in self.proxy.asked} - {*SPARED})
        runs = (self._under(always(DENIED, one), quiet, one) for one in operations)
        return sum(runs, Survived())

    def _under(self, schedule: Schedule, quiet: Called, name: str) -> Survived:
        self.proxy.start_over(schedule)
        told = self._called()
        before = quiet.verdicts
        return Survived(
            runs=1,
            requests=len(self.proxy.asked),
            faults=sum(self.proxy.injected.values()),
            findings=len(before),
            unknown=sum(told.verdicts.get(key) != verdict for key, verdict in before.items()),
            wrong=tuple(f"{name}: {one}" for one in made_up(quiet, told)),
        )

    def _called(self) -> Called:
        with tempfile.TemporaryDirectory() as folder:
            return call_the_roll(self.account, Path(folder), REGIONS[:1], self.recording.taken)
