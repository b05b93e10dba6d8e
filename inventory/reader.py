"""Reads the answers of one account and Region as facts, and says where a malformed one is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from inventory.answer_file import UNREADABLE
from inventory.errors import SnapshotError
from inventory.facts import Table, Unread
from inventory.facts.evidence import Fact
from inventory.row_texts import RepeatedValues, rows_below, rows_in
from inventory.snapshot import Snapshot

Row = TypeVar("Row", bound=Fact)


class Reader:
    """Reads listings of one account and Region, and says where a malformed one is."""

    def __init__(self, snapshot: Snapshot, account: str, region: str) -> None:
        self._snapshot = snapshot
        self._account = account
        self._region = region
        self._repeated = RepeatedValues()

    def answer(self, operation: str) -> Any | Unread:
        return self._snapshot.read(self._account, self._region, operation)

    def listing(self, operation: str, key: str, kind: type[Row]) -> Table[Row] | Unread:
        """The rows that are the member ``key``."""
        return self.nested_listing(operation, (key,), kind)

    def nested_listing(
        self, operation: str, members: tuple[str, ...], kind: type[Row]
    ) -> Table[Row] | Unread:
        """The rows of lists within lists, ``("Reservations", "Instances")``."""
        text = self._snapshot.text(self._account, self._region, operation)
        rows = None if text is None else self._decoded(text, members, kind)
        if rows is None:
            return self.rows(operation, kind, lambda answer: rows_below(answer, members))
        return Table(kind.call, rows)

    def _decoded(self, text: bytes, members: tuple[str, ...], kind: type[Row]) -> list[Row] | None:
        """``None`` where something is wrong: reading the answer as a whole tells what and where."""
        rows = []
        try:
            for row in rows_in(text, members, kind):
                self._repeated.share(row)
                rows.append(row)
        except UNREADABLE:
            return None
        return rows

    def rows(
        self, operation: str, kind: type[Row], pick: Callable[[Any], Iterable[Any]]
    ) -> Table[Row] | Unread:
        """The picked rows; none where there can be none, as in a Region without the service."""
        if self._snapshot.is_absent(self._account, self._region, operation):
            return Table(kind.call, ())
        answer = self.answer(operation)
        if isinstance(answer, Unread):
            return answer
        with self.place(operation):
            return Table(kind.call, [msgspec.convert(row, kind) for row in pick(answer)])

    def one(self, operation: str, key: str, kind: type[Row]) -> Row | Unread:
        answer = self.answer(operation)
        if isinstance(answer, Unread):
            return answer
        with self.place(operation):
            return msgspec.convert(answer[key], kind)

    def place(self, operation: str) -> _Place:
        return _Place(f"{self._account}/{self._region}/{operation}.json")


@dataclasses.dataclass
class _Place:
    """Turns a shape error inside the block into a SnapshotError that names the file."""

    file: str

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, msgspec.ValidationError):
            raise SnapshotError(self.file, str(error)) from error
        if isinstance(error, KeyError):
            raise SnapshotError(self.file, f"has no member {error.args[0]!r}") from error
        if isinstance(error, TypeError | AttributeError):
            raise SnapshotError(
                self.file, f"has not the shape of an AWS answer: {error}"
            ) from error
