"""Files that only their owner may read, whatever the umask says.

What AWS answered names networks, roles and people, and a run is judged by it: nobody else of the
machine has to be able to read it, or to change it before it is judged.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import BinaryIO, Final

_FOLDER: Final = 0o700
_FILE: Final = 0o600


def private_folder(folder: Path, top: Path) -> None:
    """Make ``folder`` and what lacks between it and ``top``, both included. Raises OSError.

    Folders that are there already, and those above ``top``, are left as they are.
    """
    top.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
    below = top
    for name in folder.relative_to(top).parts:
        below /= name
        below.mkdir(mode=_FOLDER, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Write beside the final name and move there: half a file never has it. Raises OSError."""
    partial = path.with_name(path.name + ".partial")
    with _opened(partial) as file:
        file.write(content)
    partial.replace(path)


def copy_private(source: Path, path: Path) -> None:
    """Copy a file's content, not its mode. Raises OSError."""
    with source.open("rb") as content, _opened(path) as file:
        shutil.copyfileobj(content, file)


def _opened(path: Path) -> BinaryIO:
    """The file, emptied, of whatever mode it has if it is there already."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE), "wb")
