"""Spreading a run over an engine's workers: shares out, parts back, into the run's one snapshot.

Each account is a share. What no single account knows is settled here: which of its Regions without
instances others depend on, which is a second, smaller round of shares, and the policies of the
organizations. The snapshot is the one that a single process would have written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import msgspec

from inventory.collect.accounts import OpenAccount
from inventory.collect.call import Call
from inventory.collect.clients import Clients
from inventory.collect.collection import planned_calls
from inventory.collect.executor.engine import Done, Executor, NotDone
from inventory.collect.executor.organizations import ask_organizations, organization_of
from inventory.collect.executor.part import Part, unpacked
from inventory.collect.executor.share import Share
from inventory.collect.executor.unread import note_empty, note_not_done
from inventory.collect.left_out import note_regions
from inventory.collect.lost_credentials import CREDENTIALS_LOST
from inventory.collect.organization_policies import left_out
from inventory.collect.plan import DESCRIBE_ORGANIZATION, FIRST_CALL, ORGANIZATION_CALLS
from inventory.collect.progress import Progress
from inventory.collect.recording import record
from inventory.collect.region_agenda import NO_INSTANCES
from inventory.collect.regions import RegionChoice
from inventory.collect.regions_in_use import Place
from inventory.collect.replies import Outcome
from inventory.collect.wanted import NOT_WANTED, wanted_calls
from inventory.errors import AccountError, ExecutorError, SnapshotError
from inventory.facts import Coverage, Status
from inventory.snapshot import GLOBAL, SnapshotWriter

#: Of an account's own calls, how many are settled by whoever has all accounts.
_ORGANIZATIONAL: Final = len(ORGANIZATION_CALLS)


class Spread:
    """One run on an engine; the arguments are those of ``collect``."""

    def __init__(
        self,
        executor: Executor,
        clients: Clients,
        writer: SnapshotWriter,
        progress: Callable[[Progress], None] | None,
        listers: Sequence[OpenAccount],
    ) -> None:
        self._executor = executor
        self._clients = clients
        self._writer = writer
        self._progress = progress
        self._listers = listers
        self._accounts: dict[str, OpenAccount] = {}
        self._organizations: dict[str, Outcome] = {}
        self._callers: dict[str, str] = {}
        self._not_done: list[NotDone] = []
        self._lost: dict[str, str] = {}
        self._empty: set[Place] = set()
        self._in_use: set[str] = set()
        self._regions = self._done = self._total = self._throttles = 0

    def run(
        self,
        accounts: Sequence[OpenAccount],
        choices: Sequence[RegionChoice],
        instances: Sequence[str],
        *,
        deep: bool,
        actions: AbstractSet[str] | None = None,
    ) -> Mapping[str, str]:
        """Have everything asked, and give the callers' ARNs by account id.

        Raises ExecutorError where not one share could be read, and where an account is embedded in
        this process; AccountError where no account has its credentials any more.
        """
        self._accounts = {one.account_id: one for one in accounts}
        self._regions = sum(len(choice.names) for choice in choices)
        self._total = planned_calls(len(accounts), self._regions, len(self._listers))
        shares: list[Share] = []
        for account, choice in zip(accounts, choices, strict=True):
            if account.spec.embedded:
                raise ExecutorError(f"account {account.name!r} is embedded in this process alone")
            note_regions(self._writer, account, choice)
            shares.append(
                Share(
                    account=account.spec,
                    account_id=account.account_id,
                    regions=choice.names,
                    instances=tuple(instances),
                    deep=deep,
                    actions=None if actions is None else tuple(sorted(actions)),
                )
            )
        for end in self._executor.run(shares):
            self._take(end)
        self._check_read()
        for end in self._executor.run(self._hubs(shares)):
            self._take_hub(end)
        for account_id, region in sorted(self._empty):
            note_empty(self._writer, account_id, region)
        self._ask_organizations(accounts, wanted_calls(actions))
        return self._callers

    def _take(self, end: Done | NotDone) -> None:
        share = end.share
        if isinstance(end, Done):
            part = self._unpacked(end)
            self._note_use(part)
            self._adopt(part)
            self._callers |= part.manifest.callers
            self._organizations[share.account_id] = organization_of(part)
        else:
            self._not_done.append(end)
            note_not_done(self._writer, end)
        self._tell(share, planned_calls(1, len(share.regions)) - _ORGANIZATIONAL)

    def _take_hub(self, end: Done | NotDone) -> None:
        if isinstance(end, Done):
            self._adopt(self._unpacked(end))
        else:
            note_not_done(self._writer, end)
        self._tell(end.share, 0)

    def _unpacked(self, end: Done) -> Part:
        """The part, which may tell of nothing but its share."""
        part, share = unpacked(end.content), end.share
        places = {(line.account, line.region) for line in part.manifest.calls}
        expected = {(share.account_id, region) for region in (GLOBAL, *share.regions)}
        if not places <= expected:
            raise SnapshotError(f"part {share.name}", f"tells of {sorted(places - expected)}")
        self._throttles += part.throttles
        return part

    def _note_use(self, part: Part) -> None:
        """Which Regions hold instances, and which hold none, so that more may be asked of them."""
        calls = part.manifest.calls
        empty = {(one.account, one.region) for one in calls if one.code == NO_INSTANCES.code}
        self._empty |= empty
        for one in calls:
            if one.call == FIRST_CALL.action and one.status is Status.COLLECTED:
                if (one.account, one.region) not in empty:
                    self._in_use.add(one.region)
            elif one.code == CREDENTIALS_LOST:
                self._lost[one.account] = one.detail

    def _adopt(self, part: Part) -> None:
        """Write down what the part tells, but not yet what a Region without instances is asked."""
        for line in part.manifest.calls:
            if line.code != NO_INSTANCES.code or not self._is_undecided(line):
                self._writer.adopt(line, part.files.get(line.file))

    def _is_undecided(self, line: Coverage) -> bool:
        return (line.account, line.region) in self._empty

    def _hubs(self, shares: Sequence[Share]) -> list[Share]:
        """A share for each account that has Regions without instances where others have some."""
        hubs: list[Share] = []
        for share in shares:
            regions = tuple(
                one
                for one in share.regions
                if one in self._in_use and (share.account_id, one) in self._empty
            )
            if regions:
                hubs.append(msgspec.structs.replace(share, regions=regions, as_hub=True))
                self._empty -= {(share.account_id, one) for one in regions}
        return hubs

    def _check_read(self) -> None:
        """Raise where a snapshot would hold nothing but failures of one kind."""
        if self._not_done and len(self._not_done) == len(self._accounts):
            first = min(self._not_done, key=lambda end: end.share.name)
            raise ExecutorError(
                f"no worker could read any of {len(self._accounts)} accounts; "
                f"{first.share.account.name!r}: {first.detail}"
            )
        if self._lost.keys() >= self._accounts.keys() and self._lost:
            account_id = min(self._lost)
            raise AccountError(
                f"account {self._accounts[account_id].name!r}: the credentials were lost on the "
                f"way ({self._lost[account_id]}), as were those of every other account"
            )

    def _ask_organizations(
        self, accounts: Sequence[OpenAccount], wanted: AbstractSet[Call]
    ) -> None:
        if not accounts:
            return
        told = (
            ask_organizations(self._clients, accounts, self._organizations, self._listers)
            if DESCRIBE_ORGANIZATION in wanted
            else left_out(accounts, self._listers, NOT_WANTED)
        )
        for account, call, outcome in told:
            record(self._writer, account.account_id, GLOBAL, call.operation, outcome)

    def _tell(self, share: Share, calls: int) -> None:
        """Of a share's end; the policies of organizations are told by no line of their own."""
        self._done += calls
        if self._progress is not None:
            self._progress(
                Progress(
                    accounts=len(self._accounts),
                    regions=self._regions,
                    calls_done=self._done,
                    calls_total=self._total,
                    throttles=self._throttles + self._clients.throttles,
                    current=f"{share.account.name} is read",
                )
            )
