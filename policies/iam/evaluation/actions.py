"""Matching of actions: ``ssm:Update*`` (iam.md 2, Actions)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from policies.iam.evaluation.glob import Glob
from policies.iam.evaluation.truth import Malformed


@dataclasses.dataclass(frozen=True)
class ActionSet:
    """An Action or NotAction element, sorted by how its patterns are matched fastest.

    ``prefixes`` are patterns whose only wildcard is a ``*`` at the end, without it; ``ignored``
    are patterns that match nothing by rule.
    """

    everything: bool
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    globs: tuple[Glob, ...]
    negated: bool = False
    ignored: tuple[str, ...] = ()

    def matches(self, folded_action: str) -> bool:
        """Whether an action, in lower case, is covered."""
        listed = (
            self.everything
            or folded_action in self.exact
            or folded_action.startswith(self.prefixes)
            or (bool(self.globs) and any(one.matches(folded_action) for one in self.globs))
        )
        return listed is not self.negated


def action_set(patterns: Iterable[str], *, negated: bool, place: str) -> ActionSet | Malformed:
    """Compile an Action (or NotAction) list. Blanks and commas are part of a pattern.

    A wildcard in the service prefix matches nothing, except ``*:*`` which is every action.
    """
    everything = False
    exact: list[str] = []
    prefixes: list[str] = []
    globs: list[Glob] = []
    ignored: list[str] = []
    for written in patterns:
        pattern = written.lower()
        service, colon, _ = pattern.partition(":")
        if pattern in ("*", "*:*"):
            everything = True
        elif not colon:
            return Malformed(place, f"{written!r} is not an action")
        elif "*" in service or "?" in service:
            ignored.append(written)
        elif "*" not in pattern and "?" not in pattern:
            exact.append(pattern)
        elif "?" not in pattern and pattern.index("*") == len(pattern) - 1:
            prefixes.append(pattern[:-1])
        else:
            globs.append(Glob.of(pattern))
    return ActionSet(
        everything, frozenset(exact), tuple(prefixes), tuple(globs), negated, tuple(ignored)
    )
