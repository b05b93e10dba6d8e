"""What AWS, or whoever answers in its place, says in an error: kept short, whole and in time."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from inventory.collect.refusal import refusal_of
from inventory.snapshot import Snapshot, SnapshotWriter

WHEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 half a character",
        "x" * 1_000_000,
        "é" + " " * 200_000,
        "Value '" * 100_000,
        "://" * 100_000 + "@",
        "\n" * 100_000 + "late",
        "\x1b[31m\x00",
    ],
    ids=["half", "long", "blanks", "quotes", "urls", "lines", "escapes"],
)
def test_any_error_text_is_kept_in_a_snapshot(tmp_path: Path, text: str) -> None:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": text}}, "DescribeVpcs")
    began = time.process_time()
    refusal = refusal_of(error)
    assert time.process_time() - began < 1
    assert len(refusal.detail) <= 300
    writer = SnapshotWriter(tmp_path)
    told = {"status": refusal.status, "code": refusal.code, "detail": refusal.detail}
    writer.begin(tool="test", collected_at=WHEN)
    writer.refuse("111122223333", "eu-central-1", "ec2.DescribeVpcs", **told)
    writer.close(tool="test", collected_at=WHEN, callers={}, accounts={}, parameters={})
    (line,) = Snapshot.open(tmp_path).coverage
    assert line.detail == refusal.detail
    json.loads((tmp_path / "manifest.json").read_text("utf-8"))
