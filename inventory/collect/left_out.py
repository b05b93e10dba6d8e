"""Lines of coverage for accounts and Regions of a run of which nothing is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inventory.collect.accounts import OpenAccount
from inventory.collect.recording import refuse
from inventory.collect.refusal import Refusal
from inventory.collect.regions import DESCRIBE_REGIONS, RegionChoice
from inventory.collect.unopened import SIGN_IN, UnopenedAccount
from inventory.collect.vpcs_in_use import INSTANCES
from inventory.facts import REGION_DISABLED, Status
from inventory.snapshot import GLOBAL, SnapshotWriter

_NOT_ENABLED: Final = Refusal(
    Status.NOT_ASKED, REGION_DISABLED, "the Region is not enabled in the account"
)
_ORGANIZATION_ONLY: Final = Refusal(
    Status.NOT_ASKED, "ORGANIZATION_ONLY", "no account of the run; asked about its organization"
)
_NO_REGION: Final = Refusal(
    Status.NOT_ASKED, "NO_REGION", "no Region enabled in the account is among those asked for"
)


def note_unopened(writer: SnapshotWriter, unopened: Iterable[UnopenedAccount]) -> None:
    """One line for each account: why nothing of it was read."""
    for one in unopened:
        refuse(writer, one.account_id, GLOBAL, SIGN_IN, one.refusal)


def note_listers(
    writer: SnapshotWriter, listers: Iterable[OpenAccount], unopened: Iterable[UnopenedAccount]
) -> None:
    """One line for each that no other line tells of: no more than this was meant to be read."""
    told = {one.account_id for one in unopened}
    for one in listers:
        if one.account_id not in told:
            refuse(writer, one.account_id, GLOBAL, SIGN_IN, _ORGANIZATION_ONLY)


def note_regions(writer: SnapshotWriter, account: OpenAccount, choice: RegionChoice) -> None:
    """A line for each Region that is not enabled, and for what keeps the others from being known.

    Where no Region is known, the instances are what could not be listed, and that has to gate.
    """
    identifier = account.account_id
    for region in choice.disabled:
        refuse(writer, identifier, region, INSTANCES, _NOT_ENABLED)
    if choice.refusal is not None:
        refuse(writer, identifier, GLOBAL, DESCRIBE_REGIONS, choice.refusal)
    if not choice.names:
        refuse(writer, identifier, GLOBAL, INSTANCES, choice.refusal or _NO_REGION)
