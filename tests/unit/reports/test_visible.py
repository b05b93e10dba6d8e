"""Hostile text is shown, not obeyed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.visible import columns, shortened, visible

ANY_TEXT = st.text(st.characters(codec=None))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("two\nlines", "two⟨LF⟩lines"),
        ("\x1b[31mred", "⟨ESC⟩[31mred"),
        ("\x9b31m", "⟨U+009B⟩31m"),
        ("nul\0", "nul⟨NUL⟩"),
        ("fdp\u202eexe", "fdp⟨U+202E⟩exe"),
        ("a\u2028b", "a⟨U+2028⟩b"),
        ("\ud800", "⟨U+D800⟩"),
        ("Zürich 中文 🚀", "Zürich 中文 🚀"),
    ],
)
def test_what_would_act_is_named(text, shown):
    assert visible(text) == shown


@given(ANY_TEXT)
def test_nothing_that_acts_is_left(text):
    shown = visible(text)

    assert {unicodedata.category(one) for one in shown}.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert shown.isprintable() or not shown.isascii()
    assert len(shown.splitlines()) <= 1


@given(ANY_TEXT, st.integers(1, 60))
def test_shortened_text_fits(text, width):
    assert columns(shortened(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "taken"), [("abc", 3), ("中文", 4), ("e\u0301", 1), ("", 0), ("…", 1)]
)
def test_columns_of_a_terminal(text, taken):
    assert columns(text) == taken
