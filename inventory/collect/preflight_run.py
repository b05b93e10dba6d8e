"""Before a run: which of its calls AWS answers, each tried once in the smallest page there is.

In a Region the calls are tried that a run makes there: all of them where it holds an instance, else
DescribeInstances alone. An account that shows none is tried in its first Region all the same. What
needs an id is tried with one that another answer names; where none does, it is not tried.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial
from typing import Any, Final

from botocore.config import Config

from inventory.collect.accounts import OpenAccount
from inventory.collect.clients import Clients
from inventory.collect.collection import MOST_WORKERS
from inventory.collect.plan import (
    AUTHORIZATION_DETAILS,
    GET_INSTANCE_PROFILE,
    INSTANCE_PROFILES,
    ORGANIZATION_CALLS,
    ROLE_CALLS,
)
from inventory.collect.preflight_calls import (
    Place,
    Reply,
    Tried,
    regions_not_listed,
    try_organization,
    try_region,
    try_roles,
)
from inventory.collect.regions import DESCRIBE_REGIONS, RegionChoice, choose_all_regions
from inventory.collect.tool import TOOL
from inventory.snapshot import GLOBAL, iam_action

#: Seconds: somebody waits for the answer, and a call that needs longer is told as not answering.
PREFLIGHT_CONFIG: Final = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=3,
    read_timeout=10,
    max_pool_connections=16,
    user_agent_extra=TOOL,
)
#: Each of these two ways tells what the other does (iam.md 8).
_LIST_PROFILES: Final = iam_action(INSTANCE_PROFILES)
_ONE_BY_ONE: Final = frozenset(
    call.action for call in ROLE_CALLS if call not in (AUTHORIZATION_DETAILS, GET_INSTANCE_PROFILE)
)
_POLICIES_OF_ORGANIZATION: Final = frozenset(call.action for call in ORGANIZATION_CALLS)


@dataclasses.dataclass(frozen=True)
class AccountPreflight:
    """What trying the calls of one account came to.

    ``holding`` are the Regions that hold an instance, as far as one page shows it. ``organization``
    is its organization's id, ``""`` where it told of none. ``is_lister``: no account of the run,
    but its credentials listed an organization.
    """

    account: OpenAccount
    regions: RegionChoice
    tried: tuple[Tried, ...]
    holding: frozenset[str] = frozenset()
    organization: str = ""
    is_management: bool = False
    is_lister: bool = False

    @property
    def reads_organization(self) -> bool:
        """Whether it is let in to the organization's policies."""
        replies = [one for one in self.tried if one.action in _POLICIES_OF_ORGANIZATION]
        return bool(self.organization) and not any(one.is_refused for one in replies)


@dataclasses.dataclass
class _Tasks:
    """What the threads do: one task for a Region, one for what is account-wide."""

    clients: Clients
    deep: bool
    places: dict[tuple[str, str], Place] = dataclasses.field(default_factory=dict)
    holding: set[tuple[str, str]] = dataclasses.field(default_factory=set)
    organizations: dict[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)

    def region(self, account: OpenAccount, region: str, *, even_if_empty: bool = False) -> None:
        """Try a Region's calls."""
        key = (account.account_id, region)
        place = self.places[key] = Place(self.clients, account, region)
        if try_region(place, deep=self.deep, even_if_empty=even_if_empty):
            self.holding.add(key)

    def account_wide(self, account: OpenAccount, *, is_lister: bool) -> None:
        """Try the calls about roles and the organization; a lister is asked about the latter."""
        place = self.places[account.account_id, GLOBAL] = Place(self.clients, account, GLOBAL)
        if not is_lister:
            try_roles(place)
        self.organizations[account.account_id] = try_organization(place, account.account_id)


