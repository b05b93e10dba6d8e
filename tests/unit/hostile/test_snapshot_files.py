"""A snapshot from a stranger: nothing outside its folder is read, nothing endless is waited for."""

from __future__ import annotations

import gzip
import io
import json
import os
import time
import tracemalloc
from pathlib import Path
from typing import Any, Final

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.discovery import _copy_read_files
from inventory import answer_file
from inventory.errors import SnapshotError
from inventory.fleet import load_fleet
from inventory.snapshot import MANIFEST, Snapshot
from tests.unit.hostile.values import TEXTS

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-central-1"
CALL: Final = "ec2.DescribeInstances"
EMPTY: Final = {"Reservations": []}
SECRET: Final = b'{"Reservations": [], "key": "of somebody else"}'
MIB: Final = 1024**2


def written(folder: Path, name: str = f"{CALL}.json", content: bytes = b"{}") -> Path:
    path = folder / ACCOUNT / REGION / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def manifest(folder: Path, **line: Any) -> None:
    call = {"account": ACCOUNT, "region": REGION, "call": "ec2:DescribeInstances"}
    told = {"schema": 1, "tool": "t", "collected_at": "2026-11-01T12:00Z"}
    calls = [{**call, "status": "collected", "sha256": "0" * 64, **line}]
    (folder / MANIFEST).write_text(json.dumps({**told, "calls": calls}))


def opened_and_loaded(folder: Path) -> None:
    """As a run does: the facts, and the copy that it keeps."""
    snapshot = Snapshot.open(folder)
    load_fleet(snapshot)
    _copy_read_files(folder, snapshot, folder.parent / "copy")


@given(content=st.binary(max_size=60) | st.text(max_size=30).map(str.encode))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.parametrize("name", [f"{CALL}.json", f"{CALL}.json.gz", f"{CALL}.json.zst", MANIFEST])
def test_any_bytes_are_a_snapshot_or_refused_by_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    folder = tmp_path / "snapshot"
    if name == MANIFEST:
        folder.mkdir(exist_ok=True)
        (folder / MANIFEST).write_bytes(content)
    else:
        written(folder, name, content)
    try:
        opened_and_loaded(folder)
    except SnapshotError as error:
        assert name in str(error) or f"{CALL}.json" in str(error)  # noqa: PT017


@pytest.mark.parametrize(
    "name",
    [
        "../secret.json",
        "/etc/hostname",
        f"{ACCOUNT}/../../secret.json",
        f"{ACCOUNT}/../secret.json",
        f"{ACCOUNT}/./{CALL}.json",
        f"{ACCOUNT}/{REGION}/../../../secret.json",
        f"../{ACCOUNT}/{REGION}/{CALL}.json",
        f"{ACCOUNT}/{REGION}/{CALL}.json\n",
        "\x00",
        *TEXTS[5:10],
    ],
)
def test_a_manifest_that_names_a_file_elsewhere_is_refused_before_it_is_read(
    tmp_path: Path, name: str
) -> None:
    folder = tmp_path / "snapshot"
    written(folder)
    (tmp_path / "secret.json").write_bytes(SECRET)
    manifest(folder, file=name)
    with pytest.raises(
        SnapshotError, match=r"manifest\.json: names the file .*, expected <account"
    ):
        opened_and_loaded(folder)
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("with_manifest", [True, False])
@pytest.mark.parametrize("link", ["file", "region", "account"])
def test_a_link_out_of_the_snapshot_is_not_followed(
    tmp_path: Path, link: str, *, with_manifest: bool
) -> None:
    """An unpacked archive may hold links: what they lead to would become the run's evidence."""
    elsewhere = written(tmp_path / "elsewhere", content=SECRET)
    folder = tmp_path / "snapshot"
    depth = {"file": 0, "region": 1, "account": 2}[link]
    source = (elsewhere, *elsewhere.parents)[depth]
    target = (
        folder / ACCOUNT / REGION / f"{CALL}.json",
        *(folder / ACCOUNT / REGION / "x").parents,
    )
    target[depth].parent.mkdir(parents=True, exist_ok=True)
    target[depth].symlink_to(source, target_is_directory=depth > 0)
    if with_manifest:
        manifest(folder, file=f"{ACCOUNT}/{REGION}/{CALL}.json")
    with pytest.raises(SnapshotError, match="is no plain file of this folder"):
        opened_and_loaded(folder)
    assert not (tmp_path / "copy").exists()


