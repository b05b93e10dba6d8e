"""The file systems that the agent writes to, on Linux (F1, F2; linux/volumes.sh)."""

from __future__ import annotations

from inventory.facts.host import Volume
from inventory.host.probe.asking import Asked
from inventory.host.probe.shell import Told, at, whole


def read_volumes(said: Told, _asked: Asked) -> tuple[Volume, ...] | None:
    """One volume a folder; ``None`` where none could be looked at."""
    options = {at(words, 0): at(words, 1) for words in said.every("options")}
    found = tuple(
        _volume(at(words, 0), at(words, 1), options.get(at(words, 0), ""))
        for words in said.every("space")
    )
    return found or None


def _volume(path: str, line: str, options: str) -> Volume:
    """stat(1)'s ``%S %f %b %d %c``: block size, free and all blocks, free and all inodes."""
    numbers = [number for one in line.split() if (number := whole(one)) is not None]
    read_only = ("ro" in options.split(",")) if options else None
    try:
        size, free, total, free_inodes, inodes = numbers
    except ValueError:
        return Volume(path=path, read_only=read_only)
    return Volume(
        path=path,
        free_bytes=free * size,
        total_bytes=total * size,
        # Some file systems make inodes as they need them, and name none at all.
        free_inodes=free_inodes if inodes else None,
        total_inodes=inodes or None,
        read_only=read_only,
    )
