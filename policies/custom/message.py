"""Messages with placeholders: ``owner is {Tag.Owner}``, each an expression on the document."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, Final

from policies.custom.evaluation import Looked, MetNullError, Readable, UndecidedError, value_of
from policies.custom.expression import Expression, ExpressionError, compiled

_LONGEST_VALUE: Final = 200


@dataclasses.dataclass(frozen=True)
class Message:
    """Text and expressions in turn; ``{{`` and ``}}`` stand for the braces themselves."""

    pieces: tuple[str | Expression, ...]

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What it puts in."""
        return tuple(one for one in self.pieces if isinstance(one, Expression))

    def filled(self, document: Readable) -> str:
        """The message for a document. A value is put in as it is: nothing in it is read again."""
        return "".join(
            piece if isinstance(piece, str) else _shown(piece, document) for piece in self.pieces
        )


def message_of(text: str, roots: tuple[str, ...]) -> Message:
    """Compile a message. Raises ExpressionError, its position counted in the message."""
    pieces: list[str | Expression] = []
    at = 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            pieces.append(text[at])
            at += 2
        elif text[at] == "{":
            end = text.find("}", at)
            if end < 0:
                raise ExpressionError(at, "this { has no }; a brace itself is written {{")
            pieces.append(_placeholder(text[at + 1 : end], at + 1, roots))
            at = end + 1
        elif text[at] == "}":
            raise ExpressionError(at, "this } has no {; a brace itself is written }}")
        else:
            pieces.append(text[at])
            at += 1
    return Message(tuple(pieces))


def _placeholder(text: str, start: int, roots: tuple[str, ...]) -> Expression:
    try:
        return compiled(text, roots)
    except ExpressionError as error:
        raise ExpressionError(start + error.position, error.problem) from error


def _shown(expression: Expression, document: Readable) -> str:
    try:
        text = _text(value_of(expression, document, Looked()))
    except MetNullError:
        return "null"
    except UndecidedError:
        return "(unknown)"
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
