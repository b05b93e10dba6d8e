"""The three ways of running moto that the gap fillers have to serve.

They are entered in the demo account's environment, so that no setting of the user's reaches them.
"""

from __future__ import annotations

import dataclasses
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import boto3
import requests
from moto import mock_aws
from moto.server import ThreadedMotoServer

from fixtures.demo.moto_gaps import fill_gaps

ROOT = Path(__file__).parents[3]
REGION = "eu-central-1"


@dataclasses.dataclass
class Moto:
    """A running moto; ``endpoint`` is empty where it answers inside this process."""

    endpoint: str = ""
    session: boto3.Session = dataclasses.field(default_factory=boto3.Session)
    clients: dict[tuple[str, str], Any] = dataclasses.field(default_factory=dict)

    def client(self, service: str, region: str = REGION) -> Any:
        key = (service, region)
        if key not in self.clients:
            self.clients[key] = self.session.client(
                service, region_name=region, endpoint_url=self.endpoint or None
            )
        return self.clients[key]

    def reset(self) -> None:
        api = self.endpoint or "http://motoapi.amazonaws.com"
        requests.post(f"{api}/moto-api/reset", timeout=30).raise_for_status()

    def ping(self, **members: Any) -> None:
        """What SSM Agent sends: a call that botocore has no name for."""
        requests.post(
            f"{self.endpoint or f'https://ssm.{REGION}.amazonaws.com'}/",
            data=json.dumps(members),
            headers={
                "Authorization": f"AWS4-HMAC-SHA256 Credential=testing/20261101/{REGION}/ssm/x",
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": "AmazonSSM.UpdateInstanceInformation",
            },
            timeout=30,
        ).raise_for_status()

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


@contextmanager
def in_process() -> Iterator[Moto]:
    fill_gaps()
    with mock_aws():
        yield Moto()


@contextmanager
def threaded_server() -> Iterator[Moto]:
    fill_gaps()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield Moto(f"http://{host}:{port}")
    finally:
        server.stop()


@contextmanager
def server_process(*arguments: str) -> Iterator[Moto]:
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "fixtures.demo.server", "--port", str(port), *arguments],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_until_it_answers(endpoint, process)
        yield Moto(endpoint)
    finally:
        process.terminate()
        process.wait(10)


MODES: dict[str, Callable[[], AbstractContextManager[Moto]]] = {
    "in-process": in_process,
    "threaded-server": threaded_server,
    "server-process": server_process,
}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_it_answers(endpoint: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended with status {process.returncode}"
        try:
            requests.get(f"{endpoint}/moto-api/config", timeout=5).raise_for_status()
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not answer within a minute")
