"""One collection: every call of the plan, for its accounts and Regions, in the order of need.

Three things follow from the answers: what a Region's objects name, as soon as they are known
(``region_agenda``), the roles in use of an account, once all its Regions have told what runs there,
and the policies of an organization, once every account has told where it belongs.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any, Final

from inventory.collect.accounts import OpenAccount
from inventory.collect.call import Call, Request, Scope
from inventory.collect.clients import Clients
from inventory.collect.deep import ask_about_instance
from inventory.collect.elsewhere import NOWHERE, Elsewhere
from inventory.collect.follow_ups import FollowUps
from inventory.collect.kept import NOTHING_KEPT, Kept
from inventory.collect.left_out import note_regions
from inventory.collect.lost_credentials import LostCredentials
from inventory.collect.node_calls import DEEP_CALLS, SERVICE_SETTING
from inventory.collect.organization_policies import (
    LISTER_CALLS,
    Membership,
    Told,
    left_out,
    read_organizations,
)
from inventory.collect.plan import (
    ACCOUNT_CALLS,
    DESCRIBE_ORGANIZATION,
    FIRST_CALL,
    INSTANCE_PROFILES,
    ORGANIZATION,
    PLAN,
    ROLE_CALLS,
)
from inventory.collect.policy_cache import PolicyCache
from inventory.collect.progress import Progress
from inventory.collect.recording import record
from inventory.collect.region_agenda import RegionAgenda, Step
from inventory.collect.regions import RegionChoice
from inventory.collect.regions_in_use import Place, RegionsInUse
from inventory.collect.replies import Followed, Outcome, Reply
from inventory.collect.role_documents import read_roles
from inventory.collect.roles_in_use import RolesInUse
from inventory.collect.task import Task, carry_out
from inventory.collect.vpcs_in_use import INSTANCES
from inventory.collect.wanted import EVERYTHING, NOT_WANTED
from inventory.snapshot import GLOBAL, SnapshotWriter

#: Each of these is one endpoint whose rate limits all Regions share (spec iam.md 8).
FEW_WORKERS: Final = 4
_FEW_AT_A_TIME: Final = ("iam", "organizations", "route53")
#: One Region keeps this many busy; an API is asked one thing at a time in it, but for ``--deep``.
FEWEST_WORKERS: Final = 8
#: Each may hold the pages of a large Region, and one processor parses for all of them.
MOST_WORKERS: Final = 16
#: What has to be settled, in every Region and account-wide, before the roles in use are known.
_TELLS_OF_ROLES: Final = frozenset({INSTANCES, SERVICE_SETTING, INSTANCE_PROFILES})


def workers_for(regions: int) -> int:
    """How many requests are worth having under way in so many Regions of all accounts."""
    return min(MOST_WORKERS, max(FEWEST_WORKERS, 2 * regions))


def planned_calls(accounts: int, regions: int, listers: int = 0) -> int:
    """How many calls are settled in the course of a run; ``regions`` counts those of all accounts.

    A call counts once however many pages it has, and also where it need not be made.
    """
    regional = sum(call.scope is Scope.REGION for call in PLAN)
    return accounts * (len(PLAN) - regional) + regions * regional + listers * LISTER_CALLS


@dataclasses.dataclass
class _Account:
    """What one account's answers come to, on the way to its roles."""

    account: OpenAccount
    roles: RolesInUse
    cache: PolicyCache
    waits_for: int
    organization: Outcome | None = None


