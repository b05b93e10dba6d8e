"""What a hostile or broken file may hold in any place: strategies for JSON values and texts."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

#: Texts that have broken one reader or another: paths, markup, escapes, formulas, half characters.
TEXTS: Final = (
    "",
    " ",
    "\x00",
    "\ud800",
    "\udfff\ud800",
    "\x1b]0;owned\x07\x1b[31m",
    "\u202egnp.exe",
    "../../../../etc/passwd",
    "/dev/zero",
    "..\\..\\windows",
    "<script>alert(1)</script>",
    "]]><x/>&amp;<!--",
    '=HYPERLINK("http://evil.example";"x")',
    "{{ 7 * 7 }}{% for %}${aws:username}%s%n{0.__class__}",
    "https://evil.example/?a=b",
    "i-0123456789abcdef0",
    "sg-0",
    "0.0.0.0/0",
    "10.0.0.0/33",
    "999.1.1.1",
    "10.0.0.1/8",
    "fe80::1%eth0",
    "::/0",
    "2026-02-30T25:61:00Z",
    "9999-12-31T23:59:59-23:59",
    "0001-01-01T00:00:00+14:00",
    "3.3.99999999999999999999.0",
    "\u0663.\u0663.\u0661.\u0660",
    "*" * 64,
    "a" * 5_000,
    "\u017f\u017fm",
    "\u0130",
    "arn:aws:iam::",
    "arn:aws:iam::123456789012:role/",
    "arn:::::::::",
    "%7B%22Statement%22%3A%7B%7D%7D",
    "%ff%00%",
    "{}",
    "null",
    "[" * 3_000,
)
NUMBERS: Final = (-1, 0, 1, 443, 65_536, 2**31, 2**63, 2**64, 10**30, -(10**30), 0.5, 1e308, -0.0)


def texts() -> st.SearchStrategy[str]:
    """Known troublemakers more often than any text."""
    return st.one_of(st.sampled_from(TEXTS), st.text(max_size=12))


def scalars() -> st.SearchStrategy[Any]:
    """Everything JSON has but lists and objects."""
    return st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.integers(), texts())


def json_values() -> st.SearchStrategy[Any]:
    """A small JSON tree, or a narrow deep one."""
    trees = st.recursive(
        scalars(),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(texts(), inner, max_size=3)
        ),
        max_leaves=6,
    )
    return st.one_of(trees, st.integers(10, 60).map(nested))


def nested(depth: int) -> Any:
    """Lists and objects within each other, ``depth`` deep."""
    value: Any = "x"
    for level in range(depth):
        value = [value] if level % 2 else {"Statement": value}
    return value
