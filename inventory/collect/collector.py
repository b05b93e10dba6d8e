"""Collecting: every call of the plan, for every account and Region, into one snapshot.

A Region is first asked for its instances. One that holds none has nothing to be judged, so its
other calls are not made and are recorded as not asked: empty Regions cost one call each. Where
another account of the run has instances in that Region, they may depend on what is here, so the
network calls are made (``regions_in_use``). Where DescribeInstances itself is refused, all other
calls are made.

Three things follow from the answers: what a Region's objects name, as soon as they are known
(``region_agenda``), the roles in use of an account, once all its Regions have told what runs there,
and the policies of an organization, once every account has told where it belongs.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from typing import Any, Final

from botocore.config import Config

from inventory.collect.accounts import OpenAccount
from inventory.collect.call import Call, Request, Scope
from inventory.collect.clients import Clients
from inventory.collect.deep import MANIFEST_NOTE, ask_about_instance
from inventory.collect.follow_ups import FollowUps
from inventory.collect.left_out import note_listers, note_regions, note_unopened
from inventory.collect.lost_credentials import LostCredentials
from inventory.collect.node_calls import DEEP_CALLS, SERVICE_SETTING
from inventory.collect.organization_policies import (
    LISTER_CALLS,
    Membership,
    Told,
    read_organizations,
)
from inventory.collect.plan import (
    ACCOUNT_CALLS,
    FIRST_CALL,
    INSTANCE_PROFILES,
    ORGANIZATION,
    PLAN,
    ROLE_CALLS,
)
from inventory.collect.policy_cache import PolicyCache
from inventory.collect.progress import Progress
from inventory.collect.refusal import Refusal
from inventory.collect.region_agenda import RegionAgenda, Step
from inventory.collect.regions import RegionChoice, choose_all_regions
from inventory.collect.regions_in_use import Place, RegionsInUse
from inventory.collect.replies import Followed, Outcome, Reply
from inventory.collect.role_documents import read_roles
from inventory.collect.roles_in_use import RolesInUse
from inventory.collect.settings import CLIENT_CONFIG, TOOL
from inventory.collect.task import Task, carry_out
from inventory.collect.unopened import UnopenedAccount
from inventory.collect.vpcs_in_use import INSTANCES
from inventory.errors import AccountError
from inventory.snapshot import GLOBAL, Manifest, SnapshotWriter

#: Each of these is one endpoint whose rate limits all Regions share (spec iam.md 8).
FEW_WORKERS: Final = 4
_FEW_AT_A_TIME: Final = ("iam", "organizations", "route53")
#: One Region keeps this many busy; an API is asked one thing at a time in it, but for ``--deep``.
FEWEST_WORKERS: Final = 8
#: Each may hold the pages of a large Region, and one processor parses for all of them.
MOST_WORKERS: Final = 16
#: What has to be settled, in every Region and account-wide, before the roles in use are known.
_TELLS_OF_ROLES: Final = frozenset({INSTANCES, SERVICE_SETTING, INSTANCE_PROFILES})


def collect(
    accounts: Sequence[OpenAccount],
    writer: SnapshotWriter,
    *,
    regions: Sequence[str] = (),
    now: datetime,
    progress: Callable[[Progress], None] | None = None,
    workers: int | None = None,
    parameters: Mapping[str, str] | None = None,
    config: Config = CLIENT_CONFIG,
    instances: Sequence[str] = (),
    policy_cache: PolicyCache | None = None,
    deep: bool = False,
    unopened: Sequence[UnopenedAccount] = (),
    listers: Sequence[OpenAccount] = (),
) -> Manifest:
    """Read the accounts into the writer's snapshot and close it.

    ``regions`` are names or globs that override the accounts' own; ``now`` becomes the snapshot's
    time; ``parameters`` are noted in the manifest. ``progress`` is called from this thread only.
    ``workers`` is how many requests may wait for an answer at once; default: by the Regions.
    ``instances`` are ids whose profiles' roles are read, where given; everything else is read of
    all instances. ``policy_cache`` saves calls for versions of policies that an earlier run read.
    ``deep``: ask also what costs a request an instance; the manifest then says what is kept of it.
    ``unopened`` are accounts of the run of which nothing is read. ``listers`` are no accounts of
    the run: they are asked for the policies of their organizations only.
    What AWS refuses becomes coverage, also to an account whose credentials run out on the way
    while others have theirs. Raises AccountError for a Region that does not exist, one account
    given twice, and the last credentials that run out; the folder then has no manifest.
    """
    _reject_twins(accounts)
    clients = Clients(config)
    with ThreadPoolExecutor(workers or FEWEST_WORKERS) as pool:
        choices = choose_all_regions(accounts, clients, regions, pool)
    note_unopened(writer, unopened)
    note_listers(writer, listers, unopened)
    asking = workers or workers_for(sum(len(choice.names) for choice in choices))
    with _Collection(clients, writer, progress, asking, listers, deep=deep) as collection:
        collection.run(accounts, choices, instances, policy_cache or PolicyCache(None))
    return writer.close(
        tool=TOOL,
        collected_at=now,
        callers={one.account_id: one.caller_arn for one in (*listers, *accounts)},
        accounts={
            account.account_id: choice.names
            for account, choice in zip(accounts, choices, strict=True)
        },
        parameters={**(parameters or {}), **(MANIFEST_NOTE if deep else {})},
    )


def workers_for(regions: int) -> int:
    """How many requests are worth having under way in so many Regions of all accounts."""
    return min(MOST_WORKERS, max(FEWEST_WORKERS, 2 * regions))


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
        listers: Sequence[OpenAccount],
        *,
        deep: bool,
    ) -> None:
        self._clients = clients
        self._writer = writer
        self._progress = progress
        self._pool = ThreadPoolExecutor(workers, "collect")
        self._narrow_pools = {
            service: ThreadPoolExecutor(min(workers, FEW_WORKERS), f"collect-{service}")
            for service in _FEW_AT_A_TIME
        }
        self._running: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._finished: SimpleQueue[Future[Any]] = SimpleQueue()
        self._outstanding: Counter[Place] = Counter()
        self._accounts: dict[str, _Account] = {}
        self._agendas: dict[Place, RegionAgenda] = {}
        self._regions_in_use = RegionsInUse(())
        self._lost = LostCredentials(())
        self._listers = listers
        self._deep = deep
        self._regions = self._done = self._total = 0

    def __enter__(self) -> _Collection:
        return self

    def __exit__(self, *_: object) -> None:
        """Drop what has not begun, and wait for what has: no request outlives the collection."""
        pools = (*self._narrow_pools.values(), self._pool)
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in pools:
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
        self._total += len(self._listers) * LISTER_CALLS
        for account, choice in zip(accounts, choices, strict=True):
            self._accounts[account.account_id] = _Account(
                account,
                RolesInUse(instances),
                # The embedded account's documents are its own, under AWS's names.
                PolicyCache(None) if account.spec.embedded else cache,
                waits_for=2 * len(choice.names) + 1,
            )
            for region in choice.names:
                self._agendas[account.account_id, region] = RegionAgenda(region, deep=self._deep)
        self._regions_in_use = RegionsInUse(self._agendas)
        self._lost = LostCredentials(accounts)
        for account, choice in zip(accounts, choices, strict=True):
            self._begin(account, choice)
        while self._running:
            future = self._finished.get()
            self._running.pop(future)(future)

    def _begin(self, account: OpenAccount, choice: RegionChoice) -> None:
        note_regions(self._writer, account, choice)
        # Kept open for what follows: the account's roles, its organization, and its Regions, which
        # ask global services too.
        self._outstanding[account.account_id, GLOBAL] = 2 + len(choice.names)
        for call in ACCOUNT_CALLS:
            self._submit(Task(account, GLOBAL, call))
        for region in choice.names:
            self._submit(Task(account, region, FIRST_CALL))

    def _submit(self, task: Task, requests: Sequence[Request] = ()) -> None:
        pool = self._narrow_pools.get(task.call.service, self._pool)
        self._outstanding[task.place] += 1
        future = pool.submit(self._carry_out, task, requests)
        self._expect(future, partial(self._settle, task))

    def _carry_out(self, task: Task, requests: Sequence[Request]) -> Outcome:
        """In a worker thread. What an account has lost its credentials for is not tried again."""
        return self._lost.outcome(task.account) or carry_out(self._clients, task, requests)

    def _submit_each(self, task: Task, requests: Sequence[Request]) -> None:
        """One piece of work a request: as many instances are asked about at once as may be."""
        self._outstanding[task.place] += 1
        # Made already, and so without a request that could fail, for the call that named them.
        client = self._clients.client(task.account, task.call.service, task.region)
        pieces = [self._pool.submit(ask_about_instance, client, task.call, one) for one in requests]
        unfinished = set(pieces)
        for piece in pieces:
            self._expect(piece, partial(self._gather, task, pieces, unfinished))

    def _gather(
        self,
        task: Task,
        pieces: Sequence[Future[Reply]],
        unfinished: set[Future[Reply]],
        piece: Future[Reply],
    ) -> None:
        """Settle the task with its last piece."""
        if (error := piece.exception()) is not None:
            self._lost.note(task.account, error)
        unfinished.remove(piece)
        if not unfinished:
            lost = self._lost.outcome(task.account)
            self._conclude(task, lost or Followed(tuple(one.result() for one in pieces)).outcome)

    def _expect(self, future: Future[Any], settle: Callable[[Future[Any]], None]) -> None:
        self._running[future] = settle
        future.add_done_callback(self._finished.put)

    def _settle(self, task: Task, future: Future[Outcome]) -> None:
        error = future.exception()
        self._conclude(task, self._lost.note(task.account, error) if error else future.result())

    def _conclude(self, task: Task, outcome: Outcome) -> None:
        self._record(task, outcome)
        if task.call.scope is Scope.REGION:
            self._go_on(task.place, self._agendas[task.place].settle(task.call, outcome))
        if task.call is FIRST_CALL:
            self._compare(task.place)
        else:
            self._close(*task.place)

    def _close(self, account_id: str, region: str) -> None:
        self._outstanding[account_id, region] -= 1
        if self._outstanding[account_id, region]:
            return
        self._clients.release(account_id, region)
        if region != GLOBAL:
            self._close(account_id, GLOBAL)

    def _go_on(self, place: Place, steps: Sequence[Step]) -> None:
        """Take the Region's next steps; what need not be asked is settled with its reason."""
        account_id, region = place
        for step in steps:
            task = Task(self._accounts[account_id].account, region, step.call)
            if step.not_asked is not None:
                self._record(task, Outcome(None, (step.not_asked,)))
            elif step.call in DEEP_CALLS and self._lost.outcome(task.account) is None:
                self._submit_each(task, step.requests)
            else:
                self._submit(task, step.requests)

    def _compare(self, place: Place) -> None:
        """Let go on what waited to hear of this Region; a place that waits is kept open."""
        holds_instances = self._agendas[place].holds_instances
        for waited, is_hub in self._regions_in_use.note(place, holds_instances):
            self._go_on(waited, self._agendas[waited].go_on_without_instances(is_hub=is_hub))
            self._close(*waited)
        if holds_instances is not False:
            self._close(*place)

    def _record(self, task: Task, outcome: Outcome) -> None:
        self._keep(task, outcome)
        self._follow(self._accounts[task.account.account_id], task.call, outcome)

    def _keep(self, task: Task, outcome: Outcome) -> None:
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
        error = future.exception()
        outcomes = (
            dict.fromkeys(ROLE_CALLS, self._lost.note(account, error)) if error else future.result()
        )
        for call, outcome in outcomes.items():
            self._keep(Task(account, GLOBAL, call), outcome)
        self._close(account.account_id, GLOBAL)

    def _begin_organizations(self) -> None:
        memberships = [
            Membership.of(one.account, one.organization) for one in self._accounts.values()
        ]
        follow_ups = partial(self._follow_ups, "organizations")
        future = self._pool.submit(
            read_organizations, memberships, follow_ups, self._lost.note, self._listers
        )
        self._expect(future, self._settle_organizations)

    def _settle_organizations(self, future: Future[list[Told]]) -> None:
        for account, call, outcome in future.result():
            self._keep(Task(account, GLOBAL, call), outcome)
        for account_id in self._accounts:
            self._close(account_id, GLOBAL)
        for lister in self._listers:
            self._clients.release(lister.account_id, GLOBAL)

    def _follow_ups(self, service: str, account: OpenAccount) -> FollowUps:
        connect = partial(self._clients.client, account, service, GLOBAL)
        return FollowUps(connect, self._narrow_pools[service])

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


def _reject_twins(accounts: Sequence[OpenAccount]) -> None:
    names: dict[str, str] = {}
    for account in accounts:
        if account.account_id in names:
            raise AccountError(
                f"accounts {names[account.account_id]!r} and {account.name!r} are both "
                f"{account.account_id}; name one of them"
            )
        names[account.account_id] = account.name
