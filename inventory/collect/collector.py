"""Collecting: every call of the plan, for every account and Region, into one snapshot.

A Region is first asked for its instances. One that holds none has nothing to be judged, so its
other calls are not made and are recorded as not asked: empty Regions cost one call each. Where
DescribeInstances itself is refused, the other calls are made all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from queue import SimpleQueue
from typing import Any, Final, NamedTuple

from botocore.config import Config

from inventory.collect.access_errors import access_error
from inventory.collect.accounts import OpenAccount
from inventory.collect.answers import Outcome, ask
from inventory.collect.clients import Clients
from inventory.collect.plan import (
    ACCOUNT_CALLS,
    FIRST_CALL,
    FURTHER_CALLS,
    PLAN,
    Call,
    PerResource,
)
from inventory.collect.progress import Progress
from inventory.collect.refusal import AWS_ERRORS, Refusal, lost_credentials, refusal_of
from inventory.collect.regions import DESCRIBE_REGIONS, RegionChoice, choose_regions
from inventory.collect.settings import CLIENT_CONFIG, TOOL
from inventory.errors import AccountError
from inventory.facts import Status
from inventory.snapshot import GLOBAL, Manifest, SnapshotWriter

#: IAM is one endpoint whose rate limits all Regions share (spec iam.md 8).
IAM_WORKERS: Final = 4
NO_INSTANCES: Final = Refusal(Status.NOT_ASKED, "NO_INSTANCES", "the Region holds no instance")
NO_SOURCE: Final = Refusal(
    Status.NOT_ASKED, "NO_SOURCE", f"needs the answer of {FIRST_CALL.action}"
)


def collect(
    accounts: Sequence[OpenAccount],
    writer: SnapshotWriter,
    *,
    regions: Sequence[str] = (),
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
    workers: int = 8,
    parameters: Mapping[str, str] | None = None,
    config: Config = CLIENT_CONFIG,
) -> Manifest:
    """Read the accounts into the writer's snapshot and close it.

    ``regions`` are names or globs that override the accounts' own; ``now`` becomes the snapshot's
    time; ``parameters`` are noted in the manifest. ``progress`` is called from this thread only.
    What AWS refuses becomes coverage. Raises AccountError for a Region that does not exist, one
    account given twice, and credentials that run out on the way; the folder then has no manifest.
    """
    _reject_twins(accounts)
    clients = Clients(config)
    with ThreadPoolExecutor(workers) as pool:
        choices = tuple(pool.map(lambda one: choose_regions(one, clients, regions), accounts))
    with _Collection(clients, writer, progress, workers) as collection:
        collection.run(accounts, choices)
    return writer.close(
        tool=TOOL,
        collected_at=now,
        callers={account.account_id: account.caller_arn for account in accounts},
        accounts={
            account.account_id: choice.names
            for account, choice in zip(accounts, choices, strict=True)
        },
        parameters=parameters or {},
    )


class _Task(NamedTuple):
    account: OpenAccount
    region: str
    call: Call

    @property
    def place(self) -> tuple[str, str]:
        """Account id and Region: whose clients the task uses."""
        return (self.account.account_id, self.region)


class _Collection:
    """One run: threads ask, this thread writes, decides what is asked next, and tells progress."""

    def __init__(
        self,
        clients: Clients,
        writer: SnapshotWriter,
        progress: Callable[[Progress], None] | None,
        workers: int,
    ) -> None:
        self._clients = clients
        self._writer = writer
        self._progress = progress
        self._pool = ThreadPoolExecutor(workers, "collect")
        self._iam_pool = ThreadPoolExecutor(min(workers, IAM_WORKERS), "collect-iam")
        self._running: dict[Future[Outcome], _Task] = {}
        self._finished: SimpleQueue[Future[Outcome]] = SimpleQueue()
        self._outstanding: Counter[tuple[str, str]] = Counter()
        self._accounts = self._regions = self._done = self._total = 0

    def __enter__(self) -> _Collection:
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what has not begun, and wait for what has: no request outlives the collection."""
        for pool in (self._pool, self._iam_pool):
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in (self._pool, self._iam_pool):
            pool.shutdown(wait=True)

    def run(self, accounts: Sequence[OpenAccount], choices: Sequence[RegionChoice]) -> None:
        """Ask everything and return when all is settled."""
        self._accounts = len(accounts)
        self._regions = sum(len(choice.names) for choice in choices)
        self._total = len(accounts) * len(ACCOUNT_CALLS) + self._regions * (
            len(PLAN) - len(ACCOUNT_CALLS)
        )
        for account, choice in zip(accounts, choices, strict=True):
            self._begin(account, choice)
        while self._running:
            future = self._finished.get()
            self._settle(self._running.pop(future), future)

    def _begin(self, account: OpenAccount, choice: RegionChoice) -> None:
        if choice.refusal is not None:
            self._refuse(account, GLOBAL, DESCRIBE_REGIONS, choice.refusal)
        for call in ACCOUNT_CALLS:
            self._submit(_Task(account, GLOBAL, call))
        for region in choice.names:
            self._submit(_Task(account, region, FIRST_CALL))

    def _submit(self, task: _Task, instances: Any | None = None) -> None:
        pool = self._iam_pool if task.call.service == "iam" else self._pool
        future = pool.submit(_ask, self._clients, task, instances)
        self._running[future] = task
        self._outstanding[task.place] += 1
        future.add_done_callback(self._finished.put)

    def _settle(self, task: _Task, future: Future[Outcome]) -> None:
        try:
            outcome = future.result()
        except AWS_ERRORS as error:
            raise access_error(task.account.spec, error) from error
        self._record(task, outcome)
        if task.call is FIRST_CALL:
            self._go_on(task.account, task.region, outcome)
        self._outstanding[task.place] -= 1
        if not self._outstanding[task.place]:
            self._clients.release(*task.place)

    def _go_on(self, account: OpenAccount, region: str, instances: Outcome) -> None:
        for call in FURTHER_CALLS:
            task = _Task(account, region, call)
            per_resource = isinstance(call.shape, PerResource)
            if instances.answer is not None and not _holds_instances(instances.answer):
                self._record(task, Outcome(None, (NO_INSTANCES,)))
            elif instances.answer is None and per_resource:
                self._record(task, Outcome(None, (NO_SOURCE,)))
            else:
                self._submit(task, instances.answer if per_resource else None)

    def _record(self, task: _Task, outcome: Outcome) -> None:
        account, region, call = task
        if outcome.answer is not None:
            self._writer.keep(account.account_id, region, call.operation, outcome.answer)
        for refusal in outcome.refusals:
            self._refuse(account, region, call.operation, refusal)
        self._done += 1
        self._tell(f"{account.name} {region} {call.action}")

    def _refuse(self, account: OpenAccount, region: str, operation: str, refusal: Refusal) -> None:
        self._writer.refuse(
            account.account_id,
            region,
            operation,
            status=refusal.status,
            code=refusal.code,
            detail=refusal.detail,
        )

    def _tell(self, current: str) -> None:
        if self._progress is not None:
            self._progress(
                Progress(
                    accounts=self._accounts,
                    regions=self._regions,
                    calls_done=self._done,
                    calls_total=self._total,
                    throttles=self._clients.throttles,
                    current=current,
                )
            )


def _ask(clients: Clients, task: _Task, instances: Any | None) -> Outcome:
    """Runs in a worker thread. Making a client can fail as a request can, and counts the same."""
    try:
        client = clients.client(task.account, task.call.service, task.region)
    except AWS_ERRORS as error:
        if lost_credentials(error):
            raise
        return Outcome(None, (refusal_of(error),))
    return ask(client, task.call, instances)


def _holds_instances(answer: Any) -> bool:
    return any(reservation["Instances"] for reservation in answer["Reservations"])


def _reject_twins(accounts: Sequence[OpenAccount]) -> None:
    names: dict[str, str] = {}
    for account in accounts:
        if account.account_id in names:
            raise AccountError(
                f"accounts {names[account.account_id]!r} and {account.name!r} are both "
                f"{account.account_id}; name one of them"
            )
        names[account.account_id] = account.name
