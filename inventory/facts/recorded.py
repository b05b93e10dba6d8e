"""Rows as AWS gave them, with the members that no fact of ours names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

#: A row, or its JSON text: of large listings only what is looked up is worth decoding.
RecordedRow = Mapping[str, Any] | msgspec.Raw


class Recorded:
    """The rows of a listing by their id; read from the answer at the first look-up."""

    def __init__(self, rows: Callable[[], Mapping[str, RecordedRow]]) -> None:
        self._rows = rows

    @functools.cached_property
    def _by_id(self) -> Mapping[str, RecordedRow]:
        return self._rows()

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The row as it was recorded, ``None`` where there is none."""
        row = self._by_id.get(key)
        if isinstance(row, msgspec.Raw):
            decoded: Mapping[str, Any] = msgspec.json.decode(row)
            return decoded
        return row


#: Of a Region whose answers nobody handed on.
NOTHING_RECORDED = Recorded(dict)
