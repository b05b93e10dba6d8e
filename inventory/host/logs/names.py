"""Which file names are logs of the agent, which belong together, and in which order (3.1, 3.2)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

_PACKED: Final = re.compile(r"\.(?:gz|xz|bz2|zst)$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\.(\d{1,3})$")
_BY_DATE: Final = re.compile(r"[.-]\d{4}-?\d\d-?\d\d(?:[-_.]\d{1,6})?")


class Series(StrEnum):
    """Files that continue each other; two series are written at the same time."""

    AGENT = "amazon-ssm-agent"
    WORKER = "ssm-agent-worker"
    ERRORS = "errors"
    HIBERNATE = "hibernate"
    JOURNAL = "journal"
    OTHER = "other"


_SERIES: Final = (
    ("amazon-ssm-agent", Series.AGENT),
    ("ssm-agent-worker", Series.WORKER),
    ("errors", Series.ERRORS),
    ("hibernate", Series.HIBERNATE),
    ("journalctl", Series.JOURNAL),
    ("journal", Series.JOURNAL),
    ("messages", Series.JOURNAL),
    ("syslog", Series.JOURNAL),
)
_LOG_ENDINGS: Final = (".log", ".txt", "")


def is_agent_log(name: str) -> bool:
    """Whether a file of that name or path is one of the agent's logs, rotated or gzipped ones too.

    ``journal``, ``messages`` and ``syslog`` files count: what happens before the agent writes its
    own log stands only there (domain.md 3.1). Logs of single documents and sessions do not.
    """
    return series_of(name) is not Series.OTHER


def series_of(name: str) -> Series:
    """The series that a file belongs to by its name."""
    stem = _stem(name)
    for prefix, series in _SERIES:
        rest = stem.removeprefix(prefix)
        if rest != stem and _BY_DATE.sub("", rest) in _LOG_ENDINGS:
            return series
    return Series.OTHER


def rotation_of(name: str) -> int:
    """``3`` of ``amazon-ssm-agent.log.3.gz``: the higher, the older; 0 = the current file."""
    found = _NUMBER.search(_PACKED.sub("", name))
    return int(found[1]) if found else 0


def _stem(name: str) -> str:
    base = re.split(r"[/\\]", name)[-1].casefold()
    return _NUMBER.sub("", _PACKED.sub("", base))
