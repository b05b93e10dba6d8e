"""What the findings of a node and of a fleet mean together: causes, states, what to fix first."""

from policies.diagnosis.causes import with_causes
from policies.diagnosis.cross_check import CrossCheck, Stand, cross_checked
from policies.diagnosis.fix_first import Fix, Together, fix_first, only_together
from policies.diagnosis.guest import Guest, skews_of
from policies.diagnosis.order import Hop, Layer, hop_of
from policies.diagnosis.state import Diagnosis, State, diagnose, tells_state

__all__ = [
    "CrossCheck",
    "Diagnosis",
    "Fix",
    "Guest",
    "Hop",
    "Layer",
    "Stand",
    "State",
    "Together",
    "cross_checked",
    "diagnose",
    "fix_first",
    "hop_of",
    "only_together",
    "skews_of",
    "tells_state",
    "with_causes",
]
