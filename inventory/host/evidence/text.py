"""Bytes of a file as the text that a tool printed.

PowerShell's ``>`` writes UTF-16 with a byte order mark, consoles write escape sequences and CRLF,
and an old code page turns the lines of a table into other characters.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: CSI and OSC sequences (ECMA-48): colours, cursor movement, titles.
_ESCAPES: Final = re.compile(
    r"\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,512}(?:\x07|\x1b\\)?|[@-Z\\^_=>78])"
)
#: The vertical line of a table as it looks where UTF-8 was taken for an OEM or ANSI code page.
_BROKEN_LINES: Final = tuple(
    "│".encode().decode(page, errors="replace") for page in ("cp437", "cp850", "cp1252")
)
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]")
#: Of the first bytes, how many are looked at for the zeros that UTF-16 puts between letters.
_SAMPLE: Final = 512


def text_of(content: bytes) -> str:
    """Readable text; what is no text becomes replacement characters, never an error.

    Lines end in a newline alone, and no control or direction characters are left but tabs.
    """
    text = _decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    text = _ESCAPES.sub("", text)
    for broken in _BROKEN_LINES:
        text = text.replace(broken, "│")
    return _CONTROLS.sub("", text)


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    sample = content[:_SAMPLE]
    # Mostly ASCII letters in UTF-16: every second byte is zero, and no text has zeros otherwise.
    if len(sample) > 1 and sample[1::2].count(0) * 2 > len(sample[1::2]):
        return content.decode("utf-16-le", errors="replace")
    if len(sample) > 1 and sample[::2].count(0) * 2 > len(sample[::2]):
        return content.decode("utf-16-be", errors="replace")
    return content.decode("utf-8", errors="replace")
