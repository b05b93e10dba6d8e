"""One file of the evidence, wherever it lies: in the folder, in an archive, on a mounted volume."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import Final

from inventory.host.evidence.limits import LARGEST_OUTPUT, EvidenceError
from inventory.host.evidence.streams import Opener

#: Between an archive's path and a path inside it.
INSIDE = "!"
_PACKINGS: Final = (".gz", ".xz", ".bz2")


@dataclasses.dataclass(frozen=True)
class Piece:
    """A file with its first bytes already read and unpacked.

    ``name`` is its path in the folder (``a.tar.gz!var/log/x.log``), ``unit`` what it lies in: its
    folder, its archive, or the root of a mounted volume. ``picked`` tells that someone put the file
    there by itself, so that it is worth a word if nothing can be made of it. ``modified`` is the
    file's own time. ``opener`` gives all of the content, unpacked; the caller closes it.
    """

    name: str
    unit: str
    head: bytes
    opener: Opener
    modified: datetime | None = None
    picked: bool = True

    @property
    def path(self) -> tuple[str, ...]:
        """The folders and files that lead to it, an archive's name among them."""
        return tuple(part for part in self.name.replace(INSIDE, "/").split("/") if part)

    @property
    def base(self) -> str:
        """The file's own name, without the suffix of its packing."""
        name = self.path[-1] if self.path else self.name
        packing = next((one for one in _PACKINGS if name.endswith(one)), "")
        return name.removesuffix(packing)

    def content(self) -> bytes:
        """All of it, for what a tool printed. Raises EvidenceError above ``LARGEST_OUTPUT``."""
        with self.opener() as stream:
            found = bytearray()
            while len(found) <= LARGEST_OUTPUT:
                more = stream.read(LARGEST_OUTPUT + 1 - len(found))
                if not more:
                    return bytes(found)
                found += more
        raise EvidenceError(f"is larger than {LARGEST_OUTPUT:,} bytes, as no tool's output is")


def shown(name: str) -> str:
    """A file's name as a report may hold it: whatever bytes it is made of on its disk."""
    text = name.encode("utf-8", errors="replace").decode("utf-8")
    return "".join(char if char.isprintable() else "?" for char in text)


def file_time(seconds: float) -> datetime | None:
    """A file's time, seconds since 1970; ``None`` for what is no time that a machine can have."""
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None


def stamp(moment: datetime | None) -> str:
    """ISO 8601 UTC to the second, ``""`` for none."""
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
