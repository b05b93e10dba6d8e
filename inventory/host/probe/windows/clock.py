"""How far the clock of Windows is off, by the Date of an unsigned answer (R-10.5)."""

from __future__ import annotations

from inventory.facts.host import Clock
from inventory.host.probe.asking import Asked
from inventory.host.probe.posix.clock import seconds_of
from inventory.host.probe.windows.endpoints import certificate_word
from inventory.host.probe.windows.script import Said

#: Half a second: the Date names the second, not the moment in it.
_HALF = 0.5


def read_clock(said: Said, _asked: Asked) -> Clock:
    """The skew against the first host that answered."""
    for one in said.many("tries"):
        theirs, ended, took = seconds_of(one.text("date")), one.number("ended"), one.number("took")
        if theirs is None or ended is None:
            continue
        round_trip = max(0.0, took or 0.0)
        is_verified = certificate_word(one) == "ok"
        return Clock(
            skew=round(ended - round_trip / 2 - (theirs + _HALF), 3),
            uncertainty=round(_HALF + round_trip / 2, 3),
            reference=one.text("host"),
            verified=is_verified,
            note="" if is_verified else "the certificate of the reference did not hold",
        )
    silent = "; ".join(one.text("host") for one in said.many("tries"))
    return Clock(note=f"no answer with a Date from {silent}" if silent else "nothing to ask")
