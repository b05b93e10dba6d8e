"""summary.md: hostile text stays text in the Markdown of job summaries."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.finding import Crash
from reports.summary_md import escaped, summary, write_summary
from reports.visible import visible
from tests.unit.reports import rolls


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a | b", r"a \| b"),
        ("`code`", r"\`code\`"),
        ("**bold** _it_", r"\*\*bold\*\* \_it\_"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("&lt;", "&amp;lt;"),
        ("[x](y)", r"\[x\](y)"),
        ("https://evil.example", r"https\://evil.example"),
        ("WWW.evil.example", r"WWW\.evil.example"),
        ("@team #1 $x$", r"\@team \#1 \$x\$"),
        ("two\nlines", "two⟨LF⟩lines"),
    ],
)
def test_marks_are_escaped(text, markdown):
    assert escaped(text) == markdown


@given(st.text(st.characters(codec=None)))
def test_escaped_text_reads_back_as_it_was(text):
    plain = re.sub(r"\\(.)", r"\1", escaped(text))
    plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")

    assert plain == visible(text)


@given(st.text(st.characters(codec=None)))
def test_no_text_adds_a_line_a_tag_or_a_column(text):
    page = summary(rolls.hostile_roll(text))
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    outside = re.sub(r"^(`{3,})sh\n.*?\n\1$", "", page, flags=re.DOTALL | re.MULTILINE)

    assert "<" not in outside
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1


def test_a_fence_is_longer_than_backticks_in_the_command():
    finding = rolls.finding(rolls.IMDS_01, 1, rolls.IMDS_OFF, remediation="echo\n```\n<b>out</b>")

    assert "````sh\necho\n```\n<b>out</b>\n````" in summary(rolls.roll_of([finding]))


def test_the_demo_page(tmp_path):
    write_summary(rolls.demo_roll(), tmp_path / "summary.md")
    page = (tmp_path / "summary.md").read_text(encoding="utf-8")

    assert page.startswith("# ssm-rollcall: 111122223333\n")
    assert (
        "| **NET-02** Security groups let 443 out to the endpoints | high | 4 | 0 | 0 | 15 | 1 |"
        in page
    )
    assert "| **Total** |  | **7** | **1** | **4** | **121** | **7** |" in page
    assert "- ec2:DescribeVpcEndpoints (UnauthorizedOperation): 3 findings (unread)" in page
    assert rolls.EGRESS_COMMAND in page


def test_an_empty_roll_says_so():
    page = summary(rolls.roll_of([]))

    assert "No instance was judged" in page
    assert "What to fix first" not in page


def test_crashes_are_told():
    roll = rolls.roll_of([], crashes=(Crash(control="NET-02", resource="i-1", error="KeyError"),))

    assert "- NET-02 on i-1: KeyError" in summary(roll)
    assert "> **Incomplete:** 1 cell has no verdict" in summary(roll)
