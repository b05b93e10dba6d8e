"""What could not be read or decided: one cause, however many findings it touches (design 4)."""

from __future__ import annotations

import dataclasses
import functools
from typing import Final

from policies.finding import Coverage, Finding, Gap, Missing, Outcome, Status
from policies.roll import Roll

#: What people and probes brought of the machines stands in the coverage too.
_NO_CALL: Final = "host:"


@dataclasses.dataclass(frozen=True)
class Cause:
    """One reason why things stay unknown.

    ``what`` is a call and its error code, ``ec2:DescribeSubnets (AccessDenied)``, or the key that
    would settle it; ``findings`` how many unknown findings name it; ``places`` the (account,
    Region) pairs concerned; ``details`` what AWS said, each text once.
    """

    kind: Gap
    what: str
    findings: int
    places: tuple[tuple[str, str], ...]
    details: tuple[str, ...]


@dataclasses.dataclass
class _Gathered:
    findings: set[str] = dataclasses.field(default_factory=set)
    places: set[tuple[str, str]] = dataclasses.field(default_factory=set)
    details: set[str] = dataclasses.field(default_factory=set)


@functools.lru_cache(maxsize=2)
def causes_of(roll: Roll) -> tuple[Cause, ...]:
    """Every cause, most findings first; a refused call that touched none is listed too."""
    gathered: dict[tuple[Gap, str], _Gathered] = {}
    for finding in roll.findings:
        if finding.outcome is Outcome.UNKNOWN:
            _add_finding(gathered, finding)
    for gap in roll.gaps:
        entry = gathered.setdefault((Gap.UNREAD, call_and_code(gap)), _Gathered())
        entry.places.add((gap.account, gap.region))
        if gap.detail:
            entry.details.add(gap.detail)
    causes = (
        Cause(
            kind,
            what,
            len(entry.findings),
            tuple(sorted(entry.places)),
            tuple(sorted(entry.details)),
        )
        for (kind, what), entry in gathered.items()
    )
    return tuple(sorted(causes, key=lambda cause: (-cause.findings, cause.kind, cause.what)))


def call_and_code(gap: Coverage) -> str:
    """The words in which a verdict names this gap: ``ec2:DescribeSubnets (AccessDenied)``."""
    return f"{gap.call} ({gap.code or gap.status.value.upper()})"


def answered(roll: Roll) -> tuple[int, int]:
    """How many calls gave an answer, of how many that were made; nothing else is a call."""
    calls = [one for one in roll.coverage if not one.call.startswith(_NO_CALL)]
    made = [one for one in calls if one.status is not Status.NOT_ASKED]
    refused = [one for one in made if one.status in (Status.DENIED, Status.FAILED)]
    return len(made) - len(refused), len(made)


def _add_finding(gathered: dict[tuple[Gap, str], _Gathered], finding: Finding) -> None:
    for missing in finding.verdict.missing or (_unnamed(finding),):
        what, detail = _split(missing)
        entry = gathered.setdefault((missing.gap, what), _Gathered())
        entry.findings.add(finding.id)
        entry.places.add((finding.account, finding.region))
        if detail:
            entry.details.add(detail)


def _split(missing: Missing) -> tuple[str, str]:
    """An unread source ends in ``: detail``, which may differ for each finding of one cause."""
    if missing.gap is not Gap.UNREAD:
        return missing.what, ""
    what, _, detail = missing.what.partition(": ")
    return what, detail


def _unnamed(finding: Finding) -> Missing:
    """An unknown that names nothing would vanish from the list: its code stands in."""
    return Missing(Gap.UNDECIDABLE, finding.verdict.code)
