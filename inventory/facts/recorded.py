"""Rows as AWS gave them, with the members that no fact of ours names."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Recorded:
    """The rows of a listing by the member ``key``; read from the answer at the first look-up."""

    def __init__(self, key: str, rows: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
        self._key = key
        self._rows = rows

    @functools.cached_property
    def _by_key(self) -> Mapping[str, Mapping[str, Any]]:
        return {row[self._key]: row for row in self._rows()}

    def find(self, key: str) -> Mapping[str, Any] | None:
        """The row as it was recorded, ``None`` where there is none."""
        return self._by_key.get(key)


#: Of a Region whose answers nobody handed on.
NOTHING_RECORDED = Recorded("", tuple)
