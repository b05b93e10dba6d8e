"""The account of a fleet on 127.0.0.1: ``python -m benchmarks.peers.server PORT INSTANCES REGION``.

A process of its own, whose time and memory are nobody's. An answer is written once and given again
from memory; ``/calls`` tells how often each operation was asked for since it was last told.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from moto.core.request import Request
from werkzeug.exceptions import NotFound
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from benchmarks.peers.answers import FleetAnswers, UnansweredError
from benchmarks.peers.wire import Asked, asked, refused, written

CALLS: Final = "/calls"
_Written = tuple[int, bytes, Mapping[str, str]]


class Account:
    """A WSGI application. Requests that it has no honest answer to are told under ``calls``."""

    def __init__(self, instances: int, region: str) -> None:
        self._answers = FleetAnswers(instances, region)
        self._written: dict[tuple[str, str, bytes], _Written] = {}
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        request = Request(environ)
        response = self._told_calls() if request.path == CALLS else self._answered(request)
        return response(environ, start_response)

    def _told_calls(self) -> Response:
        with self._lock:
            told, self._calls = self._calls, Counter()
        return Response(json.dumps(dict(told.most_common())), mimetype="application/json")

    def _answered(self, request: Request) -> Response:
        with self._lock:
            key, name = self._asked(request)
            if key not in self._written:
                self._written[key] = self._write(name)
            status, body, headers = self._written[key]
            told = name if isinstance(name, str) else name.operation
            self._calls[told if status == HTTPStatus.OK else f"{told} ({status})"] += 1
        return Response(body, status=status, headers=dict(headers))

    def _asked(self, request: Request) -> tuple[tuple[str, str, bytes], Asked | str]:
        body = request.get_data(cache=True, parse_form_data=False)
        try:
            one = asked(request)
        except (ValueError, NotFound) as error:
            return (request.method, request.full_path, body), f"{request.path}: {error}"
        return (one.operation, request.full_path, body), one

    def _write(self, one: Asked | str) -> _Written:
        if isinstance(one, str):
            return HTTPStatus.BAD_REQUEST, one.encode(), {}
        if one.operation.startswith("organizations."):
            return HTTPStatus.BAD_REQUEST, *refused(one, "AWSOrganizationsNotInUseException")
        try:
            return HTTPStatus.OK, *written(one, self._answers.told(one))
        except UnansweredError:
            return HTTPStatus.UNPROCESSABLE_ENTITY, *refused(one, "NotAnswered")


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1, and no line for each request: that would be a cost of the server's own."""

    protocol_version = "HTTP/1.1"  # clients keep their connections

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Serve until the process is ended; say when the first request can come."""
    port, instances, region = sys.argv[1:]
    account = Account(int(instances), region)
    server = make_server(
        "127.0.0.1", int(port), account, threaded=True, request_handler=QuietHandler
    )
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
