"""Archives as they lie: read in memory, a bit at a time, and refused where they are a trap."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from inventory.host.evidence.folder import pieces
from inventory.host.evidence.found import Problem
from inventory.host.evidence.limits import HARMLESS, LARGEST_READ, MIB, EvidenceError
from inventory.host.evidence.piece import Piece

LOG = b"2026-11-01 08:15:02 INFO [amazon-ssm-agent] Starting Core Agent\n" * 2_000
FILES = {"var/log/amazon/ssm/amazon-ssm-agent.log": LOG, "ssm-cli.json": b"{}"}


def tar_of(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime = len(content), 1_793_520_902
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def found(folder: Path, **files: bytes) -> dict[str, Piece | Problem]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    every = list(pieces(folder))
    return {one.name if isinstance(one, Piece) else one.file: one for one in every}


def only_problem(folder: Path, content: bytes) -> Problem:
    (problem,) = found(folder, a=content).values()
    assert isinstance(problem, Problem), problem
    return problem


PACKINGS = {
    "tar": tar_of,
    "tar.gz": lambda files: gzip.compress(tar_of(files)),
    "tar.xz": lambda files: lzma.compress(tar_of(files)),
    "tar.bz2": lambda files: bz2.compress(tar_of(files)),
    "zip": zip_of,
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_members_are_read_where_they_lie(packing: str, tmp_path: Path) -> None:
    members = found(tmp_path, a=PACKINGS[packing](FILES))
    assert sorted(members) == [f"a!{name}" for name in sorted(FILES)]
    for name, content in FILES.items():
        piece = members[f"a!{name}"]
        assert isinstance(piece, Piece)
        assert piece.head == content[: len(piece.head)]
        for _ in range(2):
            with piece.opener() as stream:
                assert stream.read() == content
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


PACKS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "xz": lzma.compress,
    "bz2": bz2.compress,
}


@pytest.mark.parametrize("ending", PACKS)
@pytest.mark.parametrize("packing", PACKINGS)
def test_a_rotated_log_may_be_packed_once_more(packing: str, ending: str, tmp_path: Path) -> None:
    name = f"x.log.1.{ending}"
    members = found(tmp_path, a=PACKINGS[packing]({name: PACKS[ending](LOG)}))
    piece = members[f"a!{name}"]
    assert isinstance(piece, Piece)
    assert (piece.content(), piece.base) == (LOG, "x.log.1")


@pytest.mark.parametrize("ending", PACKS)
def test_packed_parts_behind_each_other_are_one_file(ending: str, tmp_path: Path) -> None:
    """As ``pbzip2`` writes them, and ``cat a.xz b.xz``."""
    pack = PACKS[ending]
    piece = found(tmp_path, a=pack(LOG[:1_000]) + pack(b"") + pack(LOG[1_000:]))["a"]
    assert isinstance(piece, Piece)
    assert piece.content() == LOG


def test_the_padding_of_an_xz_is_no_part_of_it(tmp_path: Path) -> None:
    piece = found(tmp_path, a=lzma.compress(LOG) + bytes(8) + lzma.compress(LOG) + bytes(4))["a"]
    assert isinstance(piece, Piece)
    assert piece.content() == LOG + LOG


#: An empty frame of RFC 8878: magic number, header, one last raw block of no bytes.
ZSTANDARD = bytes.fromhex("28b52ffd 2000 010000")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(ZSTANDARD, id="a file"),
        pytest.param(tar_of({"syslog.1.zst": ZSTANDARD}), id="in a tar"),
        pytest.param(zip_of({"syslog.1.zst": ZSTANDARD}), id="in a zip"),
    ],
)
def test_zstandard_is_told_with_the_command_that_unpacks_it(content: bytes, tmp_path: Path) -> None:
    problem = only_problem(tmp_path, content)
    assert "is packed with Zstandard; unpack it first (zstd -d FILE)" in problem.what
    assert problem.file in ("a", "a!syslog.1.zst")


@pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)
def test_a_single_file_may_be_packed(pack: object, tmp_path: Path) -> None:
    assert callable(pack)
    piece = found(tmp_path, a=pack(LOG))["a"]
    assert isinstance(piece, Piece)
    with piece.opener() as stream:
        assert stream.seek(100) == 100
        assert stream.read(10) == LOG[100:110]
        assert stream.seek(5) == 5
        assert stream.read() == LOG[5:]


def test_a_tars_own_times_count_and_a_zips_have_no_zone(tmp_path: Path) -> None:
    tar = found(tmp_path, a=tar_of(FILES))["a!ssm-cli.json"]
    assert isinstance(tar, Piece)
    assert tar.modified is not None
    assert tar.modified.isoformat() == "2026-11-01T08:15:02+00:00"
    packed = found(tmp_path, a=zip_of(FILES))["a!ssm-cli.json"]
    assert isinstance(packed, Piece)
    assert packed.modified is None


def test_the_toolkits_absolute_names_are_read_and_no_others_lead_out(tmp_path: Path) -> None:
    files = {"/var/log/a.log": LOG, "../../etc/passwd": LOG, "x/../../b": LOG, "c..d": LOG}
    members = found(tmp_path, a=tar_of(files))
    read = {name for name, one in members.items() if isinstance(one, Piece)}
    assert read == {"a!var/log/a.log", "a!c..d"}
    assert all("leads out" in one.what for one in members.values() if isinstance(one, Problem))


def test_links_and_devices_of_an_archive_are_left_alone(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            member = tarfile.TarInfo(f"a{kind!r}")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    assert found(tmp_path, a=packed.getvalue()) == {}


def test_an_archive_in_an_archive_is_told(tmp_path: Path) -> None:
    members = found(
        tmp_path, a=tar_of({"b.tar.gz": gzip.compress(tar_of(FILES)), "c": zip_of(FILES)})
    )
    assert all(isinstance(one, Problem) and "in an archive" in one.what for one in members.values())
    assert len(members) == 2


#: What counts as harmless in these tests, so that a bomb is quickly made.
ENOUGH = 8 * MIB


def nothing(size: int) -> bytes:
    """A gzip of that many zeros, in pieces: some thousandth of its size."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        for _ in range(size // MIB):
            file.write(bytes(MIB))
    return packed.getvalue()


