"""Collecting: every call of the plan, for every account and Region, into one snapshot.

A Region is first asked for its instances. One that holds none has nothing to be judged, so its
other calls are not made and are recorded as not asked: empty Regions cost one call each. Where
DescribeInstances itself is refused, the other calls are made all the same.

Two things follow from the answers: the roles in use of an account, once all its Regions have told
what runs there, and the policies of an organization, once every account has told where it belongs.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from typing import Any, Final, NamedTuple, TypeVar

from botocore.config import Config

from inventory.collect.access_errors import access_error
from inventory.collect.accounts import OpenAccount
from inventory.collect.answers import Outcome, ask
from inventory.collect.clients import Clients
from inventory.collect.deep import MANIFEST_NOTE, NOT_DEEP, read_deep
from inventory.collect.follow_ups import FollowUps
from inventory.collect.organization_policies import Membership, Told, read_organizations
from inventory.collect.plan import (
    ACCOUNT_CALLS,
    DEEP_CALLS,
    FIRST_CALL,
    FURTHER_CALLS,
    INSTANCE_PROFILES,
    INSTANCES,
    MANAGED_NODES,
    ORGANIZATION,
    PLAN,
    SERVICE_SETTING,
    Call,
    PerResource,
    Scope,
)
from inventory.collect.policy_cache import PolicyCache
from inventory.collect.progress import Progress
from inventory.collect.refusal import AWS_ERRORS, Refusal, lost_credentials, refusal_of
from inventory.collect.regions import DESCRIBE_REGIONS, RegionChoice, choose_regions
from inventory.collect.role_documents import read_roles
from inventory.collect.roles_in_use import RolesInUse
from inventory.collect.settings import CLIENT_CONFIG, TOOL
from inventory.errors import AccountError
from inventory.facts import Status
from inventory.snapshot import GLOBAL, Manifest, SnapshotWriter, iam_action

#: IAM is one endpoint whose rate limits all Regions share (spec iam.md 8); so is Organizations.
IAM_WORKERS: Final = 4
_FEW_AT_A_TIME: Final = frozenset({"iam", "organizations"})
#: What has to be settled, in every Region and account-wide, before the roles in use are known.
_TELLS_OF_ROLES: Final = frozenset({INSTANCES, SERVICE_SETTING, INSTANCE_PROFILES})
NO_INSTANCES: Final = Refusal(Status.NOT_ASKED, "NO_INSTANCES", "the Region holds no instance")
NO_SOURCE: Final = Refusal(
    Status.NOT_ASKED, "NO_SOURCE", f"needs the answer of {FIRST_CALL.action}"
)
NO_NODES: Final = Refusal(
    Status.NOT_ASKED, "NO_SOURCE", f"needs the answer of {iam_action(MANAGED_NODES)}"
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
    instances: Sequence[str] = (),
    policy_cache: PolicyCache | None = None,
    deep: bool = False,
) -> Manifest:
    """Read the accounts into the writer's snapshot and close it.

    ``regions`` are names or globs that override the accounts' own; ``now`` becomes the snapshot's
    time; ``parameters`` are noted in the manifest. ``progress`` is called from this thread only.
    ``instances`` are ids whose profiles' roles are read, where given; everything else is read of
    all instances. ``policy_cache`` saves calls for versions of policies that an earlier run read.
    ``deep``: ask also what costs a request an instance; the manifest then says what is kept of it.
    What AWS refuses becomes coverage. Raises AccountError for a Region that does not exist, one
    account given twice, and credentials that run out on the way; the folder then has no manifest.
    """
    _reject_twins(accounts)
    clients = Clients(config)
    with ThreadPoolExecutor(workers) as pool:
        choices = tuple(pool.map(lambda one: choose_regions(one, clients, regions), accounts))
    with _Collection(clients, writer, progress, workers, deep=deep) as collection:
        collection.run(accounts, choices, instances, policy_cache or PolicyCache(None))
    return writer.close(
        tool=TOOL,
        collected_at=now,
        callers={account.account_id: account.caller_arn for account in accounts},
        accounts={
            account.account_id: choice.names
            for account, choice in zip(accounts, choices, strict=True)
        },
        parameters={**(parameters or {}), **(MANIFEST_NOTE if deep else {})},
    )


_Answer = TypeVar("_Answer")


class _Task(NamedTuple):
    account: OpenAccount
    region: str
    call: Call

    @property
    def place(self) -> tuple[str, str]:
        """Account id and Region: whose clients the task uses."""
        return (self.account.account_id, self.region)


@dataclasses.dataclass
class _Account:
    """What one account's answers come to, on the way to its roles."""

    account: OpenAccount
    roles: RolesInUse
    cache: PolicyCache
    waits_for: int
    organization: Outcome | None = None


