"""What users may set: the thresholds and choices of the built-in controls (D13, D24, D30)."""

from __future__ import annotations

import dataclasses
from datetime import timedelta


@dataclasses.dataclass(frozen=True)
class Parameters:
    """Defaults are the decisions' own numbers; a value in use is recorded with the run.

    ``clock_tolerance`` is how far an AWS time may lie ahead of the snapshot's (reading an account
    takes a while). ``endpoint_placement``: ``any`` (an endpoint anywhere in the VPC serves),
    ``zone`` or ``subnet``. ``dhmc_profile_may_serve``: accept a sufficient profile under DHMC (D3).
    """

    clock_tolerance: timedelta = timedelta(minutes=15)
    ping_fresh: timedelta = timedelta(minutes=15)
    launch_grace: timedelta = timedelta(minutes=10)
    launch_patience: timedelta = timedelta(minutes=60)
    profile_grace: timedelta = timedelta(minutes=30)
    endpoint_placement: str = "any"
    dhmc_profile_may_serve: bool = False