def test_a_large_log_is_never_held_as_a_whole(tmp_path: Path) -> None:
    piece = found(tmp_path, a=gzip.compress(tar_of({"x.log": os.urandom(8 * MIB)})))
    log = piece["a!x.log"]
    assert isinstance(log, Piece)
    tracemalloc.start()
    with log.opener() as stream:
        size = sum(len(part) for part in iter(lambda: stream.read(MIB), b""))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 8 * MIB
    assert peak < 5 * MIB


def _nothing_by(packer: lzma.LZMACompressor | bz2.BZ2Compressor, size: int) -> bytes:
    zeros = bytes(MIB)
    return b"".join([*(packer.compress(zeros) for _ in range(size // MIB)), packer.flush()])


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param(lambda: nothing(ENOUGH + 8 * MIB), id="gz"),
        pytest.param(lambda: _nothing_by(lzma.LZMACompressor(preset=0), ENOUGH + 8 * MIB), id="xz"),
        pytest.param(lambda: _nothing_by(bz2.BZ2Compressor(), ENOUGH + 8 * MIB), id="bz2"),
    ],
)
def test_a_bomb_is_refused_once_it_is_larger_than_any_harm(
    bomb: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventory.host.evidence.streams.HARMLESS", ENOUGH)
    packed = bomb()
    assert len(packed) * 400 < ENOUGH < HARMLESS
    piece = found(tmp_path, a=packed)["a"]
    assert isinstance(piece, Piece)
    with piece.opener() as stream, pytest.raises(EvidenceError, match="unpacks to more than"):
        sum(len(part) for part in iter(lambda: stream.read(MIB), b""))


def test_a_tar_that_is_a_bomb_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.host.evidence.streams.HARMLESS", ENOUGH)
    member = tarfile.TarInfo("zeros.log")
    member.size = ENOUGH + 8 * MIB
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb") as file:
        file.write(member.tobuf())
        for _ in range(ENOUGH // MIB + 9):
            file.write(bytes(MIB))
    told = found(tmp_path, a=packed.getvalue())
    assert isinstance(told["a"], Problem)
    assert "unpacks to more than" in told["a"].what


def header(**changes: object) -> bytes:
    member = tarfile.TarInfo("x.log")
    for name, value in changes.items():
        setattr(member, name, value)
    return member.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(header(size=-512) + bytes(1024), id="a negative size"),
        pytest.param(header(size=-512, type=tarfile.XHDTYPE) + bytes(1024), id="a negative header"),
        pytest.param(gzip.compress(tar_of(FILES))[:200], id="cut"),
        pytest.param(lzma.compress(tar_of(FILES))[:200], id="cut xz"),
        pytest.param(zip_of(FILES)[:-30], id="cut zip"),
        pytest.param(b"\x1f\x8b\x08\x00garbage", id="no gzip"),
        pytest.param(b"\xfd7zXZ\x00garbage", id="no xz"),
        pytest.param(bz2.compress(tar_of(FILES))[:200], id="cut bz2"),
        pytest.param(b"BZh9garbage", id="no bz2"),
        pytest.param(b"PK\x03\x04garbage", id="no zip"),
    ],
)
def test_what_is_damaged_is_a_problem_that_names_the_file(content: bytes, tmp_path: Path) -> None:
    problem = only_problem(tmp_path, content)
    assert problem.file.startswith("a")
    assert str(tmp_path) not in problem.what


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME], ids=["pax", "name"])
def test_no_header_of_a_tar_fills_the_memory(kind: bytes, tmp_path: Path) -> None:
    problem = only_problem(tmp_path, header(size=LARGEST_READ + 512, type=kind))
    assert f"header of {LARGEST_READ + 512:,} bytes" in problem.what


def test_a_zip_with_a_password_is_a_problem(tmp_path: Path) -> None:
    packed = bytearray(zip_of({"a.log": LOG}))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    assert "password" in only_problem(tmp_path, bytes(packed)).what


def test_a_zip_with_an_endless_table_of_contents_is_refused(tmp_path: Path) -> None:
    packed = bytearray(zip_of(FILES))
    end = packed.rindex(b"PK\x05\x06")
    packed[end + 12 : end + 16] = (LARGEST_READ + 1).to_bytes(4, "little")
    assert "table of contents" in only_problem(tmp_path, bytes(packed)).what


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inventory.host.evidence.archives.MOST_MEMBERS", 3)
    files = {f"{number}.log": b"x" for number in range(5)}
    for packed in (tar_of(files), zip_of(files)):
        told = found(tmp_path, a=packed)["a"]
        assert isinstance(told, Problem)
        assert "more than 3 files" in told.what
