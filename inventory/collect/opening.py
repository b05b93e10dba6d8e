"""Opening the accounts of a run, many at once; what refuses one account is that one's coverage."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Final

from botocore.exceptions import ClientError, ProfileNotFound

from inventory.collect.access_errors import INVALID_CODES, access_error
from inventory.collect.account_spec import AccountSpec, OrganizationSpec
from inventory.collect.accounts import OpenAccount, sign_in, unknown_profile
from inventory.collect.credential_sources import CredentialSources
from inventory.collect.organization_accounts import members_of
from inventory.collect.refusal import (
    AWS_ERRORS,
    EXPIRED_CODES,
    AwsError,
    error_code,
    lost_credentials,
    refusal_of,
)
from inventory.collect.unopened import UnopenedAccount
from inventory.errors import AccountError

#: Each sign-in is two requests to STS, which lets many more through.
SIGN_IN_WORKERS: Final = 16


@dataclasses.dataclass(frozen=True)
class OpenedAccounts:
    """What opening came to: the accounts to read, and those of which nothing will be read.

    ``listers`` are not to be read: their credentials listed an organization, and may read its
    policies.
    """

    accounts: tuple[OpenAccount, ...]
    unopened: tuple[UnopenedAccount, ...] = ()
    listers: tuple[OpenAccount, ...] = ()


@dataclasses.dataclass(frozen=True)
class Opening:
    """A moment of opening many accounts, handed to the caller after each of them."""

    done: int
    total: int
    refused: int
    current: str


def open_accounts(
    specs: Sequence[AccountSpec | OrganizationSpec],
    *,
    progress: Callable[[Opening], None] | None = None,
    workers: int = SIGN_IN_WORKERS,
    may_be_none: bool = False,
) -> OpenedAccounts:
    """Open every account named, and those of every organization named, sorted by id.

    An account that was named itself stands for itself also where an organization has it.
    ``progress`` is called from this thread only. An account of known id that AWS does not let in
    is left to coverage. Raises AccountError for what concerns more than that account: credentials
    that everything starts from, an organization that cannot be listed, an account that is another
    one than it should be; and where no account at all could be opened, unless there ``may_be_none``
    and the reasons are coverage.
    """
    sources = CredentialSources()
    wanted, left_out, listing = _expanded(specs, sources)
    opened: list[OpenAccount] = []
    refused: dict[UnopenedAccount, AccountError] = {}
    with ThreadPoolExecutor(workers, "sign-in") as pool:
        futures = [pool.submit(_opened, spec, sources) for spec in wanted]
        try:
            for future in as_completed(futures):
                one = future.result()
                if isinstance(one, OpenAccount):
                    opened.append(one)
                else:
                    refused[one[0]] = one[1]
                if progress is not None:
                    name = one.name if isinstance(one, OpenAccount) else one[0].name
                    done = len(opened) + len(refused)
                    progress(Opening(done, len(wanted), len(refused), name))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    if not opened and not (may_be_none and (refused or left_out)):
        raise _nothing_opened(specs, refused, left_out)
    accounts = _each_once(opened)
    known = {one.account_id for one in accounts}
    gaps = {one.account_id: one for one in (*left_out, *refused) if one.account_id not in known}
    listers = {one.account_id: one for one in listing if one.account_id not in known}
    return OpenedAccounts(
        accounts,
        tuple(gaps[identifier] for identifier in sorted(gaps)),
        tuple(listers[identifier] for identifier in sorted(listers)),
    )


def _expanded(
    specs: Iterable[AccountSpec | OrganizationSpec], sources: CredentialSources
) -> tuple[list[AccountSpec], list[UnopenedAccount], list[OpenAccount]]:
    wanted: list[AccountSpec] = []
    left_out: list[UnopenedAccount] = []
    listing: list[OpenAccount] = []
    for spec in specs:
        if isinstance(spec, AccountSpec):
            wanted.append(spec)
            continue
        try:
            source = sources.of(spec.profile)
        except ProfileNotFound as error:
            raise unknown_profile(spec.caller) from error
        members = members_of(spec, source)
        wanted += members.specs
        left_out += members.left_out
        listing.append(members.lister)
    return wanted, left_out, listing


def _opened(
    spec: AccountSpec, sources: CredentialSources
) -> OpenAccount | tuple[UnopenedAccount, AccountError]:
    try:
        return sign_in(spec, sources=sources)
    except AWS_ERRORS as error:
        told = access_error(spec, error)
        if not spec.expected_id or _concerns_the_source(spec, error):
            raise told from error
        return UnopenedAccount(spec.expected_id, spec.name, refusal_of(error)), told


def _concerns_the_source(spec: AccountSpec, error: AwsError) -> bool:
    """Whether the credentials that are to assume roles are no good themselves."""
    if not isinstance(error, ClientError):
        return lost_credentials(error)
    asked_as_role = spec.role_arn and error.operation_name != "AssumeRole"
    return not asked_as_role and error_code(error) in EXPIRED_CODES | INVALID_CODES


def _each_once(opened: Iterable[OpenAccount]) -> tuple[OpenAccount, ...]:
    """By id, without those of an organization that are there already; named twice is told later.

    Two organization entries that have the same account both want their Regions of it.
    """
    kept: list[OpenAccount] = []
    first: dict[str, int] = {}
    for one in sorted(opened, key=lambda one: (bool(one.spec.organization), one.name)):
        place = first.setdefault(one.account_id, len(kept))
        if place == len(kept) or not one.spec.organization:
            kept.append(one)
        elif kept[place].spec.organization:
            kept[place] = _with_regions_of(kept[place], one)
    return tuple(sorted(kept, key=lambda one: one.account_id))


def _with_regions_of(one: OpenAccount, other: OpenAccount) -> OpenAccount:
    """The account with the Regions of both; no list means every Region."""
    lists = (one.spec.regions, other.spec.regions)
    both = tuple(dict.fromkeys((*lists[0], *lists[1]))) if all(lists) else ()
    return dataclasses.replace(one, spec=dataclasses.replace(one.spec, regions=both))


def _nothing_opened(
    specs: Sequence[AccountSpec | OrganizationSpec],
    refused: dict[UnopenedAccount, AccountError],
    left_out: Sequence[UnopenedAccount],
) -> AccountError:
    """One account's own error; of several, how many there are and the first one's error."""
    first = min(refused, key=lambda one: one.account_id, default=None)
    if first is None:
        names = ", ".join(repr(spec.name) for spec in specs)
        reasons = ", ".join(sorted({one.refusal.code for one in left_out}))
        return AccountError(f"account {names}: all {len(left_out)} are left out ({reasons})")
    if len(refused) == 1:
        return refused[first]
    return AccountError(f"none of {len(refused)} accounts could be opened; {refused[first]}")
