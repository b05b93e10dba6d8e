"""A metadata service on loopback, for tests that run on a machine without one."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token"  # noqa: S105 - of a service that is none
IDENTITY = {"instanceId": "i-0abc", "region": "eu-central-1", "accountId": "111122223333"}


def answers(instance_id: str, **changed: Any) -> dict[str, str]:
    """Path → text of an instance with a role in eu-central-1; ``changed`` is of its document."""
    document = IDENTITY | {"instanceId": instance_id} | changed
    meta = "/latest/meta-data"
    role = f"{meta}/iam/security-credentials/"
    return {
        "/latest/dynamic/instance-identity/document": json.dumps(document),
        f"{meta}/instance-id": instance_id,
        f"{meta}/placement/region": str(document["region"]),
        role: "node",
        f"{role}node": json.dumps({"Code": "Success", "AccessKeyId": "AKIA-SECRET"}),
    }


@contextlib.contextmanager
def metadata_service(told: Mapping[str, str], *, token: str = TOKEN) -> Iterator[str]:
    """Its address while the block lasts. Answers are given for the token only, ``""`` = to none."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            asks = self.path == "/latest/api/token" and bool(token)
            self._answer(200 if asks else 403, token)

        def do_GET(self) -> None:
            if self.headers.get("X-aws-ec2-metadata-token") != token:
                self._answer(401, "")
            else:
                self._answer(200 if self.path in told else 404, told.get(self.path, ""))

        def _answer(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Nothing: the tests' output is pytest's."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
