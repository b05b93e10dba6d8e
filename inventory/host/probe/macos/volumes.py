"""The file systems that the agent writes to, on macOS (F1; macos/volumes.sh)."""

from __future__ import annotations

from typing import Final

from inventory.facts.host import Volume
from inventory.host.probe.asking import Asked
from inventory.host.probe.shell import Told, at, whole

_BLOCK: Final = 1024


def read_volumes(said: Told, _asked: Asked) -> tuple[Volume, ...] | None:
    """One volume a folder; ``None`` where none could be looked at."""
    found = tuple(_volume(at(words, 0), at(words, 1)) for words in said.every("space"))
    return found or None


def _volume(path: str, line: str) -> Volume:
    """df(1) with -k -i: device, blocks, used, available, capacity, iused, ifree, share, mount."""
    words = line.split()
    total, free, used_inodes, free_inodes = (whole(at(words, place)) for place in (1, 3, 5, 6))
    if total is None or free is None:
        return Volume(path=path)
    return Volume(
        path=path,
        free_bytes=free * _BLOCK,
        total_bytes=total * _BLOCK,
        free_inodes=free_inodes,
        total_inodes=_sum(used_inodes, free_inodes),
    )


def _sum(used: int | None, free: int | None) -> int | None:
    return None if used is None or free is None else used + free
