"""Which node is not managed, or not known to be, and why: on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from policies.diagnosis import Diagnosis
from reports.console_lines import INDENT, STYLES, Line, Style, View, heading
from reports.standing import OUTCOME_OF, cross_check_sentence, guest_sentence
from reports.visible import shortened

#: Lines that the reason of one node may take.
_WHY_LINES: Final = 2


def node_lines(diagnoses: Sequence[Diagnosis], view: View) -> Iterator[Line]:
    """An entry for each of these nodes with the reason, and what to look for in the guest."""
    if not diagnoses:
        return
    yield heading("not managed, and why")
    for one in view.listed(diagnoses):
        name = f" ({shortened(one.name, view.columns // 4)})" if one.name else ""
        style = STYLES[OUTCOME_OF[one.state]]
        yield from view.entry(one.resource, f"{name}: {one.reason}", style, most=_WHY_LINES)
        for sentence in (guest_sentence(one), *map(cross_check_sentence, one.cross_checks)):
            yield from view.paragraph(sentence, Style.FAINT, INDENT)
    yield from view.more(len(diagnoses))
