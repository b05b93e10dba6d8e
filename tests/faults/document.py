"""docs/reliability.md: the promises with their tests, and the figures of the last long run."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.faults.chance import SHARE, Survived
from tests.faults.fuzzed import Fuzzed
from tests.faults.promise import PROMISES

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "reliability.md"
#: What stands between these lines was measured, and is not what another run would measure.
BEGIN, END = "<!-- figures -->", "<!-- end of the figures -->"
_HEAD: Final = """\
<!-- Made by: python -m tests.faults. -->
# What a run promises when things go wrong

`make soak` puts it to the test for minutes; `make test` holds every line below by the test named
beside it.

**A verdict is never made up.** Against the run of the same account in which nothing goes wrong, a
finding keeps its outcome or becomes `unknown`, and then names the call that went wrong. No finding
becomes a failure: a block that a ping might have contradicted is `unknown LIVE_UNREAD` where pings
were asked for and not read, with the block in its evidence. Two things look like a pass that was
made up, and rest on what this very run has read:

* `pass OBSERVED`: the configuration could not be read, but a fresh ping or an open session channel
  proves it. What was a failure or inapplicable never becomes one.
* A control that gave way to another one (`AFTER_NET_01`), or to the agent's version (`NO_NEED`),
  is judged by its own facts once the other is unknown, as if it had never given way.

Faults come from an HTTP server between boto3 and an emulated AWS (`tests/faults`): the client,
its retries, parsers and paginators are the real ones. Which request meets which fault is decided
by a seed.

| when … | then … | test |
|---|---|---|
"""
_RESUME: Final = """
## Going on where a run ended

    pytest --account prod --resume reports/runs/20261101T120000-prod.partial

While a run collects, `collecting.jsonl` in its snapshot says what each call came to, with the
SHA-256 of the answer. A run that takes it up asks for what is missing, was refused or failed, and
for nothing else; the snapshot's time is when the first of both began. It has to be taken up
within an hour: answers that lie further apart tell of two different fleets. A finished run whose
coverage has gaps can be taken up in the same way.

Ctrl-C waits for the requests under way, each for a minute at most, and tries none of them again.

## The clock

AWS refuses signatures of a clock that is wrong by more than some minutes; the error then says by
how much, from the Date of AWS's answer. A clock that is off by one to fifteen minutes is
accepted, and would shift every age that is judged: the run then goes by AWS's clock, and says so
in its header and manifest.
"""


def document(figures: str) -> str:
    """The page with these figures."""
    rows = "".join(f"| {when} | {then} | `{test}` |\n" for when, then, test in PROMISES)
    return f"{_HEAD}{rows}\n## Figures\n\n{BEGIN}\n{figures}{END}\n{_RESUME}"


def figures_of(denied: Survived, by_chance: Survived, fuzzed: tuple[Fuzzed, ...]) -> str:
    """What was measured, for people; the last line is the sum of the runs."""
    inputs = "".join(
        f"| {one.kind} | {one.inputs:,} | {one.refused:,} | {one.crashes:,} |\n" for one in fuzzed
    )
    return (
        "| fuzzed | inputs | refused by name | crashed or hung |\n|---|---|---|---|\n"
        f"{inputs}\n"
        "| | runs | requests | faults injected | findings compared "
        "| changed to unknown or gone | made up |\n|---|---|---|---|---|---|---|\n"
        f"{_row('each call denied in turn', denied)}"
        f"{_row(f'{SHARE:.0%} of all answers, 1,000 instances', by_chance)}"
        f"{_row('together', denied + by_chance)}"
    )


def _row(name: str, one: Survived) -> str:
    numbers = (one.runs, one.requests, one.faults, one.findings, one.unknown, len(one.wrong))
    return f"| {name} | {' | '.join(f'{number:,}' for number in numbers)} |\n"


def figures_in(text: str) -> str:
    """The figures of a page. Raises ValueError for one that has none."""
    return text[text.index(BEGIN) + len(BEGIN) + 1 : text.index(END)]
