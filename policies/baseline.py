"""What changed since an earlier run: findings are new, known, fixed or not judged (design 6)."""

from __future__ import annotations

from enum import StrEnum


class Change(StrEnum):
    """How a finding stands to the baseline."""

    NEW = "new"
    KNOWN = "known"