class _Collection:
    """One run: threads ask, this thread writes, decides what is asked next, and tells progress."""

    def __init__(
        self,
        clients: Clients,
        writer: SnapshotWriter,
        progress: Callable[[Progress], None] | None,
        workers: int,
        *,
        deep: bool,
    ) -> None:
        self._clients = clients
        self._writer = writer
        self._progress = progress
        self._pool = ThreadPoolExecutor(workers, "collect")
        self._iam_pool = ThreadPoolExecutor(min(workers, IAM_WORKERS), "collect-iam")
        self._running: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._finished: SimpleQueue[Future[Any]] = SimpleQueue()
        self._outstanding: Counter[tuple[str, str]] = Counter()
        self._accounts: dict[str, _Account] = {}
        self._deep = deep
        #: Answers of DescribeInstances, of the Regions that wait for their managed nodes.
        self._awaiting_nodes: dict[tuple[str, str], Any] = {}
        self._regions = self._done = self._total = 0

    def __enter__(self) -> _Collection:
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what has not begun, and wait for what has: no request outlives the collection."""
        for pool in (self._iam_pool, self._pool):
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in (self._iam_pool, self._pool):
            pool.shutdown(wait=True)

    def run(
        self,
        accounts: Sequence[OpenAccount],
        choices: Sequence[RegionChoice],
        instances: Sequence[str],
        cache: PolicyCache,
    ) -> None:
        """Ask everything and return when all is settled."""
        self._regions = sum(len(choice.names) for choice in choices)
        regional = sum(call.scope is Scope.REGION for call in PLAN)
        self._total = len(accounts) * (len(PLAN) - regional) + self._regions * regional
        for account, choice in zip(accounts, choices, strict=True):
            self._accounts[account.account_id] = _Account(
                account,
                RolesInUse(instances),
                # The embedded account's documents are its own, under AWS's names.
                PolicyCache(None) if account.spec.embedded else cache,
                waits_for=2 * len(choice.names) + 1,
            )
        for account, choice in zip(accounts, choices, strict=True):
            self._begin(account, choice)
        while self._running:
            future = self._finished.get()
            self._running.pop(future)(future)

    def _begin(self, account: OpenAccount, choice: RegionChoice) -> None:
        if choice.refusal is not None:
            self._refuse(account, GLOBAL, DESCRIBE_REGIONS, choice.refusal)
        # Kept open for what follows: the account's roles and its organization.
        self._outstanding[account.account_id, GLOBAL] = 2
        for call in ACCOUNT_CALLS:
            self._submit(_Task(account, GLOBAL, call))
        for region in choice.names:
            self._submit(_Task(account, region, FIRST_CALL))

    def _submit(self, task: _Task, instances: Any | None = None) -> None:
        pool = self._iam_pool if task.call.service in _FEW_AT_A_TIME else self._pool
        self._outstanding[task.place] += 1
        future = pool.submit(_ask, self._clients, task, instances)
        self._expect(future, partial(self._settle, task))

    def _expect(self, future: Future[Any], settle: Callable[[Future[Any]], None]) -> None:
        self._running[future] = settle
        future.add_done_callback(self._finished.put)

    def _settle(self, task: _Task, future: Future[Outcome]) -> None:
        outcome = _result(task.account, future)
        self._record(task, outcome)
        if task.call is FIRST_CALL:
            self._go_on(task.account, task.region, outcome)
        elif task.call.operation == MANAGED_NODES:
            self._go_deep(task, outcome.answer)
        self._close(*task.place)

    def _close(self, account_id: str, region: str) -> None:
        self._outstanding[account_id, region] -= 1
        if not self._outstanding[account_id, region]:
            self._clients.release(account_id, region)

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
        self._prepare_deep(account, region, instances.answer)

    def _prepare_deep(self, account: OpenAccount, region: str, instances: Any | None) -> None:
        """Wait for the Region's managed nodes, or say why nothing is asked of single instances."""
        if instances is not None and not _holds_instances(instances):
            self._leave_deep(account, region, NO_INSTANCES)
        elif not self._deep:
            self._leave_deep(account, region, NOT_DEEP)
        elif instances is None:
            self._leave_deep(account, region, NO_SOURCE)
        else:
            self._awaiting_nodes[account.account_id, region] = instances
            self._outstanding[account.account_id, region] += 1

    def _leave_deep(self, account: OpenAccount, region: str, why: Refusal) -> None:
        for call in DEEP_CALLS:
            self._keep(_Task(account, region, call), Outcome(None, (why,)))

    def _go_deep(self, task: _Task, managed: Any | None) -> None:
        """Ask about single instances, now that it is known which of them are managed nodes."""
        instances = self._awaiting_nodes.pop(task.place, None)
        if instances is None:
            return
        if managed is None:
            self._leave_deep(task.account, task.region, NO_NODES)
            self._close(*task.place)
            return
        connect = partial(self._follow_ups, account=task.account, region=task.region)
        future = self._pool.submit(read_deep, instances, managed, connect)
        self._expect(future, partial(self._settle_deep, task))

    def _settle_deep(self, task: _Task, future: Future[dict[Call, Outcome]]) -> None:
        for call, outcome in _result(task.account, future).items():
            self._keep(_Task(task.account, task.region, call), outcome)
        self._close(*task.place)

    def _record(self, task: _Task, outcome: Outcome) -> None:
        self._keep(task, outcome)
        self._follow(self._accounts[task.account.account_id], task.call, outcome)

    def _keep(self, task: _Task, outcome: Outcome) -> None:
        account, region, call = task
        if outcome.answer is not None:
            self._writer.keep(account.account_id, region, call.operation, outcome.answer)
        for refusal in outcome.refusals:
            self._refuse(account, region, call.operation, refusal)
        self._done += 1
        self._tell(f"{account.name} {region} {call.action}")

    def _follow(self, known: _Account, call: Call, outcome: Outcome) -> None:
        """Begin what was waiting for this call, if nothing else is missing."""
        if call.operation in _TELLS_OF_ROLES:
            if outcome.answer is not None:
                known.roles.note(call, outcome.answer)
            known.waits_for -= 1
            if not known.waits_for:
                self._begin_roles(known)
        elif call.operation == ORGANIZATION:
            known.organization = outcome
            if all(one.organization is not None for one in self._accounts.values()):
                self._begin_organizations()

    def _begin_roles(self, known: _Account) -> None:
        account = known.account
        future = self._pool.submit(
            read_roles, known.roles, self._follow_ups("iam", account), known.cache
        )
        self._expect(future, partial(self._settle_roles, account))

    def _settle_roles(self, account: OpenAccount, future: Future[dict[Call, Outcome]]) -> None:
        for call, outcome in _result(account, future).items():
            self._keep(_Task(account, GLOBAL, call), outcome)
        self._close(account.account_id, GLOBAL)

    def _begin_organizations(self) -> None:
        memberships = [
            Membership(one.account, _organization(one.organization))
            for one in self._accounts.values()
        ]
        follow_ups = partial(self._follow_ups, "organizations")
        future = self._pool.submit(read_organizations, memberships, follow_ups)
        self._expect(future, self._settle_organizations)

    def _settle_organizations(self, future: Future[list[Told]]) -> None:
        for account, call, outcome in future.result():
            self._keep(_Task(account, GLOBAL, call), outcome)
        for account_id in self._accounts:
            self._close(account_id, GLOBAL)

    def _follow_ups(self, service: str, account: OpenAccount, region: str = GLOBAL) -> FollowUps:
        connect = partial(self._clients.client, account, service, region)
        return FollowUps(connect, self._iam_pool)

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
                    accounts=len(self._accounts),
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


def _result(account: OpenAccount, future: Future[_Answer]) -> _Answer:
    try:
        return future.result()
    except AWS_ERRORS as error:
        raise access_error(account.spec, error) from error


def _organization(outcome: Outcome | None) -> Mapping[str, Any] | None:
    """What DescribeOrganization answered; ``None`` outside an organization and where refused."""
    return outcome.answer["Organization"] if outcome is not None and outcome.answer else None


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
