"""What is known of a request's condition keys."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import Enum, auto


class State(Enum):
    """A key without a value to compare: not in the request, in it unseen, or neither is known."""

    ABSENT = auto()
    PRESENT = auto()
    UNKNOWN = auto()


@dataclasses.dataclass(frozen=True)
class Known:
    """The values of a key; ``multivalued`` marks keys that AWS declares as lists, also of one.

    ``may_be_absent``: the key has these values if it is in the request at all.
    """

    values: tuple[str, ...]
    multivalued: bool = False
    may_be_absent: bool = False

    @classmethod
    def one(cls, value: str) -> Known:
        return cls((value,))


KeyValue = Known | State


@dataclasses.dataclass(frozen=True)
class ConditionKeys:
    """Keys by name, names compared without case; whatever is not named is unknown.

    ``families`` speak for all keys that begin so and are not named themselves:
    ``aws:PrincipalTag/`` is absent for a role without tags.
    """

    _values: Mapping[str, KeyValue]
    _families: tuple[tuple[str, KeyValue], ...] = ()

    @classmethod
    def of(
        cls, values: Mapping[str, KeyValue], families: Mapping[str, KeyValue] | None = None
    ) -> ConditionKeys:
        return cls(
            {name.lower(): value for name, value in values.items()},
            tuple((prefix.lower(), value) for prefix, value in (families or {}).items()),
        )

    def also(self, values: Mapping[str, KeyValue]) -> ConditionKeys:
        """These keys, with more known of the request."""
        folded = {name.lower(): value for name, value in values.items()}
        return ConditionKeys({**self._values, **folded}, self._families)

    def value(self, name: str) -> KeyValue:
        """What is known of the key."""
        folded = name.lower()
        named = self._values.get(folded)
        if named is not None:
            return named
        return next(
            (value for prefix, value in self._families if folded.startswith(prefix)),
            State.UNKNOWN,
        )
