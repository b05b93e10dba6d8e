"""Failures that the list of fixes does not tell: crashes, own policies; and all the evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Final

from policies.finding import Crash, Evidence, Finding, Outcome
from policies.roll import Roll
from reports.console_lines import INDENT, Line, Style, View, heading
from reports.tally import severity_rank
from reports.visible import visible
from reports.wording import subjects

#: Resources told of each policy of the user's own that failed.
_RESOURCES: Final = 3
_LINES: Final = 2


def crash_lines(crashes: tuple[Crash, ...], view: View) -> Iterator[Line]:
    """The controls that raised: a defect of the tool."""
    if not crashes:
        return
    yield heading("controls that crashed")
    for crash in view.listed(crashes):
        told = f"{crash.control} on {crash.resource}: {crash.error}"
        yield from view.entry(told, "", Style.FAIL, most=_LINES)
    yield from view.more(len(crashes))


def own_policy_lines(roll: Roll, view: View) -> Iterator[Line]:
    """The user's own policies that failed, the graver first, each with some of its resources.

    They are no prerequisites of a managed node, so no repair of one is a fix that frees nodes.
    """
    failed: dict[str, list[Finding]] = {}
    for one in roll.findings:
        if not one.control.is_prerequisite and _fails(one) and one.waiver is None:
            failed.setdefault(one.control.id, []).append(one)
    if not failed:
        return
    yield heading("own policies that failed")
    policies = sorted(failed.values(), key=_rank)
    for findings in view.listed(policies):
        yield from _own_policy(findings, view)
    yield from view.more(len(policies))


def evidence_lines(roll: Roll, view: View) -> Iterator[Line]:
    """Each failure with the facts it rests on; nothing where the view does not tell them."""
    failures = [one for one in roll.findings if _fails(one)]
    if not failures or not view.tells_evidence:
        return
    yield heading("the evidence of each failure")
    for one in failures:
        verdict = one.verdict
        yield from view.entry(one.id, f" {verdict.code}: {verdict.reason}", Style.FAIL)
        for fact in verdict.evidence:
            yield from view.paragraph(_fact(fact), Style.FAINT, INDENT)


def _fails(finding: Finding) -> bool:
    return finding.outcome is Outcome.FAIL


def _rank(findings: Sequence[Finding]) -> tuple[int, int, str]:
    worst = min(severity_rank(one.severity) for one in findings)
    return (worst, -len(findings), findings[0].control.id)


def _own_policy(findings: Sequence[Finding], view: View) -> Iterator[Line]:
    control = findings[0].control
    worst = min((one.severity for one in findings), key=severity_rank)
    told = f" ({worst.value}, {subjects(control, len(findings))}): {control.title}"
    yield from view.entry(control.id, told, Style.FAIL, most=_LINES)
    for one in view.listed(findings, _RESOURCES):
        name = f" ({one.name})" if one.name else ""
        reason = f"{one.resource}{name}: {one.verdict.reason}"
        yield from view.entry(reason, "", Style.PLAIN, margin=INDENT, most=_LINES)
    yield from view.more(len(findings), _RESOURCES)


def _fact(fact: Evidence) -> str:
    value = json.dumps(fact.value, sort_keys=True, ensure_ascii=False)
    return visible(f"{fact.call} {fact.resource} {fact.path}: {value}")
