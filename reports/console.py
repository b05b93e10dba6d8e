"""The closing summary of a terminal: plain fragments of text, each with a style; no escapes here.

The order is fixed (design 8): where the instances stand and the verdict counts, what to fix first,
which node is not managed and why, the counts of each control, what could not be read, where the
reports are, why the exit status is what it is. No line is wider than the view, except what people
copy: the path of a report, and the part of a command that cannot be broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from policies.roll import Roll
from reports.assumed import assumed_sentences
from reports.console_changes import change_lines, waiver_lines
from reports.console_counts import count_lines
from reports.console_failures import crash_lines, evidence_lines, own_policy_lines
from reports.console_fixes import fix_lines
from reports.console_gaps import gap_lines
from reports.console_lines import Fragment, Line, Style, View, heading, spaced
from reports.console_nodes import node_lines
from reports.counted import counting_sentences
from reports.fixes import fixes_of, joint_fixes_of
from reports.settings_in_use import settings_text
from reports.standing import states_told, to_explain
from reports.tally import Tally, tally
from reports.visible import visible
from reports.wording import (
    outcome_list,
    roots_and_consequences,
    run_count,
    shortcomings,
    verdict_sentence,
)


def closing_summary(
    roll: Roll, *, report_places: Sequence[str], exit_reason: str, view: View | None = None
) -> tuple[Line, ...]:
    """The summary, line by line: the whole of it, or for a quiet view its beginning and its end.

    ``report_places`` are the paths of the reports, ``exit_reason`` is the sentence about the exit
    status; ``view`` is how wide and how talkative it is to be.
    """
    view = view or View()
    tallied = tally(roll)
    blocks = [
        _verdict(roll, tallied, view),
        crash_lines(roll.crashes, view),
        fix_lines(fixes_of(roll), joint_fixes_of(roll), view),
        *(() if view.is_quiet else _middle(roll, tallied, report_places, view)),
        view.paragraph(exit_reason, Style.HEADING),
    ]
    return tuple(line for block in blocks for line in spaced(block))


def _middle(
    roll: Roll, tallied: Tally, report_places: Sequence[str], view: View
) -> Iterator[Iterable[Line]]:
    """What stands between what to fix first and the exit status."""
    yield own_policy_lines(roll, view)
    yield node_lines(to_explain(roll.diagnoses), view)
    yield evidence_lines(roll, view)
    yield count_lines(tallied, view)
    yield waiver_lines(roll, view)
    yield change_lines(roll, view)
    yield gap_lines(roll, view)
    yield _reports(report_places)


def _verdict(roll: Roll, tallied: Tally, view: View) -> Iterator[Line]:
    yield from view.paragraph(states_told(roll), Style.HEADING)
    yield from view.paragraph(verdict_sentence(tallied))
    if not view.is_quiet:
        yield from _counts(roll, tallied, view)
    for told in shortcomings(tallied):
        yield from view.paragraph(told, Style.FAIL)
    if not view.is_quiet:
        for told in assumed_sentences(roll):
            yield from view.paragraph(told, Style.WARN)
        yield from view.paragraph(settings_text(roll))


def _counts(roll: Roll, tallied: Tally, view: View) -> Iterator[Line]:
    yield from view.paragraph(f"{run_count(tallied)}: {outcome_list(tallied)}.")
    follow = roots_and_consequences(tallied)
    if follow:
        yield from view.paragraph(f"Failures: {follow}.")
    for told in counting_sentences(roll):
        yield from view.paragraph(told, Style.FAINT)


def _reports(report_places: Sequence[str]) -> Iterator[Line]:
    if not report_places:
        return
    yield heading("reports")
    for place in report_places:
        yield (Fragment(f"  {visible(place)}"),)
