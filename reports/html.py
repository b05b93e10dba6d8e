"""The static part of the page: complete without JavaScript, every value escaped.

Templates live in ``templates/``. Jinja escapes what they print, and before that ``visible`` takes
the power from control characters and text that changes the reading direction.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from policies.diagnosis import fix_first, only_together
from policies.finding import Outcome
from policies.roll import Roll
from reports.assumed import assumed_sentences
from reports.causes import answered, causes_of
from reports.changes import (
    NOT_COUNTED,
    change_counts,
    doubts,
    gate_sentences,
    known_differently,
    new_failures,
    since,
    since_lists,
)
from reports.html_sections import sections_of
from reports.settings_in_use import parameters_text, setting_rows, settings_sentence
from reports.standing import (
    LAYER_NAMES,
    OUTCOME_OF,
    guest_sentence,
    states_sentence,
    to_explain,
    together_sentence,
)
from reports.tally import OUTCOMES, WAIVED, WORDS, Tally, tally
from reports.visible import shortened, visible
from reports.waived import STATE_WORDS, resources_of, to_heed, waived_summary, waiver_sentence
from reports.wording import (
    accounts_title,
    counted,
    gain,
    not_asked,
    outcome_list,
    roots_and_consequences,
    run_count,
    selection_text,
    shortcomings,
    subjects,
    verdict_sentence,
)

_TEMPLATES: Final = Path(__file__).parent / "templates"
#: The style sheet of the page, for readers who build it into another one.
STYLE_SHEET: Final = _TEMPLATES / "page.css"
#: How many fixes, causes and crashes the page writes out; the rest is counted.
_LISTED: Final = 50
#: Evidence values longer than this are cut on the page; findings.json has them whole.
_VALUE_COLUMNS: Final = 240
#: Outcome → a sign that tells it without colour.
SYMBOLS: Final = {
    Outcome.FAIL: "✗",
    Outcome.WARN: "!",
    Outcome.UNKNOWN: "?",
    Outcome.PASS: "✓",
    Outcome.NOT_APPLICABLE: "○",
}

#: The same for a failure that a waiver accepts.
WAIVED_SYMBOL: Final = "≈"


def static_sections(roll: Roll) -> str:
    """The sections as one HTML fragment: scope, verdict, matrix, fixes, coverage, controls."""
    tallied = tally(roll)
    template = _environment().get_template("sections.html.j2")
    return template.render(
        roll=roll,
        run=roll.run,
        tallied=tallied,
        verdict=verdict_sentence(tallied),
        standing=_standing(tallied),
        shortcomings=shortcomings(tallied),
        not_asked=not_asked(tallied),
        assumed=assumed_sentences(roll),
        settings=setting_rows(roll),
        settings_sentence=settings_sentence(roll),
        roots=roots_and_consequences(tallied),
        run_count=run_count(tallied),
        selection=selection_text(roll),
        states=states_sentence(roll.diagnoses),
        fixes=fix_first(roll.findings),
        together=only_together(roll.findings),
        not_managed=to_explain(roll.diagnoses),
        causes=causes_of(roll),
        answered=answered(roll),
        sections=sections_of(tallied, roll.findings),
        comparison=roll.baseline,
        gate_sentences=gate_sentences(roll),
        waivers=roll.waivers.entries,
        waived_summary=waived_summary(roll.waivers),
        waivers_to_heed=to_heed(roll.waivers),
    )


def page_title(roll: Roll) -> str:
    """``ssm-rollcall: 111122223333``, as visible text; not yet escaped."""
    return visible(accounts_title(roll))


def run_count_line(roll: Roll) -> str:
    """The line that stands where pytest-html would count its rows; not yet escaped."""
    tallied = tally(roll)
    return f"{run_count(tallied)} ({outcome_list(tallied)})."


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


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=_number, value=_value, is_web=_is_web)
    environment.globals.update(
        OUTCOMES=OUTCOMES,
        WORDS=WORDS,
        SYMBOLS=SYMBOLS,
        FAIL=Outcome.FAIL,
        LISTED=_LISTED,
        counted=counted,
        subjects=subjects,
        gain=gain,
        LAYER_NAMES=LAYER_NAMES,
        parameters_text=parameters_text,
        OUTCOME_OF=OUTCOME_OF,
        guest_sentence=guest_sentence,
        together_sentence=together_sentence,
        NOT_COUNTED=NOT_COUNTED,
        since=since,
        since_lists=since_lists,
        change_counts=change_counts,
        doubts=doubts,
        new_failures=new_failures,
        known_differently=known_differently,
        WAIVED=WAIVED,
        WAIVED_SYMBOL=WAIVED_SYMBOL,
        STATE_WORDS=STATE_WORDS,
        resources_of=resources_of,
        waiver_sentence=waiver_sentence,
        NEWLINE=Markup("\n"),
    )
    return environment


def _shown(value: Any) -> Any:
    """Every printed text passes here, before it is escaped."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return value


def _number(number: int) -> str:
    return f"{number:,}"


def _value(value: Any) -> str:
    return shortened(json.dumps(value, sort_keys=True, ensure_ascii=False), _VALUE_COLUMNS)


def _is_web(address: str) -> bool:
    """Only such an address becomes a link: a policy file may bring ``javascript:``."""
    return address.startswith("https://")
