"""Where an engine is, as ``--executor`` names it, and whether the way there has to be encrypted."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
from enum import StrEnum
from pathlib import Path
from typing import Final

from inventory.errors import ExecutorError

_ADDRESS: Final = re.compile(
    r"(?P<scheme>dask|tls|tcp)://(?P<host>\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})"
)
_LAST_PORT: Final = 65535
#: The files of a folder given with ``--executor-tls``: authority, own certificate, its key.
TLS_FILES: Final = ("ca.pem", "cert.pem", "key.pem")


class Kind(StrEnum):
    """``local``: threads of this process; ``cluster``: processes of this machine; ``scheduler``."""

    LOCAL = "local"
    CLUSTER = "dask"
    SCHEDULER = "scheduler"


@dataclasses.dataclass(frozen=True)
class Address:
    """``scheme`` is ``dask`` where the command leaves open whether the way is encrypted."""

    kind: Kind
    text: str
    scheme: str = ""
    host: str = ""
    port: int = 0

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there never leaves this machine."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def is_plain(self) -> bool:
        """Whether nothing is encrypted: only on this machine, where it was not asked for."""
        return self.scheme == "tcp" or (self.scheme == "dask" and self.is_loopback)


def address_of(text: str) -> Address:
    """Read what ``--executor`` was given.

    Raises ExecutorError for anything but ``local``, ``dask``, ``dask://HOST:PORT``, ``tls://…`` and
    ``tcp://…``, and for plain TCP to another machine.
    """
    if text in (Kind.LOCAL, Kind.CLUSTER):
        return Address(Kind(text), text)
    found = _ADDRESS.fullmatch(text)
    if found is None or not 0 < int(found["port"]) <= _LAST_PORT:
        raise ExecutorError(f"{text!r}: expected local, dask, dask://HOST:PORT or tls://HOST:PORT")
    address = Address(Kind.SCHEDULER, text, found["scheme"], found["host"], int(found["port"]))
    if address.is_plain and not address.is_loopback:
        raise ExecutorError(
            f"{text}: whoever reaches a plain TCP scheduler can run anything on its "
            f"workers; start it with TLS and give tls://{address.host}:{address.port}"
        )
    return address


def tls_files(folder: Path) -> tuple[Path, ...]:
    """``ca.pem``, ``cert.pem`` and ``key.pem`` of the folder; raises ExecutorError without one."""
    files = tuple(folder / name for name in TLS_FILES)
    for path in files:
        if not path.is_file():
            raise ExecutorError(
                f"--executor-tls {folder}: {path.name} is not there; "
                f"expected {', '.join(TLS_FILES)}"
            )
    return files
