"""What is known of the nodes of one group: for each control, what they came to so far."""

from __future__ import annotations

import dataclasses
import functools
from enum import Enum
from typing import NamedTuple

from inventory.facts import Node
from policies.control import Outcome, Severity, Verdict
from policies.counted import is_countable
from policies.likeness.names import Name
from policies.likeness.telling import Template


class Answer(NamedTuple):
    """What a verdict comes to, without its words; ``is_assumed``: it rests on the user's."""

    outcome: Outcome
    code: str
    severity: Severity | None
    is_assumed: bool

    def is_plain(self, control: str) -> bool:
        """Whether it may be counted instead of told (design 7)."""
        return not self.is_assumed and is_countable(control, self.outcome, self.code)


@dataclasses.dataclass(frozen=True, eq=False)
class First:
    """A verdict that no other node's has been held against yet."""

    node: Node
    verdict: Verdict
    names: tuple[Name, ...]

    @functools.cached_property
    def template(self) -> Template:
        """The verdict as others may be told it: most that are alone are never asked for one."""
        return Template(self.verdict, self.names)

    def confirmed(self, unproven: tuple[int, ...]) -> Confirmed:
        """The verdict, to be told to others but for those places."""
        return Confirmed(self.template, self.names, unproven, answer_of(self.verdict))


@dataclasses.dataclass(frozen=True, eq=False)
class Confirmed:
    """A verdict that others come to as well, each told in its own names.

    ``names`` are those of the node that it was taken from. ``unproven`` are the places it was put
    into words with, of which all nodes so far have the same name: whether a word is that name, or
    is only written like it, nobody knows yet who has another one there.
    """

    template: Template
    names: tuple[Name, ...]
    unproven: tuple[int, ...]
    answer: Answer

    def holds_for(self, names: tuple[Name, ...]) -> bool:
        """Whether a node with these names may be told."""
        return not self.unproven or all(
            names[place] == self.names[place] for place in self.unproven
        )

    def confirmed_by(self, names: tuple[Name, ...]) -> Confirmed:
        """The same once a node with these names has come to it too."""
        same = tuple(place for place in self.unproven if names[place] == self.names[place])
        return dataclasses.replace(self, unproven=same)


@dataclasses.dataclass(frozen=True)
class Agreed:
    """They come to the same, in words that are each node's own: every one is judged by itself."""

    answer: Answer


class Apart(Enum):
    """They do not come to the same, alike as they are."""

    APART = "apart"


Found = First | Confirmed | Agreed | Apart


class Group:
    """Nodes that are alike on one side, and what they came to, by control id.

    ``is_settled`` once nothing is left to be learnt of them by judging one more.
    """

    __slots__ = ("found", "is_settled")

    def __init__(self) -> None:
        self.found: dict[str, Found] = {}
        self.is_settled = False


def answer_of(verdict: Verdict) -> Answer:
    """What it comes to."""
    return Answer(verdict.outcome, verdict.code, verdict.severity, bool(verdict.assumptions))


def in_other_words(one: Verdict, other: Verdict) -> Found:
    """What two verdicts have in common where neither is the other told."""
    answer = answer_of(one)
    if answer.is_assumed or answer != answer_of(other):
        return Apart.APART
    return Agreed(answer)


def answer_for(found: Found | None, node: Node, names: tuple[Name, ...]) -> Answer | None:
    """What a node of the group comes to; ``None``: it is to be judged."""
    if isinstance(found, Confirmed) and found.holds_for(names):
        return found.answer
    if isinstance(found, First) and found.node is node:
        return answer_of(found.verdict)
    return found.answer if isinstance(found, Agreed) else None


def holds_for_all(found: Found | None) -> bool:
    """Whether every node of the group comes to it, whatever its names are."""
    return isinstance(found, Agreed) or (isinstance(found, Confirmed) and not found.unproven)
