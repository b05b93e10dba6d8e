"""Waivers: failures that someone accepts, for a reason, until a day (design 4)."""

from __future__ import annotations

import dataclasses
from datetime import date


@dataclasses.dataclass(frozen=True)
class Waiver:
    """One entry of waivers.yaml: who accepts which failures of what, and until when.

    ``controls`` are control ids; ``ids``, ``accounts`` and ``regions`` anchored globs, ``tags``
    names and globs of their values: all that are given have to fit. ``expires`` is the last day
    on which it holds.
    """

    controls: tuple[str, ...]
    owner: str
    ticket: str
    reason: str
    expires: date
    ids: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
