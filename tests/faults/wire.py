"""What passes between an AWS client and an endpoint: requests understood, answers read and written.

Operations, paths and shapes are those of botocore's models; moto's serializers write the answers.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import botocore.session
from botocore.model import OperationModel, ServiceModel
from botocore.parsers import create_parser
from moto.core.serialize import get_serializer_class
from moto.core.utils import get_service_model
from requests.structures import CaseInsensitiveDict

_SCOPE: Final = re.compile(r"Credential=[^/]+/\d+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_ATTEMPT: Final = re.compile(r"attempt=(\d+)")
_TOKENS: Final = ("NextToken", "Marker")
_XML: Final = "text/xml"


@dataclasses.dataclass(frozen=True)
class Asked:
    """One HTTP request; ``service`` and ``operation`` are botocore's names."""

    service: str
    operation: str
    region: str
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """``ec2.DescribeVpcs``, as the plan and a snapshot's files call it."""
        return f"{self.service}.{self.operation}"

    @property
    def attempt(self) -> int:
        """1 for what is asked for the first time, then counted up by the client's retries."""
        told = _ATTEMPT.search(self.headers.get("amz-sdk-request", ""))
        return int(told[1]) if told else 1

    @property
    def parameters(self) -> dict[str, Any]:
        """The members of the body; none of a REST request, whose path has them."""
        if self.body.startswith(b"{"):
            told: dict[str, Any] = json.loads(self.body)
            return told
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def key(self) -> tuple[str, ...]:
        """The same for requests that want the same, whoever sends them and when."""
        wanted = json.dumps(self.parameters, sort_keys=True)
        return (self.name, self.region, self.method, self.target, wanted)

    @property
    def token(self) -> str:
        """The token of the page that is wanted, ``""`` for the first."""
        told = (self.parameters.get(name, "") for name in _TOKENS)
        return next((str(one) for one in told if one), "")

    def at_page(self, token: str) -> Asked:
        """The same request for another page; ``""`` for the first."""
        wanted = {name: one for name, one in self.parameters.items() if name not in _TOKENS}
        if token:
            wanted["Marker" if self.service == "iam" else "NextToken"] = token
        is_json = self.body.startswith(b"{")
        body = json.dumps(wanted) if is_json else urlencode(wanted)
        return dataclasses.replace(self, body=body.encode())


@dataclasses.dataclass(frozen=True)
class Answer:
    """What is sent back, after ``delay`` seconds; ``cut_at``: how many bytes before it breaks off.

    A negative ``cut_at`` closes the connection without a word. ``hours_ahead`` is how far AWS's
    clock is ahead of this machine's.
    """

    status: int
    content_type: str
    body: bytes
    delay: float = 0.0
    cut_at: int | None = None
    hours_ahead: float = 0.0


class _Path(NamedTuple):
    operation: str
    method: str
    pattern: re.Pattern[str]


def understood(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Asked:
    """The operation that the request is for. Raises ValueError for what is no AWS request."""
    scope = _SCOPE.search(headers.get("Authorization", ""))
    if scope is None:
        raise ValueError(f"{method} {target} is not signed")
    service, region = scope["service"], scope["region"]
    if "X-Amz-Target" in headers:
        operation = headers["X-Amz-Target"].rpartition(".")[2]
    elif body.startswith(b"Action=") or b"&Action=" in body:
        operation = dict(parse_qsl(body.decode()))["Action"]
    else:
        operation = _operation_at(service, method, urlsplit(target).path)
    return Asked(service, operation, region, method, target, headers, body)


def read(asked: Asked, answer: Answer) -> dict[str, Any]:
    """The answer as a client of AWS sees it."""
    model = _model(asked)
    shape: Any = model.output_shape
    parsed: dict[str, Any] = create_parser(_protocol(model)).parse(
        {
            "status_code": answer.status,
            "headers": CaseInsensitiveDict({"Content-Type": answer.content_type}),
            "body": answer.body,
        },
        shape,
    )
    parsed.pop("ResponseMetadata", None)
    return parsed


def written(asked: Asked, members: Mapping[str, Any]) -> Answer:
    """These members as the service would send them."""
    model: Any = get_service_model(asked.service).operation_model(asked.operation)
    serializer = get_serializer_class(asked.service, model.service_model.resolved_protocol)
    told = serializer(model).serialize(dict(members))
    body = told["body"]
    content_type = told["headers"].get("Content-Type", _XML)
    return Answer(
        told["status_code"], content_type, body.encode() if isinstance(body, str) else body
    )


def refused(asked: Asked, code: str, message: str, status: int = 400) -> Answer:
    """An error answer in the words of the service's protocol."""
    write = _ERRORS[_protocol(_model(asked))]
    return write(code, message, status)


def _xml_error(outermost: str, code: str, message: str, status: int) -> Answer:
    within = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    if outermost == "Response":
        within = f"<Errors>{within}</Errors>"
    text = f"<{outermost}>{within}<RequestID>1-2-3</RequestID></{outermost}>"
    return Answer(status, _XML, text.encode())


def _json_error(code: str, message: str, status: int) -> Answer:
    text = json.dumps({"__type": code, "message": message})
    return Answer(status, "application/x-amz-json-1.1", text.encode())


_ERRORS: Final[Mapping[str, Callable[[str, str, int], Answer]]] = {
    "ec2": functools.partial(_xml_error, "Response"),
    "query": functools.partial(_xml_error, "ErrorResponse"),
    "rest-xml": functools.partial(_xml_error, "ErrorResponse"),
    "json": _json_error,
    "rest-json": _json_error,
}


@functools.cache
def _service(name: str) -> ServiceModel:
    return botocore.session.Session().get_service_model(name)


def _model(asked: Asked) -> OperationModel:
    return _service(asked.service).operation_model(asked.operation)


def _protocol(model: OperationModel) -> str:
    return str(model.service_model.resolved_protocol)


def _operation_at(service: str, method: str, path: str) -> str:
    for one in _paths(service):
        if one.method == method and one.pattern.fullmatch(path):
            return one.operation
    raise ValueError(f"{service} has no operation at {method} {path}")


@functools.cache
def _paths(service: str) -> tuple[_Path, ...]:
    """The operations of a REST service by the paths they lie at."""
    model = _service(service)
    return tuple(
        _Path(
            name,
            model.operation_model(name).http["method"],
            re.compile(re.sub(r"\\\{[^}]+\}", "[^/]+", re.escape(_path_of(model, name)))),
        )
        for name in model.operation_names
    )


def _path_of(model: ServiceModel, operation: str) -> str:
    return str(model.operation_model(operation).http["requestUri"]).partition("?")[0]
