"""Agent versions, compared as numbers (T-13), and those DHMC asks for (D1, R-2.7)."""

from __future__ import annotations

import re

Version = tuple[int, int, int, int]

#: Default Host Management as such.
DHMC_FLOOR: Version = (3, 2, 582, 0)
#: The fallback also where the instance profile cannot give credentials at all.
BROKEN_PROFILE_FLOOR: Version = (3, 2, 815, 0)

_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?!\d)", re.ASCII)


def agent_version(text: str) -> Version | None:
    """``3.3.0.02703`` as numbers, zeros and a suffix tolerated; ``None`` = unreadable."""
    found = _VERSION.match(text.strip())
    if found is None:
        return None
    major, minor, build, patch = (int(part or 0) for part in found.groups())
    return (major, minor, build, patch)
