"""Reading the policies of the organizations of a run whose accounts were read by workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from inventory.collect.accounts import OpenAccount
from inventory.collect.clients import Clients
from inventory.collect.collection import FEW_WORKERS
from inventory.collect.executor.part import Part
from inventory.collect.follow_ups import FollowUps
from inventory.collect.lost_credentials import LostCredentials
from inventory.collect.organization_policies import Membership, Told, read_organizations
from inventory.collect.plan import DESCRIBE_ORGANIZATION
from inventory.collect.replies import Outcome
from inventory.snapshot import GLOBAL


def organization_of(part: Part) -> Outcome:
    """What DescribeOrganization told the account of the part."""
    for line in part.manifest.calls:
        if line.file and line.region == GLOBAL and line.call == DESCRIBE_ORGANIZATION.action:
            return Outcome(msgspec.json.decode(part.files[line.file]))
    return Outcome(None)


def ask_organizations(
    clients: Clients,
    accounts: Sequence[OpenAccount],
    told: Mapping[str, Outcome],
    listers: Sequence[OpenAccount],
) -> list[Told]:
    """As a single process asks, once every account has told, by id, where it belongs.

    Accounts are asked here, with this process's own sessions. Raises AccountError where no
    account has its credentials any more.
    """
    memberships = [Membership.of(one, told.get(one.account_id)) for one in accounts]
    lost = LostCredentials(accounts)
    with ThreadPoolExecutor(FEW_WORKERS, "organizations") as pool:
        follow_ups: Callable[[OpenAccount], FollowUps] = partial(_follow_ups, clients, pool)
        return read_organizations(memberships, follow_ups, lost.note, listers)


def _follow_ups(clients: Clients, pool: ThreadPoolExecutor, account: OpenAccount) -> FollowUps:
    return FollowUps(partial(clients.client, account, "organizations", GLOBAL), pool)
