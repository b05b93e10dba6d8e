"""A verdict that an unread fact may turn around: unknown, with what was computed kept."""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Unread
from policies.assumptions import computed
from policies.control import Gap, Missing, Outcome, Verdict

#: A computed failure that a live fact might contradict, if only it had been read.
LIVE_UNREAD: Final = "LIVE_UNREAD"
#: What depends on the agent's version, where that was asked for and not read.
VERSION_UNREAD: Final = "UNREAD"


def left_open(verdict: Verdict, code: str, why: str, gaps: tuple[Unread, ...], who: str) -> Verdict:
    """Unknown for want of ``gaps``, none of them empty; a verdict that was unknown keeps its code.

    ``why`` is a clause that says what the gaps would tell, ``who`` the AWS id of what is judged.
    What was computed stays in the reason and the evidence (D10): it is neither true nor false, as
    what may speak against it was asked for and not read.
    """
    told = f"{why}: not read: {'; '.join(dict.fromkeys(map(str, gaps)))}"
    beside = () if verdict.besides is None else verdict.besides.missing
    missing = (*verdict.missing, *(Missing(Gap.UNREAD, str(one)) for one in gaps), *beside)
    if verdict.outcome is Outcome.UNKNOWN:
        return dataclasses.replace(
            verdict,
            reason=f"{verdict.reason}; {told}",
            missing=tuple(dict.fromkeys(missing)),
            besides=None,
        )
    return dataclasses.replace(
        verdict,
        outcome=Outcome.UNKNOWN,
        code=code,
        reason=f"computed as {verdict.outcome}, {verdict.code} ({verdict.reason}), but {told}",
        evidence=(*verdict.evidence, computed(verdict, who)),
        blockers=(),
        missing=tuple(dict.fromkeys(missing)),
        remediation="",
        besides=None,
    )
