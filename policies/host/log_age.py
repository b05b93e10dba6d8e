"""Whether what a log says still holds: it may be of an earlier boot, or the node was heard since.

A log has the machine's own time without its zone. Where nobody tells the zone, any is possible, and
what may be old fails no node (T-111, domain.md 3.4 "Algorithm advice").
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from inventory.facts import Node, Unread, moment
from inventory.facts.host import AgentLog

#: Zones reach from 12 hours behind UTC to 14 hours ahead.
_BEHIND, _AHEAD = timedelta(hours=12), timedelta(hours=14)
_ZONE: Final = "the time zone of the log is not known"


def doubt(written: str, log: AgentLog, node: Node) -> str:
    """Why a record of that host-local time cannot fail the node, as a clause; ``""`` = it can."""
    span = _span(written, log)
    if span is None:
        return "nobody knows when it was written"
    launched = moment(node.instance.launch_time)
    if launched is not None and span[0] < launched:
        if span[1] < launched:
            return "it was written before the latest start of the instance"
        return f"it may have been written before the latest start of the instance: {_ZONE}"
    pinged = _last_ping(node)
    if pinged is not None and span[0] < pinged:
        if span[1] < pinged:
            return "Systems Manager has heard from the node since"
        return f"Systems Manager may have heard from the node since: {_ZONE}"
    return ""


def precedes_start(log: AgentLog, node: Node) -> bool:
    """Whether all of the log is known to be of an earlier boot than the one that runs now."""
    span, launched = _span(log.last, log), moment(node.instance.launch_time)
    return span is not None and launched is not None and span[1] < launched


def _span(written: str, log: AgentLog) -> tuple[datetime, datetime] | None:
    """The first and the last moment that a host-local time can be, the clock's skew taken out."""
    stamp = moment(written)
    if stamp is None:
        return None
    stamp -= timedelta(seconds=log.skew or 0)
    if log.utc_offset is not None:
        exact = stamp - timedelta(seconds=log.utc_offset)
        return exact, exact
    collected = moment(log.collected_at)
    latest = stamp + _BEHIND
    return stamp - _AHEAD, latest if collected is None else min(latest, collected)


def _last_ping(node: Node) -> datetime | None:
    row = node.region.managed_nodes.find(node.id)
    return None if isinstance(row, Unread) else moment(row.last_ping_date_time)
