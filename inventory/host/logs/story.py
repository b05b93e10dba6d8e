"""The agent's life as its log tells it: only what happened since its last start counts (T-107)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from inventory.facts.host.signatures import signature
from inventory.host.logs.details import signed_at, skew_of
from inventory.host.logs.recognition import Sighting
from inventory.host.logs.scanning import Again, Telling
from inventory.host.logs.stretch import Stretch

_STARTED: Final = re.compile(r"amazon-ssm-agent - v(\d{1,4}(?:\.\d{1,6}){1,3})")
_CHANNEL: Final = re.compile(r"SSM Connection channel status is set to (ssmmessages|ec2messages)")
_PROFILE: Final = "instance profile role credentials"
_CORE_UP: Final = 3
_BEFORE_THE_CORE: Final = frozenset({1, 2})
_CONNECTED: Final = 6
_CLOCK_SET: Final = signature("E4")
#: Seconds by which a log may jump back without the clock having been set: two processes write it.
_OUT_OF_ORDER: Final = 120
#: What daylight saving sets clocks back by, in seconds.
_DAYLIGHT_SAVING: Final = (1_800, 3_600)
_QUARTER: Final = 900


class Story:
    """Told record by record in the order of time; ``now`` is the stretch since the last start.

    What comes before the agent's own word at start (its proxy, its identity) is a prologue until
    that word comes: the worker begins in the same way, and a start may fail before it.
    """

    def __init__(self) -> None:
        self.now = Stretch("")
        self.skew: float | None = None
        self.utc_offset: int | None = None
        self.credentials_from = ""
        self.channel = ""
        self._prologue: Stretch | None = None
        self._asks_identity = False
        self._latest: dict[int, str] = {}

    def tell(self, telling: Telling, series: int) -> None:
        """The next record; those of one series are told in the order they stand in."""
        record, meaning = telling.record, telling.meaning
        version = _STARTED.search(record.text) if _CORE_UP in meaning.rungs else None
        if version is not None:
            self._start(record.time, version[1])
        elif meaning.asks_identity or 1 in meaning.rungs:
            self._prologue = self._prologue or Stretch(record.time)
            self._asks_identity = self._asks_identity or meaning.asks_identity
        elif meaning.rungs - _BEFORE_THE_CORE and self._prologue is not None:
            self._join()
        self._note_clock(telling, series)
        self._note_words(telling)
        stretch = self._prologue or self.now
        if meaning.rungs:
            stretch.climb(meaning.rungs, record.time)
        for sighting in meaning.sightings:
            stretch.meet(sighting, telling)

    def tell_again(self, again: Again, series: int) -> None:
        """A round that does what the one before it did, and as many more that do the same."""
        stretch = self._prologue or self.now
        before = stretch.counts
        for telling in again.round:
            self.tell(telling, series)
        stretch.recur(before, again.times)

    def end(self) -> None:
        """Nothing follows: a start that never got as far as the agent's own word counts as one."""
        if self._prologue is None:
            return
        failed = any(met.sighting.signature.group == "A" for met in self._prologue.errors.values())
        if self._asks_identity or failed:
            self._begin(self._prologue)
        else:
            self._join()

    def _start(self, time: str, version: str) -> None:
        self._begin(self._prologue or Stretch(time))
        self.now.version = version

    def _begin(self, stretch: Stretch) -> None:
        self.now = stretch
        self.credentials_from = self.channel = ""
        self.skew = None
        self._prologue, self._asks_identity = None, False

    def _join(self) -> None:
        if self._prologue is not None:
            self.now.absorb(self._prologue)
        self._prologue, self._asks_identity = None, False

    def _note_words(self, telling: Telling) -> None:
        text = telling.record.text
        if _CONNECTED in telling.meaning.rungs:
            self.credentials_from = "profile" if _PROFILE in text else "dhmc"
        channel = _CHANNEL.search(text) if telling.meaning.rungs else None
        if channel is not None:
            self.channel = channel[1]

    def _note_clock(self, telling: Telling, series: int) -> None:
        record = telling.record
        skew = skew_of(record.text) if telling.meaning.is_about_clock else None
        if skew is not None:
            self.skew = skew
        if record.utc_offset is not None:
            self.utc_offset = record.utc_offset
        signed = signed_at(record.text) if skew is not None else None
        if signed is not None and record.time:
            self.utc_offset = _offset(record.time, signed)
        latest = self._latest.get(series, "")
        if record.time and record.time < latest:
            self._note_jump(telling, _seconds(record.time, latest))
        self._latest[series] = record.time or latest

    def _note_jump(self, telling: Telling, back: int) -> None:
        if back > _OUT_OF_ORDER and not _is_daylight_saving(back) and _CLOCK_SET is not None:
            jump = Sighting(_CLOCK_SET)
            (self._prologue or self.now).meet(jump, telling, f"back by {back} s")


def local_time(text: str) -> datetime | None:
    """``2026-11-01 08:15:02`` as a time without zone; ``None`` where it is none."""
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _seconds(earlier: str, later: str) -> int:
    first, second = local_time(earlier), local_time(later)
    return 0 if first is None or second is None else int((second - first).total_seconds())


def _offset(local: str, utc: datetime) -> int | None:
    """Local time minus UTC, which zones make a multiple of 15 minutes (T-111)."""
    written = local_time(local)
    if written is None:
        return None
    ahead = (written.replace(tzinfo=UTC) - utc) / timedelta(seconds=1)
    return round(ahead / _QUARTER) * _QUARTER


def _is_daylight_saving(back: int) -> bool:
    return any(abs(back - hour) <= _OUT_OF_ORDER for hour in _DAYLIGHT_SAVING)
