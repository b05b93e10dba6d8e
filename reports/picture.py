"""The page's pictures as numbers: stacked bars, and the map of controls × instances."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final

from policies.finding import Finding, Outcome
from policies.roll import Roll
from reports.tally import OUTCOMES, WAIVED, WORDS, Place, place_of
from reports.wording import counted

#: As many columns as stay legible on a page; above, a column stands for several instances.
MOST_COLUMNS: Final = 100
#: What a square of the map shows of all its instances: the first of these that there is.
MARKS: Final = ("fail", "unknown", "warn", "waived", "pass", "not_applicable")
#: Marks that need no look: told as one band, without a sign.
QUIET: Final = ("pass", "not_applicable")
#: So that what is rare can be seen, in percent of a bar's length.
_NARROWEST: Final = 1.5
_ACCOUNT_AND_REGION: Final = 2

_Row = Mapping[str, Finding]


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


def bar_parts(counts: Mapping[Outcome, int], waived: int = 0) -> tuple[Part, ...]:
    """A bar of 100 from what needs action to what does not; what is rare is drawn wide enough."""
    numbers = {outcome.value: counts.get(outcome, 0) for outcome in OUTCOMES}
    numbers["waived"] = waived
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
    rows: dict[Place, dict[str, Finding]] = {}
    for finding in roll.findings:
        if finding.is_about_instance:
            rows.setdefault(place_of(finding), {})[finding.control.id] = finding
    if not rows:
        return None
    controls = tuple(sorted({control for row in rows.values() for control in row}))

    def likeness(place: Place) -> tuple[str, str, tuple[int, ...], str]:
        row = rows[place]
        marks = (MARKS.index(_mark(row[one])) if one in row else len(MARKS) for one in controls)
        return (*place[:_ACCOUNT_AND_REGION], tuple(marks), place[-1])

    columns = _columns(sorted(rows, key=likeness))
    squares: dict[str, list[Square]] = {mark: [] for mark in MARKS}
    for number, control in enumerate(controls):
        for mark, square in _squares(number, control, columns, rows):
            squares[mark].append(square)
    return HeatMap(
        controls=controls,
        columns=len(columns),
        instances=len(rows),
        spans=_spans(columns),
        squares={mark: tuple(found) for mark, found in squares.items()},
    )


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


def _squares(
    number: int,
    control: str,
    columns: Sequence[Sequence[Place]],
    rows: Mapping[Place, _Row],
) -> Iterator[tuple[str, Square]]:
    """The squares of one control; bands of what is quiet are one square."""
    marked = [_marked(control, [rows[one] for one in column]) for column in columns]
    column = 0
    for (mark, share, told), same in groupby(marked):
        length = len(list(same))
        if mark in QUIET:
            yield mark, Square(number, column, length, share, told)
        elif mark:
            for place in range(column, column + length):
                yield mark, Square(number, place, 1, share, told)
        column += length


def _marked(control: str, instances: Sequence[_Row]) -> tuple[str, float, str]:
    """The worst mark among the instances, its share, and all of it in words."""
    found = [row[control] for row in instances if control in row]
    counts = Counter(_mark(one) for one in found)
    mark = next((one for one in MARKS if counts[one]), "")
    if not mark or mark in QUIET:
        return mark, 1.0, ""
    share = round(counts[mark] / len(instances), 2)
    if len(instances) > 1:
        told = ", ".join(f"{counts[one]:,} {_word(one)}" for one in MARKS if counts[one])
        return mark, share, f"{control}, {counted(len(instances), 'instance')}: {told}"
    (one,) = found
    name = f" {one.name}" if one.name else ""
    return mark, share, f"{control}, {one.resource}{name}: {_word(mark)}, {one.verdict.code}"


def _mark(finding: Finding) -> str:
    return "waived" if finding.waiver is not None else finding.outcome.value


def _word(mark: str) -> str:
    return WAIVED if mark == "waived" else WORDS[Outcome(mark)]
