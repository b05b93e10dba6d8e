"""Controls × instances, a byte for each cell: what was told and what was counted alike."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from policies.counted import LETTERS, UNJUDGED, CountedVerdicts
from policies.finding import Outcome
from policies.roll import Roll
from reports.tally import WAIVED, Place, place_in, place_of

#: What a cell came to, by what of several stands for all: the first of these that there is.
MARKS: Final = ("fail", "unknown", "warn", WAIVED, "pass", "not_applicable")
#: The byte of a cell that was not judged; that of all others is the place of their mark.
_ABSENT: Final = len(MARKS)
_BYTES: Final = {mark: number for number, mark in enumerate(MARKS)}
_OF_OUTCOMES: Final = {outcome: _BYTES[outcome.value] for outcome in Outcome}
_OF_LETTERS: Final = str.maketrans(
    {letter: chr(_BYTES[outcome.value]) for outcome, letter in LETTERS.items()}
    | {UNJUDGED: chr(_ABSENT)}
)


@dataclasses.dataclass(frozen=True)
class Grid:
    """``rows`` holds a byte for each of ``controls``, by instance: its place in ``MARKS``."""

    controls: tuple[str, ...]
    rows: Mapping[Place, bytes]

    def columns(self, places: Sequence[Place]) -> tuple[bytes, ...]:
        """For each control the bytes of these instances."""
        joined = b"".join([self.rows[place] for place in places])
        return tuple(joined[start :: len(self.controls)] for start in range(len(self.controls)))


def grid_of(roll: Roll) -> Grid:
    """The grid of all instances of which any cell was judged."""
    told = [one for one in roll.findings if one.is_about_instance]
    columns = roll.counted.columns if roll.counted else {}
    controls = tuple(sorted({one.control.id for one in told} | columns.keys()))
    rows = {} if roll.counted is None else _counted_rows(roll.counted, controls)
    numbers = {control: number for number, control in enumerate(controls)}
    nothing = bytes([_ABSENT]) * len(controls)
    for finding in told:
        place = place_of(finding)
        row = rows.get(place)
        if row is None:
            row = rows[place] = bytearray(nothing)
        is_waived = finding.waiver is not None
        mark = _BYTES[WAIVED] if is_waived else _OF_OUTCOMES[finding.outcome]
        row[numbers[finding.control.id]] = mark
    return Grid(controls, {place: bytes(row) for place, row in rows.items()})


def _counted_rows(counted: CountedVerdicts, controls: Sequence[str]) -> dict[Place, bytearray]:
    judged = counted.judged
    absent = bytes([_ABSENT]) * len(counted.resources)
    columns = [
        counted.columns[one].letters.translate(_OF_LETTERS).encode("ascii")
        if one in counted.columns
        else absent
        for one in controls
    ]
    return {
        place_in(resource): bytearray(row)
        for number, (resource, row) in enumerate(
            zip(counted.resources, zip(*columns, strict=True), strict=True)
        )
        if number in judged
    }
