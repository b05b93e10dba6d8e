"""What is accepted by waiver, and which waivers want a look: the words that reports share."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any, Final

from policies.finding import Finding
from policies.roll import Roll
from policies.waiver_ledger import EXPIRING_DAYS, WaiverEntry, WaiverLedger, WaiverState
from policies.waivers import Waiver
from reports.visible import visible
from reports.wording import counted

#: States in words for people.
STATE_WORDS: Final[Mapping[WaiverState, str]] = {
    WaiverState.IN_FORCE: "in force",
    WaiverState.EXPIRED: "expired",
    WaiverState.STALE: "stale",
    WaiverState.UNMATCHED: "unmatched",
    WaiverState.NOT_JUDGED: "not judged",
    WaiverState.NOT_APPLIED: "not applied",
}


@dataclasses.dataclass(frozen=True)
class Heed:
    """A waiver that wants a look: which entry of the file (from 1), and why, in a sentence."""

    number: int
    told: str


def accepted_until(waiver: Waiver) -> str:
    """``accepted until 2026-12-31 by OWNER, TICKET``: on one line, nothing in it acts."""
    return visible(f"accepted until {waiver.expires} by {waiver.owner}, {waiver.ticket}")


def expired_sentence(waiver: Waiver) -> str:
    """``waiver TICKET of OWNER expired on DATE``: the same words in every report."""
    return visible(f"waiver {waiver.ticket} of {waiver.owner} expired on {waiver.expires}")


def waiver_sentence(finding: Finding) -> str:
    """What waivers have to do with a failure; empty where nothing."""
    if finding.waiver is not None:
        return f"{accepted_until(finding.waiver)}: {visible(finding.waiver.reason)}"
    return expired_sentence(finding.expired_waiver) if finding.expired_waiver else ""


def resources_of(waiver: Waiver) -> str:
    """``ids i-1, i-2; tags Env=dev; Regions eu-*``: what the entry names, as it was written."""
    tags = (f"{name}={glob}" for name, glob in waiver.tags)
    named = {
        "ids": waiver.ids,
        "tags": tuple(tags),
        "accounts": waiver.accounts,
        "Regions": waiver.regions,
    }
    return visible("; ".join(f"{kind} {', '.join(them)}" for kind, them in named.items() if them))


def waived_summary(ledger: WaiverLedger) -> str:
    """``3 failures accepted by 2 waivers on 2026-11-01; 1 expired, 1 stale``: empty without any.

    Says so where waivers were not applied.
    """
    entries = ledger.entries
    if not entries:
        return ""
    if ledger.not_applied:
        return f"{counted(len(entries), 'waiver')} not applied: {ledger.not_applied}."
    counts = ", ".join(
        f"{sum(map(is_one, entries)):,} {word}"
        for word, is_one in _KINDS.items()
        if any(map(is_one, entries))
    )
    accepted = counted(_accepted(ledger), "failure")
    looked_at = f"{counted(len(entries), 'waiver')} as of {ledger.as_of}"
    return f"{accepted} accepted; {looked_at}: {counts}."


def _accepted(ledger: WaiverLedger) -> int:
    return sum(len(one.findings) for one in ledger.entries if one.state is not WaiverState.EXPIRED)


def _is(state: WaiverState) -> Callable[[WaiverEntry], bool]:
    return lambda entry: entry.state is state


_KINDS: Final[Mapping[str, Callable[[WaiverEntry], bool]]] = {
    "in force": _is(WaiverState.IN_FORCE),
    f"expiring within {EXPIRING_DAYS} days": lambda entry: entry.is_expiring,
    "expired": _is(WaiverState.EXPIRED),
    "stale": _is(WaiverState.STALE),
    "unmatched": _is(WaiverState.UNMATCHED),
    "not judged": _is(WaiverState.NOT_JUDGED),
}


def _expired(entry: WaiverEntry) -> str:
    failing = counted(len(entry.findings), "failure")
    return f"expired on {entry.waiver.expires}: {failing} no longer accepted"


def _expiring(entry: WaiverEntry) -> str:
    return f"expires on {entry.waiver.expires}, in {counted(entry.days_left or 0, 'day')}"


def _stale(_entry: WaiverEntry) -> str:
    return "is stale: all that it names now passes or does not apply"


def _unmatched(entry: WaiverEntry) -> str:
    return f"matches nothing that was read: {resources_of(entry.waiver)}"


def _far_off(entry: WaiverEntry) -> str:
    return f"expires on {entry.waiver.expires}, more than a year ahead: is the date right?"


#: Which waivers want a look, and why: the most pressing kind first.
_REMARKS: Final[tuple[tuple[Callable[[WaiverEntry], bool], Callable[[WaiverEntry], str]], ...]] = (
    (_is(WaiverState.EXPIRED), _expired),
    (lambda entry: entry.is_expiring, _expiring),
    (_is(WaiverState.STALE), _stale),
    (_is(WaiverState.UNMATCHED), _unmatched),
    (lambda entry: entry.is_far_off, _far_off),
)


def to_heed(ledger: WaiverLedger) -> tuple[Heed, ...]:
    """The waivers that want a look, each kind in the file's order; one may be of two kinds.

    One that was not judged is not among them: a file may serve more accounts than a run asks.
    """
    return tuple(
        Heed(
            number, f"{visible(entry.waiver.ticket)} of {visible(entry.waiver.owner)} {why(entry)}"
        )
        for wants_a_look, why in _REMARKS
        for number, entry in enumerate(ledger.entries, start=1)
        if wants_a_look(entry)
    )


def waiver_rows(roll: Roll) -> list[dict[str, Any]]:
    """Each waiver of the file as plain JSON values, in the file's order."""
    return [
        {
            **waiver_document(entry.waiver),
            "state": entry.state.value,
            "days_left": entry.days_left,
            "controls": list(entry.waiver.controls),
            "ids": list(entry.waiver.ids),
            "tags": dict(sorted(entry.waiver.tags)),
            "accounts": list(entry.waiver.accounts),
            "regions": list(entry.waiver.regions),
            "findings": list(entry.findings),
        }
        for entry in roll.waivers.entries
    ]


def waiver_document(waiver: Waiver) -> dict[str, str]:
    """Who accepts, why and until when: what a finding quotes of its waiver."""
    return {
        "ticket": waiver.ticket,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
    }
