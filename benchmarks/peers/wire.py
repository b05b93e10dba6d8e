"""AWS's formats on the wire: which operation a request asks for, and how an answer is written."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import get_serializer_class

_SCOPE: Final = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/")

_REFUSAL: Final = "not answered here"
_XML: Final = {"Content-Type": "text/xml"}


@dataclasses.dataclass(frozen=True)
class Asked:
    """A request: ``operation`` is the snapshot's name of it, ``ec2.DescribeVpcs``."""

    operation: str
    region: str
    parameters: Mapping[str, Any]
    model: Any
    protocol: str


def asked(request: Request) -> Asked:
    """What a signed request asks for. Raises ValueError for one without a signature."""
    scope = _SCOPE.search(request.headers.get("Authorization", ""))
    if scope is None:
        raise ValueError(f"{request.path}: is not signed")
    model, in_path = get_service_router(scope["service"]).match(request)
    protocol = determine_request_protocol(model.service_model, request.content_type)
    parameters = PROTOCOL_PARSERS[protocol](model).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.get_data(),
            "url_path": request.path,
            "url_params": in_path,
        }
    )
    return Asked(f"{scope['service']}.{model.name}", scope["region"], parameters, model, protocol)


def written(one: Asked, told: Mapping[str, Any]) -> tuple[bytes, Mapping[str, str]]:
    """The body and headers of an answer that is told as a snapshot keeps it."""
    shape = one.model.output_shape
    serializer = get_serializer_class(one.model.service_model.service_name, one.protocol)
    answer = serializer(one.model).serialize(_for_the_wire(told, shape) if shape else {})
    body = answer["body"]
    return body.encode() if isinstance(body, str) else body, dict(answer["headers"])


def refused(one: Asked, code: str) -> tuple[bytes, Mapping[str, str]]:
    """The body and headers of an error of that code, in the words of the request's protocol."""
    if "json" in one.protocol:
        told = {"__type": code, "message": _REFUSAL}
        return json.dumps(told).encode(), {"Content-Type": "application/x-amz-json-1.1"}
    error = f"<Error><Code>{code}</Code><Message>{_REFUSAL}</Message></Error>"
    if one.protocol == "ec2":
        return f"<Response><Errors>{error}</Errors></Response>".encode(), _XML
    return f"<ErrorResponse>{error}</ErrorResponse>".encode(), _XML


def empty(one: Asked) -> dict[str, Any]:
    """An answer that holds every list and structure of its shape, with nothing in them."""
    shape = one.model.output_shape
    nothing: dict[str, Any] = {"list": [], "structure": {}, "boolean": False}
    return {
        name: nothing[member.type_name]
        for name, member in (shape.members.items() if shape else ())
        if member.type_name in nothing
    }


def _for_the_wire(value: Any, shape: Any) -> Any:
    """Members the shape knows; times as such, policy documents percent-encoded as IAM does."""
    if shape.type_name == "structure":
        return {
            name: _for_the_wire(value[name], member)
            for name, member in shape.members.items()
            if name in value
        }
    if shape.type_name == "list":
        return [_for_the_wire(one, shape.member) for one in value]
    if shape.type_name == "timestamp" and isinstance(value, str):
        return datetime.fromisoformat(value)
    if shape.type_name == "string" and isinstance(value, dict):
        return quote(json.dumps(value))
    return value
