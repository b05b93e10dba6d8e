"""Changes to a tree of JSON values, each of which an attacker or a broken disk could make."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from hypothesis import strategies as st

from tests.unit.hostile.values import json_values


class Kind(StrEnum):
    """What happens to one place of the tree."""

    REPLACE = "replace"
    DELETE = "delete"
    REPEAT = "repeat"
    MOVE = "move"


@dataclasses.dataclass(frozen=True)
class Mutation:
    """One change: ``place`` and ``other`` count the tree's places from its beginning."""

    kind: Kind
    place: int
    other: int = 0
    value: Any = None


def mutations(most: int = 3) -> st.SearchStrategy[list[Mutation]]:
    """A few changes at once: some defects need two."""
    numbers = st.integers(0, 10**6)
    one = st.builds(Mutation, st.sampled_from(Kind), numbers, numbers, json_values())
    return st.lists(one, min_size=1, max_size=most)


def mutated(tree: Any, changes: Sequence[Mutation]) -> Any:
    """A changed copy of the tree, in which nothing of the tree itself is shared."""
    changed = copy.deepcopy(tree)
    for change in changes:
        places = list(_places(changed))
        if not places:
            return changed
        holder, key = places[change.place % len(places)]
        match change.kind:
            case Kind.REPLACE:
                holder[key] = change.value
            case Kind.DELETE:
                del holder[key]
            case Kind.REPEAT:
                _repeat(holder, key)
            case Kind.MOVE:
                other, name = places[change.other % len(places)]
                holder[key] = copy.deepcopy(other[name])
    return changed


def _repeat(holder: Any, key: Any) -> None:
    """A row twice in its list; a member under another name."""
    if isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    else:
        holder[f"{key}2"] = copy.deepcopy(holder[key])


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) below the tree, parents before children."""
    waiting = [tree]
    while waiting:
        holder = waiting.pop()
        keys = holder.keys() if isinstance(holder, dict) else range(len(holder))
        for key in list(keys):
            yield holder, key
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
