"""JMESPath expressions: compiled when they are read, wrong ones told by what is wrong and where.

JMESPath has neither loops over its own results nor regular expressions, so an expression's time
grows with the document that it looks at and ends by itself.
"""

from __future__ import annotations

import dataclasses
import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.lexer import Lexer

from policies.custom.rendering import Tree

_IDENTIFIERS: Final = ("unquoted_identifier", "quoted_identifier")
#: What goes on behind the value of its first part.
_CHAINS: Final = frozenset(
    {
        *("subexpression", "index_expression", "flatten"),
        *("projection", "value_projection", "filter_projection"),
    }
)
_TELL_TRUTH: Final = frozenset({"contains", "starts_with", "ends_with"})
_LONGEST: Final = 10_000
#: Each level takes the interpreter three or four calls, and Python allows a thousand.
_DEEPEST: Final = 200
#: Parts that are asked of the same value as the whole; all others of what was found before them.
_SAME_VALUE: Final = frozenset(
    {
        *("comparator", "or_expression", "and_expression", "not_expression"),
        *("function_expression", "multi_select_list", "multi_select_dict", "key_val_pair"),
    }
)


class ExpressionError(ValueError):
    """An expression that cannot be used; ``position`` counts its characters from 0."""

    def __init__(self, position: int, problem: str) -> None:
        super().__init__(problem)
        self.position = position
        self.problem = problem


@dataclasses.dataclass(frozen=True, eq=False)
class Expression:
    """A compiled expression; ``roots`` are the parts of the document that it looks at."""

    text: str
    tree: Tree
    roots: tuple[str, ...]


def compiled(text: str, roots: tuple[str, ...]) -> Expression:
    """Compile an expression on a document with these parts.

    Raises ExpressionError for bad syntax, an unknown function, a wrong number of arguments, and a
    part that the document does not have: it would be null on every instance.
    """
    if len(text) > _LONGEST:
        raise ExpressionError(_LONGEST, f"is longer than {_LONGEST} characters")
    tokens = _tokens(text)
    try:
        tree = jmespath.compile(text).parsed
    except RecursionError as error:
        raise ExpressionError(0, "is nested too deeply") from error
    except JMESPathError as error:
        raise _told(error, text) from error
    if _is_deeper(tree, _DEEPEST):
        problem = f"is nested more than {_DEEPEST} levels deep; contains() takes a list of values"
        raise ExpressionError(0, problem)
    _check_functions(tree, tokens)
    return Expression(text, tree, _checked_roots(tree, tokens, roots))


