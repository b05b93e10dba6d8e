"""The rows of a large listing, decoded one by one out of the answer's text.

The plain way, the whole answer as Python objects and the facts out of these, takes a listing of
100,000 instances twenty times as long and some gigabytes.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from inventory.facts.evidence import Fact

Row = TypeVar("Row", bound=Fact)


class RepeatedValues:
    """Values that many facts share, each kept once: what is equal to it is replaced by it.

    The instances of a fleet repeat each other in most of their members, and other listings name
    their ids again. Without this, they take twice the memory.
    """

    def __init__(self) -> None:
        # By type: Python calls 1, 1.0 and True equal.
        self._kept: defaultdict[type[Any], dict[Any, Any]] = defaultdict(dict)

    def share(self, fact: Fact) -> None:
        """Replace what the fact's kind calls repeated; for facts that nobody has seen yet."""
        kept = self._kept
        for name in fact.repeated:
            value = getattr(fact, name)
            same = kept[type(value)].setdefault(value, value)
            if same is not value:
                msgspec.structs.force_setattr(fact, name, same)
        for part in fact.parts:
            self.share(part)


def rows_in(text: bytes, members: tuple[str, ...], kind: type[Row]) -> Iterator[Row]:
    """The rows under nested lists: ``("Reservations", "Instances")``, or one member alone.

    Raises what msgspec raises for text that is not JSON or not of that shape, and for a row that
    is not of that kind.
    """
    decode = msgspec.json.Decoder(kind).decode
    return map(decode, _texts(_outline(members).decode(text), len(members)))


def texts_in(text: bytes, members: tuple[str, ...], key: str) -> dict[str, msgspec.Raw]:
    """The texts of the same rows by one of their members, a string. Raises what msgspec raises."""
    name = _key(key).decode
    return {name(row).key: row for row in _texts(_outline(members).decode(text), len(members))}


@functools.cache
def _key(member: str) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(msgspec.defstruct("Key", [("key", str)], rename={"key": member}))


@functools.cache
def _outline(members: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """Finds where each row begins and ends, and reads nothing of it."""
    inner: Any = msgspec.Raw
    for member in reversed(members):
        inner = msgspec.defstruct("Outline", [("rows", list[inner])], rename={"rows": member})
    return msgspec.json.Decoder(inner)


def _texts(outline: Any, depth: int) -> Iterator[msgspec.Raw]:
    if depth == 1:
        yield from outline.rows
        return
    for one in outline.rows:
        yield from _texts(one, depth - 1)


def rows_below(answer: Any, members: tuple[str, ...]) -> Iterable[Any]:
    """The same rows of an answer that was read as a whole."""
    first, *further = members
    if not further:
        listed: Iterable[Any] = answer[first]
        return listed
    return (row for one in answer[first] for row in rows_below(one, tuple(further)))
