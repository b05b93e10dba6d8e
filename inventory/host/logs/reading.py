"""All log files of one machine, boiled down to what can be judged (spec domain.md 3)."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, Final

from inventory.facts.host import AgentLog
from inventory.host.logs.names import Series, rotation_of, series_of
from inventory.host.logs.scanning import Again, Scan, Telling
from inventory.host.logs.standing import close, missing_rung, silence_of, state_of
from inventory.host.logs.story import Story

#: A file's name or path (its last part says what it is) and its bytes, plain or gzipped. Read once,
#: front to back; all streams have to stay open until ``read_agent_log`` returns.
LogFile = tuple[str, BinaryIO]

#: Sorts after every time: what is not dated is the word of whoever looked last.
_UNDATED: Final = "~"
_Timed = tuple[str, int, Telling | Again]


def read_agent_log(
    instance_id: str,
    files: Iterable[LogFile],
    *,
    origin: str = "",
    collected_at: datetime | None = None,
    utc_offset: timedelta | None = None,
) -> AgentLog:
    """What the logs of that machine say since the agent's last start, in any order of files.

    ``origin`` is the name people know the source by (a folder, an archive); ``collected_at`` is
    when the files were taken, with its zone, ``utc_offset`` how far the machine's local time is
    ahead of UTC; ``None`` where nobody knows. Never raises on content: what cannot be read is a
    line of ``problems`` that names the file.
    """
    scans = _in_use([Scan(name, stream, collected_at) for name, stream in files])
    story = Story()
    for _, series, told in _in_order(_threads(scans)):
        if isinstance(told, Again):
            story.tell_again(told, series)
        else:
            story.tell(told, series)
    story.end()
    if utc_offset is not None:
        story.utc_offset = int(utc_offset.total_seconds())
    return _boiled_down(
        AgentLog(
            instance_id=instance_id,
            origin=origin,
            files=tuple(sorted(scan.name for scan in scans)),
            records=sum(scan.lines for scan in scans),
            first=min((scan.first for scan in scans if scan.first), default=""),
            last=max((scan.last for scan in scans), default=""),
            collected_at=_iso(collected_at),
            problems=tuple(sorted(scan.problem for scan in scans if scan.problem)),
        ),
        story,
        collected_at,
    )


def _boiled_down(log: AgentLog, story: Story, collected_at: datetime | None) -> AgentLog:
    stretch = story.now
    close(stretch, log.last)
    silence = silence_of(log.last, collected_at, story.utc_offset)
    state, since = state_of(stretch, log.last, silence)
    hits = sorted(
        (met.hit() for met in stretch.errors.values()),
        key=lambda hit: (hit.first, hit.signature, hit.service, hit.inner),
    )
    return AgentLog(
        instance_id=log.instance_id,
        origin=log.origin,
        files=log.files,
        records=log.records,
        first=log.first,
        last=log.last,
        started=stretch.started,
        version=stretch.version,
        rungs=tuple(sorted(stretch.rungs)),
        missing_rung=missing_rung(stretch),
        state=state,
        since=since,
        hits=tuple(hits),
        skew=story.skew,
        credentials_from=story.credentials_from,
        channel=story.channel,
        collected_at=log.collected_at,
        utc_offset=story.utc_offset,
        problems=log.problems,
    )


def _in_use(scans: list[Scan]) -> list[Scan]:
    """Errors.log repeats what the agent's own log says: it counts where that is not there."""
    if any(series_of(scan.name) is Series.AGENT for scan in scans):
        return [scan for scan in scans if series_of(scan.name) is not Series.ERRORS]
    return scans


def _in_order(threads: list[Iterator[_Timed]]) -> Iterator[_Timed]:
    return threads[0] if len(threads) == 1 else heapq.merge(*threads, key=lambda one: one[:2])


def _threads(scans: list[Scan]) -> list[Iterator[_Timed]]:
    """One thread for each series: its files in the order of time, oldest first."""
    by_series: dict[str, list[Scan]] = {}
    for scan in scans:
        timed = "" if scan.grammar.timed else _UNDATED
        by_series.setdefault(f"{series_of(scan.name)}{timed}", []).append(scan)
    for scan in scans:
        # A round is told as a whole, so that nothing of another series may lie within.
        scan.folds = len(by_series) == 1
    return [
        _thread(sorted(by_series[name], key=_age), place)
        for place, name in enumerate(sorted(by_series))
    ]


def _age(scan: Scan) -> tuple[str, int, str]:
    return (scan.first or _UNDATED, -rotation_of(scan.name), scan.name)


def _thread(scans: list[Scan], place: int) -> Iterator[_Timed]:
    time = ""
    for scan in scans:
        for telling in scan.tellings():
            time = telling.record.time or time
            yield (time if scan.grammar.timed else _UNDATED, place, telling)


def _iso(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat()
