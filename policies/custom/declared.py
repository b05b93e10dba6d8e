"""Reading what a user's file declares: every problem is noted with its place, none stops it."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

#: Where something stands in a file: keys, and positions in lists from 0.
Path = tuple[str | int, ...]

_KINDS: Final = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true/false",
    type(None): "nothing",
}


@dataclasses.dataclass(frozen=True)
class Problem:
    """What is wrong at a place; ``offset`` counts characters into the text that stands there.

    ``at_key`` says that the key itself is wrong, not its value.
    """

    path: Path
    text: str
    offset: int | None = None
    at_key: bool = False


@dataclasses.dataclass(frozen=True)
class Declared:
    """A mapping of a user's file; its problems are gathered in ``problems``."""

    values: Mapping[Any, Any]
    path: Path
    problems: list[Problem]

    def note(self, key: str, text: str, offset: int | None = None) -> None:
        """Note a problem with the value of a key."""
        self.problems.append(Problem((*self.path, key), text, offset))

    def check_keys(self, required: Collection[str], optional: Collection[str] = ()) -> None:
        """Note every unknown key with the likeliest meant, and every missing one."""
        allowed = (*required, *optional)
        for key in self.values:
            if key not in allowed:
                close = get_close_matches(str(key), allowed, n=1)
                meant = f"; did you mean {close[0]!r}?" if close else ""
                text = f"is not a known key (allowed: {', '.join(allowed)}){meant}"
                self.problems.append(Problem((*self.path, key), text, at_key=True))
        for key in required:
            if key not in self.values:
                self.problems.append(Problem(self.path, f"has no {key!r}, which has to be there"))

    def text(self, key: str) -> str | None:
        """The text of a key, ``None`` where it is missing or, which is noted, no text."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip():
            return value
        if key in self.values:
            found = "empty text" if isinstance(value, str) else kind_of(value)
            self.note(key, f"found {found}, expected text")
        return None

    def choice(self, key: str, allowed: Collection[str]) -> str | None:
        """One of the allowed words, ``None`` where it is missing or, which is noted, another."""
        value = self.values.get(key)
        if isinstance(value, str) and value in allowed:
            return value
        if key in self.values:
            self.note(key, f"found {value!r}, allowed: {', '.join(allowed)}")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where it is missing; what is no text is noted."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.note(key, f"found {kind_of(value)}, expected a list of texts")
            return ()
        for number, one in enumerate(value):
            if not isinstance(one, str) or not one.strip():
                self.problems.append(
                    Problem((*self.path, key, number), f"found {kind_of(one)}, expected text")
                )
        return tuple(one for one in value if isinstance(one, str))

    def mappings(self, key: str) -> Iterator[Declared]:
        """The mappings of a list; what is something else is noted."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.note(key, f"found {kind_of(value)}, expected a list")
            return
        for number, one in enumerate(value):
            path = (*self.path, key, number)
            if isinstance(one, dict):
                yield Declared(one, path, self.problems)
            else:
                self.problems.append(Problem(path, f"found {kind_of(one)}, expected a mapping"))


def kind_of(value: object) -> str:
    """What a value is, in words for people."""
    return _KINDS.get(type(value), f"the {type(value).__name__} {value}")
