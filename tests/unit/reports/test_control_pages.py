"""docs/controls: every control has its page, with examples that the demo account really gives."""

from __future__ import annotations

import dataclasses
import re

import pytest

from fixtures.control_pages import PAGES, pages
from policies.catalogue import RECORDS
from policies.control import warned
from reports.control_pages import Altered, page
from tests.unit.reports import rolls
from tests.unit.reports.rolls import CUSTOM_DNS, HOLDS, IMDS_OFF, NO_EGRESS, STALE

RULE = "Judge it (R-1.1)."
STALE_PAGES = "stale: run python -m fixtures.control_pages"


def page_of(*verdicts, remediation=""):
    findings = [
        rolls.finding(rolls.NET_02, number, verdict, remediation=remediation)
        for number, verdict in enumerate(verdicts)
    ]
    return page(rolls.NET_02, RULE, findings)


@pytest.fixture(scope="module")
def current():
    return pages()


def test_the_pages_are_up_to_date(current):
    assert {file.name for file in PAGES.iterdir()} == set(current), STALE_PAGES
    for name, text in current.items():
        assert (PAGES / name).read_text(encoding="utf-8") == text, f"{name}: {STALE_PAGES}"


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_each_page_tells_all_of_its_record(current, record):
    text = current[f"{record.id}.md"]
    assert record.title in text
    assert record.why in text
    assert all(line in text for line in record.remediation.splitlines())
    assert f"Severity **{record.severity}**" in text
    assert all(f"`{call}`" in text for call in record.needs)
    assert all(f"<{address}>" in text for address in record.references)
    assert f"({record.id}.md)" in current["README.md"]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.id)
def test_each_page_shows_a_pass_and_what_it_is_like_to_miss_it(current, record):
    heads = re.findall(r"^## Example: (\w+)", current[f"{record.id}.md"], re.MULTILINE)
    assert heads[0] == "pass"
    assert heads[1] in ("fail", "warn", "unknown")


def test_no_page_tells_a_time(current):
    assert not re.search(r"\d{4}-\d\d-\d\dT", "".join(current.values()))


def test_an_example_shows_reason_blocker_evidence_and_remedy():
    text = page_of(HOLDS, NO_EGRESS, remediation="aws ec2 fix")
    assert "## Example: pass `HOLDS`" in text
    _, _, failure = text.partition("## Example: fail `NO_443_EGRESS`")
    assert "no security group of the primary interface lets TCP 443 out" in failure
    assert "- `sg-0d15ab1ed00000001`: its only egress rule is TCP 80" in failure
    assert "(ec2:DescribeSecurityGroups)" in failure
    assert '"FromPort": 80' in failure
    assert "```text\naws ec2 fix\n```" in failure


def test_where_nothing_fails_a_warning_or_an_unknown_stands_in():
    assert "## Example: warn `STALE_PING`" in page_of(HOLDS, STALE, CUSTOM_DNS)
    unknown = page_of(HOLDS, CUSTOM_DNS)
    assert "## Example: unknown `CUSTOM_DNS`" in unknown
    assert "Would settle it\n\n- assume.dns: [10.0.0.2]" in unknown


def test_a_failure_of_the_altered_account_stands_in_and_says_so():
    altered = Altered("once all is closed", rolls.finding(rolls.NET_02, 1, NO_EGRESS))
    held = rolls.finding(rolls.NET_02, 0, HOLDS)
    text = page(rolls.NET_02, RULE, [held], altered)
    assert "`web-01` of the demo account, once all is closed: no security group" in text
    assert "| failed | none |" in text
    failing = rolls.finding(rolls.NET_02, 2, NO_EGRESS)
    assert "once all is closed" not in page(rolls.NET_02, RULE, [held, failing], altered)


def test_a_pass_that_the_account_lacks_stands_in_first() -> None:
    looked = Altered("once somebody looks", rolls.finding(rolls.NET_02, 1, HOLDS))
    failing = rolls.finding(rolls.NET_02, 2, NO_EGRESS)
    text = page(rolls.NET_02, RULE, [failing], held=looked)
    assert re.findall(r"^## Example: (\w+)", text, re.MULTILINE) == ["pass", "fail"]
    assert "`web-01` of the demo account, once somebody looks: " in text
    own = rolls.finding(rolls.NET_02, 0, HOLDS)
    assert "once somebody looks" not in page(rolls.NET_02, RULE, [own], held=looked)


def test_codes_are_counted_for_each_verdict():
    text = page_of(HOLDS, HOLDS, NO_EGRESS)
    assert "| failed | `NO_443_EGRESS` × 1 |" in text
    assert "| passed | `HOLDS` × 2 |" in text
    assert "| error | none |" in text


def test_other_controls_findings_are_not_examples():
    other = rolls.finding(rolls.IMDS_01, 0, IMDS_OFF)
    assert "IMDS_DISABLED" not in page(rolls.NET_02, RULE, [other])


def test_points_in_time_are_left_out():
    seen = rolls.evidence("i-1", "LaunchTime", "2026-11-01T12:00:00+00:00", "DescribeInstances")
    verdict = dataclasses.replace(warned("OLD", "since 2026-11-01 12:00:00Z"), evidence=(seen,))
    text = page_of(verdict)
    assert "2026" not in text
    assert "since (a time)" in text


def test_text_of_others_cannot_end_a_code_block():
    text = page_of(NO_EGRESS, remediation="```\n# not a heading")
    assert "````text\n```\n# not a heading\n````" in text
