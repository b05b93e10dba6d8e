"""The quiet account with many times its instances, under new ids."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.faults.faults import LISTS
from tests.faults.upstream import Upstream
from tests.faults.wire import Answer, Asked, read, written

#: Listings of what is there once for each instance.
_OF_INSTANCES: Final = frozenset(
    {
        "ec2.DescribeIamInstanceProfileAssociations",
        "ec2.DescribeInstanceStatus",
        "ec2.DescribeInstances",
        "ec2.DescribeNetworkInterfaces",
        "ssm.DescribeInstanceInformation",
    }
)
_ID: Final = re.compile(r"\b(i|eni|iip-assoc)-[0-9a-f]{8,17}\b")


class GrownAccount:
    """Every instance ``times`` over: the first as it is, the others with ids of their own."""

    def __init__(self, account: Upstream, times: int) -> None:
        self._account = account
        self._times = times
        self._known: dict[tuple[str, ...], Answer] = {}
        self._rows: dict[tuple[str, ...], list[Any]] = {}
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Answer:
        """The account's answer, or a page of the longer listing."""
        if asked.name not in _OF_INSTANCES:
            return self._account.answer(asked)
        with self._lock:
            if asked.key not in self._known:
                self._known[asked.key] = self._page(asked)
            return self._known[asked.key]

    def _page(self, asked: Asked) -> Answer:
        (member,) = LISTS[asked.name]
        first = asked.at_page("")
        if first.key not in self._rows:
            self._rows[first.key] = self._all(read(first, self._account.answer(first))[member])
        rows = self._rows[first.key]
        begin = int(asked.token or 0)
        end = begin + int(asked.parameters["MaxResults"])
        more: Mapping[str, Any] = {"NextToken": str(end)} if end < len(rows) else {}
        return written(asked, {member: rows[begin:end], **more})

    def _all(self, rows: list[Any]) -> list[Any]:
        text = json.dumps(rows, default=str)
        copies = (json.loads(_ID.sub(_renamed(number), text)) for number in range(self._times))
        return [row for copy in copies for row in copy]


def _renamed(number: int) -> Callable[[re.Match[str]], str]:
    def renamed(found: re.Match[str]) -> str:
        if not number:
            return found[0]
        digest = hashlib.sha256(f"{found[0]} {number}".encode()).hexdigest()
        return f"{found[1]}-{digest[:17]}"

    return renamed