def test_a_snapshot_may_lie_behind_a_link_and_hold_links_into_itself(tmp_path: Path) -> None:
    real = tmp_path / "real"
    answer = written(real, content=json.dumps(EMPTY).encode())
    (real / ACCOUNT / "us-east-1").symlink_to(answer.parent, target_is_directory=True)
    (tmp_path / "latest").symlink_to(real, target_is_directory=True)
    assert Snapshot.open(tmp_path / "latest").read(ACCOUNT, "us-east-1", CALL) == EMPTY


@pytest.mark.parametrize("name", [f"{ACCOUNT}/{REGION}/{CALL}.json", MANIFEST])
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path: Path, name: str) -> None:
    written(tmp_path, "ssm.DescribeInstanceInformation.json")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    with pytest.raises(SnapshotError, match="is no plain file"):
        opened_and_loaded(tmp_path)


def zeros(size: int, kind: str) -> bytes:
    """Blanks inside a list, packed as small as the packer can: JSON, once it is unpacked."""
    packed = io.BytesIO()
    writer = (
        gzip.GzipFile(fileobj=packed, mode="wb")
        if kind == "gz"
        else zstandard.ZstdCompressor().stream_writer(packed, closefd=False)
    )
    with writer:
        writer.write(b"[")
        for _ in range(size // MIB):
            writer.write(b" " * MIB)
        writer.write(b"]")
    return packed.getvalue()


@pytest.mark.parametrize("kind", ["gz", "zst"])
def test_a_bomb_is_refused_before_it_fills_the_memory(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand times its own size: what is held meanwhile is bounded by what is allowed."""
    monkeypatch.setattr(answer_file, "ALWAYS_ALLOWED", 4 * MIB)
    bomb = zeros(64 * MIB, kind)
    assert len(bomb) * answer_file.MOST_TIMES < 64 * MIB
    path = written(tmp_path, f"{CALL}.json.{kind}", bomb)
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(SnapshotError, match=rf"{CALL}\.json\.{kind}: unpacks to more than"):
        answer_file.parsed(path)
    assert time.process_time() - began < 5
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2 * max(4 * MIB, len(bomb) * answer_file.MOST_TIMES) + 8 * MIB


def test_bombs_within_bombs_stay_packed(tmp_path: Path) -> None:
    """Only one layer is unpacked: what is in it is no JSON."""
    path = written(tmp_path, f"{CALL}.json.gz", gzip.compress(gzip.compress(b"{}")))
    with pytest.raises(SnapshotError, match="is not readable JSON"):
        answer_file.parsed(path)


@pytest.mark.parametrize("kind", ["", ".gz", ".zst"])
def test_a_file_beyond_the_limit_is_refused_unread(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_file, "LARGEST", 10)
    packers = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}
    path = written(tmp_path, f"{CALL}.json{kind}", packers[kind](b'["twelve"  ]'))
    with pytest.raises(SnapshotError, match=r"(more|larger) than 10 bytes"):
        answer_file.parsed(path)
    path.write_bytes(packers[kind](b'["twelve"]'))
    assert answer_file.parsed(path) == ["twelve"]


def test_what_thousands_of_instances_pack_to_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The most alike that a real listing is: the limit on the ratio is far above it."""
    monkeypatch.setattr(answer_file, "ALWAYS_ALLOWED", 0)
    rows = [
        {"InstanceId": f"i-{number:017x}", "State": {"Name": "running"}, "Tags": [], "Zone": "a"}
        for number in range(5_000)
    ]
    content = json.dumps({"Reservations": rows}, indent=1).encode()
    path = written(tmp_path, f"{CALL}.json.zst", zstandard.compress(content, 19))
    assert answer_file.parsed(path) == {"Reservations": rows}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r'"\ud800"', "\ufffd"),
        (r'"a\udc00\ud800b"', "a\ufffd\ufffdb"),
        (r'"\ud83d\ude80 \ud83d"', "\N{ROCKET} \ufffd"),
        (r'"\\ud800"', r"\ud800"),
    ],
)
def test_half_a_character_does_not_cost_the_answer(tmp_path: Path, text: str, read: str) -> None:
    """What one instance says of itself must not make the whole listing unreadable."""
    path = written(tmp_path, content=f'{{"Name": {text}}}'.encode())
    assert answer_file.parsed(path) == {"Name": read}


@pytest.mark.parametrize("text", ["1e999", "-1e999", "NaN", "Infinity", "1" * 5_000, "0x10", "01"])
def test_numbers_that_json_has_not_are_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, content=f'{{"Port": {text}, "Name": "\\ud800"}}'.encode())
    with pytest.raises(SnapshotError, match="is not readable JSON"):
        answer_file.parsed(path)
