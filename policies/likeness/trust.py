"""Which ways of putting a verdict were held against enough others to be believed at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import Final

from policies.control import Control, Verdict

#: So many groups have to have come to a verdict twice, in the same words around other names.
_ENOUGH: Final = 2


class Trust:
    """What the groups of one run have shown so far of how verdicts name the node.

    A *wording* is where in a verdict which names stand. Once two groups have shown of a wording
    that it is told right to another node, the first verdict with it in a further group is told
    without a second one. A control of which two alike nodes ever differed is not believed again.
    """

    def __init__(self) -> None:
        self._shown: Counter[Hashable] = Counter()
        self._doubted: set[str] = set()

    def believes(self, control: Control, verdict: Verdict, wording: Hashable) -> bool:
        """Whether a verdict may be told before a second one was held against it."""
        if control.id in self._doubted:
            return False
        return self._shown[_key(control, verdict, wording)] >= _ENOUGH

    def shown(self, control: Control, verdict: Verdict, wording: Hashable) -> None:
        """A group came to it twice, and every name in it is known to be one."""
        self._shown[_key(control, verdict, wording)] += 1

    def doubt(self, control: Control) -> None:
        """Two nodes that are alike came to something else."""
        self._doubted.add(control.id)


def _key(control: Control, verdict: Verdict, wording: Hashable) -> Hashable:
    return control.id, verdict.outcome, verdict.code, wording
