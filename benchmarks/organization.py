"""A thousand accounts of 17 Regions: what one share costs, measured; the whole run, simulated.

Measured: shares of this organization are read by the code that workers run, with answers from
memory, and some hundred parts are merged by the code that merges them. Simulated: how long the
shares of all accounts take on so many workers, and how long one API keeps everybody waiting.
"""

from __future__ import annotations

import dataclasses
import heapq
import os
import random
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final
from unittest.mock import patch

import boto3
import botocore.session
import msgspec
import zstandard

from benchmarks.answers_from_memory import AnswersFromMemory
from benchmarks.collecting import LATENCY, REGIONS
from inventory.collect import AccountSpec, Clients, OpenAccount, RegionChoice
from inventory.collect.executor.engine import Done, NotDone
from inventory.collect.executor.part import Part, unpacked
from inventory.collect.executor.reading import models, read_share
from inventory.collect.executor.share import Share, encoded
from inventory.collect.executor.spread import Spread
from inventory.snapshot import GLOBAL, Snapshot, SnapshotWriter

ACCOUNTS: Final = 1_000
#: Of an account's 17 Regions one to three hold instances, two on average; so many in each.
BUSY: Final = (1, 2, 3)
INSTANCES: Final = 50
WORKERS: Final = (1, 2, 8, 32, 128)
#: Accounts whose parts are merged for real; what that costs grows with their number.
MERGED: Final = 200
#: Requests a second that Organizations lets through; AWS tells no number for these operations.
ORGANIZATION_RATES: Final = (5.0, 20.0)
#: Per operation, account and Region: tokens at first, and tokens a second (EC2's documentation).
EC2_BUCKET: Final = (100, 20.0)
UNITS: Final = 50
_ROUNDS: Final = 3
_ACCOUNT: Final = "111122223333"


@dataclasses.dataclass(frozen=True)
class Cost:
    """Of reading one share; seconds, bytes and requests."""

    cpu: float
    wall: float
    requests: Counter[str]
    part: Part

    @property
    def calls(self) -> int:
        return self.requests.total()

    @property
    def raw(self) -> int:
        """Of the answers, as they were before they were packed to be sent."""
        return sum(map(len, self.part.files.values()))


def measure(accounts: int = ACCOUNTS) -> Iterator[str]:
    """The lines of the report."""
    with patch.dict(os.environ, _surroundings(), clear=True):
        nothing = _cost(0, ())
        empty = {busy: _cost(0, REGIONS[busy:]) for busy in BUSY}
        full = {busy: _cost(INSTANCES, REGIONS[:busy]) for busy in BUSY}
        wholes = {busy: _Whole(full[busy], empty[busy], nothing) for busy in BUSY}
        yield "measured: one account of 17 Regions, so many of which hold 50 instances each"
        yield f"{'busy':>6} {'requests':>9} {'CPU s':>7} {'wall s, 80 ms':>14} {'raw KiB':>8}"
        for busy, one in wholes.items():
            yield (
                f"{busy:>6} {one.calls:>9} {one.cpu:>7.2f} {one.wall:>14.1f} {one.raw / 1024:>8.0f}"
            )
        yield f"most requests of one EC2 operation in a Region: {_most_of_one(full[max(BUSY)])}"
        opening = _opening_seconds()
        yield f"opening an account: {opening * 1000:.0f} ms CPU, for its session and two clients"
        yield ""
        yield from _merging(wholes[2].part, accounts)
        yield ""
        yield from _schedule(wholes, opening, accounts)


@dataclasses.dataclass(frozen=True)
class _Whole:
    """A share's cost from those of its Regions with and without instances, told apart."""

    full: Cost
    empty: Cost
    nothing: Cost

    @property
    def part(self) -> Part:
        """What a worker returns for all 17 Regions."""
        quiet = [one for one in self.empty.part.manifest.calls if one.region != GLOBAL]
        manifest = msgspec.structs.replace(
            self.full.part.manifest, calls=(*self.full.part.manifest.calls, *quiet)
        )
        files = self.full.part.files | {
            one.file: self.empty.part.files[one.file] for one in quiet if one.file
        }
        return Part(manifest=manifest, files=files)

    def _sum(self, of: Callable[[Cost], float]) -> float:
        return of(self.full) + of(self.empty) - of(self.nothing)

    @property
    def cpu(self) -> float:
        return self._sum(lambda one: one.cpu)

    @property
    def wall(self) -> float:
        return self._sum(lambda one: one.wall)

    @property
    def calls(self) -> int:
        return round(self._sum(lambda one: one.calls))

    @property
    def raw(self) -> float:
        return self._sum(lambda one: one.raw)


def _cost(instances: int, regions: Sequence[str]) -> Cost:
    aws = AnswersFromMemory(instances, REGIONS)
    share = Share(account=AccountSpec(name="prod"), account_id=_ACCOUNT, regions=tuple(regions))

    def opened(_: Share) -> OpenAccount:
        session = aws.session()
        session._session.register_component("data_loader", models())
        return OpenAccount("prod", _ACCOUNT, "arn:aws:iam::1:user/x", session, share.account)

    def read() -> bytes:
        return read_share(encoded(share), opened)

    content = read()  # every answer is written
    seconds = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        read()
        seconds.append(time.process_time() - started)
    requests = aws.calls
    aws.latency = LATENCY
    began = time.perf_counter()
    read()
    wall = time.perf_counter() - began
    return Cost(median(seconds), wall, requests, unpacked(content))


