"""What an expression comes to on a document, and whether it met null or a part nobody could read.

JMESPath lets null slip through: ``Tag.Owner != 'nobody'`` is true of an instance without that tag.
Here an expression meets null, and is undecided, where null is

* compared, unless the other side is ``null`` itself (``Tag.Owner == null``);
* given to a function, ``not_null()`` and ``type()`` excepted;
* negated, taken for true or false by ``&&``, or by a filter's condition;
* put into a list or an object (``[Tag.Owner, Tag.Team]``, ``map(&Name, …)``);
* the whole result.

``a || b`` takes ``b`` for an ``a`` that is null, as it is meant to, and a projection (``[*].Name``)
leaves out members without one, as in any JMESPath. What is undecided stays so unless the rest
decides: ``false && undecided`` is false, ``true || undecided`` is true, on either side, as far as
the undecided part is a comparison or the like, which can only be true or false.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, Final, Protocol

from jmespath.exceptions import JMESPathError
from jmespath.visitor import TreeInterpreter

from inventory.facts import Unread
from policies.control import Missing
from policies.custom.expression import Expression, gives_truth, is_null
from policies.custom.rendering import Tree, text_of

#: Why a part of a document is not there: a call did not answer, or AWS does not show it.
Gap = Unread | Missing

_PATHS: Final = frozenset(
    {
        *("field", "subexpression", "index_expression"),
        *("projection", "value_projection", "filter_projection", "flatten"),
    }
)
_TAKE_NULL: Final = frozenset({"not_null", "type"})


class UndecidedError(Exception):
    """An expression that comes to nothing; each kind says why."""


class MetNullError(UndecidedError):
    """``part`` of the expression was null where a value was needed."""

    def __init__(self, part: str) -> None:
        super().__init__(f"{part} is null")
        self.part = part


class MetGapError(UndecidedError):
    """A part of the document that is not there was needed."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(str(gap))
        self.gap = gap


class FaultError(UndecidedError):
    """The values are of kinds that a function or a comparison cannot work with."""


class Readable(Protocol):
    """A document: its parts by name; ``None`` for null, a gap for what is not there."""

    def get(self, name: str, /) -> Any: ...


@dataclasses.dataclass
class Looked:
    """The values that were looked at: path from the document's top → value, in order."""

    values: dict[str, Any] = dataclasses.field(default_factory=dict)


def value_of(expression: Expression, document: Readable, looked: Looked) -> Any:
    """The value of the expression, never null; what was looked at is added to ``looked``.

    Raises UndecidedError in one of its kinds.
    """
    try:
        value = _Interpreter(document, looked).visit(expression.tree, document)
    except RecursionError as error:
        raise FaultError("the expression is nested too deeply") from error
    return _needed(value, expression.tree)


