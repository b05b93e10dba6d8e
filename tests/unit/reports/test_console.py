"""The closing summary: order, bounds, and nothing that a terminal would obey (design 8)."""

from __future__ import annotations

import dataclasses
import json
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.control import Blocker, failed
from policies.diagnosis import Together
from policies.finding import Crash
from reports.console import closing_summary
from reports.console_lines import COLUMNS, MARKUP, Style
from reports.standing import together_sentence
from reports.visible import columns
from tests.unit.reports import rolls


def lines_of(roll, places=("reports/latest/report.html",), reason="exit status 1: 7 failed"):
    lines = closing_summary(roll, report_places=places, exit_reason=reason)
    return ["".join(fragment.text for fragment in line) for line in lines]


def index_of(lines, start):
    """The first line that starts so."""
    return next(place for place, line in enumerate(lines) if line.startswith(start))


def test_the_order_is_states_counts_fixes_reasons_controls_gaps_reports_exit():
    lines = lines_of(rolls.demo_roll())
    order = [
        index_of(lines, "9 instances managed, 9 managed with risk, 1 not managed, 1 not app"),
        index_of(lines, "7 controls × 20 instances: 140 findings: 7 fail, 1 warn, 4 unknown"),
        lines.index("what to fix first"),
        lines.index("not managed, and why"),
        index_of(lines, "prerequisites "),
        lines.index("what could not be read or decided"),
        lines.index("reports"),
        lines.index("exit status 1: 7 failed"),
    ]

    assert order[0] == 0
    assert order == sorted(order)


def test_counts_stand_under_their_heads():
    lines = lines_of(rolls.demo_roll())
    first = index_of(lines, "prerequisites ")
    table = lines[first : lines.index("", first)]
    rows = {line.split()[0]: line.split()[-5:] for line in table}

    assert rows["prerequisites"] == ["fail", "warn", "unknown", "pass", "n/a"]
    assert rows["NET-02"] == ["4", "·", "·", "15", "1"]
    assert rows["NET-05"] == ["·", "·", "4", "15", "1"]
    assert rows["total"] == ["7", "1", "4", "121", "7"]


def test_each_node_that_is_not_managed_has_its_first_broken_hop():
    """Instance 2 has no egress, and Systems Manager does not list it; the others are Online."""
    lines = lines_of(rolls.demo_roll())
    first = lines.index("not managed, and why")

    assert lines[first + 1].startswith(f"  {rolls.instance_id(2)} (")
    assert "network path: no security group" in lines[first + 1]


def test_what_only_helps_together_is_told_after_the_fixes():
    """Of the four instances with the group, one has its metadata service off as well."""
    lines = lines_of(rolls.demo_roll())
    fixes = lines[lines.index("what to fix first") : lines.index("not managed, and why")]

    assert sum("only both together free 1 instance" in line for line in fixes) == 1


def test_what_may_be_freed_together_is_not_promised():
    blockers = (Blocker("sg-1", "closed"), Blocker("role-a", "for others"))
    together = Together(blockers, ("i-1",), ("i-2", "i-3"))

    assert together_sentence(together) == (
        "sg-1 and role-a: only both together free 1 and may free 2 instances"
    )


def test_an_arn_is_told_by_what_names_it():
    profile = "arn:aws:iam::111122223333:instance-profile/fleet/web"
    verdict = failed("X", "x", blockers=(Blocker(profile, "holds no role"),))
    lines = lines_of(rolls.roll_of([rolls.finding(rolls.NET_02, 1, verdict)]))

    assert "  1  instance-profile/fleet/web (111122223333): holds no role" in lines


def test_another_way_is_told_as_such():
    command = "aws ec2 create-vpc-endpoint"
    finding = rolls.finding(rolls.NET_05, 1, failed("X", "x"), remediation=command)
    route = dataclasses.replace(rolls.NET_05, id="NET-04")
    other = rolls.finding(route, 1, failed("NO_ROUTE", "x"), remediation="aws ec2 create-route")
    other = dataclasses.replace(other, caused_by=(finding.id,))
    lines = lines_of(rolls.roll_of([finding, other]))
    after = lines.index(f"     {command}") + 1

    assert lines[after : after + 2] == ["     or", "     aws ec2 create-route"]


def test_a_fix_names_gain_controls_and_command():
    """Four instances have the group; one of them has its metadata service off as well."""
    lines = lines_of(rolls.demo_roll())
    first = lines.index("what to fix first") + 1

    assert lines[first] == (
        "  1  sg-0d15ab1ed00000001: its only egress rule is TCP 80 to 0.0.0.0/0"
    )
    assert lines[first + 1] == "     frees 3 of the 4 instances it touches · NET-02"
    command = " ".join(line.strip().rstrip("\\").strip() for line in lines[first + 2 : first + 5])
    assert command == rolls.EGRESS_COMMAND


