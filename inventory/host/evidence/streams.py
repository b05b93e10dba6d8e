"""Streams over packed files: each can be read and sought, and none gives more than is allowed."""

from __future__ import annotations

import contextlib
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Protocol, cast

from inventory.host.evidence.limits import (
    HARMLESS,
    HIGHEST_RATIO,
    LARGEST_READ,
    LARGEST_UNPACKED,
    EvidenceError,
)
from inventory.host.evidence.unpacking import UnpackedStream, bz2_unpacker, xz_unpacker

#: Opens a file, or a part of one; whoever calls closes it.
Opener = Callable[[], BinaryIO]


class Closing(Protocol):
    """What has to be closed."""

    def close(self) -> object: ...


_GZIP = b"\x1f\x8b"
_XZ = b"\xfd7zXZ\x00"
_BZIP2 = b"BZh"
_ZSTANDARD = b"\x28\xb5\x2f\xfd"


#: What the unpackers raise on damage besides OSError and EOFError, which every reader expects.
_DAMAGE: Final = (zlib.error, lzma.LZMAError, zipfile.BadZipFile)


@contextlib.contextmanager
def _damage_told() -> Iterator[None]:
    """Whoever reads a stream need not know how it is packed."""
    try:
        yield
    except _DAMAGE as error:
        raise EvidenceError(f"is damaged: {error}") from error


class Guarded(io.RawIOBase):
    """A stream that refuses to go further than a file of its packed size may (``limits``).

    Raises EvidenceError from ``read`` and ``seek``, of damage as well. What it was opened on is
    closed with it, then what lies ``behind`` that.
    """

    def __init__(self, stream: BinaryIO, packed_size: int, *behind: Closing) -> None:
        super().__init__()
        self._stream, self._behind = stream, behind
        self._furthest = min(LARGEST_UNPACKED, max(HARMLESS, packed_size * HIGHEST_RATIO))

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if whence == io.SEEK_SET:
            self._check(offset)
        with _damage_told():
            return self._stream.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        if size > LARGEST_READ:
            raise EvidenceError(f"asks for {size:,} bytes at once; nothing in a log is so large")
        with _damage_told():
            content = self._stream.read(size if size >= 0 else LARGEST_READ)
        self._check(self._stream.tell())
        return content

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        content = self.read(min(len(buffer), LARGEST_READ))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        for one in (self._stream, *self._behind):
            one.close()
        super().close()

    def _check(self, position: int) -> None:
        if position > self._furthest:
            raise EvidenceError(f"unpacks to more than {self._furthest:,} bytes")


class Part(io.RawIOBase):
    """The ``size`` bytes at ``start`` of another stream, which is closed with it if it is owned."""

    def __init__(self, stream: BinaryIO, start: int, size: int, *, owned: bool) -> None:
        super().__init__()
        self._stream, self._owned = stream, owned
        self._start, self._size, self._at = start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        self._stream.seek(self._start + self._at)
        content = self._stream.read(wanted)
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        if self._owned:
            self._stream.close()
        super().close()


class _Gzip(gzip.GzipFile):
    """A gzip file that closes what it was opened on."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(fileobj=stream, mode="rb")
        self._packed = stream

    def close(self) -> None:
        super().close()
        self._packed.close()


def unpacked(opener: Opener, size: int) -> Opener:
    """An opener of the same content without its ``.gz``, ``.xz`` or ``.bz2`` layer, by first bytes.

    ``size`` is how many bytes the packed file has. Opening raises what reading a damaged file does,
    and EvidenceError for an ``.zst``, which Python's own library does not unpack.
    """

    def opened() -> BinaryIO:
        stream = opener()
        try:
            first = stream.read(len(_XZ))
            stream.seek(0)
        except BaseException:
            stream.close()
            raise
        return _layer(stream, first, size)

    return opened


def _layer(stream: BinaryIO, first: bytes, size: int) -> BinaryIO:
    if first.startswith(_GZIP):
        return cast("BinaryIO", Guarded(cast("BinaryIO", _Gzip(stream)), size))
    if first.startswith(_XZ):
        return _guarded(UnpackedStream(stream, xz_unpacker), size)
    if first.startswith(_BZIP2) and first[len(_BZIP2) :][:1].isdigit():
        return _guarded(UnpackedStream(stream, bz2_unpacker), size)
    if first.startswith(_ZSTANDARD):
        stream.close()
        raise EvidenceError("is packed with Zstandard; unpack it first (zstd -d FILE)")
    return stream


def _guarded(raw: io.RawIOBase, size: int) -> BinaryIO:
    return cast("BinaryIO", Guarded(buffered(raw), size))


def buffered(raw: io.RawIOBase) -> BinaryIO:
    """A raw stream as one that always reads as much as is asked for."""
    return io.BufferedReader(raw)