def _most_of_one(cost: Cost) -> int:
    """In one Region, by an upper bound: all requests of an operation in all busy Regions."""
    ec2 = {line.call.partition(":")[2] for line in cost.part.manifest.calls if "ec2:" in line.call}
    return max(number for name, number in cost.requests.items() if name in ec2)


def _opening_seconds() -> float:
    """CPU of an assumed role's session and the two clients that are asked before any share."""
    seconds = []
    for _ in range(10):
        started = time.process_time()
        inner = botocore.session.Session()
        inner.register_component("data_loader", models())
        session = boto3.Session("key", "secret", region_name="eu-west-1", botocore_session=inner)
        session.client("sts")
        session.client("ec2")
        seconds.append(time.process_time() - started)
    return median(seconds)


class _Replayed:
    """An engine whose workers cost nothing: every account tells what the measured one told."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self.seconds = 0.0

    def run(self, shares: Sequence[Share]) -> Iterator[Done | NotDone]:
        for share in shares:
            started = time.process_time()
            content = _renamed(self._part, share.account_id)
            self.seconds += time.process_time() - started
            yield Done(share, content)


def _renamed(part: Part, account: str) -> bytes:
    """The part as another account's."""
    told = part.manifest
    lines = tuple(
        msgspec.structs.replace(line, account=account, file=line.file.replace(_ACCOUNT, account, 1))
        for line in told.calls
    )
    manifest = msgspec.structs.replace(
        told, calls=lines, callers={account: "arn"}, accounts={account: ()}
    )
    files = {name.replace(_ACCOUNT, account, 1): one for name, one in part.files.items()}
    renamed = Part(manifest=manifest, files=files)
    return zstandard.compress(msgspec.msgpack.encode(renamed))


def _merging(part: Part, accounts: int) -> Iterator[str]:
    """The run's own process: adopting parts, closing the snapshot, and opening it again."""
    engine = _Replayed(part)
    regions = RegionChoice(REGIONS)
    opened = [_unopened(f"{number:012}") for number in range(1, MERGED + 1)]
    with TemporaryDirectory() as folder:
        writer = SnapshotWriter(Path(folder))
        before = _peak()
        started = time.process_time()
        callers = Spread(engine, Clients(), writer, None, ()).run(
            opened, [regions] * MERGED, (), deep=False
        )
        manifest = writer.close(
            tool="benchmark", collected_at=_now(), callers=callers, accounts={}, parameters={}
        )
        merged = time.process_time() - started - engine.seconds
        grown = _peak() - before
        size = sum(one.stat().st_size for one in Path(folder).rglob("*") if one.is_file())
        started = time.process_time()
        Snapshot.open(Path(folder))
        loaded = time.process_time() - started
    scale = accounts / MERGED
    yield (
        f"{'accounts':>10} {'merge s':>8} {'open s':>8} {'MiB more':>9} {'MB on disk':>11} "
        f"{'lines':>9}"
    )
    for name, factor in ((f"{MERGED:,}", 1.0), (f"{accounts:,} *", scale)):
        yield (
            f"{name:>10} {merged * factor:>8.1f} {loaded * factor:>8.1f} {grown * factor:>9.0f} "
            f"{size * factor / 1e6:>11.0f} {len(manifest.calls) * factor:>9,.0f}"
        )
    yield "* in proportion to what was merged"


def _schedule(wholes: dict[int, _Whole], opening: float, accounts: int) -> Iterator[str]:
    """Every account's share to whichever worker is free first; then the organization's policies."""
    chance = random.Random(8)  # noqa: S311 - a fleet, not a secret
    shares = [wholes[chance.choice(BUSY)] for _ in range(accounts)]
    first = max(accounts * opening, accounts * 2 * LATENCY / 16) + accounts * LATENCY / 8
    yield (
        f"simulated: {accounts:,} accounts × 17 Regions, {sum(one.calls for one in shares):,} "
        f"requests, {sum(one.cpu for one in shares):,.0f} s CPU on workers, "
        f"{sum(one.raw for one in shares) / 2**20:,.0f} MiB of answers"
    )
    yield f"{'workers':>8} {'open s':>8} {'read s':>8} {'busy %':>7} {'requests/s':>11}"
    for workers in WORKERS:
        wall = _makespan([_seconds(one) for one in shares], workers)
        busy = sum(one.cpu for one in shares) / workers / wall
        rate = sum(one.calls for one in shares) / wall
        yield f"{workers:>8} {first:>8.0f} {wall:>8.0f} {busy:>7.0%} {rate:>11,.0f}"
    policies = accounts + UNITS + 2 * (accounts + UNITS + 1)
    waits = " or ".join(f"{policies / rate:,.0f} s at {rate:.0f}/s" for rate in ORGANIZATION_RATES)
    yield f"then the organization's policies, {policies:,} requests by one account: {waits}"


def _seconds(share: _Whole) -> float:
    """A share's wall time where EC2 lets a Region's requests through no faster than it says."""
    tokens, rate = EC2_BUCKET
    return max(share.wall, share.cpu, (_most_of_one(share.full) - tokens) / rate)


def _makespan(seconds: Sequence[float], workers: int) -> float:
    free = [0.0] * workers
    for one in seconds:
        heapq.heapreplace(free, free[0] + one)
    return max(free)


def _unopened(account: str) -> OpenAccount:
    return OpenAccount(
        account, account, "arn", boto3.Session("key", "secret"), AccountSpec(name=account)
    )


def _now() -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC)


def _peak() -> float:
    """The most memory that this process has had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _surroundings() -> dict[str, str]:
    """Nothing of the AWS settings, and nothing kept for the next run."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith("AWS_")}
    return kept | {"ROLLCALL_CACHE": "off"}
