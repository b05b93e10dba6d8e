"""What to fix first, found once for all the reports that tell it."""

from __future__ import annotations

import functools

from policies.diagnosis import Fix, Together, fix_first, only_together
from policies.roll import Roll


@functools.lru_cache(maxsize=2)
def fixes_of(roll: Roll) -> tuple[Fix, ...]:
    """The roll's repairs, best first."""
    return fix_first(roll.findings)


@functools.lru_cache(maxsize=2)
def joint_fixes_of(roll: Roll) -> tuple[Together, ...]:
    """The sets of blockers that have to be repaired together, best first."""
    return only_together(roll.findings)
