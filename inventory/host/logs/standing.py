"""Where the log leaves the agent: the first missing rung, the last known state, since when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from inventory.facts.host.signatures import RUNGS, Weight
from inventory.host.logs.story import local_time
from inventory.host.logs.stretch import Standing, Stretch

#: Retries are silent and heartbeats are five minutes apart: longer silence tells something (T-106).
SILENT: Final = timedelta(minutes=10)
#: A heartbeat that failed says so within its retries.
_ANSWERED: Final = timedelta(minutes=2)
_HEARTBEAT, _CHANNEL, _CREDENTIALS, _IDENTITY = 9, 10, 6, 2
_BY_SIGNATURE: Final = {
    "F4": "stopped",
    "F12": "stopped",
    "C12b": "hibernating",
    "C13": "hibernating",
    "F6": "crashed",
    "F7": "crashed",
    "F10": "crashed",
}


def close(stretch: Stretch, last: str) -> None:
    """Settle a heartbeat whose end the log does not show: no error in two minutes is none."""
    sent, ended = local_time(stretch.open_heartbeat), local_time(last)
    waited = sent is not None and ended is not None and ended - sent >= _ANSWERED
    accepted = _CREDENTIALS in stretch.rungs and not _against_heartbeat(stretch)
    if waited or accepted:
        stretch.confirm_heartbeat()


def missing_rung(stretch: Stretch) -> int:
    """The first step that is missing, 0 = none. A step implies those before it.

    The session channel and the heartbeat do not imply each other. Of a log without a start the
    channel may have been opened before it begins.
    """
    seen = stretch.rungs
    if not seen & {_HEARTBEAT, _CHANNEL}:
        if not stretch.started:
            return 0
        climbed = max((one for one in seen if one < _HEARTBEAT), default=0)
        for rung in RUNGS:
            if climbed < rung.number < _HEARTBEAT and rung.needed and _writes(stretch, rung.since):
                return rung.number
    if _HEARTBEAT not in seen:
        return _HEARTBEAT
    return _CHANNEL if stretch.started and _CHANNEL not in seen else 0


def state_of(stretch: Stretch, last: str, silence: timedelta | None) -> tuple[str, str]:
    """The last known state of ``AgentLog.state``, and the host-local time it began."""
    errors = stretch.standing(Weight.HIGH)
    for met in sorted(errors, key=lambda one: -one.order):
        told = _BY_SIGNATURE.get(met.sighting.signature.id)
        if told:
            return told, _begun(met, errors, told)
    if errors:
        return _kept_from(stretch, errors), errors[0].first
    if stretch.rungs & {_HEARTBEAT, _CHANNEL}:
        return "healthy", stretch.healthy_since
    if not stretch.started:
        return "unknown", ""
    if _CREDENTIALS not in stretch.rungs and _went_on(stretch, last, silence):
        return "backing-off", last
    return "starting", stretch.started


def silence_of(
    last: str, collected_at: datetime | None, utc_offset: int | None
) -> timedelta | None:
    """How long the log had been silent when it was taken; ``None`` without zone or time (T-111)."""
    ended = local_time(last)
    if ended is None or collected_at is None or utc_offset is None:
        return None
    return collected_at - (ended.replace(tzinfo=UTC) - timedelta(seconds=utc_offset))


def _went_on(stretch: Stretch, last: str, silence: timedelta | None) -> bool:
    """Whether the agent had its ten minutes to get credentials, silent or not (R-2.2)."""
    began, ended = local_time(stretch.started), local_time(last)
    wrote = began is not None and ended is not None and ended - began > SILENT
    return wrote or (silence is not None and silence > SILENT)


def _kept_from(stretch: Stretch, errors: list[Standing]) -> str:
    groups = {met.sighting.signature.group for met in errors}
    if "A" in groups and not stretch.rungs - {1}:
        return "no-identity"
    connected = stretch.rungs & {_CREDENTIALS, _HEARTBEAT, _CHANNEL}
    if not connected or groups & {"A", "B"}:
        return "no-credentials"
    return "unreachable"


def _begun(met: Standing, errors: list[Standing], told: str) -> str:
    alike = [one for one in errors if _BY_SIGNATURE.get(one.sighting.signature.id) == told]
    return min((one.first for one in alike if one.first), default=met.first)


def _against_heartbeat(stretch: Stretch) -> bool:
    return any(met.contradicts_heartbeat for met in stretch.standing(Weight.HIGH))


def _writes(stretch: Stretch, since: tuple[int, int]) -> bool:
    """Whether an agent of that version writes what came in with ``since``; unknown = a new one."""
    if not stretch.version:
        return True
    major, _, rest = stretch.version.partition(".")
    return (int(major), int(rest.partition(".")[0] or 0)) >= since
