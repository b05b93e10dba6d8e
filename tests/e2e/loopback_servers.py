"""Servers on loopback that behave as endpoints do, or as they do when something is wrong."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HTTPS = 443
#: What must never leave the machine.
SECRETS = (
    "SECRET-ACCESS-KEY",
    "SESSION-TOKEN",
    "AKIDEXAMPLE",
    "IMDS-TOKEN",
    "proxy-password",
    "PRIVATE-KEY",
)


def in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


def listening(address: str, port: int, backlog: int = 16) -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind((address, port))
    server.listen(backlog)
    return server


class Endpoint(BaseHTTPRequestHandler):
    """Answers an unsigned request as ssm does: 404 and a Date, ``ahead`` seconds off."""

    ahead = 0.0
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response_only(404)
        self.send_header("Date", formatdate(time.time() + self.ahead, usegmt=True))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_words: Any) -> None:
        pass


def serve_tls(address: str, pem: Path, *, ahead: float = 0.0) -> None:
    """An endpoint with the certificate and key of that file."""
    handler = type("Endpoint", (Endpoint,), {"ahead": ahead})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = ThreadingHTTPServer((address, HTTPS), handler)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.handle_error = lambda *_words: None  # type: ignore[method-assign]
    in_background(server.serve_forever)


def serve_reset(address: str) -> None:
    """Takes the connection and the ClientHello, and resets."""
    server = listening(address, HTTPS)

    def work() -> None:
        while True:
            connection, _peer = server.accept()
            connection.recv(4096)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    in_background(work)


def serve_drop(address: str) -> list[socket.socket]:
    """Drops every SYN: nobody accepts, and the queue is full. The sockets have to be kept."""
    kept = [listening(address, HTTPS, backlog=0)]
    for _ in range(4):
        filling = socket.socket()
        filling.setblocking(False)
        filling.connect_ex((address, HTTPS))
        kept.append(filling)
    return kept


def serve_names(address: str) -> None:
    """A DNS server: NXDOMAIN, but SERVFAIL for ``*.broken`` and nothing for ``*.silent``."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))

    def work() -> None:
        while True:
            question, peer = server.recvfrom(512)
            if b"\x06silent" in question:
                continue
            code = 2 if b"\x06broken" in question else 3
            header = question[:2] + struct.pack(">H", 0x8180 | code) + question[4:6] + bytes(6)
            end = question.index(b"\0", 12) + 5
            server.sendto(header + question[12:end], peer)

    in_background(work)


def serve_proxy(address: str, port: int, refused: dict[str, int]) -> None:
    """A proxy that tunnels, and refuses the hosts named with their status."""
    server = listening(address, port)

    def work() -> None:
        while True:
            connection, _peer = server.accept()
            in_background(lambda taken=connection: _tunnel(taken, refused))  # type: ignore[misc]

    in_background(work)


def _tunnel(near: socket.socket, refused: dict[str, int]) -> None:
    with contextlib.suppress(OSError), near:
        host = near.recv(4096).split(b" ")[1].decode().partition(":")[0]
        if host in refused:
            near.sendall(f"HTTP/1.1 {refused[host]} No\r\nContent-Length: 0\r\n\r\n".encode())
            return
        with socket.create_connection((host, HTTPS)) as far:
            near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            while True:
                ready, _, _ = select.select([near, far], [], [], 10)
                for one in ready:
                    data = one.recv(65536)
                    if not data:
                        return
                    (far if one is near else near).sendall(data)


class Metadata(BaseHTTPRequestHandler):
    """The metadata service; its class members say how it behaves."""

    gives_token = True
    needs_token = True
    role = "node-role"
    code = "Success"

    def do_PUT(self) -> None:
        self._say(*((200, "IMDS-TOKEN") if self.gives_token else (403, "Forbidden")))

    def do_GET(self) -> None:
        if self.needs_token and self.headers.get("X-aws-ec2-metadata-token") != "IMDS-TOKEN":
            self._say(401, "Unauthorized")
        elif self.path == "/latest/dynamic/instance-identity/document":
            document = {
                "accountId": "111122223333",
                "instanceId": "i-0123456789abcdef0",
                "region": "eu-central-1",
            }
            self._say(200, json.dumps(document, indent=2))
        elif self.path == "/latest/meta-data/iam/security-credentials/" and self.role:
            self._say(200, self.role)
        elif self.role and self.path.endswith(f"/security-credentials/{self.role}"):
            self._say(200, json.dumps(self._credentials(), indent=2))
        else:
            self._say(404, "Not Found")

    def _credentials(self) -> dict[str, str]:
        if self.code != "Success":
            return {"Code": self.code, "Message": "EC2 cannot assume the role."}
        return {
            "Code": "Success",
            "AccessKeyId": "AKIDEXAMPLE",
            "SecretAccessKey": "SECRET-ACCESS-KEY",
            "Token": "SESSION-TOKEN",
        }

    def _say(self, status: int, body: str) -> None:
        self.send_response_only(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_words: Any) -> None:
        pass


def serve_metadata(address: str, port: int, **members: Any) -> None:
    handler = type("Metadata", (Metadata,), members)
    in_background(ThreadingHTTPServer((address, port), handler).serve_forever)
