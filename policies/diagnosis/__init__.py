"""What the findings of a node and of a fleet mean together: causes, states, what to fix first."""

from policies.diagnosis.causes import with_causes
from policies.diagnosis.fix_first import Fix, Together, fix_first, only_together
from policies.diagnosis.order import Hop, Layer, hop_of
from policies.diagnosis.state import Diagnosis, State, diagnose

__all__ = [
    "Diagnosis",
    "Fix",
    "Hop",
    "Layer",
    "State",
    "Together",
    "diagnose",
    "fix_first",
    "hop_of",
    "only_together",
    "with_causes",
]
