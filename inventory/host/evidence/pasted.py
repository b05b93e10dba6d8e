"""An archive copied off a screen: base64, as a serial console lets out what no network does."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Final

from inventory.host.evidence.limits import LARGEST_OUTPUT, EvidenceError
from inventory.host.evidence.streams import Opener

#: How base64 of a gzip, an xz, a bzip2 and a zip begins.
_BEGINNINGS: Final = (b"H4sI", b"/Td6WFo", b"Qlpo", b"UEsDB")


def is_pasted(head: bytes) -> bool:
    """Whether a file begins as an archive in base64 does."""
    return head.lstrip().startswith(_BEGINNINGS)


def pasted(opener: Opener) -> tuple[Opener, int]:
    """An opener of the archive itself, and its size.

    Raises EvidenceError for more text than anyone copies off a screen, and for what is no base64.
    """
    return (lambda: io.BytesIO(_decoded(opener))), len(_decoded(opener))


def _decoded(opener: Opener) -> bytes:
    with opener() as stream:
        text = stream.read(LARGEST_OUTPUT + 1)
    if len(text) > LARGEST_OUTPUT:
        raise EvidenceError(f"is base64 of more than {LARGEST_OUTPUT:,} characters; decode it")
    try:
        return base64.b64decode(text)
    except binascii.Error as error:
        raise EvidenceError("begins as base64 of an archive, but is cut") from error
