"""What an agent's log files say, boiled down to what can be judged."""

from __future__ import annotations

import msgspec


class LogHit(msgspec.Struct, frozen=True, kw_only=True):
    """A signature of spec domain.md 3.4 found in a log.

    ``signature`` is its id (``C1``), ``line`` the record as it stands, cut to 500 characters,
    ``detail`` what was read out of it (``private address 10.0.1.7``, ``skew -612 s``); ``first``
    and ``last`` are host-local times as written (``2026-11-01 08:15:02``), ``count`` how often in
    that run of errors. ``service`` is the one it is about (``ssmmessages``), ``""`` = not told;
    ``inner`` are the signatures that the text behind it names: they are the cause then.
    ``after_success`` is False where a later healthy line takes it back (column "Seq").
    """

    signature: str
    line: str
    first: str = ""
    last: str = ""
    count: int = 1
    detail: str = ""
    service: str = ""
    inner: tuple[str, ...] = ()
    after_success: bool = True
    file: str = ""


class AgentLog(msgspec.Struct, frozen=True, kw_only=True):
    """The log of one machine's agent since its last start.

    ``rungs`` are the steps of the healthy start (domain.md 3.3) that were seen, by number;
    ``missing_rung`` the first that is missing, 0 = none; ``state`` the last known state
    (``healthy``, ``starting``, ``no-identity``, ``no-credentials``, ``backing-off``,
    ``hibernating``, ``crashed``, ``stopped``, ``unreachable``, ``unknown``) and ``since`` the
    host-local time it began. ``records`` are lines read. ``skew`` is in seconds, + = ahead.
    ``credentials_from`` is ``profile`` or ``dhmc``; ``channel`` ``ssmmessages`` or ``ec2messages``.
    ``collected_at`` is ISO 8601 UTC, ``utc_offset`` the seconds by which local time is ahead of
    UTC; ``""`` and ``None`` = not known.
    """

    instance_id: str
    origin: str = ""
    files: tuple[str, ...] = ()
    records: int = 0
    first: str = ""
    last: str = ""
    started: str = ""
    version: str = ""
    rungs: tuple[int, ...] = ()
    missing_rung: int = 0
    state: str = "unknown"
    since: str = ""
    hits: tuple[LogHit, ...] = ()
    skew: float | None = None
    credentials_from: str = ""
    channel: str = ""
    collected_at: str = ""
    utc_offset: int | None = None
    problems: tuple[str, ...] = ()
