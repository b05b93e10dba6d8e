"""How the lines of a log begin, and what a record is: a line and those that continue it.

The agent writes ``2026-11-01 08:15:02[.1234] LEVEL [context] message`` in the machine's local time;
lines without such a beginning belong to the record before (domain.md 3.2, T-113). The journal and
syslog put time, host and process before every line.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

#: Bytes of a record that are looked at; a stack trace may go on.
LONGEST: Final = 8_192
_NATIVE: Final = rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"
_ISO: Final = rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_MONTHLY: Final = rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?"
_PREFIX: Final = (
    rb"(?P<stamp>" + _ISO + rb"|" + _MONTHLY + rb") \S{1,255} "
    rb"(?P<process>[^\s:\[]{1,100})(?:\[\d{1,10}\])?: ?"
)
_CONTINUES: Final = rb"(?=\s|caused by: |status code: |For verbose messaging )"
_PREFIXED: Final = re.compile(_PREFIX)
_INNER_TIME: Final = re.compile(_NATIVE)
_CLOCK_OFFSET: Final = re.compile(r"([+-])(\d\d):?(\d\d)$")
#: Processes whose documents and sessions are not the agent's own state.
_OTHERS_WORK: Final = re.compile(rb"\[ssm-(?:document|session)-worker\]")
_CONTEXT: Final = 120


class Record(NamedTuple):
    """``time`` is host-local, ``2026-11-01 08:15:02``, ``""`` = none written.

    ``raw`` is the rest without time stamp and prefix; ``utc_offset`` how far local time is ahead of
    UTC, in seconds, where the line says it.
    """

    time: str
    raw: bytes
    utc_offset: int | None = None

    @property
    def text(self) -> str:
        """What it says, as one line."""
        return _one_line(self.raw)


@dataclasses.dataclass(frozen=True)
class Grammar:
    """One way of writing a log: what a record begins with, and how to read one.

    ``begins`` matches at the start of a line that begins a record. ``read`` gives ``None`` for what
    is not the agent's. ``timed`` tells whether records have a time, ``is_native`` whether the agent
    itself wrote the file.
    """

    begins: re.Pattern[bytes]
    read: Callable[[bytes], Record | None]
    timed: bool = True
    is_native: bool = False


def grammar_of(head: bytes, collected_at: datetime | None) -> Grammar:
    """The grammar that the first bytes of a file are written in.

    The journal's short times have no year: it is the latest in which they are not after
    ``collected_at``; without that they have no time.
    """
    if re.search(rb"(?m)^" + _NATIVE, head):
        return Grammar(re.compile(_NATIVE), _native, is_native=True)
    if re.search(rb"(?m)^" + _PREFIX, head):
        begins = re.compile(_PREFIX + rb"(?!" + _CONTINUES + rb")")
        return Grammar(begins, lambda raw: _prefixed(raw, collected_at))
    return Grammar(re.compile(rb"(?=\S)"), _plain, timed=False)


def _native(raw: bytes) -> Record | None:
    if _OTHERS_WORK.search(raw, 0, _CONTEXT):
        return None
    text = raw[19:]
    if text[:1] in (b".", b","):
        text = text.partition(b" ")[2]
    return Record(raw[:19].decode("ascii", "replace"), text)


def _plain(raw: bytes) -> Record | None:
    return Record("", raw)


def _prefixed(raw: bytes, collected_at: datetime | None) -> Record | None:
    prefix = _PREFIXED.match(raw)
    if prefix is None:
        return None
    text = b"\n".join(_PREFIXED.sub(b"", line, count=1) for line in raw.split(b"\n"))
    if not _is_about_the_agent(prefix["process"], text):
        return None
    if _INNER_TIME.match(text):
        return _native(text)
    stamp = prefix["stamp"].decode("ascii")
    if "T" in stamp[4:11]:
        return Record(stamp[:19].replace("T", " "), text, _offset(stamp))
    return Record(_with_year(stamp, collected_at), text)


def _is_about_the_agent(process: bytes, text: bytes) -> bool:
    if b"ssm-agent" in process:
        return _OTHERS_WORK.search(text, 0, _CONTEXT) is None
    if process == b"kernel":
        return b"Out of memory: Kill" in text
    return process in (b"systemd", b"snapd") and b"amazon-ssm-agent" in text


def _offset(stamp: str) -> int | None:
    if stamp.endswith("Z"):
        return 0
    found = _CLOCK_OFFSET.search(stamp)
    if found is None:
        return None
    seconds = int(found[2]) * 3600 + int(found[3]) * 60
    return seconds if found[1] == "+" else -seconds


def _with_year(stamp: str, collected_at: datetime | None) -> str:
    if collected_at is None:
        return ""
    latest = collected_at.replace(tzinfo=None) + timedelta(hours=14)
    for year in (latest.year, latest.year - 1):
        try:
            then = datetime.strptime(f"{year} {stamp[:15]}", "%Y %b %d %H:%M:%S")  # noqa: DTZ007
        except ValueError:
            continue
        if then <= latest:
            return then.isoformat(sep=" ")
    return ""


@lru_cache(maxsize=256)
def _one_line(raw: bytes) -> str:
    return " ".join(raw[:LONGEST].decode("utf-8", "replace").split())
