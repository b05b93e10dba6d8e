"""JUnit properties: what a test case and the suite say about themselves beyond pass and fail.

Values are single-line text or JSON text, never a Python repr (spec pytest.md 5.2).
"""

from __future__ import annotations

import json

from policies.counted import COUNTABLE
from policies.finding import Finding
from policies.roll import Roll
from reports.assumed import resting_findings
from reports.changes import change_counts, gate_document
from reports.counted import counting_sentences, totals_of
from reports.settings_in_use import settings_text
from reports.tally import OUTCOMES, tally
from reports.visible import visible
from reports.waived import expired_sentence, waived_summary
from reports.wording import run_count


def case_properties(finding: Finding) -> list[tuple[str, str]]:
    """The properties of one cell, for ``item.user_properties`` (works under xdist)."""
    return [
        ("control", visible(finding.control.id)),
        ("severity", finding.severity.value),
        ("account", visible(finding.account)),
        ("region", visible(finding.region)),
        *([("instance", visible(finding.resource))] if finding.is_about_instance else []),
        ("resource", visible(finding.resource)),
        ("verdict", finding.outcome.value),
        ("code", visible(finding.verdict.code)),
        ("caused_by", json.dumps(sorted(finding.caused_by)) if finding.caused_by else "[]"),
        *([("change", finding.change.value)] if finding.change else []),
        *([("waiver", visible(finding.waiver.ticket))] if finding.waiver else []),
        *(
            [("expired_waiver", expired_sentence(finding.expired_waiver))]
            if finding.expired_waiver
            else []
        ),
    ]


def suite_properties(roll: Roll) -> list[tuple[str, str]]:
    """The properties of the whole run: its scope, and totals that hold for the findings told."""
    run = roll.run
    tallied = tally(roll)
    return [
        ("tool", visible(run.tool)),
        ("as_of", visible(run.as_of)),
        ("snapshot_sha256", visible(run.snapshot)),
        (
            "accounts",
            json.dumps({name: sorted(run.accounts[name]) for name in sorted(run.accounts)}),
        ),
        ("callers", json.dumps(dict(sorted(run.callers.items())))),
        ("selection", json.dumps(dict(sorted(run.selection.items())))),
        ("roll", run_count(tallied)),
        *((f"findings.{outcome.value}", str(tallied.totals[outcome])) for outcome in OUTCOMES),
        ("findings.fail.roots", str(tallied.roots)),
        ("findings.fail.consequences", str(tallied.consequences)),
        *_counted(roll),
        ("settings", visible(settings_text(roll))),
        ("assumed", str(resting_findings(roll))),
        ("gate", json.dumps(gate_document(roll.gate))),
        *([("baseline", change_counts(roll.baseline))] if roll.baseline else []),
        ("waived", str(tallied.waived)),
        *([("waivers", waived_summary(roll.waivers))] if roll.waivers.entries else []),
        ("crashed", str(tallied.crashed)),
        ("not_judged", str(tallied.unanswered)),
    ]


def _counted(roll: Roll) -> list[tuple[str, str]]:
    """How many findings have no case, and by what rule; ``findings.pass`` and its kin have them."""
    if roll.counted is None:
        return []
    totals = totals_of(roll.counted)
    return [
        *((f"counted.{outcome.value}", str(totals[outcome])) for outcome in COUNTABLE),
        *(("counted.rule", told) for told in counting_sentences(roll)),
    ]
