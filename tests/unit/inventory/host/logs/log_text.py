"""A healthy log of spec domain.md 3.3, cut and continued, and how to have it read."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import Any

from inventory.facts.host import AgentLog
from inventory.host.logs import read_agent_log

ID = "i-0123456789abcdef0"
NAME = "amazon-ssm-agent.log"
HEALTHY = (Path(__file__).parent / "healthy.log").read_text(encoding="utf-8")
#: A heartbeat that failed, told by a record of three lines.
TIMEOUT = (
    "2026-11-01 08:10:33 ERROR [ssm-agent-worker] [HealthCheck] error when calling AWS APIs. error "
    "details - RequestError: send request failed\n"
    'caused by: Post "https://ssm.eu-central-1.amazonaws.com/":\n'
    "\tdial tcp 10.0.1.7:443: i/o timeout\n"
)


def up_to(text: str, log: str = HEALTHY) -> str:
    """The log up to the first line with that text, without it."""
    lines = log.splitlines(keepends=True)
    return "".join(lines[: next(place for place, line in enumerate(lines) if text in line)])


def heartbeat(time: str) -> str:
    """The line that a heartbeat begins with, at ``08:15:03``."""
    return (
        f"2026-11-01 {time} INFO [ssm-agent-worker] [HealthCheck] HealthCheck reporting agent "
        "health.\n"
    )


def line(time: str, text: str) -> str:
    """A line of the agent's core."""
    return f"2026-11-01 {time} INFO [amazon-ssm-agent] {text}\n"


def read(*texts: str | bytes, names: tuple[str, ...] = (NAME,), **options: Any) -> AgentLog:
    """What files of these contents say, named in their order."""
    streams = [
        (name, io.BytesIO(text if isinstance(text, bytes) else text.encode()))
        for name, text in zip(names, texts, strict=True)
    ]
    return read_agent_log(ID, streams, **options)


def standing(log: AgentLog) -> list[str]:
    """The signatures that no later line takes back."""
    return [one.signature for one in log.hits if one.after_success]


def moment(text: str) -> datetime:
    """``2026-11-01T09:00:00+00:00``."""
    return datetime.fromisoformat(text)
