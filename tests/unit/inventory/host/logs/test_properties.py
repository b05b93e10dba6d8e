"""Any bytes, any chunks, any order of files: the same log, in linear time, and never a crash."""

from __future__ import annotations

import io
import time
from unittest.mock import patch

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from inventory.facts.host import AgentLog
from inventory.facts.host.signatures import RUNGS, SIGNATURES
from inventory.host.logs import blocks, read_agent_log
from inventory.host.logs.details import detail_of, service_of
from inventory.host.logs.grammar import LONGEST
from inventory.host.logs.recognition import meaning_of
from tests.unit.inventory.host.logs.log_text import HEALTHY, ID, NAME, TIMEOUT, read

ANCHORS = sorted({anchor for one in (*SIGNATURES, *RUNGS) for anchor in one.anchors})
STARTS = ("2026-11-01 08:00:01 INFO ", "Nov  1 08:00:01 ip amazon-ssm-agent[8]: ", "\t", "")
lines = st.builds(
    lambda start, words, end: f"{start}{' '.join(words)}{end}".encode(),
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(ANCHORS) | st.text(max_size=12), max_size=4),
    st.sampled_from(("\n", "\r\n", "")),
)
contents = st.binary(max_size=300) | st.lists(lines | st.binary(max_size=20), max_size=12).map(
    b"".join
)


class Trickling(io.RawIOBase):
    """Hands over pieces of the given sizes, one a read."""

    def __init__(self, content: bytes, sizes: list[int]) -> None:
        self._content, self._sizes = content, sizes

    def read(self, size: int = -1, /) -> bytes:
        piece = min(self._sizes.pop() if self._sizes else len(self._content), max(size, 1))
        given_out, self._content = self._content[:piece], self._content[piece:]
        return given_out


def trickled(content: bytes, sizes: list[int]) -> AgentLog:
    return read_agent_log(ID, [(NAME, Trickling(content, sizes))])  # type: ignore[list-item]


@settings(max_examples=150, deadline=None)
@given(content=contents, sizes=st.lists(st.integers(1, 40), max_size=30))
def test_how_a_stream_is_cut_makes_no_difference(content: bytes, sizes: list[int]) -> None:
    assert trickled(content, sizes) == read(content)


@settings(max_examples=80, deadline=None)
@given(content=contents, size=st.integers(8, 64))
def test_no_content_crashes_at_any_size_of_block(content: bytes, size: int) -> None:
    with patch.object(blocks, "BLOCK", size):
        log = read(content)
    assert log.files == (NAME,)


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(contents, min_size=1, max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_files_makes_no_difference(parts: list[bytes], order: object) -> None:
    names = [f"{NAME}.{place}" for place in range(len(parts))]
    pairs = list(zip(names, parts, strict=True))
    told = read(*parts, names=tuple(names))
    order.shuffle(pairs)  # type: ignore[attr-defined]
    assert read(*(one for _, one in pairs), names=tuple(name for name, _ in pairs)) == told


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(1, len((HEALTHY + TIMEOUT).splitlines()) - 1))
def test_where_a_log_was_rotated_makes_no_difference(cut: int) -> None:
    rows = (HEALTHY + TIMEOUT).splitlines(keepends=True)
    assume(rows[cut].startswith("2026-"))
    whole = read(HEALTHY + TIMEOUT)
    parts = ("".join(rows[:cut]), "".join(rows[cut:]))
    log = read(*parts, names=(f"{NAME}.1", NAME))
    assert (log.rungs, log.state, log.since, log.missing_rung) == (
        whole.rungs,
        whole.state,
        whole.since,
        whole.missing_rung,
    )


def hostile() -> list[str]:
    """Each literal again and again, and with what its pattern is looking for left out."""
    repeated = [f"{anchor} " * (LONGEST // (len(anchor) + 1)) for anchor in ANCHORS]
    runs = [anchor + char * (LONGEST - len(anchor)) for anchor in ANCHORS for char in "a 1."]
    return [*repeated, *runs]


def test_no_record_takes_long() -> None:
    """A record of the greatest length, made to mislead: milliseconds each, details included."""
    slow = []
    for text in hostile():
        began = time.process_time()
        meaning = meaning_of.__wrapped__(text)
        service_of(text)
        for one in meaning.sightings:
            detail_of(one.signature.id, text)
        took = time.process_time() - began
        if took > 0.1:
            slow.append((took, text[:60]))
    assert slow == []


@pytest.mark.parametrize("content", [b"x" * 3_000_000, b": EOF" * 600_000, b"\n" * 3_000_000])
def test_a_file_without_lines_or_of_nothing_else_is_read_in_seconds(content: bytes) -> None:
    began = time.process_time()
    read(content)
    assert time.process_time() - began < 5
