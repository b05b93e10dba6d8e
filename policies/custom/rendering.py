"""A parsed JMESPath expression as text again: what a verdict quotes of it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

Tree = Mapping[str, Any]

_PLAIN_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_COMPARATORS: Final = {"eq": "==", "ne": "!=", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
_LOGICAL: Final = {"or_expression": " || ", "and_expression": " && ", "pipe": " | "}
#: What starts at a value and can go on behind it: ``Instance`` in ``Instance.Tags[0]``.
_CHAINS: Final = frozenset(
    {
        *("identity", "field", "subexpression", "index_expression", "index", "slice", "flatten"),
        *("projection", "value_projection", "filter_projection"),
        *("multi_select_list", "multi_select_dict", "function_expression"),
    }
)
#: What ``!`` takes as a whole without parentheses.
_BARE: Final = frozenset({"field", "literal", "current", "not_expression", "function_expression"})


def text_of(tree: Tree) -> str:
    """The expression in one line; parsed again, it is the same tree."""
    kind, children = tree["type"], tree.get("children", ())
    if kind in _CHAINS:
        return _chained(tree).removeprefix(".") or "@"
    if kind in _LOGICAL:
        return _LOGICAL[kind].join(_operand(child) for child in children)
    match kind:
        case "comparator":
            left, right = (_operand(child) for child in children)
            return f"{left} {_COMPARATORS[tree['value']]} {right}"
        case "not_expression":
            return f"!{_negated(children[0])}"
        case "expref":
            return f"&{_operand(children[0])}"
        case "key_val_pair":
            return f"{_name(tree['value'])}: {text_of(children[0])}"
        case "literal":
            return _literal(tree["value"])
        case "current":
            return "@"
    raise ValueError(f"{kind} is no part of JMESPath")


def _operand(tree: Tree) -> str:
    text = text_of(tree)
    return f"({text})" if tree["type"] in {*_LOGICAL, "comparator"} else text


def _negated(tree: Tree) -> str:
    """``!`` binds tighter than a dot."""
    text = text_of(tree)
    return text if tree["type"] in _BARE else f"({text})"


def _chained(tree: Tree) -> str:
    """The text as it stands behind the value it starts at: ``.Tags``, ``[0]``."""
    kind, children = tree["type"], tree.get("children", ())
    match kind:
        case "identity":
            return ""
        case "subexpression" | "index_expression":
            base = _base(children[0]) if kind == "subexpression" else _indexed(children[0])
            return base + "".join(_chained(child) for child in children[1:])
        case "index":
            return f"[{tree['value']}]"
        case "slice":
            start, stop, step = ("" if one is None else str(one) for one in children)
            return f"[{start}:{stop}:{step}]" if step else f"[{start}:{stop}]"
        case "flatten":
            return f"{_chained(children[0])}[]"
        case "projection":
            return f"{_indexed(children[0])}{_star(children[0])}{_chained(children[1])}"
        case "value_projection":
            return f"{_base(children[0])}.*{_chained(children[1])}"
        case "filter_projection":
            left, right, condition = children
            return f"{_base(left)}[?{text_of(condition)}]{_chained(right)}"
    return f".{_link(tree)}"


def _base(tree: Tree) -> str:
    """What a chain goes on behind; a projection ends only where parentheses end it."""
    ended = tree["type"] in ("projection", "value_projection", "filter_projection")
    return f".({text_of(tree)})" if ended else _chained(tree)


def _indexed(tree: Tree) -> str:
    """What brackets stand behind; without parentheses they belong to the last name of a path."""
    return f".({text_of(tree)})" if tree["type"] == "subexpression" else _base(tree)


def _star(base: Tree) -> str:
    """A flattening and a slice project by themselves."""
    if base["type"] == "flatten":
        return ""
    sliced = base["type"] == "index_expression" and base["children"][-1]["type"] == "slice"
    return "" if sliced else "[*]"


def _link(tree: Tree) -> str:
    children = tree.get("children", ())
    match tree["type"]:
        case "field":
            return _name(tree["value"])
        case "multi_select_list":
            return f"[{', '.join(text_of(child) for child in children)}]"
        case "multi_select_dict":
            return f"{{{', '.join(text_of(child) for child in children)}}}"
        case "function_expression":
            return f"{tree['value']}({', '.join(text_of(child) for child in children)})"
        case "current" | "literal":
            return text_of(tree)
    return f"({text_of(tree)})"


def _name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else json.dumps(name)


def _literal(value: object) -> str:
    if isinstance(value, str) and "\\" not in value:
        quoted = value.replace("'", "\\'")
        return f"'{quoted}'"
    return f"`{json.dumps(value).replace('`', chr(92) + '`')}`"
