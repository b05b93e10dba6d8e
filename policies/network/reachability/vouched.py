"""Gateways that the user says lead to the internet (design 4, ``assume: egress``)."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from policies.network.reachability.addresses import is_public
from policies.network.reachability.answer import Hop, Mark, passes
from policies.network.reachability.walk import Walk


def over(walk: Walk, gateway_id: str, follow: Callable[[Walk], None]) -> None:
    """Follow the packet; what stays open beyond a gateway that is vouched for is taken as said.

    Nothing that was read is overruled: a definite block beyond it stays one.
    """
    vouched = gateway_id in walk.network.assumed_gateways
    if not vouched or not is_public(walk.remaining):
        follow(walk)
        return
    branch = walk.branch(walk.remaining)
    follow(branch)
    marks = {stage.mark for stage in branch.stages}
    if Mark.BLOCK in marks or Mark.UNKNOWN not in marks:
        walk.join((branch,), branch.stages[0])
        return
    walk.unfiltered = branch.unfiltered
    told = f"{gateway_id} leads to the internet, as the user assumes"
    assumed = dataclasses.replace(passes(Hop.BEYOND, gateway_id, told), code="ASSUMED_EGRESS")
    walk.meet(*(stage for stage in branch.stages if stage.mark is Mark.PASS), assumed)
