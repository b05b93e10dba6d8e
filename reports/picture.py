"""The page's pictures as numbers: stacked bars, and the map of controls × instances."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import groupby
from typing import Final, NamedTuple

from policies.finding import Finding, Outcome
from policies.roll import Roll
from reports.tally import OUTCOMES, WAIVED, WORDS, Place, place_of
from reports.verdict_grid import MARKS, grid_of
from reports.wording import counted

#: As many columns as stay legible on a page; above, a column stands for several instances.
MOST_COLUMNS: Final = 100
#: Marks that need no look: told as one band, without a sign.
QUIET: Final = ("pass", "not_applicable")
#: So that what is rare can be seen, in percent of a bar's length.
_NARROWEST: Final = 1.5

#: A mark, the share of a column's instances that bear it, and all of it in words.
_Marked = tuple[str, float, str]


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of a bar: ``start`` and ``length`` in percent."""

    mark: str
    start: float
    length: float


@dataclasses.dataclass(frozen=True)
class Square:
    """Control ``row`` on ``length`` columns from ``column``: ``share`` of them bears the mark.

    ``told`` says it in words.
    """

    row: int
    column: int
    length: int
    share: float
    told: str


@dataclasses.dataclass(frozen=True)
class Span:
    """Columns of one account and Region."""

    account: str
    region: str
    column: int
    length: int


@dataclasses.dataclass(frozen=True)
class HeatMap:
    """Controls × instances. A column is one instance, or several where ``is_grouped``."""

    controls: tuple[str, ...]
    columns: int
    instances: int
    spans: tuple[Span, ...]
    squares: Mapping[str, tuple[Square, ...]]

    @property
    def is_grouped(self) -> bool:
        return self.columns < self.instances


class _Part(NamedTuple):
    """The instances of a column, and for each control a byte of theirs: a place in ``MARKS``."""

    places: Sequence[Place]
    marks: Sequence[bytes]


def bar_parts(counts: Mapping[Outcome, int], waived: int = 0) -> tuple[Part, ...]:
    """A bar of 100 from what needs action to what does not; what is rare is drawn wide enough."""
    numbers = {outcome.value: counts.get(outcome, 0) for outcome in OUTCOMES}
    numbers[WAIVED] = waived
    total = sum(numbers.values())
    widths = {mark: max(_NARROWEST, 100 * numbers[mark] / total) for mark in MARKS if numbers[mark]}
    scale = 100 / sum(widths.values()) if widths else 0
    parts = []
    start = 0.0
    for mark, width in widths.items():
        parts.append(Part(mark, round(start, 2), round(width * scale, 2)))
        start += width * scale
    return tuple(parts)


def heat_map(roll: Roll) -> HeatMap | None:
    """The map of the roll; ``None`` where no instance was judged.

    Alike instances stand side by side within their account and Region, so that one cause for many
    shows as one block.
    """
    grid = grid_of(roll)
    if not grid.rows:
        return None

    def likeness(place: Place) -> tuple[str, str, bytes, str]:
        account, region, resource = place
        return (account, region, grid.rows[place], resource)

    columns = _columns(sorted(grid.rows, key=likeness))
    alone = _findings_of({column[0] for column in columns if len(column) == 1}, roll)
    parts = [_Part(column, grid.columns(column)) for column in columns]
    squares: dict[str, list[Square]] = {mark: [] for mark in MARKS}
    for number, control in enumerate(grid.controls):
        marked = [_marked(control, number, part, alone) for part in parts]
        for mark, square in _squares(number, marked):
            squares[mark].append(square)
    return HeatMap(
        controls=grid.controls,
        columns=len(columns),
        instances=len(grid.rows),
        spans=_spans(columns),
        squares={mark: tuple(found) for mark, found in squares.items()},
    )


def _findings_of(places: Set[Place], roll: Roll) -> Mapping[tuple[Place, str], Finding]:
    """The findings of these instances, by instance and control."""
    return {
        (place_of(one), one.control.id): one
        for one in roll.findings
        if one.is_about_instance and place_of(one) in places
    }


def _columns(places: Sequence[Place]) -> list[Sequence[Place]]:
    """One instance a column; of a large fleet equal parts, of each account and Region apart.

    Where there are too many of these, equal parts of the whole.
    """
    if len(places) <= MOST_COLUMNS:
        return [[one] for one in places]
    groups = [list(group) for _, group in groupby(places, key=lambda one: one[:2])]
    if len(groups) > MOST_COLUMNS // 2:
        groups = [list(places)]
    room = MOST_COLUMNS - len(groups)
    return [
        part
        for group in groups
        for part in _equal_parts(group, 1 + room * len(group) // len(places))
    ]


def _equal_parts(places: Sequence[Place], number: int) -> Iterator[Sequence[Place]]:
    number = min(number, len(places))
    for part in range(number):
        yield places[part * len(places) // number : (part + 1) * len(places) // number]


def _spans(columns: Sequence[Sequence[Place]]) -> tuple[Span, ...]:
    """None where columns mix accounts and Regions."""
    homes = [{one[:2] for one in column} for column in columns]
    if any(len(home) > 1 for home in homes):
        return ()
    spans = []
    start = 0
    for (account, region), same in groupby(next(iter(home)) for home in homes):
        length = len(list(same))
        spans.append(Span(account, region, start, length))
        start += length
    return tuple(spans)


def _squares(number: int, marked: Iterable[_Marked]) -> Iterator[tuple[str, Square]]:
    """The squares of one control; bands of what is quiet are one square."""
    column = 0
    for (mark, share, told), same in groupby(marked):
        length = len(list(same))
        if mark in QUIET:
            yield mark, Square(number, column, length, share, told)
        elif mark:
            for place in range(column, column + length):
                yield mark, Square(number, place, 1, share, told)
        column += length


def _marked(
    control: str, number: int, part: _Part, alone: Mapping[tuple[Place, str], Finding]
) -> _Marked:
    """The worst mark among the instances of a column, its share, and all of it in words."""
    instances = len(part.places)
    counts = {mark: part.marks[number].count(one) for one, mark in enumerate(MARKS)}
    mark = next((one for one in MARKS if counts[one]), "")
    if not mark or mark in QUIET:
        return mark, 1.0, ""
    share = round(counts[mark] / instances, 2)
    if instances > 1:
        told = ", ".join(f"{counts[one]:,} {_word(one)}" for one in MARKS if counts[one])
        return mark, share, f"{control}, {counted(instances, 'instance')}: {told}"
    one = alone[part.places[0], control]
    name = f" {one.name}" if one.name else ""
    return mark, share, f"{control}, {one.resource}{name}: {_word(mark)}, {one.verdict.code}"


def _word(mark: str) -> str:
    return WAIVED if mark == WAIVED else WORDS[Outcome(mark)]
