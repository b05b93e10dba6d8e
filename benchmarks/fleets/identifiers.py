"""AWS's ids, addresses and times, each its own and always the same for the same thing."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

#: When the account was read: the "now" of every fleet.
NOW: Final = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
_HEX_DIGITS: Final = 17


def identifier(kind: str, *name: object) -> str:
    """An id as AWS draws them, ``subnet-0f3c…``: as incompressible as theirs."""
    return f"{kind}-0{digits(kind, *name)[: _HEX_DIGITS - 1]}"


def digits(*name: object) -> str:
    """Thirty-two hexadecimal digits that belong to this name alone."""
    told = "/".join(str(part) for part in name)
    return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()


def ago(**age: float) -> str:
    """The moment so long before ``NOW``, as a snapshot holds it."""
    return (NOW - timedelta(**age)).isoformat()
