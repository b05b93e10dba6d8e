"""How far a collection has come."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Progress:
    """A moment of a collection, handed to the caller after each settled call.

    A call is one operation of one account and Region, however many pages it has. ``current`` is
    the call just settled: ``prod eu-central-1 ec2:DescribeVpcs``.
    """

    accounts: int
    regions: int
    calls_done: int
    calls_total: int
    throttles: int
    current: str
