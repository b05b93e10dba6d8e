"""``--executor``: what it may name, and that nothing leaves this machine in the clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.collect.executor.address import Kind, address_of, tls_files
from inventory.errors import ExecutorError


@pytest.mark.parametrize("text", ["local", "dask"])
def test_engines_of_this_machine_have_a_name(text: str) -> None:
    assert address_of(text).kind == Kind(text)


@pytest.mark.parametrize(
    ("text", "host", "is_plain"),
    [
        ("dask://localhost:8786", "localhost", True),
        ("dask://127.0.0.1:8786", "127.0.0.1", True),
        ("dask://127.8.0.1:8786", "127.8.0.1", True),
        ("dask://[::1]:8786", "[::1]", True),
        ("tcp://localhost:8786", "localhost", True),
        ("tls://localhost:8786", "localhost", False),
        ("dask://scheduler:8786", "scheduler", False),
        ("dask://10.0.0.7:8786", "10.0.0.7", False),
        ("dask://[2001:db8::7]:8786", "[2001:db8::7]", False),
        ("tls://scheduler.dask.svc:8786", "scheduler.dask.svc", False),
        # Names that look like this machine's and may be another's.
        ("dask://localhost.example.org:8786", "localhost.example.org", False),
        ("dask://127.0.0.1.example.org:8786", "127.0.0.1.example.org", False),
    ],
)
def test_only_this_machine_is_reached_in_the_clear(text: str, host: str, is_plain: bool) -> None:
    address = address_of(text)
    assert (address.kind, address.host, address.port) == (Kind.SCHEDULER, host, 8786)
    assert address.is_plain is is_plain


@pytest.mark.parametrize("host", ["scheduler", "10.0.0.7", "0.0.0.0", "[2001:db8::7]"])  # noqa: S104
def test_plain_tcp_to_another_machine_is_refused_with_the_fix(host: str) -> None:
    with pytest.raises(ExecutorError, match="start it with TLS and give tls://"):
        address_of(f"tcp://{host}:8786")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ray",
        "Dask",
        "dask:",
        "dask://",
        "dask://host",
        "dask://host:",
        "dask://host:0",
        "dask://host:65536",
        "dask://host:8786/",
        "dask://user:password@host:8786",
        "dask://host:8786\n",
        "ucx://host:8786",
        "scheduler",
    ],
)
def test_anything_else_is_told_what_is_allowed(text: str) -> None:
    with pytest.raises(ExecutorError, match="expected local, dask, dask://HOST:PORT or tls://"):
        address_of(text)


@pytest.mark.parametrize("missing", ["ca.pem", "cert.pem", "key.pem"])
def test_a_folder_of_certificates_holds_all_three(tmp_path: Path, missing: str) -> None:
    names = {"ca.pem", "cert.pem", "key.pem"}
    for name in names - {missing}:
        (tmp_path / name).touch()
    with pytest.raises(ExecutorError, match=f"{missing} is not there"):
        tls_files(tmp_path)
    (tmp_path / missing).touch()
    assert [path.name for path in tls_files(tmp_path)] == sorted(names)
