"""The table of counts: a line for each control, as wide as its numbers and titles need it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from policies.finding import Outcome, Severity
from reports.console_lines import STYLES, Fragment, Line, Style, View, filled, folded
from reports.tally import OUTCOMES, WAIVED, Row, Tally
from reports.visible import columns
from reports.wording import not_asked, what_is_asked

_HEADS: Final = {
    Outcome.FAIL: "fail",
    Outcome.WARN: "warn",
    Outcome.UNKNOWN: "unknown",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "n/a",
}
_GAP: Final = "  "
_SEVERITY_COLUMNS: Final = max(len(severity) for severity in Severity) + len(_GAP)
#: A column of titles narrower than this is left out: ids say the same in less room.
_LEAST_TITLE_COLUMNS: Final = 28
#: … and a title that has less than this beside its id goes below it.
_LEAST_BESIDE: Final = 16


def count_lines(tallied: Tally, view: View) -> Iterator[Line]:
    """The controls with their five counts, the total, and which controls were not asked.

    What is waived has a column of its own where the run has any. Where the view is too narrow for
    titles, controls are told by their ids.
    """
    counted = _columns_of_counts(tallied)
    left = view.columns - _SEVERITY_COLUMNS - sum(width for _, _, width in counted)
    with_titles = left >= _LEAST_TITLE_COLUMNS
    name = f"{what_is_asked(tallied)}s" if with_titles else "control"
    needed = [columns(name), *(columns(_label(row, with_titles)) for row in tallied.rows)]
    width = max(min(left, max(needed) + len(_GAP)), columns(name) + 1)
    heads = "".join(head.rjust(wide) for _, head, wide in counted)
    yield (Fragment(filled(name, width + _SEVERITY_COLUMNS) + heads, Style.HEADING),)
    for row in tallied.rows:
        first, *rest = _title_lines(row, width - 1, with_titles=with_titles)
        severity = filled(row.control.severity.value, _SEVERITY_COLUMNS)
        numbers = _numbers(_by_key(row.counts, row.waived), counted)
        yield (Fragment(filled(first, width)), Fragment(severity, Style.FAINT), *numbers)
        for line in rest:
            yield (Fragment(line),)
    totals = _by_key(tallied.totals, tallied.waived)
    total = Fragment(filled("total", width + _SEVERITY_COLUMNS), Style.HEADING)
    yield (total, *_numbers(totals, counted))
    yield from view.paragraph(not_asked(tallied), Style.FAINT)


def _columns_of_counts(tallied: Tally) -> Sequence[tuple[str, str, int]]:
    """Key, head and width of each: as wide as its head and its largest number, the total."""
    found = [(one.value, _HEADS[one], tallied.totals.get(one, 0)) for one in OUTCOMES]
    if tallied.waived:
        found.append((WAIVED, WAIVED, tallied.waived))
    return [(key, head, len(_GAP) + max(len(head), len(f"{most:,}"))) for key, head, most in found]


def _by_key(counts: Mapping[Outcome, int], waived: int) -> Mapping[str, int]:
    return {**{one.value: count for one, count in counts.items()}, WAIVED: waived}


def _numbers(counts: Mapping[str, int], counted: Sequence[tuple[str, str, int]]) -> Line:
    return tuple(_number(key, counts.get(key, 0), width) for key, _, width in counted)


def _number(key: str, count: int, width: int) -> Fragment:
    if not count:
        return Fragment("·".rjust(width), Style.FAINT)
    style = Style.FAINT if key == WAIVED else STYLES[Outcome(key)]
    return Fragment(f"{count:,}".rjust(width), style)


def _label(row: Row, with_titles: bool) -> str:
    return f"{row.control.id}{_GAP}{row.control.title}" if with_titles else row.control.id


def _title_lines(row: Row, width: int, *, with_titles: bool) -> list[str]:
    """The id and the title, which hangs beside it; below it where the id takes all the room."""
    control = row.control
    if not with_titles:
        return folded(control.id, width)
    indent = columns(control.id) + len(_GAP)
    beside = width - indent
    if beside < _LEAST_BESIDE:
        below = folded(control.title, width - len(_GAP))
        return [*folded(control.id, width), *(_GAP + line for line in below)]
    first, *rest = folded(control.title, beside) or [""]
    return [f"{control.id}{_GAP}{first}", *(" " * indent + line for line in rest)]
