"""Findings that rest on the user's word are counted apart in every report (design 4)."""

from __future__ import annotations

import dataclasses

from policies.parameters import Assumption
from reports.assumed import assumed_of
from reports.console import closing_summary
from reports.findings import findings_document
from reports.html import static_sections
from reports.junit import suite_properties
from reports.summary_md import summary
from tests.unit.reports import rolls
from tests.unit.reports.rolls import HOLDS, IMDS_OFF

WORD = Assumption("scp: allow", "<b>platform</b>", "SCPs deny Regions only", (rolls.ACCOUNT,))
OTHER = Assumption("scp: allow", "security", "reviewed")
SENTENCE = "2 findings rest on an assumption, not on data (scp: allow): SCPs deny Regions only"


def resting_on(verdict, word):
    return dataclasses.replace(verdict, assumptions=(word,))


def roll():
    """Two findings rest on one word (a pass and a failure), one on another, one on none."""
    verdicts = (
        resting_on(HOLDS, OTHER),
        resting_on(HOLDS, WORD),
        resting_on(IMDS_OFF, WORD),
        HOLDS,
    )
    return rolls.roll_of(
        [rolls.finding(rolls.IMDS_01, number, one) for number, one in enumerate(verdicts)]
    )


def console(told):
    lines = closing_summary(told, report_places=(), exit_reason="exit status 0")
    return " ".join("".join(fragment.text for fragment in line) for line in lines)


def test_each_assumption_is_counted_with_the_one_that_carries_most_first():
    assert [(one.assumption, one.findings) for one in assumed_of(roll())] == [(WORD, 2), (OTHER, 1)]


def test_findings_json_names_setting_owner_reason_and_accounts():
    assert findings_document(roll())["run"]["assumed"] == [
        {
            "setting": "scp: allow",
            "owner": "<b>platform</b>",
            "reason": "SCPs deny Regions only",
            "accounts": [rolls.ACCOUNT],
            "findings": 2,
        },
        {
            "setting": "scp: allow",
            "owner": "security",
            "reason": "reviewed",
            "accounts": [],
            "findings": 1,
        },
    ]


def test_the_terminal_tells_it():
    assert f"{SENTENCE} (<b>platform</b>)." in console(roll())
    assert "1 finding rests on an assumption" in console(roll())


def test_the_page_tells_it_as_text():
    page = static_sections(roll())
    assert f"{SENTENCE} (&lt;b&gt;platform&lt;/b&gt;)." in page
    assert "<b>platform" not in page


def test_the_markdown_summary_tells_it_as_text():
    text = summary(roll())
    assert "> **Assumed:** 2 findings rest on an assumption" in text
    assert "&lt;b&gt;platform" in text


def test_the_junit_suite_tells_how_many():
    assert dict(suite_properties(roll()))["assumed"] == "3"


def test_a_finding_that_rests_on_two_words_is_one_finding():
    both = dataclasses.replace(HOLDS, assumptions=(WORD, OTHER))
    resting = rolls.roll_of([rolls.finding(rolls.IMDS_01, 0, both)])
    assert [one.findings for one in assumed_of(resting)] == [1, 1]
    assert dict(suite_properties(resting))["assumed"] == "1"


def test_without_assumptions_nothing_is_said():
    plain = rolls.demo_roll()
    assert assumed_of(plain) == ()
    for text in (console(plain), static_sections(plain), summary(plain)):
        assert "assumption" not in text