def _tokens(text: str) -> list[dict[str, Any]]:
    """The tokens, each with its ``start``; old-style literals are refused."""
    found: list[dict[str, Any]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error", PendingDeprecationWarning)
        try:
            found.extend(Lexer().tokenize(text))
        except PendingDeprecationWarning as warning:
            position = text.find("`", found[-1]["end"] if found else 0)
            problem = "backticks hold JSON, such as `true` or `3`; text goes in 'quotes'"
            raise ExpressionError(max(position, 0), problem) from warning
        except JMESPathError as error:
            raise _told(error, text) from error
    return found


def _told(error: Any, text: str) -> ExpressionError:
    """What jmespath says, without the drawing it makes of the place."""
    position = getattr(error, "lex_position", None)
    token = getattr(error, "token_value", None)
    if position is None or position >= len(text):
        return ExpressionError(len(text), "ends too early")
    if hasattr(error, "lexer_position"):
        return ExpressionError(position, f"cannot be read from here: {error.message}")
    return ExpressionError(position, f"does not go on with {token!r} here")


def _is_deeper(tree: Tree, levels: int) -> bool:
    """Whether parts lie in more levels: ``a || b || c`` makes one of each ``||``."""
    level = [tree]
    for _ in range(levels):
        level = [child for one in level for child in _parts_of(one)]
    return bool(level)


def _parts_of(tree: Tree) -> Sequence[Tree]:
    """The trees in a tree; a slice holds numbers."""
    return () if tree["type"] == "slice" else tree.get("children", ())


def _check_functions(tree: Tree, tokens: list[dict[str, Any]]) -> None:
    calls = [node for node in _in_order(tree) if node["type"] == "function_expression"]
    places = [
        token["start"]
        for token, following in itertools.pairwise(tokens)
        if token["type"] in _IDENTIFIERS and following["type"] == "lparen"
    ]
    for call, position in zip(calls, places, strict=True):
        name, given = call["value"], len(call["children"])
        known = Functions.FUNCTION_TABLE.get(name)
        if known is None:
            meant = _meant(name, tuple(Functions.FUNCTION_TABLE))
            raise ExpressionError(position, f"{name}() is no function of JMESPath{meant}")
        wanted = len(known["signature"])
        variadic = bool(known["signature"]) and known["signature"][-1].get("variadic")
        if given < wanted or (given > wanted and not variadic):
            least = "at least " if variadic else ""
            problem = f"{name}() takes {least}{wanted} arguments, here are {given}"
            raise ExpressionError(position, problem)


def _checked_roots(
    tree: Tree, tokens: list[dict[str, Any]], roots: tuple[str, ...]
) -> tuple[str, ...]:
    fields = [node for node in _in_order(tree) if node["type"] == "field"]
    places = [
        token["start"]
        for token, following in itertools.pairwise(tokens)
        if token["type"] in _IDENTIFIERS and following["type"] not in ("lparen", "colon")
    ]
    starts = {id(node): place for node, place in zip(fields, places, strict=True)}
    _check_negations(tree, starts)
    wholes = [node for node in _in_order(tree) if node["type"] == "current"]
    of_wholes = [token["start"] for token in tokens if token["type"] == "current"]
    starts |= {id(node): place for node, place in zip(wholes, of_wholes, strict=True)}
    used = [node for node in _of_document(tree) if not is_null(node)]
    for node in used:
        if node["type"] == "current":
            problem = f"@ is the whole document here; name a part of it ({', '.join(roots)})"
            raise ExpressionError(starts[id(node)], problem)
        name = node["value"]
        if name not in roots:
            allowed = f"is no part of the document (allowed: {', '.join(roots)})"
            raise ExpressionError(starts[id(node)], f"{name!r} {allowed}{_meant(name, roots)}")
    return tuple(dict.fromkeys(node["value"] for node in used))


def _check_negations(tree: Tree, starts: Mapping[int, int]) -> None:
    """``!a.b`` means ``(!a).b`` to JMESPath, which is null whatever ``a`` is."""
    for node in _in_order(tree):
        children = node.get("children", ())
        if node["type"] in _CHAINS and children and children[0]["type"] == "not_expression":
            negated = next((one for one in _in_order(children[0]) if id(one) in starts), None)
            position = starts[id(negated)] if negated else 0
            problem = "! takes only the name right behind it; write !(Part.Name)"
            raise ExpressionError(position, problem)


def is_null(tree: Tree) -> bool:
    """Whether the expression names null itself: `` `null` ``, or the usual ``null``."""
    if tree["type"] == "literal":
        return tree["value"] is None
    return bool(tree["type"] == "field" and tree["value"] == "null")


def gives_truth(tree: Tree) -> bool:
    """Whether the expression can only be true or false."""
    kind, children = tree["type"], tree.get("children", ())
    if kind in ("and_expression", "or_expression"):
        return all(gives_truth(child) for child in children)
    if kind == "literal":
        return isinstance(tree["value"], bool)
    if kind == "function_expression":
        return tree["value"] in _TELL_TRUTH
    return kind in ("comparator", "not_expression")


def _in_order(tree: Tree) -> Iterator[Tree]:
    """Every part in the order of the text."""
    yield tree
    children = tree.get("children", ())
    if tree["type"] == "filter_projection":
        left, right, condition = children
        children = (left, condition, right)
    if tree["type"] != "slice":
        for child in children:
            yield from _in_order(child)


def _of_document(tree: Tree) -> Iterator[Tree]:
    """The names that are looked up in the document itself, and where it is meant as a whole."""
    if tree["type"] in ("field", "current"):
        yield tree
        return
    children = tree.get("children", ())
    if tree["type"] not in _SAME_VALUE:
        children = () if tree["type"] in ("slice", "expref") else children[:1]
    for child in children:
        yield from _of_document(child)


def _meant(name: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
