"""The text of findings.json is what Python's own encoder writes, byte for byte."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.json_text import compact, document_text, indented

#: Every character there is, and those that JSON, or only one of two encoders, writes as escapes.
TEXTS = st.text(st.characters(codec=None)) | st.text(
    st.sampled_from('\x7f\x1f"\\/→🚀\ud800\u2028é')
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.floats(-1e-3, 1e-3)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(TEXTS, VALUES, max_size=5)


def as_python(value: Any) -> bytes:
    return json.dumps(value, indent=1).encode("ascii")


@settings(deadline=None)
@given(DOCUMENTS)
def test_a_value_is_written_as_python_writes_it(value: dict[str, Any]) -> None:
    assert indented(value) == as_python(value)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("é → ✓ 中", id="not-ascii"),
        pytest.param("🚀", id="beyond-the-basic-plane"),
        pytest.param("\U0010ffff", id="the-last-character"),
        pytest.param("\ud800", id="half-a-character"),
        pytest.param("\x7f", id="delete"),
        pytest.param('\x00\x1f\b\f\n\r\t"\\/', id="escapes"),
        pytest.param("1e16, 0.00001]", id="a-text-like-a-number"),
        pytest.param(1e16, id="an-exponent"),
        pytest.param(-1.5e-7, id="a-small-exponent"),
        pytest.param(0.00001, id="a-small-number"),
        pytest.param(9999999999999998.0, id="the-largest-without-an-exponent"),
        pytest.param(1793534400.0, id="a-time"),
        pytest.param(2**70, id="a-large-number"),
        pytest.param([[], {}, [{}]], id="empty-ones"),
        pytest.param((1e-7,), id="a-number-in-a-tuple"),
    ],
)
def test_what_encoders_write_in_different_ways(value: object) -> None:
    assert indented({"value": [value]}) == as_python({"value": [value]})
    assert indented({"value": value}) == as_python({"value": value})
    told = b"".join(document_text({"findings": []}, [{"value": compact(value)}]))
    assert told == as_python({"findings": [{"value": value}]}) + b"\n"


@settings(deadline=None)
@given(
    st.lists(st.dictionaries(TEXTS, TEXTS, max_size=3), max_size=3),
    VALUES,
    st.dictionaries(st.sampled_from("ab"), VALUES),
)
def test_a_document_is_written_as_python_writes_it(
    texts: list[dict[str, str]], evidence: Any, rest: dict[str, Any]
) -> None:
    """What was laid out once stands in each finding as if it had been written there."""
    frame = {"schema": 1, "findings": [], **rest}
    whole = {**frame, "findings": [{**one, "evidence": [evidence, []]} for one in texts]}
    laid_out = compact(evidence)
    findings = [{**one, "evidence": [laid_out, []]} for one in texts]
    assert b"".join(document_text(frame, findings)) == as_python(whole) + b"\n"


def test_what_is_laid_out_stays_so_beside_a_text_that_is_no_unicode() -> None:
    """Python's own encoder writes the finding then, numbers that have two spellings included."""
    evidence = {"age": 1e-7, "name": "\ud800"}
    findings = [{"name": "\ud83d", "evidence": [compact(evidence)]}]
    whole = {"findings": [{"name": "\ud83d", "evidence": [evidence]}]}
    assert b"".join(document_text({"findings": []}, findings)) == as_python(whole) + b"\n"


def test_python_has_no_exponent_where_ours_looks_for_none() -> None:
    """The bounds within which a number is written in one way only."""
    assert "e" not in repr(math.nextafter(1e16, 0))
    assert "e" in repr(math.nextafter(1e-4, 0))
    assert repr(1e-4) == "0.0001"
