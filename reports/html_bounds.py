"""How much of a large fleet the page writes out, so that any browser opens it (pytest_scale.md 3).

What is left out is counted on the page and is whole in findings.json. A fleet whose findings fit
is told in full.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Final

from policies.finding import Finding, Outcome

#: Outcomes that need explaining, in the order in which they are told; what is waived comes last.
EXPLAINED: Final = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN)
#: Findings that are written out with their evidence below their controls, on the whole page.
DETAILED_BY_CONTROL: Final = 200
#: The same below their instances.
DETAILED_BY_INSTANCE: Final = 200
#: Findings of one reason that are written out with their evidence.
DETAILED_PER_REASON: Final = 25
#: Findings of one control that are written out with their evidence.
DETAILED_PER_CONTROL: Final = 200
#: Of each control at least as many, however many controls need explaining.
_ALWAYS_DETAILED: Final = 10
#: Reasons that are told for one control.
REASONS_PER_CONTROL: Final = 60
#: Instances that are told by id for one reason.
IDS_PER_REASON: Final = 150
#: Instances that have an entry of their own.
INSTANCES_LISTED: Final = 1_000
#: As many of them are to be seen at once; the others fold into one line until it is opened.
UNFOLDED: Final = 100
#: Fixes, causes, crashes and the like that a list has.
LISTED: Final = 50


@dataclasses.dataclass(frozen=True)
class Place:
    """Instances of one account and Region: the ids that are told, and how many there are."""

    account: str
    region: str
    resources: tuple[str, ...]
    total: int


def room_per_control(findings: Sequence[Finding]) -> int:
    """How many findings of each control are written out, so that the page stays in bounds."""
    explained = [one for one in findings if one.outcome in EXPLAINED]
    if len(explained) <= DETAILED_BY_CONTROL:
        return DETAILED_PER_CONTROL
    controls = len({one.control.id for one in explained})
    return min(DETAILED_PER_CONTROL, max(_ALWAYS_DETAILED, DETAILED_BY_CONTROL // controls))


def places_of(findings: Sequence[Finding]) -> tuple[Place, ...]:
    """The findings' instances by account and Region, in order; at most ``IDS_PER_REASON`` told."""
    gathered: dict[tuple[str, str], list[str]] = {}
    for finding in findings:
        gathered.setdefault((finding.account, finding.region), []).append(finding.resource)
    places = []
    room = IDS_PER_REASON
    for (account, region), resources in sorted(gathered.items()):
        told = tuple(sorted(resources)[:room])
        room -= len(told)
        places.append(Place(account, region, told, len(resources)))
    return tuple(places)
