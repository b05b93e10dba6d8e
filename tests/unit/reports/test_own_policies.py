"""Policies of one's own in the reports: requirements, but no obstacle to be fixed first."""

from __future__ import annotations

import dataclasses

from policies.control import CUSTOM, failed, passed
from policies.diagnosis import fix_first, only_together
from reports.tally import tally
from reports.wording import verdict_sentence
from tests.unit.reports.rolls import IMDS_01, control, finding, roll_of

OWN = dataclasses.replace(control("ORG-TAG-01", "Instance names its owner"), category=CUSTOM)
NO_OWNER = finding(OWN, 1, failed("POLICY_BROKEN", "no owner"))
NO_IMDS = finding(IMDS_01, 1, failed("IMDS_DISABLED", "HttpEndpoint is disabled"))
OWNED = finding(OWN, 1, passed("POLICY_HOLDS", "it is so"))


def test_an_own_policy_is_no_prerequisite() -> None:
    told = verdict_sentence(tally(roll_of([NO_IMDS, NO_OWNER])))
    assert told == "1 of 1 instance misses at least one requirement."
    told = verdict_sentence(tally(roll_of([OWNED])))
    assert told == "The 1 instance judged meets every requirement that was asked."
    told = verdict_sentence(tally(roll_of([NO_IMDS])))
    assert told == "1 of 1 instance misses at least one prerequisite."


def test_only_what_keeps_a_node_from_being_managed_is_fixed_first() -> None:
    assert [fix.controls for fix in fix_first([NO_IMDS, NO_OWNER])] == [("IMDS-01",)]
    assert fix_first([NO_OWNER]) == ()
    assert only_together([NO_IMDS, NO_OWNER]) == ()
