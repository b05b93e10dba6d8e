"""Dask as the engine: what becomes of shares, connections with and without certificates."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import LocalCluster, Security
from distributed.scheduler import KilledWorker

from inventory.collect import AccountSpec
from inventory.collect.executor import on_dask
from inventory.collect.executor.address import address_of
from inventory.collect.executor.engine import Done, NotDone
from inventory.collect.executor.share import Share, decoded
from inventory.errors import AccountError, ExecutorError

ROOT = Path(__file__).resolve().parents[5]
ACCOUNTS = ("111122223333", "222233334444", "333344445555")
SHARES = [
    Share(account=AccountSpec(name=one), account_id=one, regions=("eu-central-1",))
    for one in ACCOUNTS
]
DIED = KilledWorker("key", SimpleNamespace(address="tls://1"), 3)  # type: ignore[arg-type]


class Promise:
    """A future that has come to its end, or never does."""

    def __init__(self, key: str, end: object) -> None:
        self.key, self.end = key, end
        self.released = False

    def add_done_callback(self, tell: Any) -> None:
        if self.end is not None:
            tell(self)

    def exception(self) -> object:
        return self.end

    def release(self) -> None:
        self.released = True


class Scheduler:
    """Stands in for Dask's client: each account's share ends as it was told; ``None``: never."""

    def __init__(self, ends: Mapping[str, object], workers: int = 1) -> None:
        self._ends = ends
        self._workers = workers
        self.futures: list[Promise] = []
        self.cancelled: list[Promise] = []
        self.options: list[dict[str, Any]] = []

    def submit(self, _read: object, content: bytes, key: str, **options: Any) -> Promise:
        self.options.append(options)
        self.futures.append(Promise(key, self._ends[decoded(content).account_id]))
        return self.futures[-1]

    def gather(self, futures: list[Promise], errors: str) -> list[object]:
        assert errors == "skip"
        if isinstance(futures[0].end, OSError):
            raise futures[0].end
        return [one.end for one in futures if isinstance(one.end, bytes)]

    def nthreads(self) -> dict[str, int]:
        return {f"tls://{number}": 1 for number in range(self._workers)}

    def cancel(self, futures: list[Promise]) -> None:
        self.cancelled += futures


def ends_of(scheduler: Scheduler) -> Iterator[Done | NotDone]:
    engine = on_dask.DaskExecutor(address_of("dask://localhost:1"))
    engine._client = scheduler
    return engine.run(SHARES)


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (b"part", Done(SHARES[0], b"part")),
        (DIED, NotDone(SHARES[0], "WORKER_LOST", "4 workers died of it")),
        (
            AccountError("account '1': no credentials were found"),
            NotDone(SHARES[0], "SHARE_FAILED", "account '1': no credentials were found"),
        ),
        # Somebody else's words may quote anything, so only their kind is told.
        (
            ModuleNotFoundError("secret"),
            NotDone(SHARES[0], "SHARE_FAILED", "the worker ended with ModuleNotFoundError"),
        ),
    ],
)
def test_each_share_comes_to_one_end(end: object, expected: Done | NotDone) -> None:
    scheduler = Scheduler({ACCOUNTS[0]: end, ACCOUNTS[1]: b"2", ACCOUNTS[2]: b"3"})
    found = list(ends_of(scheduler))
    assert found == [expected, Done(SHARES[1], b"2"), Done(SHARES[2], b"3")]
    assert all(one.released for one in scheduler.futures)
    assert not scheduler.cancelled
    assert {one["retries"] for one in scheduler.options} == {2}


def test_without_workers_what_is_left_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_dask, "_LOOK_SECONDS", 0.01)
    monkeypatch.setattr(on_dask, "NO_WORKER_SECONDS", 0.05)
    scheduler = Scheduler({ACCOUNTS[0]: b"1", ACCOUNTS[1]: None, ACCOUNTS[2]: None}, workers=0)
    first, *rest = ends_of(scheduler)
    assert first == Done(SHARES[0], b"1")
    assert [(one.share, one.code) for one in rest if isinstance(one, NotDone)] == [
        (SHARES[1], "NO_WORKER"),
        (SHARES[2], "NO_WORKER"),
    ]
    assert scheduler.cancelled == scheduler.futures[1:]


def test_a_lost_scheduler_leaves_what_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_dask, "_LOOK_SECONDS", 0.01)
    gone = OSError("timed out trying to connect")
    scheduler = Scheduler({ACCOUNTS[0]: b"1", ACCOUNTS[1]: gone, ACCOUNTS[2]: None})
    first, *rest = ends_of(scheduler)
    assert first == Done(SHARES[0], b"1")
    assert [(one.share, one.code) for one in rest if isinstance(one, NotDone)] == [
        (SHARES[1], "SCHEDULER_LOST"),
        (SHARES[2], "SCHEDULER_LOST"),
    ]
    assert not scheduler.cancelled


def test_a_run_that_ends_early_gives_up_what_is_left() -> None:
    scheduler = Scheduler({ACCOUNTS[0]: b"1", ACCOUNTS[1]: None, ACCOUNTS[2]: None})
    ends = ends_of(scheduler)
    assert next(ends) == Done(SHARES[0], b"1")
    ends.close()  # type: ignore[attr-defined]
    assert scheduler.cancelled == scheduler.futures[1:]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    made = Security.temporary()
    (folder / "ca.pem").write_text(made.tls_ca_file)
    (folder / "cert.pem").write_text(made.tls_client_cert)
    (folder / "key.pem").write_text(made.tls_client_key)
    return folder


@pytest.fixture(scope="module")
def scheduler_port(certificates: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A scheduler and a worker that want certificates, as threads of this process."""
    authority, certificate, key = (
        str(certificates / name) for name in ("ca.pem", "cert.pem", "key.pem")
    )
    roles = ("client", "scheduler", "worker")
    security = Security(
        tls_ca_file=authority,
        require_encryption=True,
        **{f"tls_{role}_cert": certificate for role in roles},
        **{f"tls_{role}_key": key for role in roles},
    )
    with LocalCluster(
        n_workers=1,
        processes=False,
        threads_per_worker=1,
        protocol="tls://",
        security=security,
        host="127.0.0.1",
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("scratch")),
    ) as cluster:
        yield int(cluster.scheduler_address.rpartition(":")[2])


