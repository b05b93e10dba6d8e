"""Findings by instance: in full as far as there is room, counted where there is not (issue 7)."""

from __future__ import annotations

import dataclasses

from policies.control import failed
from policies.diagnosis import State
from reports.html import static_sections
from reports.html_bounds import (
    DETAILED_BY_CONTROL,
    DETAILED_BY_INSTANCE,
    DETAILED_PER_CONTROL,
    IDS_PER_REASON,
    INSTANCES_LISTED,
    UNFOLDED,
    places_of,
    room_per_control,
)
from reports.html_instances import entries_of
from tests.unit.reports import rolls
from tests.unit.reports.page_reader import Page


def told_of(roll, number):
    """The whole text of the instance's entry."""
    page = Page(static_sections(roll))
    entries = page.texts("details", **{"class": "record instance"})
    (told,) = [one for one in entries if rolls.instance_id(number) in one.split("\n")[2]]
    return " ".join(told.split())


def failing(number_of_instances):
    return [
        rolls.finding(rolls.NET_02, number, rolls.NO_EGRESS)
        for number in range(number_of_instances)
    ]


def test_every_instance_has_one_entry_the_unmanaged_first():
    entries = entries_of(rolls.demo_roll())
    states = [one.diagnosis.state for one in entries.listed]

    assert len({one.place for one in entries.listed}) == 20
    assert entries.left_out == 0
    assert states == sorted(states, key=list(State).index)


def test_an_entry_has_code_reason_blocker_evidence_and_command():
    told = told_of(rolls.demo_roll(), 3)

    for part in (
        "NO_443_EGRESS no security group of the primary interface lets TCP 443 out",
        "its only egress rule is TCP 80 to 0.0.0.0/0",
        '[{"FromPort": 80, "IpProtocol": "tcp", "ToPort": 80}]',
        "ec2:DescribeSecurityGroups",
        rolls.EGRESS_COMMAND,
        "pass DHMC-02 IAM-03 IMDS-01 NET-05 NODE-02 NODE-03",
    ):
        assert part in told


def test_a_consequence_comes_after_its_root_and_points_at_it():
    told = told_of(rolls.demo_roll(), 2)

    assert told.index("NO_443_EGRESS") < told.index("NOT_LISTED")
    assert told.endswith("pass DHMC-02 IAM-03 IMDS-01 NET-05 NODE-03")
    assert "Repair what it follows from first." in told


def test_without_a_diagnosis_the_worst_finding_speaks():
    roll = dataclasses.replace(rolls.demo_roll(), diagnoses=())

    assert {one.standing for one in entries_of(roll).listed} == {
        "fail",
        "unknown",
        "warn",
        "pass",
        "not applicable",
    }


def test_beyond_the_bound_instances_are_outlined_and_then_counted():
    roll = rolls.roll_of(failing(INSTANCES_LISTED + 5), controls=(rolls.NET_02,))
    entries = entries_of(roll)
    text = Page(static_sections(roll)).text

    assert sum(one.is_detailed for one in entries.listed) == DETAILED_BY_INSTANCE
    assert entries.outlined == INSTANCES_LISTED - DETAILED_BY_INSTANCE
    assert entries.left_out == 5
    assert f"… and {INSTANCES_LISTED - UNFOLDED} more" in text
    assert f"{INSTANCES_LISTED - DETAILED_BY_INSTANCE} instances below are told in outline" in text
    assert "5 more of these instances are only in findings.json and findings.csv" in text


def test_room_is_shared_where_findings_are_many():
    few = failing(DETAILED_BY_CONTROL)
    many = [
        rolls.finding(control, number, failed("X", "x"))
        for control in rolls.CONTROLS
        for number in range(DETAILED_BY_CONTROL)
    ]

    assert room_per_control(few) == DETAILED_PER_CONTROL
    assert room_per_control(many) == DETAILED_BY_CONTROL // len(rolls.CONTROLS)


def test_ids_are_told_up_to_a_bound_and_counted_whole():
    findings = [
        rolls.finding(rolls.IMDS_01, number, rolls.HOLDS) for number in range(IDS_PER_REASON + 50)
    ]
    (first, second) = places_of(findings)

    assert (len(first.resources), first.total) == (12, 12)
    assert (len(second.resources), second.total) == (IDS_PER_REASON - 12, IDS_PER_REASON + 38)
    assert "… and 50 more in findings.json" in Page(static_sections(rolls.roll_of(findings))).text
