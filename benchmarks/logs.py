"""Reading an agent's log of N megabytes: healthy, failing, and two of nothing but errors."""

from __future__ import annotations

import dataclasses
import io
import itertools
import time
import tracemalloc
from collections.abc import Callable, Iterator

from inventory.host.logs import read_agent_log

_MEGABYTE = 1_000_000
#: Records between two heartbeats of a node that runs documents and associations.
_WORK_A_HEARTBEAT = 120


@dataclasses.dataclass(frozen=True)
class ReadLog:
    """CPU seconds of this process and the most that was held at once beyond the log's source."""

    kind: str
    megabytes: int
    lines: int
    seconds: float
    peak: int

    def __str__(self) -> str:
        return (
            f"{self.kind:>10} {self.megabytes:>8,} {self.lines:>12,} {self.seconds:>8.2f} "
            f"{self.megabytes / self.seconds:>8.0f} {self.peak / 2**20:>9.1f}"
        )


def heading() -> str:
    """The names of the columns."""
    return f"{'log':>10} {'MB':>8} {'lines':>12} {'CPU s':>8} {'MB/s':>8} {'peak MiB':>9}"


def measure(megabytes: int) -> Iterator[ReadLog]:
    """All kinds of log; making them up is not counted."""
    kinds = {"healthy": _healthy, "failing": _at_work, "errors": _failing, "disorder": _disorder}
    for kind, period in kinds.items():
        yield _measured(kind, period, megabytes)


def _measured(kind: str, period: Callable[[int], str], megabytes: int) -> ReadLog:
    sample = "".join(period(place) for place in range(_MEGABYTE // len(period(0)) + 1)).encode()
    began = time.process_time()
    log = _read(sample, megabytes)
    seconds = time.process_time() - began
    tracemalloc.start()
    _read(sample, min(megabytes, 20))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return ReadLog(kind, megabytes, log, seconds, peak)


def _read(sample: bytes, megabytes: int) -> int:
    stream = io.BufferedReader(_Repeated(sample, megabytes))
    log = read_agent_log("i-0123456789abcdef0", [("amazon-ssm-agent.log", stream)])
    return log.records


class _Repeated(io.RawIOBase):
    """The sample again and again; whole samples only."""

    def __init__(self, sample: bytes, times: int) -> None:
        self._parts = itertools.repeat(sample, times)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._left:
            self._left = memoryview(next(self._parts, b""))
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def _stamp(place: int) -> str:
    hours, rest = divmod(place * 5, 3_600)
    minutes, seconds = divmod(rest, 60)
    return f"2026-11-01 {hours % 24:02}:{minutes:02}:{seconds:02}.{place % 10_000:04}"


def _healthy(place: int) -> str:
    """A heartbeat, and the work of documents and associations up to the next."""
    worker = f"{_stamp(place)} INFO [ssm-agent-worker]"
    work = (
        f"{worker} [MessageService] [Association] schedule looked at again, {number} of "
        f"{_WORK_A_HEARTBEAT} associations are due, document {place:08x}-{number:04x} waits\n"
        for number in range(_WORK_A_HEARTBEAT)
    )
    return f"{worker} [HealthCheck] HealthCheck reporting agent health.\n{''.join(work)}"


def _at_work(place: int) -> str:
    """The same work on a node whose heartbeats fail."""
    return _healthy(place) + _failing(place)


def _disorder(place: int) -> str:
    """One of five errors, of which nobody can tell the next: each is looked at by itself."""
    request = f"{place:08x}-1234-abcd-0123-{place:012x}"
    errors = (
        "[MessageService] ThrottlingException: Rate exceeded\n\tstatus code: 400, request id: {}",
        "[HealthCheck] InternalServerError: \n\tstatus code: 503, request id: {}",
        "[MessageService] CreateControlChannel failed with error: AccessDeniedException, {}",
        "[CredentialRefresher] ExpiredTokenException: it is expired\n\trequest id: {}",
        "[Inventory] write /var/lib/amazon/ssm/{}: no space left on device",
    )
    error = errors[place * 2_654_435_761 % 2**32 * len(errors) >> 32]
    return f"{_stamp(place)} ERROR [ssm-agent-worker] {error.format(request)}\n"


def _failing(place: int) -> str:
    """A heartbeat that times out, the request told by an id of its own."""
    stamp = _stamp(place)
    return (
        f"{stamp} INFO [ssm-agent-worker] [HealthCheck] HealthCheck reporting agent health.\n"
        f"{stamp} ERROR [ssm-agent-worker] [HealthCheck] error when calling AWS APIs. error "
        f"details - RequestError: send request {place:08x} failed\n"
        f'caused by: Post "https://ssm.eu-central-1.amazonaws.com/": dial tcp '
        f"10.0.{place % 250}.7:443: i/o timeout\n"
    )
