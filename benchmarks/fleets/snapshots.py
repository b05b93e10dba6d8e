"""A fleet's answers as a snapshot folder with its manifest, as a run would have left it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.fleets.answers import ACCOUNT, REGION, fleet_answers
from benchmarks.fleets.identifiers import NOW
from inventory.collect import PLAN
from inventory.collect.call import Scope
from inventory.collect.node_calls import DEEP_CALLS
from inventory.facts import Status
from inventory.snapshot import GLOBAL, SnapshotWriter

_ORGANIZATION: Final = "organizations.DescribeOrganization"


def write_fleet(folder: Path, instances: int, *, regions: Sequence[str] = (REGION,)) -> None:
    """Write a snapshot of so many instances, the same bytes whenever it is asked for."""
    writer = SnapshotWriter(folder)
    kept = set()
    for region, operation, answer in fleet_answers(instances, regions):
        writer.keep(ACCOUNT, region, operation, answer)
        kept.add((region, operation))
    writer.refuse(
        ACCOUNT,
        GLOBAL,
        _ORGANIZATION,
        status=Status.ABSENT,
        code="AWSOrganizationsNotInUseException",
        detail="Your account is not a member of an organization.",
    )
    for call in PLAN:
        for region in regions if call.scope is Scope.REGION else (GLOBAL,):
            if (region, call.operation) in kept or call.operation == _ORGANIZATION:
                continue
            writer.refuse(
                ACCOUNT,
                region,
                call.operation,
                status=Status.NOT_ASKED,
                code="NOT_DEEP" if call in DEEP_CALLS else "NOTHING_TO_ASK",
            )
    writer.close(
        tool="ssm-rollcall/fleets",
        collected_at=NOW,
        callers={ACCOUNT: f"arn:aws:iam::{ACCOUNT}:user/reader"},
        accounts={ACCOUNT: tuple(regions)},
        parameters={},
    )
