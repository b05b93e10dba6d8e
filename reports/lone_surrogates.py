"""Lone surrogates: characters that strict readers of JSON and UTF-8 refuse a whole file for."""

from __future__ import annotations

from typing import Any


def without_lone_surrogates(text: str) -> str:
    """The text with U+FFFD where half a character stood; all else stays as it is."""
    if text.isascii():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_lone(one) else one for one in text)


def well_formed(value: Any) -> Any:
    """The same JSON value; no text in it, key or value, holds a lone surrogate."""
    if isinstance(value, str):
        return without_lone_surrogates(value)
    if isinstance(value, dict):
        return {well_formed(key): well_formed(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [well_formed(one) for one in value]
    return value


def _is_lone(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"
