"""Agent versions, compared as numbers (T-13), and those that rules ask for (D1, D17)."""

from __future__ import annotations

import functools
import re

Version = tuple[int, int, int, int]

#: Default Host Management as such.
DHMC_FLOOR: Version = (3, 2, 582, 0)
#: The fallback also where the instance profile cannot give credentials at all.
BROKEN_PROFILE_FLOOR: Version = (3, 2, 815, 0)

#: Before this, an agent takes commands from ec2messages only (D17).
SSMMESSAGES_COMMANDS: Version = (3, 1, 821, 0)
#: From here on an agent leaves ec2messages once ssmmessages works (D17).
EC2MESSAGES_LEFT: Version = (3, 3, 40, 0)

#: A part too long to be one makes the whole unreadable: it is never dropped (``?+``) as a suffix.
_VERSION = re.compile(r"(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?+(?:\.(\d{1,9}))?+(?!\d)", re.ASCII)


@functools.lru_cache(maxsize=4096)
def agent_version(text: str) -> Version | None:
    """``3.3.0.02703`` as numbers, zeros and a suffix tolerated; ``None`` = unreadable."""
    found = _VERSION.match(text.strip())
    if found is None:
        return None
    major, minor, build, patch = (int(part or 0) for part in found.groups())
    return (major, minor, build, patch)
