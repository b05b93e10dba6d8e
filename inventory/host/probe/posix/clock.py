"""How far the clock is off, by the Date of an unsigned answer (R-10.5; posix/clock.sh)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import Final

from inventory.facts.host import Clock
from inventory.host.probe.asking import Asked
from inventory.host.probe.curl import times_of
from inventory.host.probe.shell import Told, at

#: A ``Date`` names the second, not the moment in it; so does the machine's ``date +%s``.
_SECOND: Final = 1.0
_CHRONY: Final = re.compile(r"(\d{1,12}(?:\.\d{1,12})?) seconds (slow|fast) of NTP time")
_EPOCH: Final = re.compile(r"\d{1,11}")


def read_clock(said: Told, _asked: Asked) -> Clock:
    """The skew against a host that answered, else against chrony's own reckoning."""
    synchronized = _synchronized(said)
    words = said.first("date")
    if words is not None:
        clock = _by_date(words, synchronized)
        if clock is not None:
            return clock
    fallback = _by_chrony(said, synchronized)
    if fallback is not None:
        return fallback
    silent = "; ".join(at(words, 0) for words in said.every("silent")[:4])
    note = f"no answer with a Date from {silent}" if silent else "nothing to compare it with"
    return Clock(synchronized=synchronized, note=note)


def _by_date(words: tuple[str, ...], synchronized: bool | None) -> Clock | None:
    """Host, verified or not, Date, the machine's second after the answer, curl's times."""
    theirs, ended = seconds_of(at(words, 2)), at(words, 3)
    if theirs is None or _EPOCH.fullmatch(ended) is None:
        return None
    times = times_of(at(words, 4))
    round_trip = max(0.0, times.answered - times.sent)
    # The Date was written half a round trip before the answer came; then its body was read.
    mine = int(ended) + _SECOND / 2 - max(0.0, times.ended - times.answered) - round_trip / 2
    is_verified = at(words, 1) == "verified"
    return Clock(
        skew=round(mine - (theirs + _SECOND / 2), 3),
        uncertainty=round(_SECOND + round_trip / 2, 3),
        reference=at(words, 0),
        synchronized=synchronized,
        verified=is_verified,
        note="" if is_verified else "the certificate of the reference did not hold",
    )


def seconds_of(text: str) -> float | None:
    """A ``Date`` header in seconds since 1970; ``None`` = it is none."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def _by_chrony(said: Told, synchronized: bool | None) -> Clock | None:
    """``0.000012 seconds slow of NTP time``, where its leap status says that it is synchronised."""
    found = _CHRONY.search(said.word("chrony"))
    if found is None or said.word("chrony", 1).casefold() != "normal":
        return None
    ahead = float(found[1]) * (1 if found[2] == "fast" else -1)
    return Clock(skew=ahead, reference="chrony", synchronized=synchronized)


def _synchronized(said: Told) -> bool | None:
    match said.word("synchronized").casefold():
        case "yes":
            return True
        case "no":
            return False
        case _:
            return None
