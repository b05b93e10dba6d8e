"""A stream as blocks of UTF-8 bytes of one size, whatever it is packed in and how it arrives."""

from __future__ import annotations

import codecs
import zlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

#: Bytes of a block: what is held of one file at a time is a few of them.
BLOCK: Final = 1 << 20
#: Bytes that are unpacked of one file; a log of the agent has 30 MB.
LARGEST: Final = 4 << 30
_GZIP: Final = b"\x1f\x8b"
_UTF16: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}


class UnreadableError(Exception):
    """A file's content cannot be read on; what was read before holds."""


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """Its text in blocks of exactly ``BLOCK`` bytes, the last one shorter; UTF-16 and gzip undone.

    How the stream cuts what it hands over makes no difference. Raises UnreadableError.
    """
    return _of_one_size(_as_utf8(_unpacked(_chunks(stream))))


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    while True:
        try:
            chunk = stream.read(BLOCK)
        except (OSError, EOFError, ValueError, zlib.error) as error:
            raise UnreadableError(f"reading stops: {error}") from error
        if not chunk:
            return
        yield chunk


def _unpacked(chunks: Iterator[bytes]) -> Iterator[bytes]:
    head, rest = _with_head(chunks, len(_GZIP))
    yield from _gunzipped(rest) if head.startswith(_GZIP) else rest


def _gunzipped(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The members of a gzip file one after the other, at most ``LARGEST`` bytes of them."""
    total = 0
    for piece in _inflated(chunks):
        total += len(piece)
        if total > LARGEST:
            raise UnreadableError(f"gzip: more than {LARGEST >> 30} GiB unpacked")
        yield piece


def _inflated(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces of at most ``BLOCK`` bytes, however well it was packed."""
    member = zlib.decompressobj(wbits=31)
    try:
        for chunk in chunks:
            left = chunk
            while left.rstrip(b"\0") if member.eof else left:
                if member.eof:
                    member = zlib.decompressobj(wbits=31)
                yield member.decompress(left, BLOCK)
                left = member.unused_data if member.eof else member.unconsumed_tail
        while piece := member.decompress(b"", BLOCK):
            yield piece
    except zlib.error as error:
        raise UnreadableError(f"gzip: {error}") from error
    if not member.eof:
        raise UnreadableError("gzip: the file is cut off")


def _as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """UTF-8 as it is but for its byte order mark, UTF-16 decoded."""
    head, rest = _with_head(chunks, 16)
    encoding = _UTF16.get(head[:2]) or _utf16_without_mark(head)
    if encoding:
        rest = _transcoded(rest, encoding)
    yield from _without_mark(rest)


def _transcoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _utf16_without_mark(head: bytes) -> str:
    """Latin letters in UTF-16 have every other byte zero."""
    even, odd = head[::2], head[1::2]
    if odd and not any(odd) and all(even):
        return "utf-16-le"
    return "utf-16-be" if odd and not any(even) and all(odd) else ""


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    head, rest = _with_head(chunks, len(codecs.BOM_UTF8))
    marked = head.startswith(codecs.BOM_UTF8)
    for chunk in rest:
        yield chunk.removeprefix(codecs.BOM_UTF8) if marked else chunk
        marked = False


def _with_head(chunks: Iterator[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first bytes, and everything with them; the first piece holds at least the head."""
    head = bytearray()
    for chunk in chunks:
        head += chunk
        if len(head) >= size:
            break
    return bytes(head[:size]), _chain(bytes(head), chunks)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _of_one_size(chunks: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    broken: UnreadableError | None = None
    try:
        for chunk in chunks:
            held += chunk
            while len(held) >= BLOCK:
                yield bytes(held[:BLOCK])
                del held[:BLOCK]
    except UnreadableError as error:
        broken = error
    if held:
        yield bytes(held)
    if broken is not None:
        raise broken
