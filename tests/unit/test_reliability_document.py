"""docs/reliability.md: every promise has its test, and nothing that was measured was made up."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.faults.document import DOCUMENT, document, figures_in
from tests.faults.promise import PROMISES, Promise

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: one.test.partition("::")[2])
def test_every_promise_names_a_test_that_is_there(promise: Promise) -> None:
    file, _, name = promise.test.partition("::")
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}


def test_no_promise_is_made_twice() -> None:
    assert len({one.when for one in PROMISES}) == len(PROMISES)


def test_the_page_is_what_the_promises_make_of_it() -> None:
    """Made by: python -m tests.faults."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == document(figures_in(text))


def test_the_figures_of_the_page_tell_of_no_verdict_that_was_made_up() -> None:
    *_, together = figures_in(DOCUMENT.read_text(encoding="utf-8")).splitlines()
    runs, *_, made_up = [int(cell.replace(",", "")) for cell in together.split(" | ")[1:-1]] + [
        int(together.split(" | ")[-1].strip(" |"))
    ]
    assert runs > 0
    assert made_up == 0
