"""Snapshots: written and read back whole, refused where they cannot be trusted."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from inventory.errors import SnapshotError
from inventory.facts import Status, Unread
from inventory.snapshot import Snapshot, SnapshotWriter

ACCOUNT, REGION, CALL = "111122223333", "eu-central-1", "ec2.DescribeVpcs"
WHEN = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
ANSWER = {"Vpcs": [{"VpcId": "vpc-1", "Tags": [{"Key": "Name", "Value": "Ω\n<b>"}]}]}


def _damaged(packed: bytes) -> bytes:
    """One byte flipped in the middle of the packed data."""
    middle = len(packed) // 2
    return packed[:middle] + bytes([packed[middle] ^ 0xFF]) + packed[middle + 1 :]


def written(folder: Path) -> Path:
    writer = SnapshotWriter(folder)
    writer.keep(ACCOUNT, REGION, CALL, ANSWER)
    writer.refuse(
        ACCOUNT, REGION, "ec2.DescribeSubnets", status=Status.DENIED, code="UnauthorizedOperation"
    )
    writer.refuse(
        ACCOUNT,
        "global",
        "organizations.DescribeOrganization",
        status=Status.ABSENT,
        code="AWSOrganizationsNotInUseException",
    )
    writer.close(
        tool="test 1",
        collected_at=WHEN,
        callers={ACCOUNT: "arn:aws:iam::111122223333:user/me"},
        accounts={ACCOUNT: (REGION,)},
        parameters={},
    )
    return folder


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    snapshot = Snapshot.open(written(tmp_path))
    assert snapshot.read(ACCOUNT, REGION, CALL) == ANSWER
    assert snapshot.as_of == WHEN
    assert dict(snapshot.accounts) == {ACCOUNT: (REGION,)}


def test_a_refused_call_says_why(tmp_path: Path) -> None:
    snapshot = Snapshot.open(written(tmp_path))
    assert snapshot.read(ACCOUNT, REGION, "ec2.DescribeSubnets") == Unread(
        "ec2:DescribeSubnets", "UnauthorizedOperation"
    )


def test_a_call_nobody_asked_for_is_not_recorded(tmp_path: Path) -> None:
    snapshot = Snapshot.open(written(tmp_path))
    assert snapshot.read(ACCOUNT, REGION, "ec2.DescribeNatGateways") == Unread(
        "ec2:DescribeNatGateways", "NOT_RECORDED"
    )


def test_absent_is_not_unread(tmp_path: Path) -> None:
    snapshot = Snapshot.open(written(tmp_path))
    assert snapshot.is_absent(ACCOUNT, "global", "organizations.DescribeOrganization")
    assert not snapshot.is_absent(ACCOUNT, REGION, "ec2.DescribeSubnets")


def test_equal_answers_give_equal_bytes(tmp_path: Path) -> None:
    files = [written(tmp_path / name) for name in ("one", "two")]
    contents = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.json")}
        for folder in files
    ]
    assert contents[0] == contents[1]
    assert not list(tmp_path.rglob("*.partial"))


def test_a_folder_of_cli_answers_needs_no_manifest(tmp_path: Path) -> None:
    folder = tmp_path / ACCOUNT / REGION
    folder.mkdir(parents=True)
    (folder / "ec2.DescribeVpcs.json").write_text(json.dumps(ANSWER))
    snapshot = Snapshot.open(tmp_path)
    assert snapshot.read(ACCOUNT, REGION, CALL) == ANSWER
    assert snapshot.as_of is None
    assert Snapshot.open(tmp_path, as_of=WHEN).as_of == WHEN
    assert [one.status for one in snapshot.coverage] == [Status.COLLECTED]


@pytest.mark.parametrize(
    ("suffix", "packed"),
    [
        (".json.gz", gzip.compress(json.dumps(ANSWER).encode())),
        (".json.zst", zstandard.compress(json.dumps(ANSWER).encode())),
    ],
    ids=["gzip", "zstandard"],
)
def test_packed_answers_are_read(tmp_path: Path, suffix: str, packed: bytes) -> None:
    folder = tmp_path / ACCOUNT / REGION
    folder.mkdir(parents=True)
    (folder / f"ec2.DescribeVpcs{suffix}").write_bytes(packed)
    assert Snapshot.open(tmp_path).read(ACCOUNT, REGION, CALL) == ANSWER


def test_an_altered_file_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path) / ACCOUNT / REGION / f"{CALL}.json"
    path.write_text(path.read_text().replace("vpc-1", "vpc-2"))
    with pytest.raises(SnapshotError, match=r"ec2\.DescribeVpcs\.json: SHA-256 .* was altered"):
        Snapshot.open(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    (written(tmp_path) / ACCOUNT / REGION / f"{CALL}.json").unlink()
    with pytest.raises(SnapshotError, match=r"ec2\.DescribeVpcs\.json: is named by manifest"):
        Snapshot.open(tmp_path)


def test_a_file_slipped_in_is_refused(tmp_path: Path) -> None:
    (written(tmp_path) / ACCOUNT / REGION / "ec2.DescribeSubnets.json").write_text("{}")
    with pytest.raises(SnapshotError, match=r"ec2\.DescribeSubnets\.json: is not named by"):
        Snapshot.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("ec2.DescribeVpcs.json", b'{"Vpcs": [', "is not readable JSON"),
        ("ec2.DescribeVpcs.json", b"\xff\xfe", "is not readable JSON"),
        ("ec2.DescribeVpcs.json", '{"Vpcs": "Zürich"}'.encode("cp1252"), "is not readable JSON"),
        ("ec2.DescribeVpcs.json.gz", gzip.compress(b"{}")[:-6], "is not readable JSON"),
        ("ec2.DescribeVpcs.json.gz", b"{}", "is not readable JSON"),
        ("ec2.DescribeVpcs.json.zst", b"{}", "is not readable JSON"),
        ("ec2.DescribeVpcs.json.gz", _damaged(gzip.compress(b"[" + b"1," * 99)), "not readable"),
        ("ec2.DescribeVpcs.json", b"[" * 200_000, "is not readable JSON"),
    ],
    ids=[
        "cut-off",
        "no-text",
        "no-utf-8",
        "gzip-cut-off",
        "no-gzip",
        "no-zstandard",
        "damaged",
        "nested",
    ],
)
def test_a_truncated_file_names_itself(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    folder = tmp_path / ACCOUNT / REGION
    folder.mkdir(parents=True)
    (folder / name).write_bytes(content)
    snapshot = Snapshot.open(tmp_path)
    with pytest.raises(SnapshotError, match=told) as caught:
        snapshot.read(ACCOUNT, REGION, CALL)
    assert name in str(caught.value)


@pytest.mark.parametrize(
    ("manifest", "told"),
    [
        (b"{", "truncated"),
        (b"[]", "object"),
        (b'{"schema": 1, "tool": "\xff"}', "can't decode byte 0xff"),
        (b'{"schema": 99, "tool": "x", "collected_at": "2026-11-01T12:00Z"}', "found 99"),
        (b'{"schema": 1, "tool": "x", "collected_at": "yesterday"}', "'yesterday' is not a time"),
    ],
)
def test_a_broken_manifest_is_refused(tmp_path: Path, manifest: bytes, told: str) -> None:
    (written(tmp_path) / "manifest.json").write_bytes(manifest)
    with pytest.raises(SnapshotError, match=told):
        Snapshot.open(tmp_path)


@pytest.mark.parametrize("make", [lambda _: None, Path.mkdir, Path.touch])
def test_a_place_that_holds_no_snapshot_is_refused(tmp_path: Path, make: object) -> None:
    place = tmp_path / "somewhere"
    make(place)  # type: ignore[operator]
    with pytest.raises(SnapshotError, match="somewhere"):
        Snapshot.open(place)


def test_packed_and_unpacked_side_by_side_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / ACCOUNT / REGION
    folder.mkdir(parents=True)
    (folder / "ec2.DescribeVpcs.json").write_text("{}")
    (folder / "ec2.DescribeVpcs.json.gz").write_bytes(gzip.compress(b"{}"))
    with pytest.raises(SnapshotError, match="there twice"):
        Snapshot.open(tmp_path)
