"""Three-valued logic: true, false, or unknown for want of something that is named (iam.md 3)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from inventory.facts import Unread


@dataclasses.dataclass(frozen=True)
class Key:
    """A condition key whose value nobody can know from outside the request."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclasses.dataclass(frozen=True)
class Open:
    """A point that AWS's documents leave open, or tell in two ways (iam.md 9)."""

    point: str

    def __str__(self) -> str:
        return self.point


@dataclasses.dataclass(frozen=True)
class Malformed:
    """A part of a document that cannot be understood, and where it is."""

    place: str
    problem: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}"


Need = Key | Open | Malformed | Unread


@dataclasses.dataclass(frozen=True)
class Unknown:
    """Neither true nor false; ``needs`` (never empty) says what would settle it."""

    needs: frozenset[Need]

    @classmethod
    def of(cls, *needs: Need) -> Unknown:
        return cls(frozenset(needs))


Truth = bool | Unknown


def all_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's AND: one false settles it, whatever is unknown."""
    needs: frozenset[Need] = frozenset()
    for truth in truths:
        if truth is False:
            return False
        if isinstance(truth, Unknown):
            needs |= truth.needs
    return Unknown(needs) if needs else True


def any_of(truths: Iterable[Truth]) -> Truth:
    """Kleene's OR: one true settles it, whatever is unknown."""
    needs: frozenset[Need] = frozenset()
    for truth in truths:
        if truth is True:
            return True
        if isinstance(truth, Unknown):
            needs |= truth.needs
    return Unknown(needs) if needs else False


def negate(truth: Truth) -> Truth:
    """Kleene's NOT: unknown stays unknown, for want of the same things."""
    return truth if isinstance(truth, Unknown) else not truth
