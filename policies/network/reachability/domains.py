"""DNS names as tuples of labels, and which domains they lie in."""

from __future__ import annotations

from typing import Final

Labels = tuple[str, ...]

#: How Route 53 writes the asterisk of a wildcard record.
_ASTERISK: Final = r"\052"


def labels_of(name: str) -> Labels:
    """The labels of a name in lower case, leftmost first; none for the root (``.``)."""
    bare = name.casefold().replace(_ASTERISK, "*").rstrip(".")
    return tuple(bare.split(".")) if bare else ()


def lies_in(host: Labels, domain: Labels) -> bool:
    """Whether the host is the domain or lies below it; the root holds every name."""
    return host[len(host) - len(domain) :] == domain


def parents(host: Labels) -> tuple[Labels, ...]:
    """The domains above a name, the nearest first, down to the root."""
    return tuple(host[start:] for start in range(1, len(host) + 1))
