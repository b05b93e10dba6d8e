"""The static part of the page: complete without JavaScript, every value escaped."""

from __future__ import annotations

from typing import Final

from policies.finding import Outcome
from policies.roll import Roll
from reports.assumed import assumed_sentences
from reports.causes import answered, causes_of
from reports.changes import gate_sentences
from reports.counted import counting_sentences
from reports.fixes import fixes_of, joint_fixes_of
from reports.html_glossary import glossary_of
from reports.html_instances import entries_of
from reports.html_sections import sections_of
from reports.html_template import SCRIPT, STYLE_SHEET, page_template
from reports.manageable import manageable_sentence, state_counts, state_parts
from reports.picture import heat_map
from reports.settings_in_use import setting_rows, settings_sentence
from reports.standing import states_told
from reports.tally import Tally, severity_rank, tally
from reports.visible import visible
from reports.waived import to_heed, waived_summary
from reports.wording import (
    accounts_title,
    counted,
    not_asked,
    outcome_list,
    roots_and_consequences,
    run_count,
    selection_text,
    shortcomings,
    verdict_sentence,
)

__all__ = ["SCRIPT", "STYLE_SHEET", "page_title", "run_count_line", "static_sections"]

#: How much of an ISO 8601 time is the date, and the date with hours and minutes.
_DATE: Final = len("2026-11-01")
_MINUTE: Final = len("2026-11-01T12:00")


def static_sections(roll: Roll) -> str:
    """The sections as one HTML fragment, from the verdict to the glossary."""
    tallied = tally(roll)
    fixes = fixes_of(roll)
    return page_template("sections.html.j2").render(
        roll=roll,
        run=roll.run,
        tallied=tallied,
        regions=sum(len(regions) for regions in roll.run.accounts.values()),
        collected=_minute(roll.run.as_of),
        manageable=manageable_sentence(roll, fixes),
        state_counts=state_counts(roll),
        state_parts=state_parts(roll),
        states=states_told(roll),
        verdict=verdict_sentence(tallied),
        standing=_standing(tallied),
        shortcomings=shortcomings(tallied),
        not_asked=not_asked(tallied),
        assumed=assumed_sentences(roll),
        counting=counting_sentences(roll),
        settings=setting_rows(roll),
        settings_sentence=settings_sentence(roll),
        policies=_policies(roll),
        roots=roots_and_consequences(tallied),
        run_count=run_count(tallied),
        selection=selection_text(roll),
        fixes=fixes,
        together=joint_fixes_of(roll),
        map=heat_map(roll),
        causes=causes_of(roll),
        answered=answered(roll),
        instances=entries_of(roll),
        sections=sections_of(roll),
        severities=sorted({one.severity for one in roll.findings}, key=severity_rank),
        comparison=roll.baseline,
        gate_sentences=gate_sentences(roll),
        waivers=roll.waivers.entries,
        waived_summary=waived_summary(roll.waivers),
        waivers_to_heed=to_heed(roll.waivers),
        glossary=glossary_of(roll),
    )


def page_title(roll: Roll) -> str:
    """``ssm-rollcall: 111122223333, 2026-11-01``, as visible text; not yet escaped.

    The date is that of the data; none where that is unknown.
    """
    date = roll.run.as_of[:_DATE]
    return visible(", ".join(filter(None, (accounts_title(roll), date))))


def run_count_line(roll: Roll) -> str:
    """The line that stands where pytest-html would count its rows; not yet escaped."""
    tallied = tally(roll)
    return f"{run_count(tallied)} ({outcome_list(tallied)})."


def _minute(time: str) -> str:
    """``2026-11-01 12:00 UTC`` of an ISO 8601 time in UTC."""
    return f"{time[:_MINUTE].replace('T', ' ')} UTC"


def _policies(roll: Roll) -> str:
    """What was judged by, and where the versions are: the tool's own controls carry its version."""
    own = sum(not one.is_prerequisite for one in roll.controls)
    told = f"{counted(len(roll.controls) - own, 'control')} of {roll.run.tool}"
    if not own:
        return told
    return (
        f"{told}, {counted(own, 'policy', 'policies')} of your own "
        "(manifest.json has the SHA-256 of their files)"
    )


def _standing(tallied: Tally) -> str:
    """The outcome that colours the verdict; a roll with holes is never shown as a pass.

    Failures that are all accepted by waivers are shown as a warning: they are there.
    """
    if tallied.totals[Outcome.FAIL]:
        return Outcome.FAIL.value
    undecided = tallied.instances[Outcome.UNKNOWN] or tallied.regions[Outcome.UNKNOWN]
    holes = tallied.crashed or tallied.unanswered or undecided
    if holes or not (tallied.judged or tallied.regions_judged):
        return Outcome.UNKNOWN.value
    return Outcome.WARN.value if tallied.waived else Outcome.PASS.value
