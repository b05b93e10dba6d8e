"""Condition blocks: operators AND keys AND (values OR), with sets and absent keys (iam.md 2)."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property

from policies.iam.evaluation.document import texts
from policies.iam.evaluation.keys import ConditionKeys, Known, State
from policies.iam.evaluation.operators import OPERATORS, ValueTest
from policies.iam.evaluation.request import Request
from policies.iam.evaluation.truth import Key, Malformed, Truth, Unknown, all_of, any_of, negate
from policies.iam.evaluation.variables import Unresolved

_IF_EXISTS = "ifexists"


class Quantifier(Enum):
    """How an operator treats a key that holds several values."""

    ONE = ""
    ALL = "forallvalues"
    ANY = "foranyvalue"


@dataclasses.dataclass(frozen=True)
class NullTest:
    """The Null operator: ``wants_absent`` holds what its values accept."""

    key: str
    written: str
    wants_absent: frozenset[bool]

    def truth(self, keys: ConditionKeys) -> Truth:
        """A key whose value is unseen is still known to be there."""
        value = keys.value(self.key)
        if len(self.wants_absent) > 1:
            return True
        if value is State.UNKNOWN or (isinstance(value, Known) and value.may_be_absent):
            return Unknown.of(Key(self.key))
        return (value is State.ABSENT) in self.wants_absent


@dataclasses.dataclass(frozen=True)
class Clause:
    """One key under one operator. ``tests`` are the policy's values, any of which may match."""

    key: str
    written: str
    quantifier: Quantifier
    if_exists: bool
    negated: bool
    tests: tuple[ValueTest, ...]

    def truth(self, keys: ConditionKeys) -> Truth:
        """Whether the request satisfies the clause."""
        value = keys.value(self.key)
        if value is State.ABSENT:
            return self.when_absent
        if isinstance(value, State):
            return Unknown.of(Key(self.key))
        truth = self._when_present(value, keys)
        if value.may_be_absent and truth is not self.when_absent:
            return Unknown.of(Key(self.key))
        return truth

    def _when_present(self, value: Known, keys: ConditionKeys) -> Truth:
        match self.quantifier:
            case Quantifier.ALL:
                return all_of(self._holds(one, keys) for one in value.values)
            case Quantifier.ANY:
                return any_of(self._holds(one, keys) for one in value.values)
            case Quantifier.ONE:
                if value.multivalued or len(value.values) != 1:
                    return False
                return self._holds(value.values[0], keys)

    @property
    def when_absent(self) -> bool:
        """The answer for a key that is not in the request."""
        if self.quantifier is not Quantifier.ONE:
            return self.quantifier is Quantifier.ALL
        return self.if_exists or self.negated

    def _holds(self, value: str, keys: ConditionKeys) -> Truth:
        results = [test(value, keys) for test in self.tests]
        unresolved = [one for one in results if isinstance(one, Unresolved)]
        matched = any_of(one for one in results if not isinstance(one, Unresolved))
        if not unresolved:
            return negate(matched) if self.negated else matched
        if self.negated or matched is False:
            return False
        # AWS does not say whether one unresolved variable spoils the values beside it.
        return Unknown(frozenset(Key(one.key) for one in unresolved))


@dataclasses.dataclass(frozen=True)
class Conditions:
    """A compiled Condition block: all of its clauses have to hold."""

    clauses: tuple[Clause | NullTest | Malformed, ...]

    def truth(self, keys: ConditionKeys) -> Truth:
        """Whether the request satisfies them all; a malformed clause is unknown."""
        return all_of(
            Unknown.of(clause) if isinstance(clause, Malformed) else clause.truth(keys)
            for clause in self.clauses
        )

    def check(self, request: Request, _resource: str) -> Truth:
        """Whether the request satisfies them, in the form a statement asks its parts."""
        return self.truth(request.keys)

    @cached_property
    def written(self) -> tuple[str, ...]:
        """The clauses as people read them."""
        return tuple(one.written for one in self.clauses if not isinstance(one, Malformed))


def conditions(block: object, *, substitutes: bool, place: str) -> Conditions:
    """Compile a Condition block. What is not understood becomes a malformed clause."""
    if not isinstance(block, Mapping):
        return Conditions((Malformed(place, "Condition is no map of operators"),))
    return Conditions(tuple(_clauses(block, substitutes=substitutes, place=place)))


def _clauses(
    block: Mapping[object, object], *, substitutes: bool, place: str
) -> Iterator[Clause | NullTest | Malformed]:
    for operator_name, keys in block.items():
        here = f"{place}, Condition.{operator_name}"
        if not isinstance(operator_name, str) or not isinstance(keys, Mapping):
            yield Malformed(here, "an operator holds a map of keys to values")
            continue
        for key, written in keys.items():
            values = texts(written)
            if not isinstance(key, str) or not values:
                yield Malformed(here, f"the values of {key!r} are neither texts nor numbers")
                continue
            yield _clause(operator_name, key, values, substitutes=substitutes, place=here)


def _clause(
    operator_name: str, key: str, values: tuple[str, ...], *, substitutes: bool, place: str
) -> Clause | NullTest | Malformed:
    prefix, colon, base = operator_name.lower().rpartition(":")
    quantifiers = {one.value: one for one in Quantifier if one.value or not colon}
    if prefix not in quantifiers:
        return Malformed(place, f"unknown operator {operator_name!r}")
    written = f"{operator_name} {key} {', '.join(values)}"
    if base == "null":
        return _null(key, written, values, place)
    name = base.removesuffix(_IF_EXISTS)
    operator = OPERATORS.get(name)
    if operator is None:
        return Malformed(place, f"unknown operator {operator_name!r}")
    tests = [operator.compile(value, substitutes, place) for value in values]
    return Clause(
        key=key,
        written=written,
        quantifier=quantifiers[prefix],
        if_exists=base != name,
        negated=operator.negated,
        tests=tuple(_undetermined(one) if isinstance(one, Malformed) else one for one in tests),
    )


def _undetermined(problem: Malformed) -> ValueTest:
    """A value that is malformed matches nobody knows what."""
    return lambda _value, _keys: Unknown.of(problem)


def _null(key: str, written: str, values: tuple[str, ...], place: str) -> NullTest | Malformed:
    wanted = {"true": True, "false": False}
    folded = [value.lower() for value in values]
    if any(value not in wanted for value in folded):
        return Malformed(place, f"Null wants true or false, found {', '.join(values)}")
    return NullTest(key, written, frozenset(wanted[value] for value in folded))
