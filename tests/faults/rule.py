"""What a fault may do to a finding, against the same finding of the quiet run."""

from __future__ import annotations

from typing import Final

from policies.control import Outcome
from policies.finding import Finding
from tests.faults.calling import Called

#: Settled by a fresh ping, or an open channel, that this very run has read (D10).
_OBSERVED: Final = "OBSERVED"
#: Not judged for another finding's sake (D29), or as the agent's version needs no such host (D17).
_GAVE_WAY: Final = ("AFTER_", "NO_NEED")
#: What a listing lacks that others name: no call went wrong, the fleet changed under the run.
_CHANGED: Final = "CHANGED_DURING_COLLECTION"


def made_up(quiet: Called, faulty: Called) -> list[str]:
    """The findings that a fault has turned into something that nobody knows, in words.

    A finding keeps its outcome, or becomes unknown and names what went wrong. It may be missing
    only where the listing of instances is, which the run tells by its exit status. No finding
    becomes a failure.
    """
    changed = [
        _told(key, before, faulty.findings.get(key))
        for key, before in quiet.findings.items()
        if not _is_sound(before, faulty.findings.get(key), faulty)
    ]
    new = faulty.findings.keys() - quiet.findings.keys()
    return changed + [f"{key}: not in the quiet run" for key in sorted(new)]


def _is_sound(before: Finding, after: Finding | None, faulty: Called) -> bool:
    if after is None:
        return (before.region, "ec2:DescribeInstances") in faulty.gaps
    if after.outcome is before.outcome:
        return True
    gave_way = before.verdict.code.startswith(_GAVE_WAY)
    match after.outcome:
        case Outcome.UNKNOWN:
            return _names_what_went_wrong(after, faulty)
        case Outcome.PASS if after.verdict.code == _OBSERVED:
            return gave_way or before.outcome in (Outcome.PASS, Outcome.WARN)
        case Outcome.PASS | Outcome.WARN:
            # What it gave way to is unknown, so it is judged by its own facts, which were read.
            return gave_way
    return False


def _names_what_went_wrong(after: Finding, faulty: Called) -> bool:
    calls = {call for _, call in faulty.gaps}
    named = [one.what for one in after.verdict.missing]
    return any(_CHANGED in what or any(call in what for call in calls) for what in named)


def _told(key: str, before: Finding, after: Finding | None) -> str:
    now = f"{after.outcome} {after.verdict.code}" if after else "gone"
    return f"{key}: {before.outcome} {before.verdict.code} became {now}"