class Collection:
    """One run: threads ask, this thread writes, decides what is asked next, and tells progress.

    ``workers`` is how many requests may wait for an answer at once, ``wanted`` the calls that the
    run is about; the other arguments are those of ``collect``. Leaving the block drops what has not
    begun and waits for what has.
    """

    def __init__(
        self,
        clients: Clients,
        writer: SnapshotWriter,
        progress: Callable[[Progress], None] | None,
        workers: int,
        listers: Sequence[OpenAccount],
        *,
        deep: bool,
        elsewhere: Elsewhere = NOWHERE,
        wanted: AbstractSet[Call] = EVERYTHING,
        kept: Kept = NOTHING_KEPT,
    ) -> None:
        self._kept = kept
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
        self._elsewhere = elsewhere
        self._wanted = wanted
        self._regions = self._done = self._total = 0

    def __enter__(self) -> Collection:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Drop what has not begun, and wait for what has: no request outlives the collection."""
        if kind is not None:
            self._clients.give_up()
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
        self._total = planned_calls(len(accounts), self._regions, len(self._listers))
        for account, choice in zip(accounts, choices, strict=True):
            self._accounts[account.account_id] = _Account(
                account,
                RolesInUse(instances),
                # The embedded account's documents are its own, under AWS's names.
                PolicyCache(None) if account.spec.embedded else cache,
                waits_for=2 * len(choice.names) + 1,
            )
            for region in choice.names:
                self._agendas[account.account_id, region] = RegionAgenda(
                    region, deep=self._deep, wanted=self._wanted
                )
        in_use = [name for one in choices for name in one.names]
        self._regions_in_use = RegionsInUse(
            self._agendas, in_use if self._elsewhere.may_need_hubs else ()
        )
        self._lost = LostCredentials(accounts, are_all=not self._elsewhere.has_accounts)
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
            task = Task(account, GLOBAL, call)
            if call in self._wanted:
                self._submit(task)
            else:
                self._record(task, Outcome(None, (NOT_WANTED,)))
        for region in choice.names:
            self._submit(Task(account, region, FIRST_CALL))

    def _submit(self, task: Task, requests: Sequence[Request] = ()) -> None:
        pool = self._narrow_pools.get(task.call.service, self._pool)
        self._outstanding[task.place] += 1
        future = pool.submit(self._carry_out, task, requests)
        self._expect(future, partial(self._settle, task))

    def _carry_out(self, task: Task, requests: Sequence[Request]) -> Outcome:
        """In a worker thread. What an account has lost its credentials for is not tried again."""

        def ask(missing: Sequence[Request]) -> Outcome:
            return self._lost.outcome(task.account) or carry_out(self._clients, task, missing)

        return self._kept.at(task.place).carry_out(task.call, requests, ask)

    def _submit_each(self, task: Task, requests: Sequence[Request]) -> None:
        """One piece of work a request: as many instances are asked about at once as may be."""
        self._outstanding[task.place] += 1
        # Made already, and so without a request that could fail, for the call that named them.
        client = self._clients.client(task.account, task.call.service, task.region)
        kept = self._kept.at(task.place)

        def ask(request: Request) -> Reply:
            return kept.reply(task.call, request) or ask_about_instance(client, task.call, request)

        pieces = [self._pool.submit(ask, one) for one in requests]
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
        record(self._writer, account.account_id, region, call.operation, outcome)
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
        if self._wanted.isdisjoint(ROLE_CALLS):
            self._keep_roles(account, dict.fromkeys(ROLE_CALLS, Outcome(None, (NOT_WANTED,))))
            return
        future = self._pool.submit(
            read_roles, known.roles, self._follow_ups("iam", account), known.cache
        )
        self._expect(future, partial(self._settle_roles, account))

    def _settle_roles(self, account: OpenAccount, future: Future[dict[Call, Outcome]]) -> None:
        error = future.exception()
        outcomes = (
            dict.fromkeys(ROLE_CALLS, self._lost.note(account, error)) if error else future.result()
        )
        self._keep_roles(account, outcomes)

    def _keep_roles(self, account: OpenAccount, outcomes: Mapping[Call, Outcome]) -> None:
        for call, outcome in outcomes.items():
            self._keep(Task(account, GLOBAL, call), outcome)
        self._close(account.account_id, GLOBAL)

    def _begin_organizations(self) -> None:
        if self._elsewhere.settles_organizations:
            for account_id in self._accounts:
                self._close(account_id, GLOBAL)
            return
        if DESCRIBE_ORGANIZATION not in self._wanted:
            accounts = [one.account for one in self._accounts.values()]
            self._keep_organizations(left_out(accounts, self._listers, NOT_WANTED))
            return
        memberships = [
            Membership.of(one.account, one.organization) for one in self._accounts.values()
        ]
        follow_ups = partial(self._follow_ups, "organizations")
        future = self._pool.submit(
            read_organizations, memberships, follow_ups, self._lost.note, self._listers
        )
        self._expect(future, self._settle_organizations)

    def _settle_organizations(self, future: Future[list[Told]]) -> None:
        self._keep_organizations(future.result())

    def _keep_organizations(self, told: Iterable[Told]) -> None:
        for account, call, outcome in told:
            self._keep(Task(account, GLOBAL, call), outcome)
        for account_id in self._accounts:
            self._close(account_id, GLOBAL)
        for lister in self._listers:
            self._clients.release(lister.account_id, GLOBAL)

    def _follow_ups(self, service: str, account: OpenAccount) -> FollowUps:
        connect = partial(self._clients.client, account, service, GLOBAL)
        kept = self._kept.at((account.account_id, GLOBAL))
        return FollowUps(connect, self._narrow_pools[service], kept)

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
