"""What to fix first, found once for all the reports that tell it."""

from __future__ import annotations

import functools
from typing import Final

from policies.diagnosis import Fix, Together, fix_first, only_together
from policies.finding import Finding, Outcome
from policies.roll import Roll

_HELD: Final = frozenset({Outcome.PASS, Outcome.WARN})


@functools.lru_cache(maxsize=2)
def fixes_of(roll: Roll) -> tuple[Fix, ...]:
    """The roll's repairs, best first."""
    return fix_first(_not_held(roll))


@functools.lru_cache(maxsize=2)
def joint_fixes_of(roll: Roll) -> tuple[Together, ...]:
    """The sets of blockers that have to be repaired together, best first."""
    return only_together(_not_held(roll))


@functools.lru_cache(maxsize=2)
def _not_held(roll: Roll) -> tuple[Finding, ...]:
    """The findings that can be in the way, or leave open whether anything is: a few of them."""
    return tuple([one for one in roll.findings if one.outcome not in _HELD])
