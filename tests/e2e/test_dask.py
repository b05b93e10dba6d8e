"""A run on Dask's workers: the local run's findings byte for byte, whatever becomes of a worker."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.organization_server import EXTERNAL_ID, REGION, ROLE
from tests.e2e.roll_call import ROOT, RollCall, command_line, roll_call, surroundings
from tests.e2e.trapping_server import TRAP

SECRET = "testing-secret-that-must-not-leak"  # noqa: S105 - the emulator takes any
INTERRUPTED = 2


class Acme:
    """An organization of four accounts to open, each with one Region that holds an instance."""

    def __init__(self, folder: Path, trap: Path, environment: dict[str, str]) -> None:
        (folder / "accounts.yaml").write_text(
            f"acme: {{organization: {{role_name: {ROLE}, external_id: {EXTERNAL_ID}, "
            f"include_management: true, regions: [{REGION}, us-east-1]}}}}\n"
        )
        self.trap = trap
        self.environment = environment
        settings = ("--config-dir", str(folder), "--report-format", "json")
        self.arguments = (*settings, "--account", "acme")
        self._runs = folder / "runs"

    def call(self, name: str, *arguments: str) -> RollCall:
        return roll_call(
            self._runs / name, *self.arguments, *arguments, environment=self.environment
        )


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Acme]:
    folder, trap = tmp_path_factory.mktemp("acme"), tmp_path_factory.mktemp("trap")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    ids = ("--ids", str(folder / "ids.json"))
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.trapping_server", "--port", str(port), *ids],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"AWS_DEFAULT_REGION": REGION, TRAP: str(trap)},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/moto-api/config")
        environment = {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": REGION,
        }
        yield Acme(folder, trap, environment)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(600):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.1)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def local(acme: Acme) -> RollCall:
    return acme.call("local")


def findings(run: RollCall) -> str:
    """The findings.json as it is, but for the time at which the run began to read."""
    assert run.folder is not None, run.output
    text = (run.folder / "findings.json").read_text()
    return re.sub(r'"as_of": "[^"]+"', '"as_of": ""', text, count=1)


def answers(run: RollCall) -> dict[str, bytes]:
    """Every file of the snapshot, and the manifest's lines of coverage."""
    assert run.folder is not None, run.output
    snapshot = run.folder / "snapshot"
    files = {
        str(path.relative_to(snapshot)): path.read_bytes() for path in snapshot.rglob("*.json*")
    }
    manifest = json.loads(files["manifest.json"])
    files["manifest.json"] = json.dumps(manifest | {"collected_at": ""}).encode()
    return files


def test_two_workers_find_what_one_process_finds_though_one_is_killed(
    acme: Acme, local: RollCall
) -> None:
    """Issue 8: killing a worker mid-run costs its shard only, which is read again.

    That an undisturbed spread run is the local one, to the byte, is tested without processes.
    """
    (acme.trap / "kill").touch()
    run = acme.call("killed", "--executor", "dask")
    assert (acme.trap / "killed").exists()
    assert run.status == local.status, run.output
    assert answers(run) == answers(local)
    assert findings(run) == findings(local)
    assert len(run.findings["findings"]) > 100


def test_an_interrupt_leaves_neither_processes_nor_a_run(acme: Acme, tmp_path: Path) -> None:
    """Ctrl-C reaches all processes of the terminal at once."""
    hold = acme.trap / "hold"
    hold.touch()
    command = subprocess.Popen(
        command_line(tmp_path / "runs", *acme.arguments, "--executor", "dask"),
        cwd=ROOT,
        env=surroundings(acme.environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        _wait_until((acme.trap / "held").exists, command)
        family = psutil.Process(command.pid).children(recursive=True)
        os.killpg(command.pid, signal.SIGINT)
        output, _ = command.communicate(timeout=30)
    finally:
        hold.unlink()
        command.kill()
    assert command.returncode == INTERRUPTED, output
    assert len(family) >= 2
    _, alive = psutil.wait_procs(family, timeout=5)
    assert not alive
    assert "Traceback" not in output
    assert not list((tmp_path / "runs").iterdir())


def _wait_until(seen: Callable[[], bool], command: "subprocess.Popen[str]") -> None:
    for _ in range(600):
        if seen():
            return
        assert command.poll() is None, command.communicate()[0]
        time.sleep(0.05)
    raise TimeoutError("no worker asked for VPCs")
