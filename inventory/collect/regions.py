"""Which Regions of the accounts the roll is called in, and why others are left out."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from fnmatch import fnmatchcase

from botocore.exceptions import ClientError

from inventory.collect.access_errors import access_error
from inventory.collect.account_spec import is_glob
from inventory.collect.accounts import OpenAccount
from inventory.collect.answers import all_regions
from inventory.collect.clients import Clients
from inventory.collect.refusal import (
    AWS_ERRORS,
    AwsError,
    Refusal,
    error_code,
    lost_credentials,
    refusal_of,
)
from inventory.errors import AccountError
from inventory.facts import Status
from inventory.snapshot import GLOBAL

DESCRIBE_REGIONS = "ec2.DescribeRegions"


@dataclasses.dataclass(frozen=True)
class RegionChoice:
    """The Regions of an account that are asked, sorted, and why others are not.

    ``refusal`` is set when AWS would not list the Regions. ``disabled`` are those that were
    wanted and that the account has not enabled. ``unmatched``: pattern → what to tell, for each
    that matches no Region enabled there.
    """

    names: tuple[str, ...]
    refusal: Refusal | None = None
    disabled: tuple[str, ...] = ()
    unmatched: Mapping[str, str] = dataclasses.field(default_factory=dict)


def choose_regions(
    account: OpenAccount, clients: Clients, patterns: Sequence[str] = ()
) -> RegionChoice:
    """The enabled Regions that match ``patterns``, else the account's own list, else all enabled.

    Raises AccountError for a pattern that matches no enabled Region, and where DescribeRegions is
    refused although a glob or "all" needs it. Region names given in full are then used as they are.
    """
    try:
        choice = _choice(account, clients, patterns)
    except AWS_ERRORS as error:
        raise _not_listed(account, error) from error
    for told in choice.unmatched.values():
        raise AccountError(told)
    return choice


def choose_all_regions(
    accounts: Sequence[OpenAccount], clients: Clients, patterns: Sequence[str], pool: Executor
) -> tuple[RegionChoice, ...]:
    """As ``choose_regions`` for each account, but what one lacks and others have is no error.

    Raises AccountError for a pattern that matches no enabled Region of any account that wants it,
    and where the Regions of no account could be listed.
    """

    def tried(account: OpenAccount) -> tuple[RegionChoice, AccountError | None]:
        try:
            return _choice(account, clients, patterns), None
        except AWS_ERRORS as error:
            return RegionChoice((), refusal_of(error)), _not_listed(account, error)

    attempts = tuple(pool.map(tried, accounts))
    errors = [error for _, error in attempts if error is not None]
    if errors and len(errors) == len(attempts):
        raise errors[0]
    choices = tuple(choice for choice, _ in attempts)
    matched = {
        pattern
        for account, choice in zip(accounts, choices, strict=True)
        if choice.names
        for pattern in _wanted(account, patterns)
        if pattern not in choice.unmatched
    }
    for choice in choices:
        for pattern, told in choice.unmatched.items():
            if pattern not in matched:
                raise AccountError(told)
    return choices


def _wanted(account: OpenAccount, patterns: Sequence[str]) -> tuple[str, ...]:
    return tuple(patterns) or account.spec.regions


def _choice(account: OpenAccount, clients: Clients, patterns: Sequence[str]) -> RegionChoice:
    """Raises the SDK's error where the list of Regions is needed and there is none."""
    wanted = _wanted(account, patterns)
    try:
        enabled, disabled = _listed(account, clients)
    except AWS_ERRORS as error:
        refusal = refusal_of(error)
        is_denied = refusal.status is Status.DENIED and not lost_credentials(error)
        if not is_denied or not wanted or any(is_glob(pattern) for pattern in wanted):
            raise
        return RegionChoice(tuple(sorted(set(wanted))), refusal)
    if not wanted:
        return RegionChoice(enabled, disabled=disabled)
    return RegionChoice(
        _matching(wanted, enabled),
        disabled=_matching(wanted, disabled),
        unmatched={
            pattern: _no_match(account, pattern, enabled, _matching([pattern], disabled))
            for pattern in wanted
            if not _matching([pattern], enabled)
        },
    )


def _listed(account: OpenAccount, clients: Clients) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The Regions that the account has enabled, and those that it has not, sorted."""
    by_name = {
        region["RegionName"]: region.get("OptInStatus") == "not-opted-in"
        for region in all_regions(clients.client(account, "ec2", GLOBAL))
    }
    names = sorted(by_name)
    return (
        tuple(name for name in names if not by_name[name]),
        tuple(name for name in names if by_name[name]),
    )


def _matching(patterns: Sequence[str], regions: Sequence[str]) -> tuple[str, ...]:
    return tuple(
        region for region in regions if any(fnmatchcase(region, pattern) for pattern in patterns)
    )


def _no_match(
    account: OpenAccount, pattern: str, enabled: Sequence[str], disabled: Sequence[str]
) -> str:
    told = f"account {account.name!r}: Region {pattern!r}"
    if pattern in disabled:
        return (
            f"{told} is not enabled in account {account.account_id}; enable it (aws account "
            f"enable-region --region-name {pattern}), or leave it out"
        )
    if disabled:
        return (
            f"{told} matches only Regions that are not enabled in account {account.account_id}: "
            f"{', '.join(disabled)}"
        )
    near = difflib.get_close_matches(pattern, enabled, n=3, cutoff=0.5)
    hint = f"near it: {', '.join(near)}" if near else f"enabled are: {', '.join(enabled) or 'none'}"
    return f"{told} matches no Region that is enabled in account {account.account_id}; {hint}"


def _not_listed(account: OpenAccount, error: AwsError) -> AccountError:
    """The error to show where nobody knows which Regions to ask."""
    if lost_credentials(error) or refusal_of(error).status is not Status.DENIED:
        return access_error(account.spec, error)
    code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
    return AccountError(
        f"account {account.name!r}: ec2:DescribeRegions was refused ({code}); allow it, or name "
        "the Regions in full with --region"
    )
