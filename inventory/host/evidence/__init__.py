"""``--host-evidence DIR``: what people can collect of a machine that they cannot log in to."""

from inventory.host.evidence.found import EvidenceFound, Problem
from inventory.host.evidence.gathering import read_evidence
from inventory.host.evidence.ownership import Known

__all__ = ["EvidenceFound", "Known", "Problem", "read_evidence"]
