"""Nodes that are alike are judged once: what is found is told to the others in their own names.

An Auto Scaling group's instances differ in names, addresses and times, and in nothing that a
control reads. ``traits`` says what a node is but for these, ``names`` what they are called,
``telling`` turns one node's verdict into another's, and ``shared`` keeps what was found, and trusts
it only once two nodes that were judged by themselves agree with each other (design 7).
"""

from policies.likeness.shared import SharedVerdicts

__all__ = ["SharedVerdicts"]
