"""Counted verdicts: of a large fleet, which cell came to what, one letter each (design 7)."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping
from typing import Final

from policies.control import Outcome
from policies.diagnosis.order import HIDDEN

#: One letter for each outcome.
LETTERS: Final[Mapping[Outcome, str]] = {
    Outcome.PASS: "p",
    Outcome.WARN: "w",
    Outcome.FAIL: "f",
    Outcome.UNKNOWN: "u",
    Outcome.NOT_APPLICABLE: "n",
}
OUTCOMES: Final[Mapping[str, Outcome]] = {letter: one for one, letter in LETTERS.items()}
#: A cell that was not judged: not selected, or its control crashed.
UNJUDGED: Final = "."
#: What is counted instead of told.
COUNTABLE: Final = (Outcome.PASS, Outcome.NOT_APPLICABLE)


def is_countable(control: str, outcome: Outcome, code: str) -> bool:
    """Whether a verdict may be counted instead of told.

    What is counted keeps no code: one by which a fleet's fixes know that more may come to light
    is told.
    """
    return outcome in COUNTABLE and (control, code) not in HIDDEN


@dataclasses.dataclass(frozen=True)
class Column:
    """One control's letters, one for each resource in their order.

    ``told`` holds the places of those that have a finding of their own.
    """

    letters: str
    told: frozenset[int]

    @functools.cached_property
    def counts(self) -> Mapping[Outcome, int]:
        """How many findings were counted and not told, by outcome."""
        found = {outcome: self.letters.count(LETTERS[outcome]) for outcome in COUNTABLE}
        for place in self.told:
            outcome = OUTCOMES.get(self.letters[place])
            if outcome in found:
                found[outcome] -= 1
        return found


@dataclasses.dataclass(frozen=True, eq=False)
class CountedVerdicts:
    """The verdict matrix of a run above ``above`` cells.

    Passes and what does not apply were counted and have no finding; everything else has one, and
    its letter as well. ``resources`` are the instances, as ``account/Region/id``, in their order;
    ``columns`` the controls that judge instances, by id.
    """

    above: int
    resources: tuple[str, ...]
    columns: Mapping[str, Column]

    @functools.cached_property
    def counts(self) -> Mapping[str, Mapping[Outcome, int]]:
        """Control id → how many of its findings were counted, by outcome."""
        return {control: column.counts for control, column in self.columns.items()}

    @functools.cached_property
    def total(self) -> int:
        """How many findings were counted."""
        return sum(sum(counts.values()) for counts in self.counts.values())

    def outcome(self, control: str, resource: str) -> Outcome | None:
        """What a cell came to; ``None``: it was not judged."""
        column, place = self.columns.get(control), self._places.get(resource)
        if column is None or place is None:
            return None
        return OUTCOMES.get(column.letters[place])

    def outcomes(self, resource: str) -> Mapping[str, Outcome]:
        """Control id → what it came to for one resource, told or counted, where it was judged."""
        place = self._places.get(resource)
        if place is None:
            return {}
        letters = {name: column.letters[place] for name, column in self.columns.items()}
        return {name: OUTCOMES[letter] for name, letter in letters.items() if letter in OUTCOMES}

    @functools.cached_property
    def _places(self) -> Mapping[str, int]:
        return {resource: place for place, resource in enumerate(self.resources)}

    @functools.cached_property
    def holding(self) -> frozenset[int]:
        """The places of resources of which some cell was counted as a pass."""
        return self._with(LETTERS[Outcome.PASS])

    @functools.cached_property
    def judged(self) -> frozenset[int]:
        """The places of resources of which any cell was judged."""
        return frozenset().union(*(self._with(letter) for letter in OUTCOMES))

    def _with(self, letter: str) -> frozenset[int]:
        """The places that hold the letter in any column."""
        here = str.maketrans({one: "1" if one == letter else "0" for one in (*OUTCOMES, UNJUDGED)})
        bits = 0
        for column in self.columns.values():
            bits |= int(column.letters.translate(here), 2)
        marks = format(bits, f"0{len(self.resources)}b") if self.resources else ""
        return frozenset(place for place, mark in enumerate(marks) if mark == "1")
