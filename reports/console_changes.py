"""What is accepted by waiver, and what changed since the baseline: on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.roll import Roll
from reports.changes import change_counts, doubts, known_differently, new_failures, since
from reports.console_lines import Line, Style, View, folded, heading
from reports.visible import shortened
from reports.waived import to_heed, waived_summary

_LINES: Final = 2
_MARGIN: Final = "  "


def waiver_lines(roll: Roll, view: View) -> Iterator[Line]:
    """What is accepted by waiver, and the waivers that want a look."""
    told = waived_summary(roll.waivers)
    if not told:
        return
    yield heading("accepted by waiver")
    style = Style.WARN if roll.waivers.not_applied else Style.PLAIN
    yield from view.paragraph(told, style, _MARGIN)
    heeded = to_heed(roll.waivers)
    for one in view.listed(heeded):
        yield from view.entry(
            one.told, "", Style.WARN, margin=f"{one.number:>3}{_MARGIN}", most=_LINES
        )
    yield from view.more(len(heeded))


def change_lines(roll: Roll, view: View) -> Iterator[Line]:
    """What changed since the baseline: the new failures first, then what fails differently."""
    comparison = roll.baseline
    if comparison is None:
        return
    for line in folded(since(comparison), view.columns):
        yield heading(line)
    yield from view.paragraph(f"{change_counts(comparison)}.", indent=_MARGIN)
    for told in doubts(comparison, roll):
        yield from view.paragraph(told, Style.WARN, _MARGIN)
    for style, changes in (
        (Style.FAIL, new_failures(comparison)),
        (Style.WARN, known_differently(comparison)),
    ):
        for one in view.listed(changes):
            finding = one.finding
            name = f" ({shortened(finding.name, view.columns // 5)})" if finding.name else ""
            yield from view.entry(
                f"{one.change} {finding.severity.value} {finding.control.id}",
                f" {finding.resource}{name}: {finding.verdict.code}, {one.was}",
                style,
                most=_LINES,
            )
        yield from view.more(len(changes))
