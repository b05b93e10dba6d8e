"""Which Regions hold instances, over all accounts of a run.

There, an account without instances may still hold what those of others depend on: transit gateway
tables, endpoints, NAT gateways, hosted zones (spec network.md TG5, EP9, SH1). It is asked as a hub.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

#: Account id and Region.
Place = tuple[str, str]


class RegionsInUse:
    """Tells of each place without instances, once, whether it is a hub to others of its Region.

    That is known as soon as one account has instances in the Region, or all have none; of the
    Regions ``in_use`` elsewhere at once.
    """

    def __init__(self, places: Iterable[Place], in_use: Iterable[str] = ()) -> None:
        self._unsettled = Counter(region for _, region in places)
        self._in_use = set(in_use)
        self._waiting: dict[str, list[Place]] = {}

    def note(self, place: Place, holds_instances: bool | None) -> tuple[tuple[Place, bool], ...]:
        """Note one place's answer, ``None`` = refused; give each decided place, and if it is a hub.

        A refused answer puts no Region in use: there is no instance to judge that needs a hub.
        """
        _, region = place
        self._unsettled[region] -= 1
        if holds_instances:
            self._in_use.add(region)
        elif holds_instances is False:
            self._waiting.setdefault(region, []).append(place)
        if region not in self._in_use and self._unsettled[region]:
            return ()
        return tuple((one, region in self._in_use) for one in self._waiting.pop(region, ()))
