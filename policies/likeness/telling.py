"""A verdict told to another node in its own names."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final, TypeVar

from inventory.facts import Evidence
from policies.control import Blocker, Missing, Verdict
from policies.likeness.names import Name
from policies.made import made

Value = TypeVar("Value")
#: Puts names in their places; ``None`` where there is none to put, so that the value is shared.
_Filling = Callable[[Sequence[Name]], Any] | None
#: What may be a name: it stands by itself, ``10.0.1.5`` not within ``10.0.1.50``, nor ``i-1``
#: within ``mi-1``.
_WORD: Final = re.compile(r"[\w.:-]+", re.ASCII)
_ENDS_A_CLAUSE: Final = ".:"


class Template:
    """One node's verdict, with places where its own names stood."""

    def __init__(self, verdict: Verdict, names: Sequence[Name]) -> None:
        places: dict[Name, int] = {}
        for place, name in enumerate(names):
            if name != "":
                places.setdefault(name, place)
        known = _Places(places)
        self._verdict = verdict
        self._fill = _of_verdict(verdict, known, None)
        self._seen = known.seen

    @property
    def verdict(self) -> Verdict:
        """As it was for the first node."""
        return self._verdict

    @property
    def places(self) -> tuple[int, ...]:
        """The places of the names that it is put into words with, each once."""
        return tuple(sorted({place for _, place in self._seen}))

    @property
    def wording(self) -> Hashable:
        """Which name stands where, and how often: member by member, evidence by its path."""
        return frozenset(Counter(self._seen).items())

    def told_for(self, names: Sequence[Name]) -> Verdict:
        """The verdict of a node that is alike."""
        told: Verdict = self._fill(names) if self._fill else self._verdict
        return told


class _Places:
    """Where which name is; ``seen`` are the places found so far, each with what it was found in."""

    def __init__(self, places: Mapping[Name, int]) -> None:
        self._places = places
        self._texts = [name for name in places if isinstance(name, str)]
        self.seen: list[tuple[Hashable, int]] = []

    def of_number(self, value: object, where: Hashable) -> int | None:
        """The place of a time that AWS tells as a number."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            return None
        place = self._places.get(value)
        if place is not None:
            self.seen.append((where, place))
        return place

    def pieces(self, text: str, where: Hashable) -> tuple[str | int, ...] | None:
        """The text around the names, and the places of these; ``None``: it holds no name."""
        place = self._places.get(text)
        if place is not None:
            self.seen.append((where, place))
            return ("", place, "")
        if not any(map(text.__contains__, self._texts)):
            return None
        pieces: list[str | int] = []
        end = 0
        for found in _WORD.finditer(text):
            word = found.group().rstrip(_ENDS_A_CLAUSE)
            place = self._places.get(word)
            if place is not None:
                self.seen.append((where, place))
                pieces += (text[end : found.start()], place)
                end = found.start() + len(word)
        return (*pieces, text[end:]) if pieces else None


def _copy(verdict: Verdict, changes: Mapping[str, Any]) -> Verdict:
    """As ``dataclasses.replace``, which costs more than all the rest of telling."""
    return made(Verdict, {**verdict.__dict__, **changes})


#: What a verdict is made of, member by member.
_MEMBERS: Final = tuple(member.name for member in dataclasses.fields(Verdict))


def _of_verdict(verdict: Verdict, places: _Places, where: Hashable) -> _Filling:
    fillings = {
        name: fill
        for name in _MEMBERS
        if (fill := _filling(getattr(verdict, name), places, (where, name))) is not None
    }
    if not fillings:
        return None
    return lambda names: _copy(verdict, {key: fill(names) for key, fill in fillings.items()})


def _filling(value: object, places: _Places, where: Hashable) -> _Filling:
    """How to make the value anew; everything that a verdict is made of can be in it."""
    match value:
        case str():
            return _text(value, places, where)
        case Evidence():
            return _evidence(value, places, where)
        case Blocker():
            return _pair(value.resource, value.detail, Blocker, places, where)
        case Missing():
            what = _text(value.what, places, where)
            gap = value.gap
            return None if what is None else lambda names: Missing(gap, what(names))
        case Verdict():
            return _of_verdict(value, places, where)
        case tuple() | list():
            return _sequence(value, places, where)
        case dict():
            return _mapping(value, places, where)
    place = places.of_number(value, where)
    return None if place is None else lambda names: names[place]


def _text(text: str, places: _Places, where: Hashable) -> _Filling:
    pieces = places.pieces(text, where)
    if pieces is None:
        return None
    if len(pieces) == len(("", 0, "")) and not pieces[0] and not pieces[2]:
        place = int(pieces[1])
        return lambda names: names[place]
    return lambda names: "".join(
        piece if isinstance(piece, str) else str(names[piece]) for piece in pieces
    )


def _pair(
    first: str, second: str, kind: Callable[[str, str], Value], places: _Places, where: Hashable
) -> Callable[[Sequence[Name]], Value] | None:
    one, other = _text(first, places, (where, 0)), _text(second, places, (where, 1))
    if one is None and other is None:
        return None
    return lambda names: kind(one(names) if one else first, other(names) if other else second)


def _evidence(evidence: Evidence, places: _Places, where: Hashable) -> _Filling:
    own_resource, path = evidence.resource, evidence.path
    own_value, call = evidence.value, evidence.call
    resource = _text(own_resource, places, (where, call, path, "of"))
    value = _filling(own_value, places, (where, call, path))
    if resource is None and value is None:
        return None
    return lambda names: Evidence(
        resource=resource(names) if resource else own_resource,
        path=path,
        value=value(names) if value else own_value,
        call=call,
    )


def _sequence(values: Sequence[Any], places: _Places, where: Hashable) -> _Filling:
    fillings = {
        place: fill
        for place, one in enumerate(values)
        if (fill := _filling(one, places, where)) is not None
    }
    if not fillings:
        return None
    kind = type(values)

    def fill_all(names: Sequence[Name]) -> Any:
        made = list(values)
        for place, fill in fillings.items():
            made[place] = fill(names)
        return made if kind is list else tuple(made)

    return fill_all


def _mapping(values: Mapping[str, Any], places: _Places, where: Hashable) -> _Filling:
    fillings = {
        key: fill
        for key, one in values.items()
        if (fill := _filling(one, places, (where, key))) is not None
    }
    if not fillings:
        return None
    return lambda names: {**values, **{key: fill(names) for key, fill in fillings.items()}}
