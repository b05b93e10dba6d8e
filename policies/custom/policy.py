"""A policy of one's own as a control: its record, and one pure function from node to verdict."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Any

from inventory.facts import Evidence, Node, Unread
from policies.control import (
    Context,
    Control,
    Gap,
    Missing,
    Outcome,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    unread,
)
from policies.custom.document import Document, document_of
from policies.custom.evaluation import (
    Looked,
    MetGapError,
    MetNullError,
    UndecidedError,
    value_of,
)
from policies.custom.expression import Expression
from policies.custom.message import Message


class IfNull(StrEnum):
    """What a policy says that null means where its assertion needs a value."""

    UNKNOWN = "unknown"
    FAIL = "fail"
    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    NOT_APPLICABLE = "not_applicable"


@dataclasses.dataclass(eq=False)
class CustomPolicy:
    """A compiled policy; it is judged like any control module, of which CONTROL is a variable.

    ``holds`` is its ``assert``. ``if_null`` says what null means to it; of ``applies_to`` only
    ``not_applicable`` can: whether the instance is concerned at all stays open otherwise.
    """

    CONTROL: Control
    holds: Expression
    message: Message
    applies_to: Expression | None = None
    if_null: IfNull = IfNull.UNKNOWN

    def evaluate(self, node: Node, context: Context, /) -> Verdict:
        """Judge a node (design 4)."""
        return self.verdict(document_of(node, context))

    def verdict(self, document: Document) -> Verdict:
        """Judge a document: first whether it is concerned, then the assertion."""
        looked = Looked()
        if self.applies_to is not None:
            concerned = self._decided(self.applies_to, document, looked)
            if isinstance(concerned, Verdict):
                return concerned
            if not concerned:
                return not_applicable(
                    "POLICY_OUT_OF_SCOPE",
                    f"applies_to is false of it: {self.applies_to.text.strip()}",
                    *_seen(document, looked),
                )
        held = self._decided(self.holds, document, looked)
        if isinstance(held, Verdict):
            return held
        seen = _seen(document, looked)
        if held:
            return passed("POLICY_HOLDS", f"it is so: {self.holds.text.strip()}", *seen)
        return failed("POLICY_BROKEN", self.message.filled(document), *seen)

    def _decided(
        self, expression: Expression, document: Document, looked: Looked
    ) -> bool | Verdict:
        try:
            value = value_of(expression, document, looked)
        except MetNullError as met:
            return self._met_null(met, expression, document, looked)
        except MetGapError as met:
            return _met_gap(met.gap, _seen(document, looked))
        except UndecidedError as fault:
            return undecidable(
                "EXPRESSION_FAILED",
                f"the policy's expression cannot work with what is there: {fault}",
                *_seen(document, looked),
                settled_by=f"an expression in {self.CONTROL.id} that takes these values",
            )
        if isinstance(value, bool):
            return value
        return undecidable(
            "NOT_BOOLEAN",
            f"{expression.text.strip()} gives {_kind(value)}, not true or false",
            *_seen(document, looked),
            settled_by=f"a comparison in {self.CONTROL.id}, such as … != null",
        )

    def _met_null(
        self, met: MetNullError, expression: Expression, document: Document, looked: Looked
    ) -> Verdict:
        seen = _seen(document, looked)
        asserted = expression is self.holds
        match self.if_null:
            case IfNull.NOT_APPLICABLE:
                return not_applicable("NULL", f"{met.part} is null", *seen)
            case IfNull.PASS if asserted:
                return passed("NULL", f"{met.part} is null, which passes by if_null", *seen)
            case IfNull.FAIL if asserted:
                told = f"{self.message.filled(document)} ({met.part} is null)"
                return failed("NULL", told, *seen)
        return undecidable(
            "NULL",
            f"{met.part} is null, and the policy does not say what that means",
            *seen,
            settled_by=f"a value of {met.part}, or if_null in {self.CONTROL.id}",
        )


def _met_gap(gap: Unread | Missing, seen: tuple[Evidence, ...]) -> Verdict:
    if isinstance(gap, Unread):
        return unread(gap, evidence=seen)
    code = "UNREAD" if gap.gap is Gap.UNREAD else "NOT_VISIBLE"
    reason = f"AWS does not show what the policy asks: {gap.what}"
    return Verdict(Outcome.UNKNOWN, code, reason, seen, missing=(gap,))


def _seen(document: Document, looked: Looked) -> tuple[Evidence, ...]:
    return tuple(document.evidence(path, value) for path, value in looked.values.items())


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"
