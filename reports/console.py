"""The closing summary of a terminal: plain fragments of text, each with a style; no escapes here.

The order is fixed (design 8): where the instances stand and the verdict counts, what to fix first,
which node is not managed and why, the counts of each control, what could not be read, where the
reports are, why the exit status is what it is. No line is wider than ``COLUMNS``, except the path
of a report, which people copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from policies.diagnosis import Diagnosis, fix_first, only_together
from policies.finding import Crash, Outcome, Severity
from policies.roll import Roll
from reports.assumed import assumed_sentences
from reports.causes import Cause, causes_of
from reports.changes import change_counts, doubts, known_differently, new_failures, since
from reports.console_fixes import fix_lines
from reports.console_lines import (
    COLUMNS,
    INDENT,
    LISTED,
    STYLES,
    Fragment,
    Line,
    Style,
    filled,
    heading,
    more,
    paragraph,
    spaced,
)
from reports.settings_in_use import settings_text
from reports.standing import OUTCOME_OF, guest_sentence, states_sentence, to_explain
from reports.tally import OUTCOMES, WAIVED, Row, Tally, tally
from reports.visible import shortened, visible, wrapped
from reports.waived import to_heed, waived_summary
from reports.wording import (
    counted,
    not_asked,
    outcome_list,
    roots_and_consequences,
    run_count,
    shortcomings,
    verdict_sentence,
    what_is_asked,
)

_HEADS: Final = {
    Outcome.FAIL: "fail",
    Outcome.WARN: "warn",
    Outcome.UNKNOWN: "unknown",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "n/a",
}
_COUNT_COLUMNS: Final = 8
#: Lines that the reason of one node may take.
_WHY_LINES: Final = 2
_SEVERITY_COLUMNS: Final = max(len(severity) for severity in Severity) + 1
_TITLE_COLUMNS: Final = COLUMNS - _SEVERITY_COLUMNS - _COUNT_COLUMNS * len(OUTCOMES)


def closing_summary(
    roll: Roll, *, report_places: Sequence[str], exit_reason: str
) -> tuple[Line, ...]:
    """The whole summary, line by line.

    ``report_places`` are the paths of the reports, ``exit_reason`` is the sentence about the exit
    status.
    """
    tallied = tally(roll)
    blocks = (
        (*_standing(roll, tallied), *_assumed(roll), *paragraph(settings_text(roll))),
        _crashes(roll.crashes),
        fix_lines(fix_first(roll.findings), only_together(roll.findings)),
        _not_managed(to_explain(roll.diagnoses)),
        _counts(tallied),
        _waived(roll),
        _since_baseline(roll),
        _causes(causes_of(roll)),
        _reports(report_places),
        _exit_status(exit_reason),
    )
    return tuple(line for block in blocks for line in spaced(block))


def _standing(roll: Roll, tallied: Tally) -> Iterator[Line]:
    told = states_sentence(roll.diagnoses)
    if told:
        yield from paragraph(told, Style.HEADING)
    yield from paragraph(verdict_sentence(tallied))
    yield from paragraph(f"{run_count(tallied)}: {outcome_list(tallied)}.")
    follow = roots_and_consequences(tallied)
    if follow:
        yield from paragraph(f"Failures: {follow}.")
    for told in shortcomings(tallied):
        yield from paragraph(told, Style.FAIL)


def _not_managed(diagnoses: Sequence[Diagnosis]) -> Iterator[Line]:
    """A line for each node that is not managed, or of which nothing is known, with the reason."""
    if not diagnoses:
        return
    yield heading("not managed, and why")
    for one in diagnoses[:LISTED]:
        name = f" ({shortened(one.name, COLUMNS // 4)})" if one.name else ""
        room = COLUMNS - len(INDENT)
        told = shortened(f"{one.resource}{name}: {visible(one.reason)}", room * _WHY_LINES - 1)
        first, *rest = wrapped(told, room)
        yield (
            Fragment("  "),
            Fragment(one.resource, STYLES[OUTCOME_OF[one.state]]),
            Fragment(first.removeprefix(one.resource)),
        )
        for line in rest:
            yield (Fragment(INDENT + line),)
        if one.guest_causes:
            yield (Fragment(INDENT + shortened(guest_sentence(one), room), Style.FAINT),)
    yield from more(len(diagnoses))


def _counts(tallied: Tally) -> Iterator[Line]:
    heads = "".join(_HEADS[outcome].rjust(_COUNT_COLUMNS) for outcome in OUTCOMES)
    title_columns = _TITLE_COLUMNS
    if tallied.waived:
        heads += WAIVED.rjust(_COUNT_COLUMNS)
        title_columns -= _COUNT_COLUMNS
    before = title_columns + _SEVERITY_COLUMNS
    yield (Fragment(filled(f"{what_is_asked(tallied)}s", before) + heads, Style.HEADING),)
    for row in tallied.rows:
        yield (*_title(row, title_columns), *_count_fragments(row.counts, tallied, row.waived))
    yield (
        Fragment(filled("total", before), Style.HEADING),
        *_count_fragments(tallied.totals, tallied, tallied.waived),
    )
    yield from paragraph(not_asked(tallied), Style.FAINT)


def _assumed(roll: Roll) -> Iterator[Line]:
    for told in assumed_sentences(roll):
        yield from paragraph(told, Style.WARN)


def _waived(roll: Roll) -> Iterator[Line]:
    """What is accepted by waiver, and the waivers that want a look."""
    told = waived_summary(roll.waivers)
    if not told:
        return
    yield heading("accepted by waiver")
    yield from paragraph(told, Style.WARN if roll.waivers.not_applied else Style.PLAIN, "  ")
    heeded = to_heed(roll.waivers)
    for one in heeded[:LISTED]:
        first, *rest = wrapped(one.told, COLUMNS - len(INDENT))[:_WHY_LINES]
        yield (Fragment(f"{one.number:>3}  "), Fragment(first, Style.WARN))
        for line in rest:
            yield (Fragment(INDENT + line, Style.WARN),)
    yield from more(len(heeded))


def _since_baseline(roll: Roll) -> Iterator[Line]:
    """What changed since the baseline: the new failures first, then what fails differently."""
    comparison = roll.baseline
    if comparison is None:
        return
    yield heading(shortened(since(comparison), COLUMNS))
    yield from paragraph(f"{change_counts(comparison)}.", indent="  ")
    for told in doubts(comparison, roll):
        yield from paragraph(told, Style.WARN, "  ")
    for style, changes in (
        (Style.FAIL, new_failures(comparison)),
        (Style.WARN, known_differently(comparison)),
    ):
        for one in changes[:LISTED]:
            finding = one.finding
            head = f"{one.change} {finding.severity.value} {finding.control.id}"
            name = f" ({shortened(finding.name, COLUMNS // 5)})" if finding.name else ""
            told = f" {finding.resource}{name}: {finding.verdict.code}, {one.was}"
            room = COLUMNS - len("  ") - len(head)
            yield (Fragment("  "), Fragment(head, style), Fragment(shortened(told, room)))
        yield from more(len(changes))


def _title(row: Row, columns: int) -> Line:
    control = row.control
    title = filled(f"{control.id}  {control.title}", columns - 1)
    severity = filled(control.severity.value, _SEVERITY_COLUMNS)
    return (Fragment(f"{title} "), Fragment(severity, Style.FAINT))


def _count_fragments(counts: Mapping[Outcome, int], tallied: Tally, waived: int) -> Line:
    """The five outcomes; what is waived in a column of its own where the run has any."""
    told = tuple(_count(STYLES[one], counts.get(one, 0)) for one in OUTCOMES)
    return (*told, _count(Style.FAINT, waived)) if tallied.waived else told


def _count(style: Style, count: int) -> Fragment:
    if not count:
        return Fragment("·".rjust(_COUNT_COLUMNS), Style.FAINT)
    grouped = f"{count:,}"
    text = grouped if len(grouped) < _COUNT_COLUMNS else str(count)
    return Fragment(text.rjust(_COUNT_COLUMNS), style)


def _crashes(crashes: tuple[Crash, ...]) -> Iterator[Line]:
    if not crashes:
        return
    yield heading("controls that crashed")
    for crash in crashes[:LISTED]:
        told = f"  {crash.control} on {crash.resource}: {crash.error}"
        yield (Fragment(shortened(told, COLUMNS), Style.FAIL),)
    yield from more(len(crashes))


def _causes(causes: tuple[Cause, ...]) -> Iterator[Line]:
    if not causes:
        return
    yield heading("what could not be read or decided")
    for cause in causes[:LISTED]:
        told = f": {counted(cause.findings, 'finding')}, {_places(cause)}"
        what = shortened(cause.what, COLUMNS - len("  ") - len(told))
        yield (Fragment("  "), Fragment(what, Style.UNKNOWN), Fragment(told))
    yield from more(len(causes))


def _places(cause: Cause) -> str:
    if len(cause.places) == 1:
        return shortened(" ".join(cause.places[0]), COLUMNS // 3)
    return counted(len(cause.places), "account and Region", "accounts and Regions")


def _reports(report_places: Sequence[str]) -> Iterator[Line]:
    if not report_places:
        return
    yield heading("reports")
    for place in report_places:
        yield (Fragment(f"  {visible(place)}"),)


def _exit_status(exit_reason: str) -> Iterator[Line]:
    yield from paragraph(exit_reason, Style.HEADING)
