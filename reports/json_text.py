"""findings.json as text: one layout, whether a finding is laid out by C code or by Python's own.

The layout is that of ``json.dumps(document, indent=1)``. Python's encoder takes ten times as long
for a large fleet as all the rest of writing it.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import msgspec

_ENCODER: Final = msgspec.json.Encoder()
_KEY: Final = b'\n "findings": []'
#: Findings that are laid out together, as deep in a document as they are in theirs.
_AT_ONCE: Final = 30
_OPENING: Final = b'{\n "": ['
_CLOSING: Final = b"\n ]\n}"
#: What numbers have in them that Python writes otherwise: an exponent, or many noughts.
_EXPONENT: Final = re.compile(rb"e-?\d+[,}\]]")
_NOUGHTS: Final = b"0.0000"
#: The name under which ``codecs`` knows how to write what is not ASCII.
_ESCAPES: Final = "rollcall-json-escapes"
_BASIC_PLANE: Final = 0xFFFF


def document_text(
    frame: Mapping[str, Any], findings: Iterable[Mapping[str, Any]]
) -> Iterator[bytes]:
    """The document in ASCII, piece by piece; ``frame`` has an empty list for the findings."""
    before, _, after = indented(frame).partition(_KEY)
    yield before + _KEY[:-1]
    rest, separator = iter(findings), b""
    while part := list(islice(rest, _AT_ONCE)):
        yield separator + indented({"": part})[len(_OPENING) : -len(_CLOSING)]
        separator = b","
    yield (b"\n ]" if separator else b"]") + after + b"\n"


def indented(value: Mapping[str, Any]) -> bytes:
    """As ``json.dumps(value, indent=1)``, byte for byte, of numbers that JSON has.

    Where a text is no Unicode, or a number is one that is written in more than one way, Python's
    own encoder decides.
    """
    try:
        text = _ENCODER.encode(value)
    except (TypeError, UnicodeEncodeError, OverflowError, msgspec.MsgspecError):
        return _as_python_does(value)
    if (_NOUGHTS in text or _EXPONENT.search(text)) and _has_float(value):
        return _as_python_does(value)
    if not text.isascii():
        text = text.decode().encode("ascii", _ESCAPES)
    if b"\x7f" in text:
        text = text.replace(b"\x7f", b"\\u007f")
    return msgspec.json.format(text, indent=1)


def _as_python_does(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, indent=1, ensure_ascii=True).encode("ascii")


def _has_float(value: object) -> bool:
    if isinstance(value, float):
        return True
    if isinstance(value, dict):
        return any(map(_has_float, value.values()))
    if isinstance(value, list):
        return any(map(_has_float, value))
    return False


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """What stands for the characters that ASCII lacks: an escape, or two for a rare one."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    characters = error.object[error.start : error.end]
    return "".join(map(_escape, characters)), error.end


def _escape(character: str) -> str:
    number = ord(character)
    if number <= _BASIC_PLANE:
        return f"\\u{number:04x}"
    number -= _BASIC_PLANE + 1
    return f"\\u{0xD800 | number >> 10:04x}\\u{0xDC00 | number & 0x3FF:04x}"


codecs.register_error(_ESCAPES, _escaped)