class _Interpreter(TreeInterpreter):  # type: ignore[misc] # jmespath has no types
    """jmespath's own interpreter, which stops where null or a gap would be taken for a value."""

    def __init__(self, document: Readable, looked: Looked) -> None:
        super().__init__()
        self._document = document
        self._looked = looked
        self._within_path = False

    def visit(self, node: Tree, value: Any, *args: Any, **kwargs: Any) -> Any:
        _refuse_gap(value)
        is_path = value is self._document and node["type"] in _PATHS
        if not is_path or self._within_path:
            result = super().visit(node, value, *args, **kwargs)
            _refuse_gap(result)
            return result
        self._within_path = True
        try:
            result = super().visit(node, value, *args, **kwargs)
        finally:
            self._within_path = False
        _refuse_gap(result)
        if not is_null(node):
            self._looked.values[text_of(node)] = result
        return result

    def visit_comparator(self, node: Tree, value: Any) -> Any:
        left, right = node["children"]
        first, second = self.visit(left, value), self.visit(right, value)
        if not is_null(left) and not is_null(right):
            _needed(first, left)
            _needed(second, right)
        if node["value"] not in self._EQUALITY_OPS and not _have_an_order(first, second):
            raise FaultError(f"{text_of(node)} does not compare two numbers or two texts")
        return self.COMPARATOR_FUNC[node["value"]](first, second)

    def visit_function_expression(self, node: Tree, value: Any) -> Any:
        name, children = node["value"], node["children"]
        given = [self.visit(child, value) for child in children]
        if name not in _TAKE_NULL:
            for child, one in zip(children, given, strict=True):
                _needed(one, child)
        try:
            found = self._functions.call_function(name, given)
        except (JMESPathError, ValueError, TypeError, ArithmeticError) as error:
            raise FaultError(f"{text_of(node)}: {error}") from error
        if name == "map" and None in found:
            raise MetNullError(text_of(children[0]["children"][0]))
        return found

    def visit_not_expression(self, node: Tree, value: Any) -> Any:
        child = node["children"][0]
        return self._is_false(_needed(self.visit(child, value), child))

    def visit_and_expression(self, node: Tree, value: Any) -> Any:
        """``false`` on either side decides, whatever the other one is."""
        left, right = node["children"]
        try:
            first = _needed(self.visit(left, value), left)
        except UndecidedError as met:
            if gives_truth(left) and self._other_side(right, value, met) is False:
                return False
            raise
        return first if self._is_false(first) else _needed(self.visit(right, value), right)

    def visit_or_expression(self, node: Tree, value: Any) -> Any:
        """``true`` on either side decides; null on the left makes way for the right."""
        left, right = node["children"]
        try:
            first = self.visit(left, value)
        except UndecidedError as met:
            if gives_truth(left) and self._other_side(right, value, met) is True:
                return True
            raise
        return self.visit(right, value) if self._is_false(first) else first

    def _other_side(self, right: Tree, value: Any, met: UndecidedError) -> Any:
        """What may decide in place of an undecided left side; a gap on either side outweighs null.

        Null can be settled by ``if_null``, what nobody could read cannot.
        """
        try:
            return self.visit(right, value)
        except MetGapError:
            raise
        except UndecidedError as other:
            raise met from other

    def visit_filter_projection(self, node: Tree, value: Any) -> Any:
        listed, projected, condition = node["children"]
        base = self.visit(listed, value)
        if not isinstance(base, list):
            return None
        met = [self._is_true(_needed(self.visit(condition, one), condition)) for one in base]
        found = (self.visit(projected, one) for one, is_in in zip(base, met, strict=True) if is_in)
        return [one for one in found if one is not None]

    def visit_multi_select_list(self, node: Tree, value: Any) -> Any:
        if value is None:
            return None
        members = [(self.visit(child, value), child) for child in node["children"]]
        return [_needed(one, child) for one, child in members]

    def visit_multi_select_dict(self, node: Tree, value: Any) -> Any:
        if value is None:
            return None
        members = [(self.visit(pair, value), pair) for pair in node["children"]]
        return {pair["value"]: _needed(one, pair["children"][0]) for one, pair in members}


def _have_an_order(left: Any, right: Any) -> bool:
    """Two numbers, or two texts; JMESPath calls everything else null."""
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    return numbers or (isinstance(left, str) and isinstance(right, str))


def _needed(value: Any, tree: Tree) -> Any:
    """The value; raises where it is null or holds a gap, unless null is what is written there."""
    if value is None and not is_null(tree):
        raise MetNullError(text_of(tree))
    _refuse_gaps_within(value)
    return value


def _refuse_gap(value: Any) -> None:
    if isinstance(value, Unread | Missing):
        raise MetGapError(value)


def _refuse_gaps_within(value: Any) -> None:
    _refuse_gap(value)
    if isinstance(value, Mapping):
        for one in value.values():
            _refuse_gaps_within(one)
    elif isinstance(value, list):
        for one in value:
            _refuse_gaps_within(one)
