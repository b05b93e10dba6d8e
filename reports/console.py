"""The closing summary of a terminal: plain fragments of text, each with a style; no escapes here.

The order is fixed (design 8): verdict counts, what to fix first, what could not be read, where the
reports are, why the exit status is what it is. No line is wider than ``COLUMNS``, except the path
of a report, which people copy.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from policies.diagnosis import Fix, fix_first
from policies.finding import Blocker, Crash, Outcome, Severity
from policies.iam.repairs import IN_TERRAFORM
from policies.roll import Roll
from reports.assumed import assumed_sentences
from reports.causes import Cause, causes_of
from reports.tally import OUTCOMES, Row, Tally, tally
from reports.visible import columns, shortened, visible, wrapped
from reports.wording import (
    counted,
    gain,
    not_asked,
    roots_and_consequences,
    run_count,
    shortcomings,
    verdict_sentence,
)

COLUMNS: Final = 100
#: How many fixes, causes and crashes are listed; the rest is counted.
LISTED: Final = 10


class Style(StrEnum):
    """What a fragment says; ``MARKUP`` is how a terminal shows it."""

    PLAIN = "plain"
    HEADING = "heading"
    FAIL = "fail"
    WARN = "warn"
    UNKNOWN = "unknown"
    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAINT = "faint"
    COMMAND = "command"


#: The keywords of ``terminalreporter.write`` for each style.
MARKUP: Final[Mapping[Style, Mapping[str, bool]]] = {
    Style.PLAIN: {},
    Style.HEADING: {"bold": True},
    Style.FAIL: {"red": True, "bold": True},
    Style.WARN: {"yellow": True},
    Style.UNKNOWN: {"purple": True},
    Style.PASS: {"green": True},
    Style.FAINT: {"light": True},
    Style.COMMAND: {"cyan": True},
}
_STYLES: Final = {
    Outcome.FAIL: Style.FAIL,
    Outcome.WARN: Style.WARN,
    Outcome.UNKNOWN: Style.UNKNOWN,
    Outcome.PASS: Style.PASS,
    Outcome.NOT_APPLICABLE: Style.FAINT,
}
_HEADS: Final = {
    Outcome.FAIL: "fail",
    Outcome.WARN: "warn",
    Outcome.UNKNOWN: "unknown",
    Outcome.PASS: "pass",
    Outcome.NOT_APPLICABLE: "n/a",
}
_COUNT_COLUMNS: Final = 8
_SEVERITY_COLUMNS: Final = max(len(severity) for severity in Severity) + 1
_TITLE_COLUMNS: Final = COLUMNS - _SEVERITY_COLUMNS - _COUNT_COLUMNS * len(OUTCOMES)
_INDENT: Final = "     "
#: Lines that one repair may take; a whole trust policy would push the rest off the screen.
_REMEDY_LINES: Final = 6
_BLOCKER_LINES: Final = 3
#: A blank between two members of a JSON document, never one inside a text.
_BETWEEN_MEMBERS: Final = re.compile(r"""(?<=[,:]) (?=["{\[])""")


@dataclasses.dataclass(frozen=True)
class Fragment:
    """A piece of a line; ``text`` holds no newline and no control character."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Fragment, ...]
_BLANK: Final[Line] = ()


def closing_summary(
    roll: Roll, *, report_places: Sequence[str], exit_reason: str
) -> tuple[Line, ...]:
    """The whole summary, line by line.

    ``report_places`` are the paths of the reports, ``exit_reason`` is the sentence about the exit
    status.
    """
    tallied = tally(roll)
    blocks = (
        (*_counts(tallied), *_assumed(roll)),
        _crashes(roll.crashes),
        _fixes(fix_first(roll.findings)),
        _causes(causes_of(roll)),
        _reports(report_places),
        _exit_status(exit_reason),
    )
    return tuple(line for block in blocks for line in _spaced(block))


def _spaced(block: Iterable[Line]) -> Iterator[Line]:
    lines = tuple(block)
    if lines:
        yield from lines
        yield _BLANK


def _heading(text: str) -> Line:
    return (Fragment(text, Style.HEADING),)


def _paragraph(text: str, style: Style = Style.PLAIN, indent: str = "") -> Iterator[Line]:
    for line in wrapped(text, COLUMNS - len(indent)):
        yield (Fragment(indent + line, style),)


def _counts(tallied: Tally) -> Iterator[Line]:
    heads = "".join(_HEADS[outcome].rjust(_COUNT_COLUMNS) for outcome in OUTCOMES)
    before = _TITLE_COLUMNS + _SEVERITY_COLUMNS
    yield (Fragment(_filled("prerequisites", before) + heads, Style.HEADING),)
    for row in tallied.rows:
        yield _row(row)
    yield (
        Fragment(_filled("total", before), Style.HEADING),
        *_count_fragments(tallied.totals),
    )
    yield from _paragraph(f"{run_count(tallied)}. {verdict_sentence(tallied)}")
    follow = roots_and_consequences(tallied)
    if follow:
        yield from _paragraph(f"Failures: {follow}.")
    yield from _paragraph(not_asked(tallied), Style.FAINT)
    for told in shortcomings(tallied):
        yield from _paragraph(told, Style.FAIL)


def _assumed(roll: Roll) -> Iterator[Line]:
    for told in assumed_sentences(roll):
        yield from _paragraph(told, Style.WARN)


def _row(row: Row) -> Line:
    control = row.control
    title = _filled(f"{control.id}  {control.title}", _TITLE_COLUMNS - 1)
    severity = _filled(control.severity.value, _SEVERITY_COLUMNS)
    return (
        Fragment(f"{title} "),
        Fragment(severity, Style.FAINT),
        *_count_fragments(row.counts),
    )


def _count_fragments(counts: Mapping[Outcome, int]) -> Line:
    return tuple(_count(outcome, counts.get(outcome, 0)) for outcome in OUTCOMES)


def _count(outcome: Outcome, count: int) -> Fragment:
    if not count:
        return Fragment("·".rjust(_COUNT_COLUMNS), Style.FAINT)
    grouped = f"{count:,}"
    text = grouped if len(grouped) < _COUNT_COLUMNS else str(count)
    return Fragment(text.rjust(_COUNT_COLUMNS), _STYLES[outcome])


def _filled(text: str, width: int) -> str:
    shown = shortened(text, width)
    return shown + " " * (width - columns(shown))


def _crashes(crashes: tuple[Crash, ...]) -> Iterator[Line]:
    if not crashes:
        return
    yield _heading("controls that crashed")
    for crash in crashes[:LISTED]:
        told = f"  {crash.control} on {crash.resource}: {crash.error}"
        yield (Fragment(shortened(told, COLUMNS), Style.FAIL),)
    yield from _more(len(crashes))


def _fixes(fixes: tuple[Fix, ...]) -> Iterator[Line]:
    if not fixes:
        return
    yield _heading("what to fix first")
    for rank, fix in enumerate(fixes[:LISTED], start=1):
        yield from _fix(rank, fix)
    yield from _more(len(fixes))


def _fix(rank: int, fix: Fix) -> Iterator[Line]:
    yield from _blocker(rank, fix.blocker)
    told = f"{gain(len(fix.frees), len(fix.touches))} · {', '.join(fix.controls)}"
    yield (Fragment(_INDENT + shortened(told, COLUMNS - len(_INDENT)), Style.FAINT),)
    for told in fix.remediation.partition(f"\n{IN_TERRAFORM}")[0].splitlines():
        for line in _remedy(told, COLUMNS - len(_INDENT)):
            yield (Fragment(_INDENT + line, Style.COMMAND),)


def _blocker(rank: int, blocker: Blocker) -> Iterator[Line]:
    """The resource in colour, then what is wrong with it, in at most ``_BLOCKER_LINES`` lines."""
    resource = shortened(blocker.resource, COLUMNS // 2)
    # Many details are sentences about the resource: naming it once is enough.
    told = blocker.detail.removeprefix(f"{blocker.resource} ")
    room = COLUMNS - len(_INDENT)
    rest = room * _BLOCKER_LINES - columns(resource) - len(": ") - room // 4
    first, *more = wrapped(f"{resource}: {shortened(told, rest)}", room)[:_BLOCKER_LINES]
    head = resource if first.startswith(resource) else ""
    yield (
        Fragment(f"{rank:>3}  "),
        Fragment(head, Style.FAIL),
        Fragment(first.removeprefix(head)),
    )
    for line in more:
        yield (Fragment(_INDENT + line),)


def _remedy(told: str, width: int) -> list[str]:
    """A command so that it can be copied, a sentence wrapped; at most ``_REMEDY_LINES`` lines."""
    lines = _command(told, width) if told.startswith("aws ") else wrapped(told, width)
    if len(lines) <= _REMEDY_LINES:
        return lines
    return [*lines[: _REMEDY_LINES - 1], "… (whole in the reports)"]


def _command(command: str, width: int) -> list[str]:
    r"""A command over several lines: broken before options, each such line ended with ``\``."""
    continued = " \\"
    lines: list[str] = []
    for part in visible(command).split(" --"):
        option = f"--{part}" if lines else part
        if lines and columns(f"{lines[-1]} {option}") <= width - len(continued):
            lines[-1] += f" {option}"
        elif lines:
            lines.append(f"  {option}")
        else:
            lines.append(option)
    *broken, last = [_json_lines(line, width - len(continued)) for line in lines]
    kept = [line for chunk in broken for line in (*chunk[:-1], chunk[-1] + continued)]
    return [*kept, *last]


def _json_lines(option: str, width: int) -> list[str]:
    """An option broken between the members of the quoted JSON it holds, which changes nothing."""
    if columns(option) <= width or "'{" not in option:
        return [shortened(option, width)]
    lines = [""]
    for piece in _BETWEEN_MEMBERS.split(option):
        if not lines[-1]:
            lines[-1] = piece
        elif columns(f"{lines[-1]} {piece}") <= width:
            lines[-1] += f" {piece}"
        else:
            lines.append(f"    {piece}")
    return [shortened(line, width) for line in lines]


def _causes(causes: tuple[Cause, ...]) -> Iterator[Line]:
    if not causes:
        return
    yield _heading("what could not be read or decided")
    for cause in causes[:LISTED]:
        told = f": {counted(cause.findings, 'finding')}, {_places(cause)}"
        what = shortened(cause.what, COLUMNS - len("  ") - len(told))
        yield (Fragment("  "), Fragment(what, Style.UNKNOWN), Fragment(told))
    yield from _more(len(causes))


def _places(cause: Cause) -> str:
    if len(cause.places) == 1:
        return shortened(" ".join(cause.places[0]), COLUMNS // 3)
    return counted(len(cause.places), "account and Region", "accounts and Regions")


def _reports(report_places: Sequence[str]) -> Iterator[Line]:
    if not report_places:
        return
    yield _heading("reports")
    for place in report_places:
        yield (Fragment(f"  {visible(place)}"),)


def _exit_status(exit_reason: str) -> Iterator[Line]:
    yield from _paragraph(exit_reason, Style.HEADING)


def _more(total: int) -> Iterator[Line]:
    if total > LISTED:
        yield (Fragment(f"{_INDENT}… and {total - LISTED:,} more in the reports", Style.FAINT),)
