"""What became of verdicts that both of two runs counted, and neither told."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator

from policies.control import Outcome
from policies.counted import OUTCOMES, UNJUDGED, CountedVerdicts


@dataclasses.dataclass(frozen=True)
class SilentCells:
    """``same`` is how many came to the same in both runs.

    ``differing`` are the ids of the others, with what they came to before and after; ``None``
    where a run did not judge it.
    """

    same: int
    differing: tuple[tuple[str, Outcome | None, Outcome | None], ...]


def silent_cells(
    before: CountedVerdicts, after: CountedVerdicts, told: Collection[str]
) -> SilentCells:
    """Compare the matrices, but for the cells that have a finding in one of the runs."""
    same = 0
    differing: list[tuple[str, Outcome | None, Outcome | None]] = []
    resources = sorted({*before.resources, *after.resources})
    for control in sorted(before.columns.keys() | after.columns.keys()):
        pairs = zip(
            resources,
            _letters(before, control, resources),
            _letters(after, control, resources),
            strict=True,
        )
        for resource, was, now in pairs:
            if was == now:
                same += was != UNJUDGED and f"{control}/{resource}" not in told
            elif f"{control}/{resource}" not in told:
                differing.append((f"{control}/{resource}", OUTCOMES.get(was), OUTCOMES.get(now)))
    return SilentCells(same, tuple(differing))


def _letters(counted: CountedVerdicts, control: str, resources: Collection[str]) -> Iterator[str]:
    """The control's letters in the order of these resources."""
    column = counted.columns.get(control)
    letters = dict(zip(counted.resources, column.letters, strict=True)) if column else {}
    return (letters.get(one, UNJUDGED) for one in resources)
