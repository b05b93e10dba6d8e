"""Rows as they were recorded, by id; of an answer in a file their texts, decoded when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from inventory.answer_file import UNREADABLE
from inventory.facts import Unread
from inventory.facts.recorded import RecordedRow
from inventory.probe_answers import listed_in_parts
from inventory.row_texts import rows_below, texts_in
from inventory.snapshot import Snapshot

_INSTANCE_ID: Final = "InstanceId"


def recorded_rows(
    snapshot: Snapshot, place: tuple[str, str, str], members: tuple[str, ...]
) -> Mapping[str, RecordedRow]:
    """The rows about instances in the answer of an account, Region and operation.

    None of an answer that is not there. Raises SnapshotError for one that is not JSON.
    """
    text = snapshot.text(*place)
    if text is not None:
        try:
            return texts_in(text, members, _INSTANCE_ID)
        except UNREADABLE:  # reading the answer as a whole tells what is wrong, and where
            pass
    answer = snapshot.read(*place)
    if isinstance(answer, Unread):
        return {}
    return {row[_INSTANCE_ID]: row for row in rows_below(answer, members)}


def recorded_images(answers: Any | Unread) -> Mapping[str, RecordedRow]:
    """The images in the answers that were asked for in parts."""
    if isinstance(answers, Unread):
        return {}
    return {row["ImageId"]: row for row in listed_in_parts(answers, "Images")}
