"""A snapshot's files are laid out as Python's own encoder lays them out, whoever does it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.snapshot import as_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda one: st.lists(one, max_size=4) | st.dictionaries(st.text(max_size=4), one, max_size=4),
    max_leaves=30,
)


def laid_out(value: Any) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True).encode() + b"\n"


@given(VALUES)
def test_any_answer_is_laid_out_the_same(answer: Any) -> None:
    assert as_json(answer) == laid_out(answer)


@pytest.mark.parametrize("text", ["\ud800", "\udc00\ud800", "a\ud83db"])
def test_half_a_surrogate_pair_is_kept(text: str) -> None:
    assert as_json({"Tags": [text]}) == laid_out({"Tags": [text]})


def test_a_time_is_kept_as_that_of_utc() -> None:
    moment = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    assert as_json({"LaunchTime": moment}) == laid_out({"LaunchTime": "2026-11-01T12:00:00+00:00"})
