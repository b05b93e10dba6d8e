"""findings.json as text: one layout, whether a finding is laid out by C code or by Python's own.

The layout is that of ``json.dumps(document, indent=1)``. Python's encoder takes ten times as long
for a large fleet as all the rest of writing it.
"""

from __future__ import annotations

import codecs
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
_EXPONENT: Final = re.compile(rb"e-?\d+(?:[,}\]]|$)")
_NOUGHTS: Final = b"0.0000"
#: The name under which ``codecs`` knows how to write what is not ASCII.
_ESCAPES: Final = "rollcall-json-escapes"
_BASIC_PLANE: Final = 0xFFFF


#: What a finding is made of: texts, and values that ``compact`` has laid out.
Text = str | msgspec.Raw | None | Sequence["Text"] | Mapping[str, "Text"]


def document_text(
    frame: Mapping[str, Any], findings: Iterable[Mapping[str, Text]]
) -> Iterator[bytes]:
    """The document in ASCII, piece by piece; ``frame`` has an empty list for the findings."""
    before, _, after = indented(frame).partition(_KEY)
    yield before + _KEY[:-1]
    rest, separator = iter(findings), b""
    while part := list(islice(rest, _AT_ONCE)):
        yield separator + _spread(_encoded({"": part}))[len(_OPENING) : -len(_CLOSING)]
        separator = b","
    yield (b"\n ]" if separator else b"]") + after + b"\n"


def indented(value: Mapping[str, Any]) -> bytes:
    """As ``json.dumps(value, indent=1)``, byte for byte, of numbers that JSON has."""
    return _spread(_compact(value))


def compact(value: object) -> msgspec.Raw:
    """The value laid out once for every place where it stands; as deep there as its place is."""
    return msgspec.Raw(_compact(value))


def _compact(value: object) -> bytes:
    """In ASCII without blanks; a number that has two spellings is left to Python's own encoder."""
    text = _encoded(value)
    if (_NOUGHTS in text or _EXPONENT.search(text)) and _has_float(value):
        return _as_python_does(value)
    return text


def _encoded(value: object) -> bytes:
    """The same, whatever numbers there are; a text that is no Unicode is left to Python's own."""
    try:
        text = _ENCODER.encode(value)
    except (TypeError, UnicodeEncodeError, OverflowError, msgspec.MsgspecError):
        return _as_python_does(value)
    if not text.isascii():
        text = text.decode().encode("ascii", _ESCAPES)
    if b"\x7f" in text:
        text = text.replace(b"\x7f", b"\\u007f")
    return text


def _as_python_does(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=_again).encode("ascii")


def _again(laid_out: object) -> Any:
    """The value that was laid out before; nothing else is unknown to Python's encoder."""
    if isinstance(laid_out, msgspec.Raw):
        return json.loads(bytes(laid_out))
    raise TypeError(f"{type(laid_out).__name__} is no JSON value")


def _spread(text: bytes) -> bytes:
    """The same text over lines. msgspec refuses to look at half a character, even as an escape."""
    try:
        return msgspec.json.format(text, indent=1)
    except msgspec.DecodeError:
        return json.dumps(json.loads(text), indent=1).encode("ascii")


def _has_float(value: object) -> bool:
    if isinstance(value, float):
        return True
    if isinstance(value, dict):
        return any(map(_has_float, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_float, value))
    return False


def _escaped(error: UnicodeError) -> tuple[str, int]:
    """What stands for the characters that ASCII lacks."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _escapes(error.object[error.start : error.end]), error.end


@functools.lru_cache(maxsize=1_024)
def _escapes(characters: str) -> str:
    """An escape for each, or two for a rare one; it is the same few that come again."""
    return "".join(map(_escape, characters))


def _escape(character: str) -> str:
    number = ord(character)
    if number <= _BASIC_PLANE:
        return f"\\u{number:04x}"
    number -= _BASIC_PLANE + 1
    return f"\\u{0xD800 | number >> 10:04x}\\u{0xDC00 | number & 0x3FF:04x}"


codecs.register_error(_ESCAPES, _escaped)
