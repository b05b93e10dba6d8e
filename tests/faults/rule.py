"""What a fault may do to a finding, against the same finding of the quiet run."""

from __future__ import annotations

from typing import Final

from policies.control import Outcome
from policies.finding import Finding
from tests.faults.calling import Called

#: Settled by a fresh ping that this very run has read, whatever else it could not read (D10).
_OBSERVED: Final = "OBSERVED"
#: A ping speaks against what was computed; the computed verdict is part of the evidence (D10).
_CONTRADICTED: Final = "CONTRADICTED"
#: What the rules say of an agent of unknown version where the newer channel works (D17).
_UNKNOWN_VERSION: Final = "EC2MESSAGES_MAY_BE_NEEDED"


def made_up(quiet: Called, faulty: Called) -> list[str]:
    """The findings that a fault has turned into something that nobody knows, in words.

    A finding keeps its outcome or becomes unknown. It may be missing only where the listing of
    instances is, which the run tells by its exit status.
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
    if after.outcome in (before.outcome, Outcome.UNKNOWN):
        return True
    was, now = before.verdict, after.verdict
    match after.outcome:
        case Outcome.FAIL:
            # The block was found in both runs; what could not be read is what speaks against it.
            computed = any(now.code in str(one.value) for one in was.evidence)
            return was.code == _CONTRADICTED and computed
        case Outcome.PASS if now.code == _OBSERVED:
            return True
        case Outcome.PASS | Outcome.WARN:
            # What made the control inapplicable is unknown, so it is judged by its own facts.
            return before.outcome is Outcome.NOT_APPLICABLE or now.code == _UNKNOWN_VERSION
    return False


def _told(key: str, before: Finding, after: Finding | None) -> str:
    now = f"{after.outcome} {after.verdict.code}" if after else "gone"
    return f"{key}: {before.outcome} {before.verdict.code} became {now}"
