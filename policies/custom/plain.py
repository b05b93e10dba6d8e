"""Facts as plain JSON in AWS's words: what AWS did not say is not there, and so null."""

from __future__ import annotations

from typing import Any

import msgspec


def plain(fact: msgspec.Struct) -> Any:
    """The fact's members by AWS's names; a fact keeps ``""`` for a text that AWS left out."""
    return _said(msgspec.to_builtins(fact))


def _said(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _said(one) for name, one in value.items() if one is not None and one != ""}
    return [_said(one) for one in value] if isinstance(value, list | tuple) else value
