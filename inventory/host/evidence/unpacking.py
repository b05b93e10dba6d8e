"""An ``.xz`` or ``.bz2`` as a stream: with bounds that the library's own file types have not."""

from __future__ import annotations

import bz2
import io
import lzma
from collections.abc import Callable
from typing import BinaryIO, Final, Protocol

from inventory.host.evidence.limits import LARGEST_DICTIONARY

_STEP: Final = 64 * 1024


class Unpacker(Protocol):
    """What ``lzma`` and ``bz2`` unpack one stream with."""

    @property
    def eof(self) -> bool:
        """Whether the stream has come to its end."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes of what it was given."""

    @property
    def unused_data(self) -> bytes:
        """What it was given beyond that end."""

    def decompress(self, data: bytes, /, max_length: int = -1) -> bytes:
        """At most so many bytes more."""


def xz_unpacker() -> Unpacker:
    """Refuses a file that wants a larger dictionary than any log needs."""
    return lzma.LZMADecompressor(memlimit=LARGEST_DICTIONARY)


def bz2_unpacker() -> Unpacker:
    """Its blocks have 900 kB at most."""
    return bz2.BZ2Decompressor()


class UnpackedStream(io.RawIOBase):
    """A packed file read bit by bit, streams behind each other as one: several tools write such.

    Seeking back starts over: logs are read front to back.
    """

    def __init__(self, stream: BinaryIO, unpacker: Callable[[], Unpacker]) -> None:
        super().__init__()
        self._stream, self._make = stream, unpacker
        self._restart()

    def _restart(self) -> None:
        self._stream.seek(0)
        self._unpacker = self._make()
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        target = offset if whence == io.SEEK_SET else self._at + offset
        if whence == io.SEEK_END:
            raise io.UnsupportedOperation("the size of what is packed is known at its end only")
        if target < self._at:
            self._restart()
        while self._at < target and self.read(min(_STEP, target - self._at)):
            pass
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        while (packed := self._packed()) is not None:
            content = self._unpacker.decompress(packed, max_length=len(buffer))
            if content:
                buffer[: len(content)] = content
                self._at += len(content)
                return len(content)
        return 0

    def _packed(self) -> bytes | None:
        """What to unpack next, ``None`` at the end of the last stream; an ``.xz`` may be padded."""
        if not self._unpacker.eof:
            packed = self._stream.read(_STEP) if self._unpacker.needs_input else b""
            if self._unpacker.needs_input and not packed:
                raise EOFError("what is packed ends in the middle")
            return packed
        rest = self._unpacker.unused_data.lstrip(b"\0")
        while not rest:
            more = self._stream.read(_STEP)
            if not more:
                return None
            rest = more.lstrip(b"\0")
        self._unpacker = self._make()
        return rest

    def close(self) -> None:
        self._stream.close()
        super().close()
