"""Writing down what a call came to: its answer, and each reason for what is missing."""

from __future__ import annotations

from inventory.collect.notes import READ_BEFORE
from inventory.collect.refusal import Refusal
from inventory.collect.replies import Outcome
from inventory.snapshot import SnapshotWriter


def record(
    writer: SnapshotWriter, account_id: str, region: str, operation: str, outcome: Outcome
) -> None:
    """Keep the answer, and a line of coverage for each refusal."""
    if outcome.answer is not None:
        told = READ_BEFORE if outcome.is_kept else ""
        writer.keep(account_id, region, operation, outcome.answer, detail=told)
    for refusal in outcome.refusals:
        refuse(writer, account_id, region, operation, refusal)


def refuse(
    writer: SnapshotWriter, account_id: str, region: str, operation: str, refusal: Refusal
) -> None:
    """A line of coverage for a call that gave no answer."""
    writer.refuse(
        account_id,
        region,
        operation,
        status=refusal.status,
        code=refusal.code,
        detail=refusal.detail,
    )
