"""Reading Regions without instances in which instances of other accounts depend on something."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from inventory.collect.accounts import OpenAccount
from inventory.collect.call import Call
from inventory.collect.clients import Clients
from inventory.collect.collection import FEW_WORKERS
from inventory.collect.plan import FIRST_CALL
from inventory.collect.region_agenda import RegionAgenda
from inventory.collect.replies import Outcome
from inventory.collect.task import Task, carry_out
from inventory.collect.wanted import EVERYTHING

_NO_INSTANCE = Outcome({"Reservations": []})

Told = tuple[Call, Outcome]


def read_hubs(
    clients: Clients,
    account: OpenAccount,
    regions: Sequence[str],
    wanted: Collection[Call] = EVERYTHING,
) -> list[list[Told]]:
    """What the calls come to that follow DescribeInstances, for each Region in turn.

    That call itself is not made again. Raises the SDK's error for lost credentials only.
    """
    with ThreadPoolExecutor(FEW_WORKERS, "hub") as pool:
        return list(pool.map(partial(_read_hub, clients, account, wanted), regions))


def _read_hub(
    clients: Clients, account: OpenAccount, wanted: Collection[Call], region: str
) -> list[Told]:
    agenda = RegionAgenda(region, wanted=wanted)
    agenda.settle(FIRST_CALL, _NO_INSTANCE)
    steps = agenda.go_on_without_instances(is_hub=True)
    told: list[Told] = []
    while steps:
        call, requests, not_asked = steps.pop(0)
        if not_asked is not None:
            told.append((call, Outcome(None, (not_asked,))))
            continue
        outcome = carry_out(clients, Task(account, region, call), requests)
        told.append((call, outcome))
        steps += agenda.settle(call, outcome)
    clients.release(account.account_id, region)
    return told
