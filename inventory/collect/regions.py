"""Which Regions of an account the roll is called in."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Any

from botocore.exceptions import ClientError

from inventory.collect.access_errors import access_error
from inventory.collect.account_spec import is_glob
from inventory.collect.accounts import OpenAccount
from inventory.collect.clients import Clients
from inventory.collect.refusal import (
    AWS_ERRORS,
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
    """The Regions, sorted; ``refusal`` is set when AWS would not list those that are enabled."""

    names: tuple[str, ...]
    refusal: Refusal | None = None


def choose_regions(
    account: OpenAccount, clients: Clients, patterns: Sequence[str] = ()
) -> RegionChoice:
    """The enabled Regions that match ``patterns``, else the account's own list, else all enabled.

    Raises AccountError for a pattern that matches no enabled Region, and where DescribeRegions is
    refused although a glob or "all" needs it. Region names given in full are then used as they are.
    """
    wanted = tuple(patterns) or account.spec.regions
    try:
        enabled = _enabled_regions(account, clients)
    except AWS_ERRORS as error:
        refusal = refusal_of(error)
        if lost_credentials(error) or refusal.status is not Status.DENIED:
            raise access_error(account.spec, error) from error
        if not wanted or any(is_glob(pattern) for pattern in wanted):
            raise AccountError(_needs_names(account, error)) from error
        return RegionChoice(tuple(sorted(set(wanted))), refusal)
    if not wanted:
        return RegionChoice(enabled)
    return RegionChoice(_matching(account, wanted, enabled))


def _enabled_regions(account: OpenAccount, clients: Clients) -> tuple[str, ...]:
    """Enabled Regions, sorted. Some servers list Regions that are not opted in all the same."""
    client: Any = clients.client(account, "ec2", GLOBAL)
    answer = client.describe_regions(AllRegions=False)
    return tuple(
        sorted(
            region["RegionName"]
            for region in answer["Regions"]
            if region.get("OptInStatus") != "not-opted-in"
        )
    )


def _matching(
    account: OpenAccount, patterns: Sequence[str], enabled: Sequence[str]
) -> tuple[str, ...]:
    chosen: set[str] = set()
    for pattern in patterns:
        matches = {region for region in enabled if fnmatchcase(region, pattern)}
        if not matches:
            raise AccountError(_no_match(account, pattern, enabled))
        chosen |= matches
    return tuple(sorted(chosen))


def _no_match(account: OpenAccount, pattern: str, enabled: Sequence[str]) -> str:
    near = difflib.get_close_matches(pattern, enabled, n=3, cutoff=0.5)
    hint = f"near it: {', '.join(near)}" if near else f"enabled are: {', '.join(enabled) or 'none'}"
    return (
        f"account {account.name!r}: Region {pattern!r} matches no Region that is enabled in "
        f"account {account.account_id}; {hint}"
    )


def _needs_names(account: OpenAccount, error: Exception) -> str:
    code = error_code(error) if isinstance(error, ClientError) else type(error).__name__
    return (
        f"account {account.name!r}: ec2:DescribeRegions was refused ({code}); allow it, or name "
        "the Regions in full with --region"
    )
