"""EC2's XML answers, read by what they hold instead of by all that they could hold.

Most of a client's time goes into botocore's parser, which makes a tree of the answer and looks for
every member of a shape in every element of it. botocore emits ``before-parse`` ahead of that: here
the answer is decoded while it is read, handed over as parsed, and a document with nothing but the
request's id left for the parser. What is not plainly as the model has it is left untouched, so that
botocore reads it, or refuses it, in its own way.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any, Final
from xml.parsers import expat

from botocore.client import BaseClient
from botocore.model import OperationModel
from botocore.parsers import ResponseParserError

from inventory.collect.lean_shapes import (
    REQUEST_ID,
    ListSpec,
    ScalarSpec,
    Spec,
    StructureSpec,
    UnfamiliarError,
    spec_of_answer,
)

#: The default namespace, which is the one attribute that EC2's answers have.
_NAMESPACE: Final = re.compile(r"http://ec2\.amazonaws\.com/doc/[\d-]+/?", re.ASCII)
#: What can be put into the remaining document as it is.
_PLAIN_ID: Final = re.compile(r"[\w-]*", re.ASCII)


class LeanXml:
    """Reads the answers of a run's clients; what a shape is made of is found out once for all.

    The models of the clients have to be from one loader, or equal.
    """

    def __init__(self) -> None:
        self._specs: dict[str, StructureSpec | None] = {}

    def read_for(self, client: BaseClient) -> None:
        """Read the client's answers from now on, if its service speaks EC2's protocol.

        A botocore without the event parses them itself.
        """
        model = client.meta.service_model
        if model.resolved_protocol == "ec2":
            service = model.service_id.hyphenize()
            client.meta.events.register(f"before-parse.{service}", self.read)

    def read(
        self,
        operation_model: OperationModel,
        response_dict: dict[str, Any],
        customized_response_dict: dict[str, Any],
        **_: Any,
    ) -> None:
        """Handle botocore's event, or leave the answer to botocore.

        Raises ResponseParserError for a document type declaration.
        """
        if response_dict["status_code"] != HTTPStatus.OK:
            return
        spec = self._spec(operation_model)
        if spec is None:
            return
        try:
            answer = _decoded(response_dict["body"], spec)
            remaining = _remaining(answer)
        # What is no XML, or no number, is reported by whoever reads it next: botocore.
        except (UnfamiliarError, expat.ExpatError, ValueError):
            return
        customized_response_dict.update(answer)
        response_dict["body"] = remaining

    def _spec(self, model: OperationModel) -> StructureSpec | None:
        if model.name not in self._specs:
            self._specs[model.name] = spec_of_answer(model.output_shape)
        return self._specs[model.name]


def _remaining(answer: dict[str, Any]) -> bytes:
    """Take the request's id out of the answer: botocore puts it beside the HTTP headers."""
    if REQUEST_ID not in answer:
        return b"<Response/>"
    identifier = answer.pop(REQUEST_ID)
    if not _PLAIN_ID.fullmatch(identifier):
        raise UnfamiliarError
    return f"<Response><requestId>{identifier}</requestId></Response>".encode()


def _decoded(body: bytes, spec: StructureSpec) -> dict[str, Any]:
    """The answer as botocore would have parsed it, and the request's id."""
    reading = _Reading(spec)
    # botocore takes every answer for UTF-8, whatever it says of itself.
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.StartElementHandler = reading.begin
    parser.CharacterDataHandler = reading.texts.append
    parser.EndElementHandler = reading.end
    parser.Parse(body, True)
    return reading.answer


def _refuse_document_type(*_: Any) -> None:
    """AWS never sends a DTD, and the entities of one could expand without bound."""
    raise ResponseParserError("Unable to parse response: it declares a document type")


class _Reading:
    """The elements that are open, and what is known of them so far."""

    def __init__(self, spec: StructureSpec) -> None:
        self.texts: list[str] = []
        self._outermost: list[Any] = []
        self._spec: Spec = ListSpec("", spec)
        self._content: Any = self._outermost
        self._around: list[tuple[Spec, Any]] = []
        self._unknown = 0

    @property
    def answer(self) -> dict[str, Any]:
        """The outermost element, once all is read."""
        found: dict[str, Any] = self._outermost[0]
        return found

    def begin(self, tag: str, attributes: list[str]) -> None:
        if attributes:
            _check(attributes)
        if self._unknown:
            self._unknown += 1
            return
        inner = self._spec.inside(tag)
        if inner is None:
            self._unknown = 1
            return
        self._around.append((self._spec, self._content))
        self._spec = inner
        if isinstance(inner, ScalarSpec):
            self.texts.clear()
        else:
            self._content = inner.empty()

    def end(self, _tag: str) -> None:
        if self._unknown:
            self._unknown -= 1
            return
        done, value = self._spec, self._content
        self._spec, self._content = self._around.pop()
        if isinstance(done, ScalarSpec):
            value = done.value("".join(self.texts))
        if isinstance(self._spec, ListSpec):
            self._content.append(value)
        elif done.name in self._content:
            raise UnfamiliarError
        else:
            self._content[done.name] = value


def _check(attributes: list[str]) -> None:
    """Names are taken as they are written, so no prefix may be declared or used."""
    match attributes:
        case ["xmlns", namespace] if _NAMESPACE.fullmatch(namespace):
            return
    raise UnfamiliarError
