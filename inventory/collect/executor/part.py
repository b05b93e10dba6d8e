"""A part of a snapshot as bytes: how what a worker read comes back."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec
import zstandard

from inventory.errors import SnapshotError
from inventory.snapshot import Manifest

#: Raw answers shrink to a tenth at this level, at some hundred megabytes a second.
_LEVEL: Final = 3


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A small snapshot: its manifest and its files by name; ``throttles`` is how many AWS gave."""

    manifest: Manifest
    files: dict[str, bytes]
    throttles: int = 0


def packed(folder: Path, manifest: Manifest, throttles: int) -> bytes:
    """The folder's answers, compressed. Every file is one that the manifest names."""
    files = {line.file: (folder / line.file).read_bytes() for line in manifest.calls if line.file}
    part = Part(manifest=manifest, files=files, throttles=throttles)
    return zstandard.ZstdCompressor(level=_LEVEL).compress(msgspec.msgpack.encode(part))


def unpacked(content: bytes) -> Part:
    """The part again; raises SnapshotError for bytes that are none."""
    try:
        return msgspec.msgpack.decode(zstandard.decompress(content), type=Part)
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise SnapshotError("part", f"is not what a worker returns: {error}") from error
