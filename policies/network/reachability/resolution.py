"""What a host name stands for, as NET-01 tells it and as paths are walked."""

from __future__ import annotations

import dataclasses

from inventory.facts.network import VpcEndpoint
from policies.network.reachability.answer import Hop, Stage, Way, passes


@dataclasses.dataclass(frozen=True)
class Dormant:
    """An endpoint for the name that the name does not resolve to, and why.

    ``may_answer``: what is known leaves it possible that the name leads there all the same.
    """

    endpoint: VpcEndpoint
    stage: Stage
    may_answer: bool


@dataclasses.dataclass(frozen=True)
class Resolution:
    """What the name stands for.

    ``way`` is ENDPOINT (``endpoints`` answer), ADDRESS (the ``addresses`` of a hosted zone's
    records, endpoints' or not), PUBLIC, ANYWHERE (not known) or NOWHERE (it does not resolve).
    ``stages`` act on every query, whatever the answer. ``elsewhere``: doubts that leave it
    possible that the name leads to anything else instead. ``dormant`` endpoints explain, and may
    mend, a public path that is blocked.
    """

    way: Way
    stages: tuple[Stage, ...]
    endpoints: tuple[VpcEndpoint, ...] = ()
    addresses: tuple[str, ...] = ()
    dormant: tuple[Dormant, ...] = ()
    elsewhere: tuple[Stage, ...] = ()

    def after(self, *stages: Stage) -> Resolution:
        """The same answer, with what the query met before."""
        return dataclasses.replace(self, stages=(*stages, *self.stages))

    def unless(self, *doubts: Stage) -> Resolution:
        """The same answer, with more that may lead the name elsewhere."""
        return dataclasses.replace(self, elsewhere=(*self.elsewhere, *doubts))


def unknown(*gaps: Stage) -> Resolution:
    """Nothing is known of the answer but what the doubts say."""
    return Resolution(Way.ANYWHERE, gaps)


def nowhere(*stages: Stage) -> Resolution:
    """The name does not resolve; the stages say what keeps it from that."""
    return Resolution(Way.NOWHERE, stages)


def noted(component: str, detail: str, code: str) -> Stage:
    """A pass that rests on something worth a code of its own."""
    return dataclasses.replace(passes(Hop.NAME, component, detail), code=code)
