"""Answers in files: large ones are packed, and none unpacks to more than memory holds."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
import zstandard

from inventory import answer_file
from inventory.answer_file import PACKED_FROM
from inventory.errors import SnapshotError
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.inventory.test_snapshot import ACCOUNT, ANSWER, CALL, REGION, WHEN

#: Just below and just above the size from which an answer is packed.
SMALL = {"Vpcs": [{"VpcId": "vpc-1", "Tags": "x" * (PACKED_FROM - 100)}]}
LARGE = {"Vpcs": [{"VpcId": "vpc-1", "Tags": "x" * PACKED_FROM}]}


def written(folder: Path, answer: Any) -> Path:
    writer = SnapshotWriter(folder)
    writer.keep(ACCOUNT, REGION, CALL, answer)
    writer.close(
        tool="test", collected_at=WHEN, callers={}, accounts={ACCOUNT: (REGION,)}, parameters={}
    )
    return folder


@pytest.mark.parametrize(("answer", "suffix"), [(SMALL, ".json"), (LARGE, ".json.zst")])
def test_large_answers_are_packed_and_read_back(tmp_path: Path, answer: Any, suffix: str) -> None:
    snapshot = Snapshot.open(written(tmp_path, answer))
    (line,) = snapshot.coverage
    assert line.file == f"{ACCOUNT}/{REGION}/{CALL}{suffix}"
    assert snapshot.read(ACCOUNT, REGION, CALL) == answer


def test_equal_answers_are_packed_to_equal_bytes(tmp_path: Path) -> None:
    one, other = (written(tmp_path / name, LARGE) for name in ("one", "other"))
    name = f"{ACCOUNT}/{REGION}/{CALL}.json.zst"
    assert (one / name).read_bytes() == (other / name).read_bytes()


def test_an_altered_packed_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, LARGE) / ACCOUNT / REGION / f"{CALL}.json.zst"
    path.write_bytes(zstandard.compress(json.dumps(ANSWER).encode()))
    with pytest.raises(SnapshotError, match=r"json\.zst: SHA-256 .* was altered"):
        Snapshot.open(tmp_path)


def without_size(content: bytes) -> bytes:
    """As ``zstd`` packs what it is piped: the file does not say how large it unpacks."""
    return zstandard.ZstdCompressor(write_content_size=False).compress(content)


PACKERS = pytest.mark.parametrize(
    ("suffix", "pack"),
    [(".gz", gzip.compress), (".zst", zstandard.compress), (".zst", without_size)],
    ids=["gzip", "zstandard", "zstandard-of-unknown-size"],
)


@PACKERS
def test_whoever_packed_it_it_is_read(tmp_path: Path, suffix: str, pack: Any) -> None:
    path = tmp_path / f"{CALL}.json{suffix}"
    path.write_bytes(pack(json.dumps(LARGE).encode()))
    assert answer_file.parsed(path) == LARGE
    assert json.loads(answer_file.unpacked(path)) == LARGE


@PACKERS
def test_what_unpacks_to_too_much_is_refused(
    tmp_path: Path, suffix: str, pack: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_file, "LARGEST", 1000)
    path = tmp_path / f"{CALL}.json{suffix}"
    path.write_bytes(pack(b"1" * 1000))
    assert len(answer_file.unpacked(path)) == 1000
    path.write_bytes(pack(b"1" * 1001))
    with pytest.raises(SnapshotError, match="unpacks to more than 1000 bytes"):
        answer_file.unpacked(path)
