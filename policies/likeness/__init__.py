"""Nodes that are alike are judged once: what is found is told to the others in their own names.

An Auto Scaling group's instances differ in names, addresses and times, and in nothing that a
control reads. ``traits`` says what a node is but for these, ``names`` what they are called,
``telling`` turns one node's verdict into another's, ``found`` is what is known of nodes that are
alike, and ``shared`` keeps and tells it. ``trust`` says when that may be believed: once nodes that
were judged by themselves came to what they would have been told (design 7).
"""

from policies.likeness.found import Answer, answer_of
from policies.likeness.shared import SharedVerdicts

__all__ = ["Answer", "SharedVerdicts", "answer_of"]
