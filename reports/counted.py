"""What reports say of counted verdicts, and the rule by which they were counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from policies.control import Outcome
from policies.counted import COUNTABLE, LETTERS, OUTCOMES, UNJUDGED, Column, CountedVerdicts
from policies.roll import Roll
from reports.wording import counted as number_of

_LETTERS: Final = frozenset({*OUTCOMES, UNJUDGED})


def totals_of(counted: CountedVerdicts) -> Counter[Outcome]:
    """How many cells were counted and not told, by outcome, over all controls."""
    found: Counter[Outcome] = Counter()
    for counts in counted.counts.values():
        found.update(counts)
    return found


def counting_sentences(roll: Roll) -> tuple[str, ...]:
    """What has no finding of its own, why, and where it is told; none where nothing was counted."""
    if roll.counted is None:
        return ()
    totals = totals_of(roll.counted)
    passes = number_of(totals[Outcome.PASS], "pass", "passes")
    told = (
        f"Above {roll.counted.above:,} cells, those that pass or do not apply are counted: "
        f"{passes} and {totals[Outcome.NOT_APPLICABLE]:,} not applicable are in all totals, and "
        "have no finding of their own, no line of findings.csv and no JUnit case. findings.json "
        "has each one's verdict under counted."
    )
    return (told,)


def counted_document(counted: CountedVerdicts) -> dict[str, Any]:
    """The verdict matrix as plain JSON values: a letter for each resource, by control."""
    totals = totals_of(counted)
    return {
        "above": counted.above,
        "counts": {outcome.value: totals[outcome] for outcome in COUNTABLE},
        "letters": {letter: outcome.value for outcome, letter in LETTERS.items()}
        | {UNJUDGED: "not_judged"},
        "resources": list(counted.resources),
        "verdicts": {name: counted.columns[name].letters for name in sorted(counted.columns)},
    }


class CountedPart(msgspec.Struct, frozen=True):
    """As much of that part of a findings.json as it takes to have the verdicts again."""

    above: int
    resources: list[str]
    verdicts: dict[str, str]


def counted_of(part: CountedPart, told: Iterable[tuple[str, str]]) -> CountedVerdicts:
    """The verdict matrix of a document; ``told`` are the control and resource of its findings.

    Raises ValueError, naming the place, where it is not consistent.
    """
    places = {resource: place for place, resource in enumerate(part.resources)}
    if len(places) < len(part.resources):
        raise ValueError("counted.resources: names a resource twice")
    of_findings: dict[str, set[int]] = {control: set() for control in part.verdicts}
    for control, resource in told:
        if control in of_findings and resource in places:
            of_findings[control].add(places[resource])
    for control, letters in part.verdicts.items():
        if len(letters) != len(places) or not _LETTERS.issuperset(letters):
            raise ValueError(
                f"counted.verdicts.{control}: expected {len(places)} letters of "
                f"{''.join(sorted(_LETTERS))!r}"
            )
    columns = {
        control: Column(letters, frozenset(of_findings[control]))
        for control, letters in part.verdicts.items()
    }
    return CountedVerdicts(part.above, tuple(part.resources), columns)
