"""The healthy start of the agent, step by step (domain.md 3.3)."""

from __future__ import annotations

import dataclasses
from typing import Final


@dataclasses.dataclass(frozen=True)
class Rung:
    """One step: a record with one of ``anchors`` shows it, ``unless`` a pattern is found in it.

    ``needed``: a node that is managed has come past it, or a later step implies it. ``since`` is
    the first agent version that writes it, (major, minor).
    """

    number: int
    means: str
    anchors: tuple[str, ...]
    unless: str = ""
    needed: bool = True
    since: tuple[int, int] = (0, 0)


_WORKER: Final = r"\[ssm-agent-worker\]|Starting SSM Agent Worker:"

RUNGS: Final = (
    Rung(1, "the proxy as the service sees it", ("Proxy environment variables:",), needed=False),
    Rung(
        2,
        "the agent took its identity from the metadata service",
        ("Agent will take identity from EC2",),
        since=(3, 1),
    ),
    Rung(3, "the agent's core is up", ("amazon-ssm-agent - v", "Starting Core Agent"), _WORKER),
    Rung(
        4,
        "the instance's registration for Default Host Management is there",
        ("Registration info found for ec2 instance", "EC2 registration was successful."),
        needed=False,
    ),
    Rung(
        5,
        "the agent looks for credentials",
        ("credentialRefresher has started", "Starting credentials refresher loop"),
        since=(3, 2),
    ),
    Rung(
        6,
        "Systems Manager accepted its credentials: permissions, network and clock are in order",
        (
            "Successfully connected with instance profile role credentials",
            "Successfully connected with Systems Manager role credentials",
        ),
        since=(3, 2),
    ),
    Rung(
        7,
        "the credentials are kept and will be renewed",
        ("Credentials ready", "Next credential rotation will be in"),
        since=(3, 2),
    ),
    Rung(
        8,
        "the worker process runs",
        ("ssm-agent-worker - v", "Starting SSM Agent Worker: amazon-ssm-agent - v"),
        since=(3, 0),
    ),
    Rung(9, "a heartbeat without an error", ("HealthCheck reporting agent health.",)),
    Rung(
        10,
        "the session channel is open",
        ("Set up control channel successfully",),
    ),
    Rung(
        11,
        "the channel in use",
        ("SSM Connection channel status is set to", "MDS Polling job started."),
        needed=False,
    ),
    Rung(
        12,
        "the agent's word on the console",
        ("Write to serial port: Amazon SSM Agent v",),
        needed=False,
    ),
)

#: A new attempt to take an identity: no success, but the agent's process is at its beginning.
IDENTITY_ASKED: Final = "Checking if agent identity type"
