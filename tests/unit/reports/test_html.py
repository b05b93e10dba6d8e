"""The static sections: complete without scripts, true totals, everything escaped (design 6, 8)."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.control import failed
from policies.diagnosis import State
from policies.finding import Crash
from reports.html import page_title, run_count_line, static_sections
from reports.html_bounds import DETAILED_PER_CONTROL, DETAILED_PER_REASON, REASONS_PER_CONTROL
from reports.html_sections import sections_of
from reports.standing import OUTCOME_OF
from reports.visible import visible
from tests.unit.reports import rolls
from tests.unit.reports.page_reader import Page


def page_of(roll):
    return Page(static_sections(roll))


def details_of(page, kind):
    """The whole text of each record, by its kind: of a control, of an instance."""
    return page.texts("details", **{"class": f"record {kind}"})


def test_the_page_holds_every_section():
    page = page_of(rolls.demo_roll())

    assert page.texts("h2") == [
        "Verdict",
        "What to fix first",
        "Prerequisites",
        "Instances in detail",
        "Controls in detail",
        "What could not be read or decided",
        "Scope and provenance",
        "Glossary",
    ]
    assert page.unbalanced == []
    assert "script" not in page.tags


def test_the_scope_names_accounts_regions_time_digest_caller_tool_and_selection():
    roll = rolls.demo_roll()
    narrowed = dataclasses.replace(
        roll, run=dataclasses.replace(roll.run, selection={"-k": "IMDS-01"})
    )
    text = page_of(narrowed).text

    for told in (
        "111122223333 eu-central-1, us-east-1",
        "2026-11-01T12:00:00+00:00",
        "4f1c" * 16,
        "arn:aws:sts::111122223333:assumed-role/auditor/rollcall",
        "ssm-rollcall 0.1.0",
        "-k IMDS-01",
    ):
        assert told in text


def test_the_matrix_tells_true_totals():
    rows = page_of(rolls.demo_roll()).rows("matrix")

    assert [row[-6:] for row in rows[1:]] == [
        ["0", "0", "0", "19", "1", "20"],
        ["0", "0", "0", "19", "1", "20"],
        ["2", "0", "0", "17", "1", "20"],
        ["4", "0", "0", "15", "1", "20"],
        ["0", "0", "4", "15", "1", "20"],
        ["1", "0", "0", "18", "1", "20"],
        ["0", "1", "0", "18", "1", "20"],
        ["7", "1", "4", "121", "7", "140"],
    ]
    assert rows[-1][0] == "Total"


def test_every_instance_is_listed_under_every_control():
    page = page_of(rolls.demo_roll())
    details = details_of(page, "control")

    assert len(details) == 7
    for told in details:
        assert all(rolls.instance_id(number) in told for number in range(20))


def test_controls_that_need_action_come_first():
    roll = rolls.demo_roll()
    order = [one.control.id for one in sections_of(roll)]

    assert order == ["IMDS-01", "NET-02", "NODE-02", "NET-05", "NODE-03", "DHMC-02", "IAM-03"]


def test_a_failure_shows_reason_blocker_evidence_and_command():
    page = page_of(rolls.demo_roll())
    (told,) = [one for one in details_of(page, "control") if "NET-02 " in one[:40]]

    assert "no security group of the primary interface lets TCP 443 out" in told
    assert "its only egress rule is TCP 80 to 0.0.0.0/0" in told
    assert '[{"FromPort": 80, "IpProtocol": "tcp", "ToPort": 80}]' in told
    assert "ec2:DescribeSecurityGroups" in told
    assert rolls.EGRESS_COMMAND in told


def test_verdicts_are_told_by_words_not_by_colour_alone():
    page = page_of(rolls.demo_roll())
    badges = [
        (attributes["class"].split()[1], " ".join("".join(text).split()))
        for tag, attributes, text in page.elements
        if tag == "span" and attributes.get("class", "").startswith("badge ")
    ]

    states = {(OUTCOME_OF[state].value, state.value) for state in State}

    assert badges
    for css_class, text in badges:
        assert css_class.replace("_", " ") in text or (css_class, text) in states


def test_tables_have_captions_and_scoped_heads():
    page = page_of(rolls.demo_roll())
    tables = [one for one in page.elements if one[0] == "table"]

    assert len(page.texts("caption")) == len(tables)
    assert all(
        attributes.get("scope") in ("col", "row", "rowgroup")
        for tag, attributes, _ in page.elements
        if tag == "th"
    )


def test_every_link_into_the_page_has_its_target():
    page = page_of(rolls.demo_roll())
    ids = {value for name, value in page.attributes if name == "id"}
    links = {value[1:] for name, value in page.attributes if name == "href" and value[0] == "#"}

    assert links
    assert links <= ids


#: What breaks out of text, attributes, elements and templates, in any order.
MARKUP = st.lists(
    st.sampled_from(
        [
            *("<", ">", '"', "'", "&", "&lt;", "<b>", "</b>", "<script>", "</pre>", "<!--", "]]>"),
            *("<img src=x onerror=alert(1)>", "{{", "}}", "{%"),
            *("\n", "\r", "\0", "\x1b", "\u202e"),
        ]
    ),
    min_size=1,
).map("".join)


@given(st.one_of(MARKUP, st.text(st.characters(codec=None), min_size=1)))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back_as_text(text):
    page = page_of(rolls.hostile_roll(text))

    assert visible(text) in page.texts("bdi")
    assert page.unbalanced == []
    assert page.tags.isdisjoint({"script", "img", "iframe", "b", "style"})
    assert not any(name.startswith("on") for name, _ in page.attributes)


@pytest.mark.parametrize("text", rolls.HOSTILE)
def test_hostile_text_is_shown(text):
    page = page_of(rolls.hostile_roll(text))

    assert page.texts("bdi") == [visible(text)] * 3
    assert page.texts("pre")[0] == "\n".join(visible(line) for line in text.splitlines())


def test_only_web_addresses_become_links():
    control = dataclasses.replace(
        rolls.NET_02, references=("javascript:alert(1)", "https://docs.aws.amazon.com/")
    )
    roll = rolls.roll_of([rolls.finding(control, 1, rolls.HOLDS)], controls=(control,))
    page = page_of(roll)
    links = [value for name, value in page.attributes if name == "href" and value[0] != "#"]

    assert links == ["https://docs.aws.amazon.com/"]
    assert "javascript:alert(1)" in page.text


def test_an_empty_roll_never_looks_like_a_pass():
    page = page_of(rolls.roll_of([]))

    assert "No instance was judged" in page.text
    assert ("class", "verdict unknown") in page.attributes


@pytest.mark.parametrize(
    ("verdict", "standing"),
    [
        (rolls.IMDS_OFF, "fail"),
        (rolls.SUBNETS_DENIED, "unknown"),
        (rolls.STALE, "pass"),
        (rolls.HOLDS, "pass"),
    ],
)
def test_the_verdict_is_marked_by_the_worst_instance(verdict, standing):
    page = page_of(rolls.roll_of([rolls.finding(rolls.IMDS_01, 1, verdict)]))

    assert ("class", f"verdict {standing}") in page.attributes


def test_crashes_are_listed_above_all_tables():
    crash = Crash(control="NET-02", resource="i-1", error="KeyError: '<b>'")
    roll = rolls.roll_of([rolls.finding(rolls.IMDS_01, 1, rolls.HOLDS)], crashes=(crash,))
    page = page_of(roll)

    assert "This roll call is incomplete" in page.texts("h2")
    assert "NET-02 on i-1: KeyError: '<b>'" in page.text
    assert page.text.index("KeyError") < page.text.index("How many instances or Regions")
    assert ("class", "verdict unknown") in page.attributes


def test_identical_reasons_are_told_once_and_beyond_the_bound_by_id():
    findings = [rolls.finding(rolls.NET_02, number, rolls.NO_EGRESS) for number in range(100)]
    roll = rolls.roll_of(findings, controls=(rolls.NET_02,))
    (section,) = sections_of(roll)
    (reason,) = section.explained
    page = page_of(roll)

    assert reason.total == 100
    assert len(reason.detailed) == DETAILED_PER_REASON
    assert sum(len(place.resources) for place in reason.others) == 100 - DETAILED_PER_REASON
    (told,) = details_of(page, "control")
    assert told.count(rolls.NO_EGRESS.reason) == 1
    assert all(rolls.instance_id(number) in page.text for number in range(100))


def test_reasons_of_their_own_share_one_bound():
    findings = [
        rolls.finding(rolls.NET_02, number, failed("X", f"sg-{number} is closed"))
        for number in range(DETAILED_PER_CONTROL + 50)
    ]
    roll = rolls.roll_of(findings, controls=(rolls.NET_02,))
    (section,) = sections_of(roll)

    assert sum(len(one.detailed) for one in section.explained) == DETAILED_PER_CONTROL
    assert sum(one.total for one in section.explained) == DETAILED_PER_CONTROL + 50
    assert len(section.told) == REASONS_PER_CONTROL
    assert section.untold == DETAILED_PER_CONTROL + 50 - REASONS_PER_CONTROL
    assert f"… and {section.untold} findings more" in page_of(roll).text


def test_passes_are_a_list_of_ids():
    roll = rolls.roll_of([rolls.finding(rolls.IMDS_01, 1, rolls.HOLDS, name="web")])

    page = Page(static_sections(roll).partition('id="controls"')[2])

    assert page.texts("dd")[0] == rolls.instance_id(1)
    assert page.texts("bdi") == []


def test_a_page_of_20_000_cells_stays_small():
    controls = [rolls.control(f"NET-{number:02}", "title") for number in range(25)]
    findings = [
        rolls.finding(one, number, rolls.NO_EGRESS if number % 20 == 0 else rolls.HOLDS)
        for one in controls
        for number in range(800)
    ]
    roll = rolls.roll_of(findings, controls=tuple(controls))
    markup = static_sections(roll)

    assert len(markup) < 2_500_000
    assert run_count_line(roll).startswith(
        "25 controls × 800 instances: 20,000 findings (1,000 fail"
    )


def test_the_title_names_the_account_and_the_date():
    assert page_title(rolls.demo_roll()) == "ssm-rollcall: 111122223333, 2026-11-01"
    assert page_title(rolls.roll_of([], as_of="")) == "ssm-rollcall: 111122223333"
