"""What an answer of EC2's protocol is made of, by botocore's model: the part that is read leanly.

That is what the answers of the plan consist of: structures, lists, text, numbers, booleans, times.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from botocore.model import Shape
from botocore.utils import parse_timestamp

#: Where the request's id is kept; no member of a shape can have this name.
REQUEST_ID: Final = "<requestId>"
#: Traits of a shape that only botocore's parser knows.
_BEYOND: Final = frozenset({"flattened", "location", "eventheader", "eventstream", "xmlAttribute"})
#: As EC2 writes times; botocore's parser tries many other ways first.
_INSTANT: Final = re.compile(
    r"(?:19|20)\d\d-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:\d\d(?:\.\d{3})?Z", re.ASCII
)


class UnfamiliarError(Exception):
    """Something that is left to botocore's own parser."""


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ScalarSpec:
    """A value by its text; ``name`` is the member's."""

    name: str
    value: Callable[[str], Any]

    def inside(self, _tag: str) -> Spec | None:
        """Refuse: botocore would take the text ahead of the element."""
        raise UnfamiliarError


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class StructureSpec:
    """Members by the names of their elements."""

    name: str
    members: Mapping[str, Spec]
    empty: Callable[[], Any] = dict

    def inside(self, tag: str) -> Spec | None:
        """The member, or ``None`` for one that the model does not know."""
        known = self.members.get(tag)
        if known is None and ":" in tag:
            raise UnfamiliarError
        return known


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class ListSpec:
    """Elements of one kind."""

    name: str
    element: Spec
    empty: Callable[[], Any] = list

    def inside(self, tag: str) -> Spec | None:
        """Every child is an element of the list, whatever its name."""
        if ":" in tag:
            raise UnfamiliarError
        return self.element


Spec = ScalarSpec | StructureSpec | ListSpec


def spec_of_answer(shape: Shape | None) -> StructureSpec | None:
    """How an operation's answer is read; ``None`` where only botocore knows."""
    if shape is None:
        return None
    try:
        answer = _structure("", shape)
    # A shape that holds itself has no end here.
    except (UnfamiliarError, RecursionError):
        return None
    if "requestId" in answer.members:
        return None
    identifier = ScalarSpec(REQUEST_ID, str)
    return StructureSpec("", {**answer.members, "requestId": identifier})


def _spec(name: str, shape: Any) -> Spec:
    if not _BEYOND.isdisjoint(shape.serialization):
        raise UnfamiliarError
    match shape.type_name:
        case "structure":
            return _structure(name, shape)
        case "list":
            return ListSpec(name, _spec("", shape.member))
        case scalar if scalar in _SCALARS:
            return ScalarSpec(name, _SCALARS[scalar])
    raise UnfamiliarError


def _structure(name: str, shape: Any) -> StructureSpec:
    members = {
        member.serialization.get("name", of_model): _spec(of_model, member)
        for of_model, member in shape.members.items()
    }
    shares_a_name = len(members) != len(shape.members)
    if shares_a_name or shape.is_tagged_union or shape.metadata.get("exception"):
        raise UnfamiliarError
    return StructureSpec(name, members)


def _is_true(text: str) -> bool:
    return text == "true"


def _moment(text: str) -> Any:
    return datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else parse_timestamp(text)


_SCALARS: Final[Mapping[str, Callable[[str], Any]]] = {
    "string": str,
    "boolean": _is_true,
    "integer": int,
    "long": int,
    "timestamp": _moment,
}
