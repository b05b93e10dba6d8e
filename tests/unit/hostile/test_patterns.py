"""Every regular expression of the house takes time in proportion to its text, whatever that is.

Each is put to texts made to make it slow: its own literals, over and over, alone and in pairs, with
an end that does not fit. A pattern that goes back and forth takes minutes for such a text.
"""

from __future__ import annotations

import ast
import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Iterator
from pathlib import Path
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any, Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).resolve().parents[3]
PACKAGES: Final = ("inventory", "policies", "reports", "fixtures")
#: What needs moto, and reads nothing but the demo account.
LEFT_OUT: Final = ("fixtures.demo", "fixtures.entry")
CHARACTERS: Final = 10_000
#: Modules that cut a text before a pattern sees it: how many characters they leave.
CUT: Final = {"inventory.facts.agent_lines": 4_000, "inventory.collect.refusal": 10_000}
#: CPU seconds for one text: a pattern that takes the square of its length is far above.
SECONDS: Final = 0.25
SEARCHING: Final = {"search", "sub", "subn", "findall", "finditer", "split"}
WHOLE: Final = {"match", "fullmatch"}


class Found(NamedTuple):
    """A pattern, and whether it may begin anywhere in a text or at its start only."""

    place: str
    pattern: re.Pattern[Any]
    is_searched: bool
    longest: int


def modules() -> Iterator[ModuleType]:
    for name in PACKAGES:
        package = importlib.import_module(name)
        for one in pkgutil.walk_packages(package.__path__, f"{name}."):
            if not one.name.startswith(LEFT_OUT):
                yield importlib.import_module(one.name)


def patterns() -> list[Found]:
    """All that modules hold, in whatever they hold them, and all that are written in a call."""
    found: dict[tuple[Any, int], Found] = {}
    for module in modules():
        uses = _uses(module)
        longest = CUT.get(module.__name__, CHARACTERS)
        for name, value in vars(module).items():
            for pattern in _inside(value):
                how = uses.get(name) or set().union(*uses.values())
                one = Found(f"{module.__name__}.{name}", pattern, bool(how & SEARCHING), longest)
                found.setdefault((pattern.pattern, pattern.flags), one)
        for how, text in _written_in_calls(module):
            pattern = re.compile(text)
            one = Found(f"{module.__name__}: {text}", pattern, how in SEARCHING, longest)
            found.setdefault((pattern.pattern, pattern.flags), one)
    return list(found.values())


def _inside(value: Any) -> Iterator[re.Pattern[Any]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        yield from _inside(tuple(value.values()))
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _inside(one)


def _uses(module: ModuleType) -> dict[str, set[str]]:
    """Name → the methods of patterns that the module calls on it."""
    uses: dict[str, set[str]] = {}
    for call in _calls(module):
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
            method, name = call.func.attr, call.func.value.id
            if method in SEARCHING - {"split"} | WHOLE and name != "re":
                uses.setdefault(name, set()).add(method)
    return uses


def _written_in_calls(module: ModuleType) -> Iterator[tuple[str, str]]:
    for call in _calls(module):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=how),
                args=[ast.Constant(value=str(text)), *_],
            ) if how in SEARCHING | WHOLE:
                yield how, text


def _calls(module: ModuleType) -> Iterator[ast.Call]:
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def slow_texts(pattern: re.Pattern[Any], length: int) -> Iterator[str]:
    """Texts on which a pattern that is not linear takes long."""
    seeds = list(dict.fromkeys([*_literals(pattern)[:10], "a", "0", " ", "\n"]))
    for seed in seeds:
        yield _filled(seed, length)
        yield _filled(seed, length) + "\0"
    for one, other in itertools.permutations(seeds[:6], 2):
        yield _filled(one + other, length) + "\0"
        yield one + _filled(other, length) + "\0"


def _filled(seed: str, length: int) -> str:
    return seed * (length // len(seed))


def _literals(pattern: re.Pattern[Any]) -> list[str]:
    """The texts that stand in a pattern, and a character of each of its classes."""
    found: list[str] = []
    run = ""
    for kind, value in _atoms(_parser.parse(pattern.pattern, pattern.flags)):
        if kind == "LITERAL":
            run += chr(value)
            continue
        found.append(run)
        run = ""
        if kind == "RANGE":
            found.append(chr(value[0]))
    return list(dict.fromkeys(one for one in [*found, run] if one))


def _atoms(tree: Any) -> Iterator[tuple[str, Any]]:
    for operation, value in tree:
        kind = str(operation)
        yield kind, value
        match kind:
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                yield from _atoms(value[2])
            case "SUBPATTERN":
                yield from _atoms(value[3])
            case "BRANCH":
                for branch in value[1]:
                    yield from _atoms(branch)
            case "ASSERT" | "ASSERT_NOT":
                yield from _atoms(value[1])
            case "ATOMIC_GROUP" | "IN":
                yield from _atoms(value)


def seconds(found: Found, text: str) -> float:
    subject: Any = text if isinstance(found.pattern.pattern, str) else text.encode()
    began = time.process_time()
    found.pattern.fullmatch(subject)
    if found.is_searched:
        found.pattern.sub(subject[:0], subject)
    else:
        found.pattern.match(subject)
    return time.process_time() - began


FOUND: Final = patterns()


def test_the_patterns_are_found() -> None:
    """Those of every package, searched ones and whole ones, in names, collections and calls."""
    assert len(FOUND) > 80
    assert {one.place.split(".")[0] for one in FOUND} == set(PACKAGES)
    by_place = {one.place: one.is_searched for one in FOUND}
    assert by_place["reports.table._FORMULA"]
    assert not by_place["inventory.collect.policy_cache._AWS_HOST"]
    assert not by_place["fixtures.waivers._SHAPES"]
    assert any(": " in place for place in by_place)


@pytest.mark.parametrize("place", sorted({one.place for one in FOUND}))
def test_no_text_takes_long(place: str) -> None:
    """Issue 9, item 3: regular expressions linear."""
    for found in (one for one in FOUND if one.place == place):
        for text in slow_texts(found.pattern, found.longest):
            assert seconds(found, text) < SECONDS, (found.pattern.pattern, text[:40])


def test_a_pattern_that_goes_back_and_forth_would_be_noticed() -> None:
    slow = Found("", re.compile(r"(a+)+b"), True, 24)
    assert any(seconds(slow, one) > SECONDS for one in slow_texts(slow.pattern, slow.longest))
