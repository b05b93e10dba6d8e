"""What could not be read or decided, and whom nobody was asked about: on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.finding import SIGN_IN_CALL, Status
from policies.roll import Roll
from reports.causes import Cause, causes_of
from reports.console_lines import LISTED, Line, Style, View, heading
from reports.wording import counted

_LINES: Final = 2


def gap_lines(roll: Roll, view: View) -> Iterator[Line]:
    """Each cause once, however many findings it touches; then the accounts left out on purpose."""
    causes = causes_of(roll)
    left_out = _left_out(roll, view)
    if not causes and not left_out:
        return
    yield heading("what could not be read or decided")
    for cause in view.listed(causes):
        told = f": {counted(cause.findings, 'finding')}, {_places(cause)}"
        yield from view.entry(cause.what, told, Style.UNKNOWN, most=_LINES)
    yield from view.more(len(causes))
    yield from view.paragraph(left_out, Style.FAINT, "  ")


def _places(cause: Cause) -> str:
    if len(cause.places) == 1:
        return " ".join(cause.places[0])
    return counted(len(cause.places), "account and Region", "accounts and Regions")


def _left_out(roll: Roll, view: View) -> str:
    """The accounts that an organization has and the run left alone, all in one sentence."""
    named = [
        f"{one.account} ({one.code})"
        for one in sorted(roll.coverage, key=lambda one: one.account)
        if one.call == SIGN_IN_CALL and one.status is Status.NOT_ASKED
    ]
    if not named:
        return ""
    shown = view.listed(named)
    more = f" and {len(named) - LISTED:,} more" if len(shown) < len(named) else ""
    return f"{counted(len(named), 'account')} left out: {', '.join(shown)}{more}"
