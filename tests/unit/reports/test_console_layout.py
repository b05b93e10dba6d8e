"""The closing summary at every width: nothing too wide, nothing cut that people copy (design 8)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from policies.control import Blocker, failed
from policies.finding import Finding
from policies.roll import Roll
from reports.console import closing_summary
from reports.console_lines import View, folded
from reports.visible import columns
from tests.unit.reports import rolls

WIDTHS = (60, 80, 100, 120)
OWN = dataclasses.replace(
    rolls.control("SEC-TAG-01", "Every machine names the team that owns it"), category="custom"
)
PREREQUISITE_LESS = dataclasses.replace(OWN, id="SEC-TAG-02")


def text_of(roll: Roll, view: View) -> list[str]:
    lines = closing_summary(
        roll, report_places=("r/report.html",), exit_reason="exit status 1: x", view=view
    )
    return ["".join(fragment.text for fragment in line) for line in lines]


def block(lines: list[str], head: str) -> list[str]:
    """The lines below the one that begins so, up to the empty one."""
    first = next(at for at, line in enumerate(lines) if line.startswith(head))
    return lines[first + 1 : lines.index("", first)]


@pytest.mark.parametrize(
    ("terminal", "width"), [(20, 60), (59, 60), (60, 60), (80, 80), (120, 120), (121, 120)]
)
def test_the_view_follows_the_terminal_within_bounds(terminal: int, width: int) -> None:
    assert View.of_terminal(terminal, 0).columns == width


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("verbosity", [-1, 0, 1, 2])
def test_no_line_is_wider_than_the_view(width: int, verbosity: int) -> None:
    """But for a command: its argument for the rule has no place where a shell lets it be broken."""
    argument = "--ip-permissions IpProtocol=tcp,FromPort=443"
    for roll in (rolls.demo_roll(), rolls.all_hostile_roll()):
        lines = text_of(roll, View(width, verbosity))
        assert [one for one in lines if columns(one) > width and argument not in one] == []


@given(st.text(st.characters(codec=None)), st.sampled_from(WIDTHS), st.sampled_from([-1, 0, 1, 2]))
@settings(max_examples=60)
def test_no_text_breaks_out_of_any_view(text: str, width: int, verbosity: int) -> None:
    for line in text_of(rolls.hostile_roll(text), View(width, verbosity)):
        assert columns(line) <= width
        assert not any(ord(one) < 32 or 0x7F <= ord(one) < 0xA0 for one in line)


@given(st.text(st.characters(codec=None)), st.integers(min_value=8, max_value=40))
@example("\u1cd0", 8)  # a lone mark: a line of no width
def test_folding_loses_nothing(text: str, width: int) -> None:
    lines = folded(text, width)
    shown = "".join(folded(text, 100_000)).replace(" ", "")
    assert "".join(lines).replace(" ", "") == shown
    assert all(line.strip() and columns(line) <= width for line in lines)


@pytest.mark.parametrize("width", WIDTHS)
def test_ids_are_never_cut(width: int) -> None:
    """The reason is cut between words: the id after the bound is left out, not halved."""
    group = "sg-0123456789abcdef0"
    detail = " ".join([f"is closed to {group}"] * 12)
    verdict = failed("X", detail, blockers=(Blocker(group, detail),))
    lines = text_of(rolls.roll_of([rolls.finding(rolls.NET_02, 1, verdict)]), View(width))
    told = " ".join(lines)
    assert told.count("sg-") == told.count(group) > 1
    assert any(line.endswith(" …") for line in block(lines, "what to fix first"))


@pytest.mark.parametrize(("width", "titled"), [(60, False), (80, True), (120, True)])
def test_a_narrow_table_has_ids_in_place_of_titles(width: int, titled: bool) -> None:
    lines = text_of(rolls.demo_roll(), View(width))
    table = block(lines, "prerequisites" if titled else "control ")
    row = next(line for line in table if line.startswith("NET-02"))
    assert ("Security groups let 443 out" in row) is titled
    assert row.split()[-5:] == ["4", "·", "·", "15", "1"]
    assert "high" in row.split()


def test_titles_are_wrapped_below_themselves() -> None:
    table = block(text_of(rolls.demo_roll(), View(80)), "prerequisites")
    at = next(at for at, line in enumerate(table) if line.startswith("NET-02"))
    title = (
        f"{table[at].partition(' high')[0].removeprefix('NET-02').strip()} {table[at + 1].strip()}"
    )
    assert title == rolls.NET_02.title
    assert table[at + 1].startswith(" " * len("NET-02  "))


@pytest.mark.parametrize("width", WIDTHS)
def test_numbers_stand_under_their_heads(width: int) -> None:
    found = [rolls.finding(rolls.NET_02, at, rolls.HOLDS) for at in range(20_000)]
    lines = text_of(rolls.roll_of(found), View(width))
    at = next(at for at, line in enumerate(lines) if line.endswith("n/a"))
    ends = {line.rindex("20,000") + len("20,000") for line in lines[at + 1 :] if "20,000" in line}
    assert ends == {lines[at].rindex("pass") + len("pass")}


def test_quiet_is_the_verdict_three_fixes_and_the_exit_status() -> None:
    findings = [
        rolls.finding(rolls.NET_02, at, failed("X", "x", blockers=(Blocker(f"sg-{at}", "shut"),)))
        for at in range(5)
    ]
    lines = text_of(rolls.diagnosed(rolls.roll_of(findings)), View(verbosity=-1))
    assert lines[0] == "5 instances not managed."
    assert sum(": shut" in line for line in lines) == 3
    assert "     … and 2 more in the reports" in lines
    assert lines[-2] == "exit status 1: x"
    heads = ("prerequisites", "not managed, and why", "reports", "what could not be read")
    assert not any(line.startswith(heads) for line in lines)


def test_quiet_still_tells_of_crashes() -> None:
    """They are a defect of the tool: no verdict is whole without them."""
    lines = text_of(rolls.hostile_roll("x"), View(verbosity=-1))
    assert "controls that crashed" in lines


def test_verbose_lists_everything() -> None:
    findings = [
        rolls.finding(rolls.NET_02, at, failed("X", "x", blockers=(Blocker(f"sg-{at}", "shut"),)))
        for at in range(25)
    ]
    roll = rolls.diagnosed(rolls.roll_of(findings))
    lines = text_of(roll, View(verbosity=1))
    assert len([line for line in block(lines, "what to fix first") if ": shut" in line]) == 25
    assert len([line for line in block(lines, "not managed, and why") if "(web-" in line]) == 25
    assert not any("… and" in line for line in lines)
    assert any("… and 15 more" in line for line in text_of(roll, View()))


def test_verbose_cuts_no_reason_and_no_remedy() -> None:
    reason = "one word after the other " * 30 + "reaches the end"
    finding = rolls.finding(rolls.NET_02, 1, failed("X", reason), remediation=reason)
    roll = rolls.diagnosed(rolls.roll_of([finding]))
    for head in ("what to fix first", "not managed, and why"):
        assert block(text_of(roll, View(verbosity=1)), head)[-1].endswith("the end")
        assert not block(text_of(roll, View()), head)[-1].endswith("the end")


def test_only_the_most_verbose_tells_the_evidence_of_each_failure() -> None:
    told = " ".join(block(text_of(rolls.demo_roll(), View(verbosity=2)), "the evidence of each"))
    assert told.count("NET-02/") == 4
    assert told.count("ec2:DescribeSecurityGroups sg-0d15ab1ed00000001 IpPermissionsEgress:") == 4
    assert '"FromPort": 80' in told
    assert "the evidence of each failure" not in text_of(rolls.demo_roll(), View(verbosity=1))


def own(number: int, **changes: object) -> Finding:
    found = rolls.finding(OWN, number, failed("POLICY_BROKEN", "it has no tag Team"))
    return dataclasses.replace(found, **changes)  # type: ignore[arg-type]


def test_own_policies_that_failed_are_told_though_they_free_no_node() -> None:
    lines = text_of(rolls.roll_of([own(at) for at in range(1, 6)]), View())
    assert "what to fix first" not in lines
    assert block(lines, "own policies that failed") == [
        "  SEC-TAG-01 (high, 5 instances): Every machine names the team that owns it",
        *(f"     {rolls.instance_id(at)} (web-{at:02}): it has no tag Team" for at in (1, 2, 3)),
        "     … and 2 more in the reports",
    ]


def test_the_graver_of_own_policies_comes_first() -> None:
    other = dataclasses.replace(own(1), control=PREREQUISITE_LESS)
    graver = dataclasses.replace(other, set_severity=rolls.Severity.CRITICAL)
    for found, first in ((other, OWN), (graver, PREREQUISITE_LESS)):
        lines = text_of(rolls.roll_of([own(1), own(2), found]), View())
        assert block(lines, "own policies that failed")[0].startswith(f"  {first.id} (")


def test_prerequisites_and_passes_are_no_own_policies_that_failed() -> None:
    passes = dataclasses.replace(own(1), verdict=rolls.HOLDS)
    lines = text_of(
        rolls.roll_of([passes, rolls.finding(rolls.NET_02, 1, rolls.NO_EGRESS)]), View()
    )
    assert "own policies that failed" not in lines


def test_all_that_may_be_wrong_in_the_guest_is_told() -> None:
    roll = rolls.demo_roll()
    causes = tuple(f"cause number {at} that is explained at some length" for at in (1, 2, 3))
    silent = dataclasses.replace(roll.diagnoses[2], guest_causes=causes)
    lines = text_of(dataclasses.replace(roll, diagnoses=(silent,)), View(80))
    told = " ".join(" ".join(block(lines, "not managed, and why")).split())
    assert f"look inside, likeliest first: {'; '.join(causes)}" in told


def test_a_command_that_a_sentence_introduces_is_a_command() -> None:
    remediation = (
        "If the statement is not wanted, remove it: aws iam update-assume-role-policy "
        "--role-name batch-archive-of-the-data-team --policy-document file://trust-policy.json"
    )
    finding = rolls.finding(rolls.IAM_03, 1, failed("X", "x"), remediation=remediation)
    lines = text_of(rolls.roll_of([finding]), View(100))
    at = lines.index("     If the statement is not wanted, remove it:")
    assert lines[at + 1] == (
        "     aws iam update-assume-role-policy --role-name batch-archive-of-the-data-team \\"
    )
    assert lines[at + 2] == "       --policy-document file://trust-policy.json"


def test_accounts_that_are_left_out_are_told_once() -> None:
    left = [
        rolls.Coverage(
            account=f"{number:012}",
            region="global",
            call="sts:AssumeRole",
            status=rolls.Status.NOT_ASKED,
            code="ACCOUNT_SUSPENDED",
        )
        for number in (2, 1)
    ]
    roll = dataclasses.replace(rolls.demo_roll(), coverage=(*rolls.COVERAGE, *left))
    told = [line for line in text_of(roll, View()) if "left out" in line]
    named = "000000000001 (ACCOUNT_SUSPENDED), 000000000002 (ACCOUNT_SUSPENDED)"
    assert told == [f"  2 accounts left out: {named}"]
    assert not [line for line in text_of(rolls.demo_roll(), View()) if "left out" in line]