def test_a_scheduler_is_reached_with_certificates(scheduler_port: int, certificates: Path) -> None:
    """And a share that cannot be opened there is told with the worker's reason."""
    address = address_of(f"tls://127.0.0.1:{scheduler_port}")
    share = Share(
        account=AccountSpec(name="prod", profile="nowhere"),
        account_id=ACCOUNTS[0],
        regions=("eu-central-1",),
    )
    with on_dask.DaskExecutor(address, tls=certificates) as engine:
        (end,) = engine.run([share])
    assert isinstance(end, NotDone)
    assert end.code == "SHARE_FAILED"
    assert end.detail.startswith("account 'prod': there is no AWS profile 'nowhere'")


def test_a_worker_of_another_version_says_so(scheduler_port: int, certificates: Path) -> None:
    address = address_of(f"dask://localhost:{scheduler_port}")
    share = Share(
        account=AccountSpec(name="prod"), account_id=ACCOUNTS[0], regions=(), tool="other/0"
    )
    with on_dask.DaskExecutor(address, tls=certificates) as engine:
        (end,) = engine.run([share])
    assert isinstance(end, NotDone)
    assert end.detail.endswith("the run other/0: install the same there")


def test_without_certificates_there_is_a_fix() -> None:
    with pytest.raises(
        ExecutorError, match=r"needs certificates; give --executor-tls DIR .*ca-file"
    ):
        on_dask.DaskExecutor(address_of("dask://scheduler.example.org:8786"))


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_dask, "CONNECT_SECONDS", 0.5)
    engine = on_dask.DaskExecutor(address_of("dask://localhost:9"))
    with pytest.raises(ExecutorError, match="no scheduler answers at tcp://localhost:9"):
        engine.__enter__()


def test_whoever_needs_no_engine_does_not_import_one() -> None:
    """The extra takes a second to import, and most do not have it."""
    script = (
        "import sys, fixtures.discovery, fixtures.engine, inventory.collect; "
        "sys.exit(bool({'dask', 'distributed', 'tornado'} & {*sys.modules}))"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False)
    assert ended.returncode == 0
