"""How much of a user's file is read at most: nothing in it may cost more than it can tell."""

from __future__ import annotations

import lzma
import struct
import tarfile
import zipfile
import zlib
from typing import Final

MIB: Final = 1024**2
#: Bytes of a file that are looked at to tell what it is.
HEAD: Final = 64 * 1024
#: Bytes of a tool's output: ssm-cli prints some 4 kB, a console holds 64 kB.
LARGEST_OUTPUT: Final = 8 * MIB
#: Bytes of a log, and of everything in an archive, once unpacked.
LARGEST_UNPACKED: Final = 4096 * MIB
#: Unpacked bytes for each packed one. Repetitive logs reach some 100; a bomb is made of nothing.
HIGHEST_RATIO: Final = 400
#: Below this nothing is a bomb, whatever its ratio.
HARMLESS: Final = 64 * MIB
#: Bytes that one structure of an archive may ask for at once.
LARGEST_READ: Final = 16 * MIB
#: What an ``.xz`` may want as its dictionary.
LARGEST_DICTIONARY: Final = 128 * MIB
MOST_MEMBERS: Final = 10_000
#: Files that are looked at in the whole folder, and how deep its folders may lie.
MOST_FILES: Final = 50_000
DEEPEST: Final = 24
#: Files that are told one by one where nothing can be made of them.
MOST_UNKNOWN: Final = 100


class EvidenceError(OSError):
    """A file that is larger, deeper or odder than evidence is; says what was found."""


#: What damaged, cut or hostile files raise in the libraries that unpack them.
UNREADABLE: Final = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    RecursionError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
)


def said(error: BaseException) -> str:
    """What an error says, without the path of a file on the user's own machine."""
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return told or type(error).__name__
