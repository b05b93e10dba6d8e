"""Answers of EC2 as they come over the wire, made from botocore's own models of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import botocore.session
from botocore.model import OperationModel
from botocore.parsers import create_parser
from hypothesis import strategies as st

from inventory.collect import PLAN
from inventory.collect.lean_xml import LeanXml

Texts = st.SearchStrategy[str]

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
#: Every operation of EC2 whose answer a run reads.
OPERATIONS = [*(call.api_name for call in PLAN if call.service == "ec2"), "DescribeRegions"]
#: What XML can hold of Unicode, but for the characters that it does not keep as they are.
_CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"], include_characters="\t\n")


@cache
def operation(name: str) -> Any:
    return botocore.session.get_session().get_service_model("ec2").operation_model(name)


def document(name: str, content: str, request_id: str = "<requestId>59dbff89</requestId>") -> bytes:
    """An answer as EC2 writes it, around the elements that are its content."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{name}Response xmlns="{NAMESPACE}">\n'
        f"    {request_id}{content}</{name}Response>"
    ).encode()


def read_by_botocore(model: OperationModel, body: bytes, status: int = 200) -> tuple[str, Any]:
    return _outcome(lambda: _parsed(model, {**_response(status), "body": body}))


def read_leanly(model: OperationModel, body: bytes, status: int = 200) -> tuple[str, Any]:
    """What botocore gives when its event is handled: as its ``Endpoint`` puts the two together."""

    def read() -> dict[str, Any]:
        response, customized = {**_response(status), "body": body}, dict[str, Any]()
        LeanXml().read(model, response, customized)
        return {**_parsed(model, response), **customized}

    return _outcome(read)


def is_read_leanly(model: OperationModel, body: bytes) -> bool:
    """Whether botocore's parser is spared the answer."""
    response = {**_response(200), "body": body}
    LeanXml().read(model, response, {})
    return bool(response["body"] != body)


def _response(status: int) -> dict[str, Any]:
    return {"status_code": status, "headers": {"Date": "Sun, 01 Nov 2026 12:00:00 GMT"}}


def _parsed(model: OperationModel, response: Mapping[str, Any]) -> dict[str, Any]:
    shape: Any = model.output_shape
    parsed: dict[str, Any] = create_parser("ec2").parse(response, shape)
    return parsed


def _outcome(read: Callable[[], dict[str, Any]]) -> tuple[str, Any]:
    try:
        return "parsed", read()
    except Exception as error:  # noqa: BLE001 - whatever botocore raises, the same is expected
        return type(error).__name__, str(error)


def every_member(shape: Any) -> str:
    """All that an answer can hold: each member of each structure, two elements in each list."""
    match shape.type_name:
        case "structure":
            return "".join(
                _element(member.serialization.get("name", name), every_member(member))
                for name, member in shape.members.items()
            )
        case "list":
            return _element("item", every_member(shape.member)) * 2
    return _EXAMPLES[shape.type_name]


_EXAMPLES = {
    "string": "Größe &lt;1&gt; &amp; mehr",
    "boolean": "true",
    "integer": "-7",
    "long": "9007199254740993",
    "timestamp": "2026-11-01T12:00:00.000Z",
}


def recorded(shape: Any, value: Any) -> str:
    """What the AWS CLI printed, as it came over the wire."""
    match shape.type_name:
        case "structure":
            return "".join(
                _element(
                    shape.members[name].serialization.get("name", name),
                    recorded(shape.members[name], one),
                )
                for name, one in value.items()
                if name in shape.members
            )
        case "list":
            return "".join(_element("item", recorded(shape.member, one)) for one in value)
        case "boolean":
            return str(value).lower()
        case "timestamp":
            moment = datetime.fromisoformat(value)
            return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return escape(str(value))


