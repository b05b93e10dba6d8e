"""Dask distributed as the engine: a cluster of this machine's own, or a scheduler elsewhere.

Dask runs what its scheduler is told to run, and its messages are pickled: whoever reaches the
scheduler acts as its workers do. So every way beyond this machine is TLS with certificates on both
sides, and a cluster of this machine's own makes a certificate for itself that only it has.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

from inventory.collect.executor.address import TLS_FILES, Address, Kind, tls_files
from inventory.collect.executor.engine import Done, NotDone
from inventory.collect.executor.reading import read_share
from inventory.collect.executor.share import Share, encoded
from inventory.errors import ExecutorError, RollcallError

try:
    from distributed import Client, Future, LocalCluster, Security
    from distributed.scheduler import KilledWorker
except ImportError as error:
    raise ExecutorError(
        "--executor dask needs Dask, which is not installed: pip install 'distributed>=2026.8' "
        "cryptography"
    ) from error

#: How often a share that raised is tried again; the death of a worker has a count of its own.
RETRIES: Final = 2
#: Seconds in which a scheduler has to answer, and in which a first worker has to be there.
CONNECT_SECONDS: Final = 30.0
FIRST_WORKER_SECONDS: Final = 120.0
#: Seconds without any worker after which what is left is given up.
NO_WORKER_SECONDS: Final = 300.0
_LOOK_SECONDS: Final = 1.0
#: What Dask's client raises once its scheduler is gone.
_SCHEDULER_LOST: Final = (OSError, CancelledError)
_LONGEST_DETAIL: Final = 300


class DaskExecutor:
    """Has shares read by Dask's workers; made ready on entry, and left without a process on exit.

    ``tls`` is a folder with the files of ``--executor-tls``; without it Dask's own configuration
    says where certificates are. ``workers``: how many processes a cluster of this machine has,
    default: its processors. Raises ExecutorError where there are no certificates for a way that
    needs them, and on entry where there is no scheduler or no worker.
    """

    def __init__(
        self, address: Address, *, tls: Path | None = None, workers: int | None = None
    ) -> None:
        self._address = address
        self._security = _security(address, tls)
        self._workers = workers or os.cpu_count() or 1
        self._held = contextlib.ExitStack()
        self._client: Client | None = None

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as held:
            if self._address.kind is Kind.CLUSTER:
                self._client = _client_of_cluster(held, self._security, self._workers)
            else:
                self._client = _client_of(held, self._address, self._security)
            self._held = held.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    def run(self, shares: Sequence[Share]) -> Iterator[Done | NotDone]:
        """Give each share's end as it comes; see ``Executor``."""
        if self._client is None:
            raise RuntimeError("the executor has to be entered first")
        run = _Run(self._client, self._address.text)
        try:
            run.submit(shares)
            yield from run.ends()
        finally:
            run.give_up()


