"""Where the proxy's answers come from: moto's server, asked once, and from then on memory."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
import requests

from tests.faults.wire import Answer, Asked

#: What belongs to one connection and not to the request that is passed on.
_OF_CONNECTION: Final = frozenset({"host", "connection", "content-length", "transfer-encoding"})


class Upstream(Protocol):
    """Answers as AWS does when nothing is wrong."""

    def answer(self, asked: Asked) -> Answer:
        """The answer to a request."""


class MotoServer:
    """Passes a request on to moto's server."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint

    def answer(self, asked: Asked) -> Answer:
        """What moto says. Raises requests' errors."""
        headers = {
            name: value
            for name, value in asked.headers.items()
            if name.lower() not in _OF_CONNECTION
        }
        told = requests.request(
            asked.method,
            f"{self._endpoint}{asked.target}",
            headers=headers,
            data=asked.body,
            timeout=60,
        )
        return Answer(told.status_code, told.headers.get("Content-Type", "text/xml"), told.content)


class Memory:
    """Answers that were given once, by what was asked; may be kept in a file.

    ``upstream`` is asked for those that are missing. Without one that is an error of the test.
    """

    def __init__(
        self, upstream: Upstream | None = None, known: Mapping[str, Any] | None = None
    ) -> None:
        self._upstream = upstream
        self._known: dict[str, Answer] = {
            key: msgspec.convert(one, Answer) for key, one in (known or {}).items()
        }
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """The answer as it was given first."""
        key = " ".join(asked.key)
        with self._lock:
            found = self._known.get(key)
        if found is None:
            if self._upstream is None:
                raise LookupError(f"nobody asked before: {key}")
            found = self._upstream.answer(asked)
            with self._lock:
                self._known[key] = found
        return found

    def save(self, path: Path) -> None:
        """Keep the answers."""
        path.write_bytes(msgspec.json.encode(self._known))

    @classmethod
    def saved(cls, path: Path) -> Memory:
        """The answers of a file, and no others."""
        return cls(known=msgspec.json.decode(path.read_bytes()))
