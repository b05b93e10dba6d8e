"""One answer as a file: plain, or packed where plain would be large; read within bounds.

A snapshot may come from anybody, so a small file must not become an endless one.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from pathlib import Path
from typing import Any, Final

import msgspec
import zstandard

from inventory.errors import SnapshotError

SUFFIXES: Final = (".json", ".json.gz", ".json.zst")
#: What a truncated, damaged or absurdly nested file raises, packed or not.
UNREADABLE: Final = (
    OSError,
    EOFError,
    RecursionError,
    UnicodeDecodeError,
    zlib.error,
    zstandard.ZstdError,
    msgspec.DecodeError,
)
#: Bytes. Far above what any account's single listing needs.
LARGEST: Final = 2 * 1024**3
#: What any packed file may unpack to, in bytes; above it only so many times its own size.
ALWAYS_ALLOWED: Final = 64 * 1024**2
#: Thousands of instances alike pack to a sixtieth of their size; gzip's own limit is a thousandth.
MOST_TIMES: Final = 250
#: Answers of so many bytes are packed, to a fifteenth or less; smaller ones stay legible.
PACKED_FROM: Final = 1024**2
_CHUNK: Final = 4 * 1024**2
_HALF_A_CHARACTER: Final = re.compile("[\ud800-\udfff]")


def packed(content: bytes) -> bytes:
    """The content of a ``.json.zst``: the same for the same bytes."""
    return zstandard.ZstdCompressor().compress(content)


def unpacked(path: Path) -> bytes:
    """The JSON text of an answer. No more than is allowed is ever held in memory.

    Raises SnapshotError for a file that is damaged, too large, or unpacks to too much.
    """
    try:
        return _content(path)
    except UNREADABLE as error:
        raise SnapshotError(path, f"is not readable JSON: {error}") from error


def parsed(path: Path) -> Any:
    """The whole answer. Raises SnapshotError naming the file.

    Half a surrogate pair becomes U+FFFD: AWS hands on what an instance says of itself, and one
    instance must not make the answer about all of them unreadable.
    """
    try:
        return _decoded(_content(path))
    except UNREADABLE as error:
        raise SnapshotError(path, f"is not readable JSON: {error}") from error


def _content(path: Path) -> bytes:
    size = path.stat().st_size
    if path.name.endswith(".gz"):
        with gzip.open(path) as file:
            return _bounded(path, file, size)
    if path.name.endswith(".zst"):
        with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as file:
            return _bounded(path, file, size)
    if size > LARGEST:
        raise SnapshotError(path, f"is larger than {LARGEST} bytes")
    return path.read_bytes()


def _bounded(path: Path, file: Any, size: int) -> bytes:
    """Read in chunks, up to the limit that the packed ``size`` sets."""
    most = min(LARGEST, max(ALWAYS_ALLOWED, MOST_TIMES * size))
    content = io.BytesIO()
    while chunk := file.read(_CHUNK):
        content.write(chunk)
        if content.tell() > most:
            raise SnapshotError(
                path, f"unpacks to more than {most} bytes, which no listing of that size does"
            )
    return content.getvalue()


def _decoded(content: bytes) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        whole = in_whole_characters(content)
        if whole is None:
            raise
        return msgspec.json.decode(whole)


def in_whole_characters(content: bytes) -> bytes | None:
    """The same JSON without halves of characters, ``None`` if they are not what is wrong."""
    try:
        text = json.dumps(json.loads(content), ensure_ascii=False)
    except ValueError:
        return None
    whole = _HALF_A_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
    return None if whole == text else whole.encode()
