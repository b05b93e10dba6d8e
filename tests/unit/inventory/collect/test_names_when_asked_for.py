"""``inventory.collect`` imports a name when it is asked for: each has to be where it is said to."""

from __future__ import annotations

import ast
from importlib import import_module
from pathlib import Path

import pytest

import inventory.collect as package

_SOURCE = Path(str(package.__file__))


@pytest.mark.parametrize("name", package.__all__)
def test_a_name_is_that_of_its_module(name: str) -> None:
    home = import_module(f"inventory.collect.{package._HOMES[name]}")
    assert getattr(package, name) is getattr(home, name)


def test_type_checkers_are_told_the_same() -> None:
    """They read the imports that never run."""
    [block] = [one for one in ast.parse(_SOURCE.read_text()).body if isinstance(one, ast.If)][:1]
    told = {
        one.name: str(statement.module).removeprefix("inventory.collect.")
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for one in statement.names
    }
    assert told == package._HOMES
    assert sorted(told) == sorted(package.__all__)


def test_a_name_that_is_not_there_is_no_name() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        getattr(package, "no_such_name")  # noqa: B009 - mypy knows that it is not there
    assert not hasattr(package, "preflight_of")


def test_no_module_has_the_name_of_something_else_in_it() -> None:
    """Once imported, a module is found under its own name before anything is looked up."""
    modules = {path.stem for path in _SOURCE.parent.glob("*.py")}
    assert modules & set(package.__all__) == set()
