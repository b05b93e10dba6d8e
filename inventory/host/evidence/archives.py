"""Archives, read where they lie: nothing of them is ever written anywhere.

A tar may be plain, ``.gz``, ``.xz`` or ``.bz2``; a zip is what Windows makes. Members are looked at
one after the other in a single pass, and only those that tell something are opened again.
"""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final, cast

from inventory.host.evidence.found import Problem
from inventory.host.evidence.limits import (
    HEAD,
    LARGEST_READ,
    MOST_MEMBERS,
    UNREADABLE,
    EvidenceError,
    said,
)
from inventory.host.evidence.piece import INSIDE, Piece, file_time, shown
from inventory.host.evidence.streams import Guarded, Opener, Part, buffered, unpacked

_TAR_MAGIC: Final = b"ustar"
_TAR_MAGIC_AT: Final = 257
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_ZIP_END: Final = b"PK\x05\x06"
_ZIP_END_SIZE: Final = 22
_LONGEST_ZIP_COMMENT: Final = 65_535


def is_tar(head: bytes) -> bool:
    """Whether the first unpacked bytes of a file are a tar's."""
    return head[_TAR_MAGIC_AT:].startswith(_TAR_MAGIC)


def is_zip(head: bytes) -> bool:
    """Whether the first bytes of a file are a zip's."""
    return head.startswith(_ZIP)


def tar_pieces(name: str, opener: Opener) -> Iterator[Piece | Problem]:
    """The regular files of a tar. ``opener`` gives it unpacked, guarded where it was packed.

    Raises what ``limits.UNREADABLE`` names where the archive is damaged.
    """
    with opener() as stream, tarfile.open(fileobj=_OneGulp(stream), mode="r:") as archive:
        reached = -1
        for count in range(MOST_MEMBERS + 1):
            member = archive.next()
            if member is None:
                return
            if member.size < 0 or member.offset <= reached:
                raise EvidenceError("is a damaged tar: a member of it has no possible size")
            if count == MOST_MEMBERS:
                raise EvidenceError(f"holds more than {MOST_MEMBERS:,} files")
            reached = member.offset
            # The library remembers every member it met, and only the one at hand is of use.
            archive.members.clear()  # type: ignore[attr-defined]
            if not member.isreg() or member.issparse():
                continue
            yield _member(
                (name, member.name),
                member.size,
                _part_opener(opener, member.offset_data, member.size),
                _in_passing(stream, member.offset_data, member.size),
                file_time(member.mtime),
            )


def zip_pieces(name: str, opener: Opener) -> Iterator[Piece | Problem]:
    """The files of a zip. Their own times have no zone, and are left out.

    Raises what ``limits.UNREADABLE`` names where the archive is damaged.
    """
    with opener() as stream:
        _check_directory(stream)
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise EvidenceError(f"holds more than {MOST_MEMBERS:,} files")
            for member in members:
                if member.is_dir():
                    continue
                opened = _zip_opener(opener, member)
                yield _member((name, member.filename), member.file_size, opened, opened, None)


def _member(
    place: tuple[str, str],
    size: int,
    opener: Opener,
    in_passing: Opener,
    modified: datetime | None,
) -> Piece | Problem:
    """One file of an archive, or why it is left alone; ``place`` is the archive and its path in it.

    ``in_passing`` opens the file in the stream that the archive is being read from: its head comes
    from there, for ``opener`` unpacks the archive from its start.
    """
    archive, member = place
    relative = member.replace("\\", "/").lstrip("/")
    name = f"{archive}{INSIDE}{shown(relative)}"
    if not relative or ".." in relative.split("/"):
        return Problem(name, "its path leads out of the archive; not read")
    try:
        with unpacked(in_passing, size)() as stream:
            head = stream.read(HEAD)
        if is_zip(head) or is_tar(head):
            return Problem(name, "is an archive in an archive; unpack the outer one")
    except UNREADABLE as error:
        return Problem(name, f"cannot be unpacked: {said(error)}")
    return Piece(name, archive, head, unpacked(opener, size), modified, picked=False)


def _part_opener(opener: Opener, start: int, size: int) -> Opener:
    return lambda: buffered(Part(opener(), start, size, owned=True))


def _in_passing(stream: BinaryIO, start: int, size: int) -> Opener:
    return lambda: buffered(Part(stream, start, size, owned=False))


def _zip_opener(opener: Opener, member: zipfile.ZipInfo) -> Opener:
    def opened() -> BinaryIO:
        stream = opener()
        try:
            archive = zipfile.ZipFile(stream)
            content = cast("BinaryIO", archive.open(member))
        except BaseException:
            stream.close()
            raise
        return buffered(Guarded(content, member.compress_size, archive, stream))

    return opened


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a zip whose table of contents alone would fill the memory."""
    end = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, end - _ZIP_END_SIZE - _LONGEST_ZIP_COMMENT))
    tail = stream.read()
    found = tail.rfind(_ZIP_END)
    record = tail[found : found + _ZIP_END_SIZE] if found >= 0 else b""
    if len(record) < _ZIP_END_SIZE:
        raise EvidenceError("is a zip without its end; it was cut")
    directory = int.from_bytes(record[12:16], "little")
    if directory > LARGEST_READ:
        raise EvidenceError("is a zip with too long a table of contents")


class _OneGulp(io.RawIOBase):
    """A stream of which no header of a tar may ask for more than ``LARGEST_READ`` at once."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= LARGEST_READ:
            raise EvidenceError(f"is a tar with a header of {size:,} bytes")
        return self._stream.read(size)
