"""An account behind an endpoint: boto3 talks HTTP to a server, as it does to AWS."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.roll_call import ROOT, RollCall, roll_call

ACCOUNT = "123456789012"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[dict[str, str]]:
    """The environment of a user whose account is a seeded server on this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "fixtures.demo.server", "--port", str(port), "--seed"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"AWS_DEFAULT_REGION": "eu-central-1"},
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{url}/moto-api/config")
        yield {
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing-secret-that-must-not-leak",
            "AWS_SESSION_TOKEN": "testing-token-that-must-not-leak",
            "AWS_DEFAULT_REGION": "eu-central-1",
        }
    finally:
        server.terminate()
        server.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.1)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def run(endpoint: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> RollCall:
    regions = ("--region", "eu-central-1", "--region", "us-east-*")
    folder = tmp_path_factory.mktemp("http")
    return roll_call(folder, "--account", ACCOUNT, *regions, environment=endpoint)


def test_it_says_what_the_embedded_account_says(run: RollCall, demo: RollCall) -> None:
    assert run.status == 1, run.output
    told_by_aws = {
        name: told
        for name, told in demo.verdicts.items()
        if not name.startswith(("HOST-", "LOG-"))  # files that people handed in, no answer of AWS
    }
    assert run.verdicts == told_by_aws


def test_no_credential_is_written_down(run: RollCall) -> None:
    assert run.folder is not None
    texts = [path.read_bytes() for path in run.folder.rglob("*") if path.is_file()]
    assert not any(b"must-not-leak" in text for text in [*texts, run.output.encode()])


def test_the_wrong_account_is_refused(endpoint: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "accounts.yaml").write_text('prod: {account_id: "999988887777"}\n')
    told = roll_call(
        tmp_path / "runs",
        *("--account", "prod", "--config-dir", str(tmp_path)),
        environment=endpoint,
    )
    assert told.status == 4
    assert "prod.account_id: expected 999988887777, found 123456789012" in told.output
    assert not (tmp_path / "runs").exists()


def test_an_account_without_instances_never_looks_green(
    endpoint: dict[str, str], tmp_path: Path
) -> None:
    told = roll_call(tmp_path, "--account", ACCOUNT, "--region", "ap-south-1", environment=endpoint)
    assert told.status == 5
    assert f"no instance found in account {ACCOUNT} (ap-south-1)" in told.output


def test_an_endpoint_that_is_not_there_is_told_in_one_line(
    endpoint: dict[str, str], tmp_path: Path
) -> None:
    nowhere = endpoint | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}
    told = roll_call(tmp_path / "runs", "--account", ACCOUNT, environment=nowhere)
    assert told.status == 4
    assert "Traceback" not in told.output
    assert [line for line in told.output.splitlines() if "ERROR" in line and ACCOUNT in line]
