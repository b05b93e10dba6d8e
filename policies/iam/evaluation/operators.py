"""The condition operators: what one value of a policy asks of one value of the request.

Each operator compiles a policy's value into a test, or says that the value is malformed. Negated
operators have no code of their own: they are the negation of the positive one (iam.md 2).
"""

from __future__ import annotations

import dataclasses
import ipaddress
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from policies.iam.evaluation.glob import Glob
from policies.iam.evaluation.keys import ConditionKeys
from policies.iam.evaluation.truth import Malformed, Open, Truth, Unknown
from policies.iam.evaluation.variables import Unresolved, has_variable, template

ARN_PARTS = 6

ValueTest = Callable[[str, ConditionKeys], Truth | Unresolved]
#: (value in the policy, whether variables work there, place) → test
Compile = Callable[[str, bool, str], ValueTest | Malformed]

_NUMBER = re.compile(r"[+-]?\d{1,40}(?:\.\d{1,40})?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclasses.dataclass(frozen=True)
class Operator:
    """``negated``: none of the values may match, and an absent key satisfies it."""

    compile: Compile
    negated: bool = False


def _texts(fold: Callable[[str], str]) -> Compile:
    def compiled(written: str, substitutes: bool, _place: str) -> ValueTest:
        if substitutes and has_variable(written):
            parsed = template(written)

            def test(value: str, keys: ConditionKeys) -> Truth | Unresolved:
                expected = parsed.text(keys)
                return fold(value) == fold(expected) if isinstance(expected, str) else expected

            return test
        folded = fold(written)
        return lambda value, _keys: fold(value) == folded

    return compiled


def _like(written: str, substitutes: bool, _place: str) -> ValueTest:
    if substitutes and has_variable(written):
        parsed = template(written)

        def test(value: str, keys: ConditionKeys) -> Truth | Unresolved:
            pattern = parsed.glob(keys)
            return pattern.matches(value) if isinstance(pattern, Glob) else pattern

        return test
    fixed = Glob.of(written)
    return lambda value, _keys: fixed.matches(value)


def _arn(written: str, substitutes: bool, place: str) -> ValueTest | Malformed:
    problem = Malformed(place, f"{written!r} is no ARN of six parts")
    if substitutes and has_variable(written):
        parsed = template(written)

        def test(value: str, keys: ConditionKeys) -> Truth | Unresolved:
            pattern = parsed.glob(keys)
            return _arn_fits(pattern, value, problem) if isinstance(pattern, Glob) else pattern

        return test
    fixed = Glob.of(written)
    if len(fixed.segments(ARN_PARTS)) < ARN_PARTS:
        return problem
    return lambda value, _keys: _arn_fits(fixed, value, problem)


def _arn_fits(pattern: Glob, value: str, problem: Malformed) -> Truth:
    """Each of the six components on its own; the last keeps its colons."""
    segments = pattern.segments(ARN_PARTS)
    if len(segments) < ARN_PARTS:
        return Unknown.of(problem)
    parts = value.split(":", ARN_PARTS - 1)
    return len(parts) == ARN_PARTS and all(
        segment.matches(part) for segment, part in zip(segments, parts, strict=True)
    )


def _number(written: str) -> Decimal | None:
    return Decimal(written) if _NUMBER.fullmatch(written) else None


def _date(written: str) -> datetime | None:
    """ISO 8601, or seconds since 1970; UTC where no zone is given."""
    number = _number(written)
    try:
        if number is not None:
            return _EPOCH + timedelta(seconds=float(number))
        found = datetime.fromisoformat(written)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _ordered(
    read: Callable[[str], Decimal | datetime | None], compare: Callable[..., bool], kind: str
) -> Compile:
    def compiled(written: str, _substitutes: bool, place: str) -> ValueTest | Malformed:
        limit = read(written)
        if limit is None:
            return Malformed(place, f"{written!r} is no {kind}")

        def test(value: str, _keys: ConditionKeys) -> Truth:
            found = read(value)
            if found is None:
                return Unknown.of(Open(f"request:{value!r} is no {kind}"))
            return compare(found, limit)

        return test

    return compiled


def _bool(written: str, substitutes: bool, place: str) -> ValueTest | Malformed:
    if substitutes and has_variable(written):
        # The documents give variables to String and ARN operators, the simulator also to Bool.
        return lambda _value, _keys: Unknown.of(Open("variables under Bool"))
    expected = written.lower()
    if expected not in ("true", "false"):
        return Malformed(place, f"{written!r} is neither true nor false")
    return lambda value, _keys: value.lower() == expected


def _address(written: str, _substitutes: bool, place: str) -> ValueTest | Malformed:
    """A range, or one address: /32 or /128. An address of the other family is outside."""
    try:
        network = ipaddress.ip_network(written, strict=False)
    except ValueError:
        return Malformed(place, f"{written!r} is no address range")

    def test(value: str, _keys: ConditionKeys) -> Truth:
        try:
            return ipaddress.ip_address(value) in network
        except ValueError:
            return Unknown.of(Open(f"request:{value!r} is no address"))

    return test


def _comparisons(read: Callable[[str], Decimal | datetime | None], kind: str) -> dict[str, Compile]:
    return {
        "equals": _ordered(read, operator.eq, kind),
        "lessthan": _ordered(read, operator.lt, kind),
        "lessthanequals": _ordered(read, operator.le, kind),
        "greaterthan": _ordered(read, operator.gt, kind),
        "greaterthanequals": _ordered(read, operator.ge, kind),
    }


def _operators() -> dict[str, Operator]:
    equals, ignoring_case = _texts(str), _texts(str.casefold)
    positive: dict[str, Compile] = {
        "stringequals": equals,
        "stringequalsignorecase": ignoring_case,
        "stringlike": _like,
        "arnequals": _arn,
        "arnlike": _arn,
        "bool": _bool,
        "binaryequals": lambda written, _substitutes, place: equals(written, False, place),
        "ipaddress": _address,
    }
    negative = {
        "stringnotequals": equals,
        "stringnotequalsignorecase": ignoring_case,
        "stringnotlike": _like,
        "arnnotequals": _arn,
        "arnnotlike": _arn,
        "notipaddress": _address,
    }
    for family, read, kind in (("numeric", _number, "number"), ("date", _date, "date")):
        compared = _comparisons(read, kind)
        positive |= {family + name: compiled for name, compiled in compared.items()}
        negative[family + "notequals"] = compared["equals"]
    return {name: Operator(compiled) for name, compiled in positive.items()} | {
        name: Operator(compiled, negated=True) for name, compiled in negative.items()
    }


#: Every operator but Null, by its name in lower case.
OPERATORS = _operators()
