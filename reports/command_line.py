"""What the commands of this folder share: lines out, an exit status back."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable
from enum import IntEnum


class Status(IntEnum):
    """Exit statuses, as those of ``diff``; argparse ends with 2 by itself."""

    SAME = 0
    DIFFERENT = 1
    UNUSABLE = 2


def told(lines: Iterable[str], status: Status) -> int:
    """Write the lines to standard output and hand back the status.

    A reader that has seen enough (``| head``) is no error.
    """
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(errors="replace")
    try:
        for line in lines:
            out.write(f"{line}\n")
        out.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
    return status
