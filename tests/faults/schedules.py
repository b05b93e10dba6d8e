"""When which fault comes: by operation, by attempt, or by chance with a seed."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Collection, Sequence

from tests.faults.faults import LISTS, OF_PAGES, Fault
from tests.faults.proxy import Schedule
from tests.faults.wire import Asked

#: Services whose tokens are in a body.
_PAGED_IN_BODIES = frozenset({"ec2", "ssm", "iam", "organizations", "route53resolver"})


def always(fault: Fault, *operations: str) -> Schedule:
    """Every request of these operations (``ec2.DescribeVpcs``), or of all."""

    def met(asked: Asked) -> Fault | None:
        wanted = not operations or asked.name in operations
        return fault if wanted and may_meet(fault, asked) else None

    return met


def first_attempts(fault: Fault, attempts: int, *operations: str) -> Schedule:
    """So many attempts at every request of these operations, or of all."""

    def met(asked: Asked) -> Fault | None:
        wanted = not operations or asked.name in operations
        return fault if wanted and asked.attempt <= attempts else None

    return met


def in_region(fault: Fault, region: str) -> Schedule:
    """Every request to one Region's endpoints."""
    return lambda asked: fault if asked.region == region else None


def by_chance(
    share: float, seed: int, faults: Sequence[Fault], spared: Collection[str] = ()
) -> Schedule:
    """That share of the requests, each time one comes by itself; ``spared`` are operations.

    What meets a request depends on the seed, on what is asked and how often that was asked before,
    not on the order in which different requests come.
    """
    arrivals: Counter[tuple[str, ...]] = Counter()
    counting = threading.Lock()

    def met(asked: Asked) -> Fault | None:
        if asked.name in spared:
            return None
        with counting:
            arrivals[asked.key] += 1
            chance = random.Random(f"{seed} {asked.key} {arrivals[asked.key]}")  # noqa: S311
        if chance.random() >= share:
            return None
        return chance.choice([one for one in faults if may_meet(one, asked)])

    return met


def may_meet(fault: Fault, asked: Asked) -> bool:
    """A fault of pages meets listings only, and those whose tokens the proxy can write."""
    if fault not in OF_PAGES:
        return True
    return asked.name in LISTS and asked.service in _PAGED_IN_BODIES


def first_readings(fault: Fault, readings: int, *operations: str) -> Schedule:
    """So many of the requests that ask for the same, whoever asks again and why."""
    met_so_far: Counter[tuple[str, ...]] = Counter()
    counting = threading.Lock()

    def met(asked: Asked) -> Fault | None:
        if asked.name not in operations:
            return None
        with counting:
            met_so_far[asked.key] += 1
            return fault if met_so_far[asked.key] <= readings else None

    return met
