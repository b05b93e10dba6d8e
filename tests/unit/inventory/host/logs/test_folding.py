"""What repeats itself is told once, with its number: the same log as read record by record."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inventory.facts.host import AgentLog
from inventory.facts.host.signatures import RUNGS, SIGNATURES
from inventory.host.logs import folding, recognition
from inventory.host.logs.folding import form_of
from inventory.host.logs.grammar import Record
from inventory.host.logs.recognition import Meanings, meaning_of
from tests.unit.inventory.host.logs.log_text import NAME, read
from tests.unit.inventory.host.logs.test_signatures import CASES

#: What an agent may write again and again; ``{id}``, ``{address}`` and ``{port}`` differ each time.
RECORDS = tuple(
    yaml.safe_load((Path(__file__).parent / "repeating.yaml").read_text(encoding="utf-8"))
)
HEARTBEAT, TIMEOUT = RECORDS[:2]


def written(rounds: list[tuple[tuple[str, ...], int]], steps: list[int]) -> str:
    """Rounds of records, each so many times; ``steps`` are the seconds between records in turn."""
    now, place, lines = datetime(2026, 11, 1, 8, 0, 0), 0, []  # noqa: DTZ001 - a machine's own time
    for records, times in rounds:
        for record in records * times:
            now += timedelta(seconds=steps[place % len(steps)])
            place += 1
            text = record.format(
                id=f"{place * 2_654_435_761 % 2**32:08x}",
                uuid=f"{place:08x}-1234-abcd-0123-{place:012x}",
                address=f"10.0.{place % 250}.7",
                port=40_000 + place % 9_000,
                digit=place % 10,
            )
            lines.append(f"{now}.{place % 10_000:04} {text}\n")
    return "".join(lines)


def one_by_one(*texts: str, names: tuple[str, ...] = (NAME,)) -> AgentLog:
    with patch.object(folding, "_FEWEST", 10**9):
        return read(*texts, names=names)


ROUNDS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(RECORDS), min_size=1, max_size=6).map(tuple), st.integers(1, 14)
    ),
    min_size=1,
    max_size=4,
)
STEPS = st.lists(st.sampled_from((0, 1, 5, 300, -1, -600)), min_size=1, max_size=7)


@settings(max_examples=60, deadline=None)
@example(rounds=[((HEARTBEAT,), 11)], steps=[0, 0, 0, -600])
@example(rounds=[((HEARTBEAT, TIMEOUT), 14), ((TIMEOUT,), 14)], steps=[5])
@given(rounds=ROUNDS, steps=STEPS)
def test_folding_makes_no_difference(
    rounds: list[tuple[tuple[str, ...], int]], steps: list[int]
) -> None:
    text = written(rounds, steps)
    assert read(text) == one_by_one(text)


@settings(max_examples=10, deadline=None)
@given(parts=st.lists(ROUNDS, min_size=2, max_size=3), steps=STEPS)
def test_nor_over_files_that_continue_each_other_or_are_written_at_a_time(
    parts: list[list[tuple[tuple[str, ...], int]]], steps: list[int]
) -> None:
    texts = [written(part, steps) for part in parts]
    for others in ((f"{NAME}.2", f"{NAME}.1"), ("ssm-agent-worker.log", "hibernate.log")):
        names = (NAME, *others)[: len(texts)]
        assert read(*texts, names=names) == one_by_one(*texts, names=names)


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ((HEARTBEAT, TIMEOUT), 8),
        ((TIMEOUT,), 5),
        ((HEARTBEAT,), 5),
        ((RECORDS[0], RECORDS[6], RECORDS[1]), 3_000),
        ((RECORDS[11].format(digit=1),), 5),
        (RECORDS[1:6] + RECORDS[7:9], 35),
    ],
    ids=[
        "errors",
        "errors alone",
        "heartbeats",
        "each a start",
        "about the clock",
        "seven in turn",
    ],
)
def test_a_thousand_rounds_are_a_handful_of_records(records: tuple[str, ...], told: int) -> None:
    """And what may change more than its own number is told each time."""
    text = written([(records, 1_000)], [5])
    with patch.object(Meanings, "of", autospec=True, side_effect=Meanings.of) as asked:
        log = read(text)
    assert asked.call_count <= 4 * told
    assert asked.call_count >= told / 2
    assert log == one_by_one(text)


def test_the_clock_that_was_set_back_within_is_seen() -> None:
    text = written([((HEARTBEAT, TIMEOUT), 40)], [5]) + written([((HEARTBEAT, TIMEOUT), 40)], [5])
    assert [one.count for one in read(text).hits if one.signature == "C1"] == [80]
    assert "E4" in {one.signature for one in read(text).hits}


def _of(record: str) -> bytes:
    return f"2026-11-01 08:15:02.1234 {record}".encode()


def _matches(form: bytes, record: bytes) -> bool:
    return re.fullmatch(form, record + b"\n") is not None


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("request id: 0a1b2c3d", "request id: ffff0000", True),
        ("request id: 0a1b2c3d", "request id: ffff000", False),
        (
            "id: 0a1b2c3d-1111-2222-3333-0a1b2c3d4e5f",
            "id: 99999999-aaaa-bbbb-cccc-0123456789ab",
            True,
        ),
        ("dial tcp 10.0.1.7:443: x", "dial tcp 52.94.10.3:443: x", True),
        ("dial tcp 10.0.1.7:443: x", "dial tcp 10.0.1.7:80: x", False),
        ("dial tcp 10.0.1.7:80: x", "dial tcp 169.254.169.254:80: x", False),
        ("10.0.1.9:41224->10.0.1.7:443: x", "10.0.1.9:5000->10.0.1.7:443: x", True),
        ("status code: 400", "status code: 500", False),
        ("amazon-ssm-agent - v3.3.40.0", "amazon-ssm-agent - v3.3.41.0", False),
        ("in 5 min", "in 6 min", False),
        ("lookup a on 10.0.0.2:53: x", "lookup a on 10.0.0.3:53: x", True),
    ],
)
def test_what_differs_without_another_meaning(one: str, other: str, is_same: bool) -> None:
    assert _matches(form_of(_of(one)), _of(one))
    assert _matches(form_of(_of(one)), _of(other)) == is_same


@pytest.mark.parametrize("name", CASES)
def test_no_signature_looks_into_what_a_form_leaves_open(name: str) -> None:
    """Each record of the table, its ids and addresses replaced by others that its form matches."""
    for kind in ("record", "near"):
        record = " ".join(CASES[name][kind].split())
        raw = _of(record)
        form = form_of(raw)
        assert _matches(form, raw)
        other = folding._TOKEN.sub(_replaced, raw)
        assert _matches(form, other)
        text = other.partition(b"1234 ")[2]
        assert meaning_of(text.decode()).key == meaning_of(record).key
        known = Meanings()
        assert known.of(Record("", raw)).key == known.of(Record("", other)).key


def _replaced(token: re.Match[bytes]) -> bytes:
    match token.lastgroup:
        case "address":
            return b"203.0.113.77"
        case "port":
            return b"50505"
        case _:
            return re.sub(rb"[0-9a-f]", b"7", token[0])


def test_no_text_of_the_table_is_such_a_token() -> None:
    texts = [one for row in SIGNATURES for one in (*row.anchors, row.pattern, row.unless)]
    texts += [one for rung in RUNGS for one in (*rung.anchors, rung.unless)]
    for token in (folding._TOKEN, recognition._ID):
        assert [one for one in texts if token.search(one.encode())] == []


def test_expressions_are_bounded() -> None:
    """However many different rounds a log makes up, few of them are kept."""
    known = folding.Folding()
    for number in range(500):
        window = b"".join(_of(f"error number {number}") + b"\n" for _ in range(8))
        size = len(window) // 8
        for place in range(3):
            known._waited = 2 * folding._LONGEST_WAIT - 1
            known.after(number, window, place * size, (place + 1) * size - 1)
    assert len(known._known) == folding._MOST_KNOWN