class _Run:
    """The shares of one round that have not come to an end."""

    def __init__(self, client: Client, name: str) -> None:
        self._client = client
        self._name = name
        self._waiting: dict[str, tuple[Share, Future[bytes]]] = {}
        self._finished: SimpleQueue[Future[bytes]] = SimpleQueue()

    def submit(self, shares: Sequence[Share]) -> None:
        for share in shares:
            key = f"{share.name}-{uuid.uuid4()}"
            future = self._client.submit(
                read_share, encoded(share), key=key, retries=RETRIES, pure=False
            )
            self._waiting[key] = share, future
            future.add_done_callback(self._finished.put)

    def ends(self) -> Iterator[Done | NotDone]:
        had_worker = time.monotonic()
        while self._waiting:
            try:
                end = self._next_end()
                if end is not None or self._client.nthreads():
                    had_worker = time.monotonic()
            except _SCHEDULER_LOST:
                yield from self._given_up("SCHEDULER_LOST", f"{self._name} answers no more")
                self._waiting.clear()
                return
            if end is not None:
                yield end
            elif time.monotonic() - had_worker > NO_WORKER_SECONDS:
                told = f"{self._name} had no worker for {NO_WORKER_SECONDS:.0f} seconds"
                yield from self._given_up("NO_WORKER", told)
                return

    def _next_end(self) -> Done | NotDone | None:
        """The end of a share, ``None`` where none has come to it for a while."""
        try:
            future = self._finished.get(timeout=_LOOK_SECONDS)
        except Empty:
            return None
        share, _ = self._waiting[future.key]
        end = self._end_of(share, future)
        del self._waiting[future.key]
        future.release()
        return end

    def _end_of(self, share: Share, future: Future[bytes]) -> Done | NotDone:
        # A worker may die with the part in hand: it is then read again before this returns.
        found = self._client.gather([future], errors="skip")
        if found:
            return Done(share, found[0])
        error = future.exception()
        if isinstance(error, KilledWorker):
            return NotDone(share, "WORKER_LOST", f"{error.allowed_failures + 1} workers died of it")
        if isinstance(error, RollcallError):
            return NotDone(share, "SHARE_FAILED", str(error)[:_LONGEST_DETAIL])
        # Whatever else went wrong there may quote anything.
        return NotDone(share, "SHARE_FAILED", f"the worker ended with {type(error).__name__}")

    def _given_up(self, code: str, detail: str) -> Iterator[NotDone]:
        return (NotDone(share, code, detail) for share, _ in self._waiting.values())

    def give_up(self) -> None:
        """Take back what no worker has begun; whoever has begun finishes for nobody."""
        if self._waiting:
            self._client.cancel([future for _, future in self._waiting.values()])


def _leave_interrupts() -> None:
    """On a worker: Ctrl-C reaches every process of a terminal, and the run's own ends the rest."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _client_of_cluster(
    held: contextlib.ExitStack, security: Security | None, workers: int
) -> Client:
    scratch = held.enter_context(TemporaryDirectory(prefix="ssm-rollcall-dask-"))
    cluster = held.enter_context(
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol="tls",
            security=security,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            local_directory=scratch,
        )
    )
    client = held.enter_context(Client(cluster, set_as_default=False))
    client.register_worker_callbacks(_leave_interrupts)
    return client


def _client_of(held: contextlib.ExitStack, address: Address, security: Security | None) -> Client:
    scheme = "tls" if security else "tcp"
    where = f"{scheme}://{address.host}:{address.port}"
    try:
        client = Client(where, security=security, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ExecutorError(
            f"--executor {address.text}: no scheduler answers at {where} "
            f"({type(error).__name__}); start one there with `dask scheduler`"
        ) from error
    held.enter_context(client)
    try:
        client.wait_for_workers(1, timeout=FIRST_WORKER_SECONDS)
    except TimeoutError as error:
        raise ExecutorError(
            f"--executor {address.text}: no worker has joined {where} within "
            f"{FIRST_WORKER_SECONDS:.0f} seconds; start some with `dask worker {where}`"
        ) from error
    return client


def _security(address: Address, tls: Path | None) -> Security | None:
    """The certificates for the way to the workers, ``None`` where it is plain."""
    if address.kind is Kind.CLUSTER:
        return Security.temporary()
    if tls is not None:
        authority, certificate, key = map(str, tls_files(tls))
        return Security(
            tls_ca_file=authority,
            tls_client_cert=certificate,
            tls_client_key=key,
            require_encryption=True,
        )
    if address.is_plain:
        return None
    found = Security(require_encryption=True)
    if not (found.tls_ca_file and found.tls_client_cert):
        raise ExecutorError(
            f"--executor {address.text}: needs certificates; give --executor-tls DIR with "
            f"{', '.join(TLS_FILES)}, or set Dask's distributed.comm.tls (ca-file, client.cert, "
            "client.key)"
        )
    return found
