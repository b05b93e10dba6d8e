"""The page's rows: one for each control, by its worst finding, however many cells it has."""

from __future__ import annotations

import dataclasses
import html
from collections import Counter
from typing import Final, Literal

from policies.finding import Control, Outcome
from policies.gate import Standing
from policies.roll import Roll
from reports.changes import standings
from reports.html_sections import Section, sections_of
from reports.tally import OUTCOMES, WAIVED, WORDS, Row, severity_rank
from reports.visible import shortened, visible
from reports.wording import subjects

#: Reasons that a row quotes; the static sections have more, findings.json has all.
_QUOTED: Final = 20
_QUOTE_COLUMNS: Final = 300

ReportOutcome = Literal["passed", "failed", "skipped"]


@dataclasses.dataclass(frozen=True)
class ControlRow:
    """One control as a test result.

    ``is_error`` marks the outcome of a test that failed in its set-up: how an unknown is reported
    (design 4), ``is_waived`` that of an expected failure: the worst it has is accepted by waivers.
    ``text`` is what the row tells when it is opened, ``None`` when it has nothing to. ``told_only``
    counts failures that do not close the gate.
    """

    row: Row
    outcome: ReportOutcome
    is_error: bool
    text: str | None
    is_waived: bool = False
    told_only: int = 0

    @property
    def control(self) -> Control:
        return self.row.control

    @property
    def control_id(self) -> str:
        return self.row.control.id


def control_rows(roll: Roll) -> tuple[ControlRow, ...]:
    """One row for each control, those that need action first."""
    by_control = standings(roll)
    return tuple(
        _control_row(section, by_control.get(section.control.id, Counter()))
        for section in sections_of(roll)
    )


def _control_row(section: Section, gate: Counter[Standing]) -> ControlRow:
    row = section.row
    worst = row.worst
    return ControlRow(
        row=row,
        outcome="failed" if gate[Standing.FAILS] else _report_outcome(row),
        is_error=worst is Outcome.UNKNOWN and not (row.crashed or gate[Standing.FAILS]),
        text=_text(section),
        is_waived=_is_waived(row) and not gate[Standing.FAILS],
        told_only=gate[Standing.BELOW] + gate[Standing.KNOWN],
    )


def _is_waived(row: Row) -> bool:
    """Waived failures outweigh what holds, and hide neither failures nor unknowns."""
    return bool(row.waived) and not (row.crashed or row.worst in (Outcome.FAIL, Outcome.UNKNOWN))


def _report_outcome(row: Row) -> ReportOutcome:
    """A crash is a failure; a control without any finding has passed nothing."""
    if row.crashed or row.worst in (Outcome.FAIL, Outcome.UNKNOWN):
        return "failed"
    if row.waived:
        return "skipped"
    if row.worst in (Outcome.PASS, Outcome.WARN):
        return "passed"
    return "skipped"


def _text(section: Section) -> str | None:
    lines = [
        f"{WAIVED if one.is_waived else WORDS[one.outcome]} {one.code} "
        f"({subjects(section.control, one.total)}): {one.text}"
        for one in section.explained
    ]
    if section.row.crashed:
        lines.insert(0, f"CONTROL_CRASHED on {subjects(section.control, section.row.crashed)}")
    shown = [shortened(line, _QUOTE_COLUMNS) for line in lines[:_QUOTED]]
    if len(lines) > _QUOTED:
        shown.append(f"… and {len(lines) - _QUOTED:,} more reasons")
    return "\n".join(shown) or None


def row_header() -> list[str]:
    """The header cells of the table of rows; as many as ``row_cells`` gives."""
    return [
        '<th scope="col" class="sortable" data-column-type="result">Result</th>',
        '<th scope="col" class="sortable" data-column-type="testId">Control</th>',
        '<th scope="col" class="sortable" data-column-type="severity">Severity</th>',
        '<th scope="col">Findings</th>',
        '<th scope="col">Instances</th>',
    ]


def row_cells(result: str, row: ControlRow) -> list[str]:
    """The cells of a row; ``result`` is the page's own first cell, which its script filters by."""
    control = row.control
    rank = severity_rank(control.severity)
    return [
        result,
        f'<td class="col-testId">{_shown(control.id)}: {_shown(control.title)}</td>',
        # The column sorts by its inner text: the hidden rank puts critical before high.
        f'<td class="col-severity"><span hidden>{rank}</span>{control.severity.value}</td>',
        f'<td class="col-counts">{_counts(row)}</td>',
        f'<td class="col-links"><a href="#control-{_shown(control.id)}">details</a></td>',
    ]


def _counts(control_row: ControlRow) -> str:
    row = control_row.row
    told = [f"{row.counts[one]:,} {WORDS[one]}" for one in OUTCOMES if row.counts.get(one, 0)]
    if row.waived:
        told.append(f"{row.waived:,} {WAIVED}")
    if control_row.told_only:
        told.append(f"{control_row.told_only:,} told, not counted")
    if row.crashed:
        told.insert(0, f"{row.crashed:,} crashed")
    return " · ".join(told) or "no finding"


def _shown(text: str) -> str:
    return html.escape(visible(text))
