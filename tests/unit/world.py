"""Builds facts for scenarios out of AWS-shaped answers, through the loader that snapshots use."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from inventory.facts import Node
from inventory.facts.coverage import Coverage, Status
from inventory.fleet import Fleet, load_fleet
from inventory.snapshot import Snapshot, iam_action

ACCOUNT = "111122223333"
REGION = "eu-central-1"
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def fleet_of(
    regional: Mapping[str, Any],
    account_wide: Mapping[str, Any] | None = None,
    *,
    denied: Mapping[str, str] | None = None,
    absent: tuple[str, ...] = (),
    account: str = ACCOUNT,
    region: str = REGION,
    as_of: datetime | None = NOW,
) -> Fleet:
    """The fleet of one account and Region.

    ``regional`` and ``account_wide`` map ``ec2.DescribeSubnets`` to its answer, ``denied`` such a
    name to an error code, ``absent`` names calls that answered "there is none".
    """
    answers = {(account, region, name): answer for name, answer in regional.items()}
    answers |= {(account, "global", name): answer for name, answer in (account_wide or {}).items()}
    gaps = [(name, Status.DENIED, code) for name, code in (denied or {}).items()]
    gaps += [(name, Status.ABSENT, "") for name in absent]
    coverage = tuple(
        Coverage(
            account=account,
            region=scope,
            call=iam_action(name),
            status=status,
            code=code,
        )
        for name, status, code in gaps
        for scope in (region, "global")
    )
    return load_fleet(Snapshot(answers, as_of=as_of, coverage=coverage))


def only_node(fleet: Fleet) -> Node:
    """The fleet's single node."""
    (node,) = fleet.nodes
    return node
