"""summary.md: the roll call on one page, in the Markdown of CI job summaries (GFM)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from policies.diagnosis import Diagnosis, Fix, Together
from policies.finding import Outcome
from policies.roll import Roll
from policies.waiver_ledger import WaiverEntry
from reports.assumed import assumed_sentences
from reports.causes import Cause, causes_of
from reports.changes import (
    Changed,
    change_counts,
    doubts,
    gate_sentences,
    known_differently,
    new_failures,
    since,
)
from reports.counted import counting_sentences
from reports.fixes import fixes_of, joint_fixes_of
from reports.settings_in_use import setting_rows, settings_sentence
from reports.standing import (
    cross_check_sentence,
    guest_sentence,
    states_told,
    to_explain,
    together_sentence,
)
from reports.tally import OUTCOMES, WAIVED, WORDS, Row, Tally, tally
from reports.visible import shortened, visible
from reports.waived import STATE_WORDS, resources_of, to_heed, waived_summary
from reports.wording import (
    accounts_title,
    counted,
    gain,
    not_asked,
    roots_and_consequences,
    run_count,
    selection_text,
    sentence_start,
    shortcomings,
    verdict_sentence,
)

#: How many fixes, causes and crashes are written out; the rest is counted.
LISTED: Final = 10
_DETAIL_COLUMNS: Final = 300
_NAME_COLUMNS: Final = 60
_SYMBOLS: Final = {
    Outcome.FAIL: "❌",
    Outcome.WARN: "⚠️",
    Outcome.UNKNOWN: "❔",
    Outcome.PASS: "✅",
    Outcome.NOT_APPLICABLE: "⚪",
}
_WAIVED_SYMBOL: Final = "🤝"
#: What GFM gives a meaning inside a line: marks, links, images, tables, HTML, mentions, maths,
#: issue numbers, and the characters that make a bare address a link.
_MARKS: Final = re.compile(r"[\\`*_\[\]~|#!@$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_ENTITIES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_BACKTICKS: Final = re.compile(r"`+")


def escaped(text: str) -> str:
    """The visible text as Markdown that shows it and does nothing else."""
    return _MARKS.sub(r"\\\g<0>", visible(text)).translate(_ENTITIES)


def summary(roll: Roll) -> str:
    """The page; ends in a newline."""
    tallied = tally(roll)
    blocks = [
        f"# {escaped(accounts_title(roll))}",
        *(f"**{escaped(told)}**" for told in (states_told(roll),) if told),
        f"**{escaped(verdict_sentence(tallied))}**",
        *(f"> **Incomplete:** {escaped(told)}" for told in shortcomings(tallied)),
        _scope(roll, tallied),
        *(f"> **Gate:** {escaped(told)}" for told in gate_sentences(roll)),
        *(f"> **Assumed:** {escaped(told)}" for told in assumed_sentences(roll)),
        *(f"> **Counted:** {escaped(told)}" for told in counting_sentences(roll)),
        _fixes(fixes_of(roll), joint_fixes_of(roll)),
        _not_managed(to_explain(roll.diagnoses)),
        _matrix(tallied),
        _waived(roll),
        _since_baseline(roll),
        _causes(causes_of(roll)),
        _settings(roll),
        _crashes(roll),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def write_summary(roll: Roll, path: Path) -> None:
    """Write summary.md. Raises OSError where the path cannot be written."""
    path.write_text(summary(roll), encoding="utf-8", newline="\n")


def _scope(roll: Roll, tallied: Tally) -> str:
    told = [run_count(tallied), f"data as of {roll.run.as_of or 'an unknown time'}"]
    if roll.run.snapshot:
        told.append(f"snapshot sha256 {roll.run.snapshot[:16]}…")
    told.append(f"selection: {selection_text(roll)}")
    return " · ".join(escaped(one) for one in told)


def _matrix(tallied: Tally) -> str:
    counts = [f"{_SYMBOLS[one]} {WORDS[one]}" for one in OUTCOMES]
    totals = [f"**{tallied.totals[outcome]:,}**" for outcome in OUTCOMES]
    cells = [_matrix_cells(row) for row in tallied.rows]
    if tallied.waived:
        counts.append(f"{_WAIVED_SYMBOL} {WAIVED}")
        totals.append(f"**{tallied.waived:,}**")
        cells = [[*one, f"{row.waived:,}"] for one, row in zip(cells, tallied.rows, strict=True)]
    lines = [_table_row(["Control", "Severity", *counts])]
    lines += [_table_row(["---", "---", *("---:" for _ in counts)])]
    lines += [_table_row(one) for one in cells]
    lines.append(_table_row(["**Total**", "", *totals]))
    follow = roots_and_consequences(tallied)
    notes = [f"Failures: {follow}."] if follow else []
    notes += [escaped(told) for told in (not_asked(tallied),) if told]
    return "\n\n".join(["\n".join(lines), *notes])


def _matrix_cells(row: Row) -> list[str]:
    control = row.control
    counts = [f"{row.counts.get(outcome, 0):,}" for outcome in OUTCOMES]
    title = f"**{escaped(control.id)}** {escaped(control.title)}"
    return [title, control.severity.value, *counts]


def _waived(roll: Roll) -> str:
    """Which waivers there are, their state, and those that want a look."""
    told = waived_summary(roll.waivers)
    if not told:
        return ""
    heads = ["Ticket", "Owner", "Expires", "State", "Failures", "Controls", "Resources", "Reason"]
    lines = [_table_row(heads), _table_row(["---"] * len(heads))]
    lines += [_table_row(_waiver_cells(entry)) for entry in roll.waivers.entries[:LISTED]]
    blocks = ["## Accepted by waiver", escaped(told), "\n".join(lines)]
    if len(roll.waivers.entries) > LISTED:
        blocks.append(f"… and {len(roll.waivers.entries) - LISTED:,} more in findings.json.")
    heeded = to_heed(roll.waivers)
    if heeded:
        blocks.append("\n".join(f"- {escaped(one.told)}" for one in heeded[:LISTED]))
    if len(heeded) > LISTED:
        blocks.append(f"… and {len(heeded) - LISTED:,} more remarks in report.html.")
    return "\n\n".join(blocks)


def _since_baseline(roll: Roll) -> str:
    """What changed since the baseline: the new failures first, then what fails differently."""
    comparison = roll.baseline
    if comparison is None:
        return ""
    blocks = [
        f"## {escaped(sentence_start(since(comparison)))}",
        f"{change_counts(comparison)}.",
        *(f"> **Mind:** {escaped(told)}" for told in doubts(comparison, roll)),
    ]
    changes = (*new_failures(comparison), *known_differently(comparison))
    if changes:
        heads = ["Change", "Severity", "Finding", "Name", "Is", "Was"]
        lines = [_table_row(heads), _table_row(["---"] * len(heads))]
        lines += [_table_row(_change_cells(one)) for one in changes[:LISTED]]
        blocks.append("\n".join(lines))
    if len(changes) > LISTED:
        blocks.append(f"… and {len(changes) - LISTED:,} more in findings.json.")
    return "\n\n".join(blocks)


def _change_cells(changed: Changed) -> list[str]:
    finding = changed.finding
    told = [changed.change, finding.severity.value, finding.id, finding.name]
    told += [f"{WORDS[finding.outcome]} {finding.verdict.code}", changed.was]
    return [escaped(shortened(one, _NAME_COLUMNS)) for one in told]


def _waiver_cells(entry: WaiverEntry) -> list[str]:
    waiver = entry.waiver
    told = [
        *(waiver.ticket, waiver.owner, waiver.expires.isoformat(), STATE_WORDS[entry.state]),
        *(f"{len(entry.findings):,}", ", ".join(waiver.controls), resources_of(waiver)),
        waiver.reason,
    ]
    return [escaped(shortened(one, _NAME_COLUMNS)) for one in told]


def _table_row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _fixes(fixes: tuple[Fix, ...], together: tuple[Together, ...]) -> str:
    if not fixes:
        return ""
    blocks = ["## What to fix first"]
    blocks += [_fix(rank, fix) for rank, fix in enumerate(fixes[:LISTED], start=1)]
    if len(fixes) > LISTED:
        blocks.append(f"… and {len(fixes) - LISTED:,} more in findings.json.")
    sets = [f"- {escaped(together_sentence(one))}" for one in together[:LISTED]]
    return "\n\n".join([*blocks, *(["\n".join(sets)] if sets else [])])


def _fix(rank: int, fix: Fix) -> str:
    detail = escaped(shortened(fix.blocker.detail, _DETAIL_COLUMNS))
    told = (
        f"**{rank}. {escaped(fix.blocker.resource)}:** {detail}  \n"
        f"{sentence_start(gain(len(fix.frees), len(fix.touches), len(fix.may_free)))}: "
        f"{escaped(', '.join(fix.controls))}."
    )
    ways = [_fenced(way) for way in (fix.remediation, fix.instead) if way]
    return "\n\n".join([told, "\n\nor\n\n".join(ways)] if ways else [told])


def _not_managed(diagnoses: tuple[Diagnosis, ...]) -> str:
    if not diagnoses:
        return ""
    lines = ["## Not managed, and why", "", _table_row(["Instance", "Name", "State", "Why"])]
    lines.append(_table_row(["---"] * 4))
    for one in diagnoses[:LISTED]:
        checks = map(cross_check_sentence, one.cross_checks)
        told = "; ".join(filter(None, (one.reason, guest_sentence(one), *checks)))
        reason = escaped(shortened(told, _DETAIL_COLUMNS))
        name = escaped(shortened(one.name, _NAME_COLUMNS))
        lines.append(_table_row([escaped(one.resource), name, one.state.value, reason]))
    if len(diagnoses) > LISTED:
        lines += ["", f"… and {len(diagnoses) - LISTED:,} more in findings.json."]
    return "\n".join(lines)


def _fenced(commands: str) -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    lines = [visible(line) for line in commands.splitlines()]
    longest = max((len(run) for line in lines for run in _BACKTICKS.findall(line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}sh", *lines, fence])


def _causes(causes: tuple[Cause, ...]) -> str:
    if not causes:
        return ""
    lines = ["## What could not be read or decided", ""]
    lines += [
        f"- {escaped(shortened(cause.what, _DETAIL_COLUMNS))}: "
        f"{counted(cause.findings, 'finding')} ({cause.kind.value})"
        for cause in causes[:LISTED]
    ]
    if len(causes) > LISTED:
        lines.append(f"- … and {len(causes) - LISTED:,} more in findings.json.")
    return "\n".join(lines)


def _settings(roll: Roll) -> str:
    """What the user set otherwise than the defaults: all of it, for whoever audits the verdicts."""
    if not roll.settings:
        return ""
    lines = [_table_row(["Setting", "Value", "For"]), _table_row(["---"] * 3)]
    lines += [
        _table_row([escaped(one.name), escaped(one.value), escaped(one.meant_for or "everyone")])
        for one in setting_rows(roll)
    ]
    return "\n\n".join(["## Settings", settings_sentence(roll), "\n".join(lines)])


def _crashes(roll: Roll) -> str:
    if not roll.crashes:
        return ""
    lines = ["## Controls that crashed", ""]
    lines += [
        f"- {escaped(crash.control)} on {escaped(crash.resource)}: "
        f"{escaped(shortened(crash.error, _DETAIL_COLUMNS))}"
        for crash in roll.crashes[:LISTED]
    ]
    if len(roll.crashes) > LISTED:
        lines.append(f"- … and {len(roll.crashes) - LISTED:,} more in findings.json.")
    return "\n".join(lines)
