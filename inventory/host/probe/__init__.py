"""Asks a running machine what only it can tell, one section of a ``Reading`` at a time.

``gather("endpoints", host, Asked("i-…", hosts=(…)))`` runs one command on the machine and gives a
``Reading`` in which that section is filled. Readings of several sections are put together with
``merged``.
"""

from inventory.host.probe.asking import METADATA_ENDPOINT, Answer, Asked, Runner
from inventory.host.probe.gathering import SECTIONS, gather, merged, system_of

__all__ = [
    "METADATA_ENDPOINT",
    "SECTIONS",
    "Answer",
    "Asked",
    "Runner",
    "gather",
    "merged",
    "system_of",
]