def preflight(
    accounts: Sequence[OpenAccount],
    *,
    regions: Sequence[str] = (),
    listers: Sequence[OpenAccount] = (),
    deep: bool = False,
    progress: Callable[[int, int], None] | None = None,
    config: Config = PREFLIGHT_CONFIG,
) -> tuple[AccountPreflight, ...]:
    """Try the calls of a run on these accounts; nothing is kept.

    The parameters mean what they mean to ``collect``. ``progress`` is called from this thread with
    the number of finished places and of all. Raises AccountError for a Region that does not exist,
    and where no Region of any account could be listed.
    """
    tasks = _Tasks(Clients(config), deep)
    with ThreadPoolExecutor(MOST_WORKERS, "preflight") as pool:
        choices = choose_all_regions(accounts, tasks.clients, regions, pool)
        work: list[Callable[[], None]] = []
        for account, choice in zip(accounts, choices, strict=True):
            work.append(partial(tasks.account_wide, account, is_lister=False))
            work += [partial(tasks.region, account, name) for name in choice.names]
        work += [partial(tasks.account_wide, one, is_lister=True) for one in listers]
        _finish([pool.submit(one) for one in work], progress)
        held = {account_id for account_id, _ in tasks.holding}
        empty = [
            (account, choice.names[0])
            for account, choice in zip(accounts, choices, strict=True)
            if choice.names and account.account_id not in held
        ]
        again = partial(tasks.region, even_if_empty=True)
        _finish([pool.submit(again, account, name) for account, name in empty], None)
    return (
        *(_summed(tasks, one, choice) for one, choice in zip(accounts, choices, strict=True)),
        *(_summed(tasks, one, RegionChoice(()), is_lister=True) for one in listers),
    )


def _finish(futures: Sequence[Future[None]], progress: Callable[[int, int], None] | None) -> None:
    for done, future in enumerate(as_completed(futures), 1):
        future.result()
        if progress is not None:
            progress(done, len(futures))


def _summed(
    tasks: _Tasks, account: OpenAccount, choice: RegionChoice, *, is_lister: bool = False
) -> AccountPreflight:
    places = [tasks.places[account.account_id, name] for name in (GLOBAL, *choice.names)]
    organization = tasks.organizations[account.account_id]
    tried = [one for place in places for one in place.tried]
    if choice.refusal is not None:
        tried.insert(0, regions_not_listed(account.account_id, choice.refusal))
    return AccountPreflight(
        account,
        choice,
        tuple(tried),
        frozenset(region for name, region in tasks.holding if name == account.account_id),
        str(organization.get("Id", "")),
        organization.get("MasterAccountId") == account.account_id,
        is_lister,
    )


def missing(flown: Sequence[AccountPreflight]) -> tuple[Tried, ...]:
    """The refused calls without whose answers a run would leave something undecided.

    Not those whose answer another way gives, and not an organization's policies where they do not
    touch the account, or another account of the run may read them (iam.md 8).
    """
    read = {one.organization for one in flown if one.reads_organization}
    return tuple(
        tried for one in flown if not one.is_lister for tried in _missing_of(one, frozenset(read))
    )


def _missing_of(one: AccountPreflight, organizations_read: frozenset[str]) -> Iterator[Tried]:
    needless = set(_read_otherwise(one.tried))
    if one.regions.names:  # the user has named them, so nobody has to list them
        needless.add(iam_action(DESCRIBE_REGIONS))
    if one.is_management or one.organization in organizations_read:
        needless |= _POLICIES_OF_ORGANIZATION
    yield from (tried for tried in one.tried if tried.is_refused and tried.action not in needless)


def _read_otherwise(tried: Iterable[Tried]) -> Iterator[str]:
    """Actions about roles and profiles that are refused while the other way is open."""
    replies = {one.action: one.reply for one in tried if one.region == GLOBAL}
    if replies.get(AUTHORIZATION_DETAILS.action) is Reply.ANSWERED:
        yield from _ONE_BY_ONE
    refused = (Reply.DENIED, Reply.FAILED)
    some = [replies[action] for action in _ONE_BY_ONE if action in replies]
    if Reply.ANSWERED in some and not any(one in refused for one in some):
        yield AUTHORIZATION_DETAILS.action
    if replies.get(_LIST_PROFILES) is Reply.ANSWERED:
        yield GET_INSTANCE_PROFILE.action
    elif replies.get(GET_INSTANCE_PROFILE.action) is Reply.ANSWERED:
        yield _LIST_PROFILES
