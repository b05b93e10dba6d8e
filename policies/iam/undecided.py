"""From what an engine or a chain of facts lacks to an ``unknown`` verdict that names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from inventory.facts import Evidence, Unread
from policies.control import Gap, Missing, Outcome, Verdict, unread
from policies.iam.evaluation import Malformed, Need

#: Needs that better data would settle: a call that did not answer, an answer that makes no sense.
_DATA: Final = (Unread, Malformed)


def undecided(code: str, reason: str, needs: Iterable[Need], *evidence: Evidence) -> Verdict:
    """Unknown for want of ``needs`` (never empty); nothing but unread calls is plain ``UNREAD``."""
    wanted = tuple(dict.fromkeys(needs))
    gaps = tuple(need for need in wanted if isinstance(need, Unread))
    if len(gaps) == len(wanted):
        return unread(*gaps, evidence=evidence)
    missing = tuple(
        Missing(Gap.UNREAD if isinstance(need, _DATA) else Gap.UNDECIDABLE, str(need))
        for need in wanted
    )
    return Verdict(Outcome.UNKNOWN, code, reason, evidence, missing=missing)


def told(needs: Iterable[Need]) -> str:
    """The needs in one line, for a reason."""
    return "; ".join(str(need) for need in needs)
