"""The organization's server, which can kill or hold whoever asks it for VPCs.

    TRAP=DIR python -m tests.e2e.trapping_server --port 5000 --ids ids.json

It looks for two files in ``DIR`` when DescribeVpcs arrives. ``kill``: the process that asks is
killed, once, and the file renamed to ``killed``. ``hold``: the request waits until the file is
gone, and says so by making ``held``. Only whoever reads a Region asks for VPCs, so what is killed
is a worker with a share in hand.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import flask
import psutil
from moto.ec2.models import instances
from moto.ec2.responses.vpcs import VPCs

from tests.e2e import organization_server

TRAP: Final = "TRAP"
#: Long ago: what is said of an instance's age must be the same a minute later.
_LAUNCHED: Final = datetime(2026, 1, 1, 3, 17)  # noqa: DTZ001 - the emulator's times have no zone
_ONE_AT_A_TIME: Final = threading.Lock()


def main() -> None:
    """Serve until interrupted."""
    folder = Path(os.environ[TRAP])
    describe = VPCs.describe_vpcs

    def trapped(response: VPCs) -> Any:
        with _ONE_AT_A_TIME, contextlib.suppress(FileNotFoundError):
            (folder / "kill").rename(folder / "killed")
            os.kill(_who_asks(), signal.SIGKILL)
        while (folder / "hold").exists():
            (folder / "held").touch()
            time.sleep(0.05)
        return describe(response)

    VPCs.describe_vpcs = trapped  # type: ignore[assignment, method-assign]
    instances.utcnow = lambda: _LAUNCHED
    organization_server.main()


def _who_asks() -> int:
    """The process at the other end of the request's connection."""
    port = int(flask.request.environ["REMOTE_PORT"])
    (found,) = [
        one.pid
        for one in psutil.net_connections("tcp")
        if one.laddr and one.laddr.port == port and one.pid not in (None, os.getpid())
    ]
    assert found is not None
    return found


if __name__ == "__main__":
    main()
