"""Policy documents as they come: an object, JSON text, or percent-encoded JSON text (T-38)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import msgspec

from policies.iam.evaluation.truth import Malformed


def decoded(raw: object, place: str) -> Mapping[str, Any] | Malformed:
    """The document as an object. botocore decodes it itself, saved answers may hold the text."""
    if isinstance(raw, str):
        raw = _parsed(raw, place)
    if isinstance(raw, Malformed):
        return raw
    if not isinstance(raw, Mapping):
        return Malformed(place, "the document is no JSON object")
    return raw


def _parsed(text: str, place: str) -> Any:
    stripped = text.strip()
    plain = stripped if stripped.startswith("{") else unquote(stripped)
    try:
        return msgspec.json.decode(plain)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        return Malformed(place, f"the document is no JSON: {error}")
    except RecursionError:
        return Malformed(place, "the document is nested too deeply")


def texts(value: object) -> tuple[str, ...] | None:
    """One value or a list of them as texts: booleans and numbers may be unquoted.

    ``None`` when something else is in it.
    """
    if isinstance(value, str):
        return (value,)
    values = value if isinstance(value, list | tuple) else (value,)
    written: list[str] = []
    for one in values:
        if isinstance(one, str):
            written.append(one)
        elif isinstance(one, bool):
            written.append("true" if one else "false")
        elif isinstance(one, int | float):
            written.append(str(one))
        else:
            return None
    return tuple(written)
