"""One listing of one account and Region, by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from inventory.facts.evidence import VANISHED, Fact, Unread

Row = TypeVar("Row", bound=Fact)


class Table(Generic[Row]):
    """The rows of a listing that was read, in id order.

    A row that another object names but that is not listed vanished between two calls, or belongs
    to someone else: ``find`` answers ``Unread`` for it, never ``None``. ``gaps`` say better for
    single ids. ``unlisted`` is why any other id has no row, where rows were asked for one by one
    and a missing one proves nothing.
    """

    def __init__(
        self,
        call: str,
        rows: Iterable[Row],
        *,
        gaps: Mapping[str, Unread] | None = None,
        unlisted: Unread | None = None,
    ) -> None:
        self.call = call
        self._rows: Mapping[str, Row] = {
            row.id: row for row in sorted(rows, key=lambda row: row.id)
        }
        self._gaps = gaps or {}
        self._unlisted = unlisted

    def find(self, key: str) -> Row | Unread:
        """The row of that id, or why there is none."""
        row = self._rows.get(key)
        if row is not None:
            return row
        gap = self._gaps.get(key, self._unlisted)
        return Unread(self.call, VANISHED, f"{key} is not listed") if gap is None else gap

    def __contains__(self, key: object) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)
