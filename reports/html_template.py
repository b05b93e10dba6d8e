"""The page's templates: what they may call, and how every value they print is made harmless.

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

from policies.diagnosis import Diagnosis
from policies.finding import Outcome
from reports.changes import (
    NOT_COUNTED,
    change_counts,
    doubts,
    known_differently,
    new_failures,
    since,
    since_lists,
)
from reports.html_bounds import LISTED, UNFOLDED
from reports.picture import QUIET, bar_parts
from reports.settings_in_use import parameters_text
from reports.standing import (
    LAYER_NAMES,
    OUTCOME_OF,
    cross_check_sentence,
    guest_sentence,
    together_sentence,
)
from reports.tally import OUTCOMES, WAIVED, WORDS, Row
from reports.verdict_grid import MARKS
from reports.visible import shortened, visible
from reports.waived import STATE_WORDS, resources_of, waiver_sentence
from reports.wording import counted, gain, sentence_start, subjects

_TEMPLATES: Final = Path(__file__).parent / "templates"
#: The style sheet of the page, for readers who build it into another one.
STYLE_SHEET: Final = _TEMPLATES / "page.css"
#: What the page can do where scripts run; complete without it.
SCRIPT: Final = _TEMPLATES / "page.js"
#: The first so many fixes show their commands at once.
_OPENED_FIXES: Final = 3
#: Evidence values longer than this are cut on the page; findings.json has them whole.
_VALUE_COLUMNS: Final = 240
#: The same for the reason beside an instance's id.
_REASON_COLUMNS: Final = 160
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
_MARK_SYMBOLS: Final = {**{one.value: sign for one, sign in SYMBOLS.items()}, WAIVED: WAIVED_SYMBOL}
_MARK_WORDS: Final = {**{one.value: word for one, word in WORDS.items()}, WAIVED: WAIVED}
#: Heads of narrow columns.
_SHORT_WORDS: Final = {**WORDS, Outcome.NOT_APPLICABLE: "n/a"}
#: The pictures' colours where a policy keeps the style sheet away; elsewhere it has its own.
_FILLS: Final = {
    "fail": "#b3261e",
    "unknown": "#6a4fb3",
    "warn": "#966000",
    "waived": "#7a6a55",
    "pass": "#8fc7a4",
    "not_applicable": "#dfe3ea",
}


def page_template(name: str) -> jinja2.Template:
    """The template of that name, ready to render."""
    return _environment().get_template(name)


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # A run renders a template once: to work out constants beforehand would not pay.
        optimized=False,
    )
    environment.filters.update(
        number=_number, value=_value, is_web=_is_web, cut=_cut, sentence_start=sentence_start
    )
    environment.globals.update(
        OUTCOMES=OUTCOMES,
        WORDS=WORDS,
        SYMBOLS=SYMBOLS,
        SHORT_WORDS=_SHORT_WORDS,
        FAIL=Outcome.FAIL,
        PASS=Outcome.PASS,
        NOT_APPLICABLE=Outcome.NOT_APPLICABLE,
        LISTED=LISTED,
        UNFOLDED=UNFOLDED,
        OPENED_FIXES=_OPENED_FIXES,
        MARKS=MARKS,
        MARK_SYMBOLS=_MARK_SYMBOLS,
        MARK_WORDS=_MARK_WORDS,
        QUIET=QUIET,
        FILLS=_FILLS,
        bar_parts=bar_parts,
        row_words=_row_words,
        counted=counted,
        subjects=subjects,
        gain=gain,
        layers_text=_layers_text,
        parameters_text=parameters_text,
        OUTCOME_OF=OUTCOME_OF,
        cross_check_sentence=cross_check_sentence,
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


def _cut(text: str) -> str:
    return shortened(text, _REASON_COLUMNS)


def _row_words(row: Row) -> str:
    """``IAM-01: 1 fail, 46 pass``: what a bar shows, for those who do not see it."""
    told = [f"{row.counts[one]:,} {WORDS[one]}" for one in OUTCOMES if row.counts.get(one, 0)]
    if row.waived:
        told.append(f"{row.waived:,} {WAIVED}")
    return f"{row.control.id}: {', '.join(told) or 'no finding'}"


def _layers_text(diagnosis: Diagnosis) -> str:
    """``registered: pass, heartbeat: pass, …``: the four facts that managed is made of."""
    layers = diagnosis.layers
    return ", ".join(
        f"{name}: {WORDS[layers[layer]] if layer in layers else 'not judged'}"
        for layer, name in LAYER_NAMES.items()
    )


def _is_web(address: str) -> bool:
    """Only such an address becomes a link: a policy file may bring ``javascript:``."""
    return address.startswith("https://")