def test_a_blocker_is_named_once_and_told_over_lines():
    detail = "sg-1 has no egress rule for tcp/443 " + "to the public addresses of the endpoint " * 3
    finding = rolls.finding(
        rolls.NET_02, 1, failed("X", "x", blockers=(Blocker("sg-1", detail.strip()),))
    )
    lines = lines_of(rolls.roll_of([finding]))
    first = lines.index("what to fix first") + 1

    assert lines[first].startswith("  1  sg-1: has no egress rule")
    assert " ".join(lines[first : first + 2]).count("of the endpoint") == 3
    assert "frees" in lines[first + 2]


def shown_remedy(remediation):
    """The remedy's lines, without the indentation of the summary."""
    finding = rolls.finding(rolls.IAM_03, 1, failed("X", "x"), remediation=remediation)
    lines = lines_of(rolls.roll_of([finding]))
    first = lines.index("what to fix first") + 3
    return [line.removeprefix("     ") for line in lines[first : lines.index("", first)]]


def as_a_shell_reads(command):
    """The arguments that ``aws`` would be started with."""
    script = f"aws() {{ printf '%s\\0' \"$@\"; }}; {command}"
    told = subprocess.run(["sh", "-c", script], check=True, capture_output=True, text=True)
    return told.stdout.split("\0")


def test_a_long_command_is_still_the_same_command():
    """What a shell reads of the lines is what it reads of the one long line."""
    document = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": name}, "Action": "sts:AssumeRole"}
            for name in ("ec2.amazonaws.com", "lambda.amazonaws.com")
        ],
    }
    command = (
        "aws iam update-assume-role-policy --role-name batch-runner "
        f"--policy-document '{json.dumps(document)}' --region eu-central-1"
    )
    lines = shown_remedy(command)
    shown, meant = as_a_shell_reads("\n".join(lines)), as_a_shell_reads(command)
    document_at = meant.index(json.dumps(document))

    assert len(lines) > 3
    assert json.loads(shown.pop(document_at)) == json.loads(meant.pop(document_at))
    assert shown == meant


def test_a_sentence_is_wrapped_and_not_cut():
    told = "Repair the failed IAM, IMDS and NET controls of the instance first. " * 3

    assert " ".join(shown_remedy(told)) == told.strip()


def test_a_remedy_has_a_bound():
    lines = shown_remedy("word " * 500)

    assert len(lines) == 6
    assert lines[-1] == "… (whole in the reports)"


def test_one_line_for_one_cause():
    lines = lines_of(rolls.demo_roll())
    told = [line for line in lines if "ec2:DescribeVpcEndpoints" in line]

    assert told == [
        "  ec2:DescribeVpcEndpoints (UnauthorizedOperation): 3 findings, 111122223333 us-east-1"
    ]


@given(st.text(st.characters(codec=None)))
@settings(max_examples=60)
def test_no_text_breaks_out_or_widens_a_line(text):
    for line in lines_of(rolls.hostile_roll(text), reason=text):
        assert columns(line) <= COLUMNS
        assert line == "" or len(line.splitlines()) == 1
        assert not any(ord(one) < 32 or 0x7F <= ord(one) < 0xA0 for one in line)


def test_a_long_path_is_not_cut():
    path = "/somewhere/" + "deep/" * 40 + "report.html"

    assert f"  {path}" in lines_of(rolls.demo_roll(), places=(path,))


def test_thousands_of_blockers_are_ten_lines_and_a_count():
    findings = [
        rolls.finding(rolls.NET_02, at, failed("X", "x", blockers=(Blocker(f"sg-{at}", "closed"),)))
        for at in range(3000)
    ]
    lines = lines_of(rolls.roll_of(findings))

    assert len(lines) < 60
    assert sum(": closed" in line for line in lines) == 10
    assert "     … and 2,990 more in the reports" in lines


def test_large_counts_stay_in_their_column():
    findings = [rolls.finding(rolls.NET_02, at, rolls.HOLDS) for at in range(20_000)]

    assert any(line.split()[-2:] == ["20,000", "·"] for line in lines_of(rolls.roll_of(findings)))


def test_only_unknowns():
    roll = rolls.roll_of([rolls.finding(rolls.NET_05, 1, rolls.SUBNETS_DENIED)])
    lines = lines_of(roll, reason="exit status 7: 1 finding could not be decided")

    assert "what to fix first" not in lines
    assert "1 instance could not be fully judged." in " ".join(lines)
    assert lines[-2] == "exit status 7: 1 finding could not be decided"


def test_an_empty_roll():
    lines = lines_of(rolls.roll_of([]), reason="exit status 5: no instance found")

    assert "No instance was judged" in " ".join(lines)
    assert lines[-2] == "exit status 5: no instance found"


def test_crashes_are_told_and_red():
    roll = rolls.roll_of([], crashes=(Crash(control="NET-02", resource="i-1", error="KeyError"),))
    lines = closing_summary(roll, report_places=(), exit_reason="exit status 1")
    red = [one.text for line in lines for one in line if one.style is Style.FAIL]

    assert "NET-02 on i-1: KeyError" in red


@pytest.mark.parametrize("style", Style)
def test_every_style_has_its_markup(style):
    assert style in MARKUP
