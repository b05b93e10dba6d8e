"""One listing of one account and Region, by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from inventory.facts.evidence import Fact, Unread

Row = TypeVar("Row", bound=Fact)


class Table(Generic[Row]):
    """The rows of a listing that was read, in id order.

    A row that another object names but that is not listed vanished between two calls, or belongs
    to someone else: ``find`` answers ``Unread`` for it, never ``None``.
    """

    def __init__(self, call: str, rows: Iterable[Row]) -> None:
        self.call = call
        self._rows: Mapping[str, Row] = {
            row.id: row for row in sorted(rows, key=lambda row: row.id)
        }

    def find(self, key: str) -> Row | Unread:
        """The row of that id, or why there is none."""
        row = self._rows.get(key)
        if row is None:
            return Unread(self.call, "CHANGED_DURING_COLLECTION", f"{key} is not listed")
        return row

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)