def contents(shape: Any) -> Texts:
    """Some of an answer's members, plainly written."""
    match shape.type_name:
        case "structure":
            return _structures(shape, contents)
        case "list":
            items = contents(shape.member).map(lambda one: _element("item", one))
            return st.lists(items, max_size=3).map("".join)
    return _PLAIN[shape.type_name]


def noisy_contents(shape: Any) -> Texts:
    """The same, with what AWS never sends and a parser has to bear."""
    match shape.type_name:
        case "structure":
            plain = _structures(shape, noisy_contents)
        case "list":
            tag = st.sampled_from(["item", "member", "item"])
            items = st.builds(_element, tag, noisy_contents(shape.member))
            plain = st.lists(items, max_size=3).map("".join)
        case scalar:
            plain = _PLAIN[scalar] | _PLAIN["string"] | st.sampled_from(_ODD_TEXTS)
    return st.tuples(_NOISE, plain, _NOISE).map("".join)


def _structures(shape: Any, of: Callable[[Any], Texts]) -> Texts:
    """Members in any order: those of the model are too many to be drawn all at once."""

    def member(name: str) -> Texts:
        member_shape = shape.members[name]
        tag = member_shape.serialization.get("name", name)
        return of(member_shape).map(lambda text: _element(tag, text))

    def drawn(names: list[str]) -> Texts:
        return st.tuples(*map(member, names)).map("".join)

    if not shape.members:
        return st.just("")
    return st.lists(st.sampled_from([*shape.members]), unique=True, max_size=4).flatmap(drawn)


def _element(tag: str, content: str) -> str:
    return f"<{tag}>{content}</{tag}>" if content else f"<{tag}/>"


def _written(text: str, way: str) -> str:
    match way:
        case "cdata":
            return f"<![CDATA[{text.replace(']]>', '')}]]>"
        case "references":
            return "".join(f"&#{ord(one)};" for one in text)
        case "comment":
            return f"{escape(text)}<!-- no part of it -->{escape(text)}"
    return escape(text)


_WAYS = st.sampled_from(["escaped", "cdata", "references", "comment"])
_MOMENTS = st.datetimes(timezones=st.just(UTC)).map(
    lambda one: one.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
)
_PLAIN: dict[str, Texts] = {
    "string": st.builds(_written, st.text(_CHARACTERS, max_size=12), _WAYS),
    "boolean": st.sampled_from(["true", "false"]),
    "integer": st.integers(-(2**31), 2**31).map(str),
    "long": st.integers(-(2**63), 2**63).map(str),
    "timestamp": _MOMENTS
    | st.sampled_from(["2026-11-01T12:00:00Z", "2026-11-01T12:00:00.000Z", "1793534400"]),
}
_ODD_TEXTS = [
    *("", " ", " 7 ", "+7", "1_000", "0x7", "7.0", "TRUE", "True", "1", "NaN"),
    *("2026-11-01", "2026-11-01T24:00:00Z", "2026-13-01T12:00:00Z", "2026-11-01T12:00:00+02:00"),
    *("2026-11-01T12:00:00.000000Z", "2026-11-01T12:00:60Z", "Sun, 01 Nov 2026 12:00:00 GMT"),
    *("٢٠٢٦-11-01T12:00:00Z", "0012-10-11T10:10:10Z", "9" * 40),
]
_NOISE = st.sampled_from(
    [
        *("", "", "", "", "\n    ", "<!-- a comment -->", "<?instruction?>", "stray text"),
        *("<unknown/>", "<unknown><item>1</item><item/></unknown>", "<unknown>1</unknown>" * 2),
        *("<item/>", "<tagSet/>", "<requestId/>", "<a xml:lang='de'/>", '<b xmlns="urn:b">1</b>'),
        *('<n:tagSet xmlns:n="urn:n"/>', "<instanceId>i-1</instanceId>" * 2, "&undefined;"),
        *("<open>", "</closed>", "&#0;", "<![CDATA[]]>", "\r\n", "<n:unbound/>"),
    ]
)
