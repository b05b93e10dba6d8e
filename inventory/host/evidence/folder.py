"""The files of the folder that ``--host-evidence`` names, archives and mounted volumes opened.

Links are not followed, for they may lead anywhere; pipes and devices are left alone. Of a machine's
whole root volume only the places are visited where an agent or a system leaves its logs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from inventory.host.evidence.archives import is_tar, is_zip, tar_pieces, zip_pieces
from inventory.host.evidence.found import Problem
from inventory.host.evidence.limits import (
    DEEPEST,
    HEAD,
    MOST_FILES,
    UNREADABLE,
    EvidenceError,
    said,
)
from inventory.host.evidence.pasted import is_pasted, pasted
from inventory.host.evidence.piece import Piece, file_time, shown
from inventory.host.evidence.streams import Opener, unpacked

#: What the root of a volume has in it, by system. A part of one that was copied is read whole.
_ROOTS: Final = (frozenset({"etc", "usr", "var"}), frozenset({"ProgramData", "Windows"}))
#: Where logs lie below such a root (domain.md 3.1), and where cloud-init keeps the instance's id.
_PLACES: Final = (
    "var/log/amazon/ssm",
    "ProgramData/Amazon/SSM/Logs",
    "var/log/messages",
    "var/log/syslog",
    "var/log/system.log",
    "var/lib/cloud/data/instance-id",
)
_FIRST_LINE: Final = 80
#: Folders of the agent's own that hold no log: downloads, and what commands printed.
_BARREN: Final = frozenset({"download", "audits", "orchestration"})


def pieces(folder: Path) -> Iterator[Piece | Problem]:
    """Every file below a folder, in the order of their paths, packed ones unpacked.

    A folder that is none is a Problem as well: reading evidence never raises on what it finds.
    """
    root = Path(os.path.realpath(folder))
    if not root.is_dir():
        yield Problem(str(folder), "is not a folder")
        return
    for count, found in enumerate(_files(root, root, 0)):
        if isinstance(found, Problem):
            yield found
        elif count >= MOST_FILES:
            yield Problem(
                str(folder), f"holds more than {MOST_FILES:,} files; the rest is not read"
            )
            return
        else:
            path, unit, picked = found
            yield from _opened(path, _name(root, path), unit, picked=picked)


def _files(root: Path, folder: Path, depth: int) -> Iterator[tuple[Path, str, bool] | Problem]:
    """Files with what they lie in, and whether somebody put each there by itself."""
    name = _name(root, folder)
    if depth > DEEPEST:
        yield Problem(name, f"lies more than {DEEPEST} folders deep; not read")
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        yield Problem(name, f"cannot be listed: {said(error)}")
        return
    if any(marks <= {entry.name for entry in entries} for marks in _ROOTS):
        yield from _volume(root, folder)
        return
    for entry in entries:
        path = folder / entry.name
        if entry.is_symlink():
            yield Problem(_name(root, path), "is a link; links are not followed")
        elif entry.is_dir(follow_symlinks=False):
            yield from _files(root, path, depth + 1)
        elif entry.is_file(follow_symlinks=False):
            yield path, name, True
        else:
            yield Problem(_name(root, path), "is no ordinary file; not read")


def _volume(root: Path, volume: Path) -> Iterator[tuple[Path, str, bool] | Problem]:
    """The logs of a root volume, and the id that its cloud-init wrote down."""
    unit = _name(root, volume)
    for place in _PLACES:
        path = volume / place
        if any(step.is_symlink() for step in _steps(volume, path)):
            yield Problem(_name(root, path), "is reached by a link; links are not followed")
        elif path.is_dir():
            yield from _below(path, unit)
        else:
            for rotated in sorted(path.parent.glob(f"{path.name}*")):
                if stat.S_ISREG(rotated.lstat().st_mode):
                    yield rotated, unit, False


def _below(folder: Path, unit: str) -> Iterator[tuple[Path, str, bool]]:
    for where, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(one for one in folders if one not in _BARREN)
        for name in sorted(names):
            path = Path(where) / name
            if stat.S_ISREG(path.lstat().st_mode):
                yield path, unit, False


def _steps(volume: Path, path: Path) -> Iterator[Path]:
    """The folders from a volume's root down to a path, the path itself among them."""
    step = volume
    for part in path.relative_to(volume).parts:
        step = step / part
        yield step


def _opened(path: Path, name: str, unit: str, *, picked: bool) -> Iterator[Piece | Problem]:
    """A file of the folder as the piece it is, or the pieces of the archive that it is."""
    try:
        size = path.lstat().st_size
        modified = file_time(path.lstat().st_mtime)
        plain = _file_opener(path)
        with plain() as stream:
            is_text = is_pasted(stream.read(_FIRST_LINE))
        if is_text:
            plain, size = pasted(plain)
        opener = unpacked(plain, size)
        with opener() as stream:
            head = stream.read(HEAD)
        if is_zip(head):
            yield from zip_pieces(name, plain)
        elif is_tar(head):
            yield from tar_pieces(name, opener)
        else:
            yield Piece(name, unit, head, opener, modified, picked)
    except EvidenceError as error:
        yield Problem(name, f"{said(error)}; not read any further")
    except UNREADABLE as error:
        yield Problem(name, f"cannot be read: {said(error)}")


def _name(root: Path, path: Path) -> str:
    return shown(path.relative_to(root).as_posix())


def _file_opener(path: Path) -> Opener:
    """Opens the file itself: never a link that took its place, never a pipe that would block."""

    def opened() -> BinaryIO:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        return os.fdopen(handle, "rb")

    return opened
