"""From answers about single images and instances to tables: what one request each was spent on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from inventory.facts import NOT_RECORDED, Table, Unread
from inventory.facts.evidence import Fact
from inventory.reader import Reader

Row = TypeVar("Row", bound=Fact)


def probed(read: Reader, operation: str, kind: type[Row], key: str) -> Table[Row] | Unread:
    """One row per answered request; ``key`` is the request's member that holds the row's id.

    A refused request is the gap of its id, and an id that nobody asked about is not recorded. A
    plain answer, as the AWS CLI prints one, counts as the only one. Raises SnapshotError.
    """
    answers = read.answer(operation)
    if isinstance(answers, Unread):
        return answers
    with read.place(operation):
        entries = _entries(answers)
        rows = [msgspec.convert(one["response"], kind) for one in entries if "error" not in one]
        gaps = {
            one["request"][key]: Unread(kind.call, one["error"]["Code"], one["error"]["Message"])
            for one in entries
            if "error" in one
        }
    return Table(kind.call, rows, gaps=gaps, unlisted=Unread(kind.call, NOT_RECORDED))


def listed_in_parts(answers: Any, member: str) -> Iterable[Any]:
    """The rows of a listing that was asked for in several requests, or in one plain answer.

    A refused request has none.
    """
    answered = (one for one in _entries(answers) if "error" not in one)
    return (row for one in answered for row in one["response"][member])


def _entries(answers: Any) -> list[Mapping[str, Any]]:
    return answers if isinstance(answers, list) else [{"response": answers}]
