"""The fault proxy: a real HTTP server that lets a schedule say which answers go wrong.

A proxy for TCP, such as toxiproxy, knows no operations and no pages; the retries, parsers and
paginators of the SDK are what is to be met here, so this one speaks AWS's protocols.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from requests.structures import CaseInsensitiveDict

from tests.faults.faults import Fault, continued
from tests.faults.upstream import Upstream
from tests.faults.wire import Answer, Asked, refused, understood

#: Which fault meets a request, ``None`` for none. Asked from many threads, in any order.
Schedule = Callable[[Asked], Fault | None]


def quiet(_: Asked) -> Fault | None:
    """Nothing goes wrong."""
    return None


class FaultProxy:
    """What the server does; ``schedule`` may be changed between two runs.

    ``asked`` holds the requests in the order of their arrival, ``injected`` how often which fault
    met one, ``unanswered`` those that upstream has no answer to: a defect of the test.
    """

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self.schedule: Schedule = quiet
        self.asked: list[Asked] = []
        self.injected: Counter[str] = Counter()
        self.unanswered: list[str] = []
        self.endpoint = ""
        self._lock = threading.Lock()

    def start_over(self, schedule: Schedule = quiet) -> None:
        """Another run begins, under this schedule."""
        self.schedule = schedule
        with self._lock:
            self.asked = []
            self.injected = Counter()

    def answer(self, asked: Asked) -> Answer:
        """What is sent for the request."""
        fault = continued(asked) or self.schedule(asked)
        with self._lock:
            self.asked.append(asked)
            if fault is not None:
                self.injected[fault.name] += 1
        try:
            return self.upstream.answer(asked) if fault is None else fault(asked, self.upstream)
        except LookupError:
            with self._lock:
                self.unanswered.append(asked.name)
            return refused(asked, "NotRecorded", "no answer was recorded", 400)


@contextmanager
def serving(upstream: Upstream) -> Iterator[FaultProxy]:
    """Listen on a free port of this machine until the block ends."""
    proxy = FaultProxy(upstream)
    handler = type("_Handler", (_Handler,), {"proxy": proxy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        proxy.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    proxy: FaultProxy
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # whoever began to ask was terminated
            self.close_connection = True
            return
        headers = CaseInsensitiveDict(self.headers.items())
        asked = understood(self.command, self.path, headers, body)
        self._send(self.proxy.answer(asked))

    do_GET = do_POST  # noqa: N815 - the name that http.server looks for

    def _send(self, answer: Answer) -> None:
        time.sleep(answer.delay)
        head = (
            f"HTTP/1.1 {answer.status} told\r\nContent-Type: {answer.content_type}\r\n"
            f"Content-Length: {len(answer.body)}\r\nDate: {self._date(answer)}\r\n\r\n"
        )
        if answer.cut_at is None:
            whole = head.encode() + answer.body
        else:
            self.close_connection = True
            whole = b"" if answer.cut_at < 0 else head.encode() + answer.body[: answer.cut_at]
        try:
            self.wfile.write(whole)
        except ConnectionError:  # whoever asked has stopped waiting
            self.close_connection = True

    def _date(self, answer: Answer) -> str:
        return self.date_time_string(time.time() + answer.hours_ahead * 3600)

    def log_message(self, *_: object) -> None:
        """Say nothing: the test tells what was asked."""
