"""What is told of a machine whose AWS side is in order (domain.md 4, 5.6)."""

from __future__ import annotations

from policies.catalogue import CONTROLS
from policies.control import Outcome
from policies.diagnosis import Diagnosis, Hop, fix_first
from policies.finding import Finding
from policies.judgement import Judgement
from policies.node.guest_causes import GUEST_CAUSES
from reports.standing import guest_sentence
from tests.unit.policies.diagnosis.broken_fleets import Member, Plan
from tests.unit.policies.network.scenario import World, fleet_in

MEMBER = Member(1, "subnet-private", ("sg-web",), "web")
LOST = {"InstanceId": "i-1", "PingStatus": "ConnectionLost", "AgentVersion": "3.3.4851.0"}


def diagnosed(scene: World) -> Diagnosis:
    (node,) = fleet_in(scene).nodes
    return Judgement().diagnosis(node)


def failures(scene: World) -> list[Finding]:
    (node,) = fleet_in(scene).nodes
    judgement = Judgement()
    every = [judgement.explained(control, node) for control in CONTROLS]
    return [one for one in every if one.outcome is Outcome.FAIL]


def test_a_node_that_was_never_heard_of_may_have_no_agent() -> None:
    told = diagnosed(Plan((MEMBER,)).scene)
    assert told.hop is Hop.LISTED
    assert told.guest_causes == tuple(one.meaning for one in GUEST_CAUSES)
    assert told.guest_causes[0] == "SSM Agent is not installed"


def test_an_agent_that_reported_once_is_there() -> None:
    told = diagnosed(Plan((MEMBER,)).scene | {"InstanceInformationList": [LOST]})
    assert told.hop is Hop.LISTED
    assert told.guest_causes[0].startswith("SSM Agent is stopped")


def test_where_aws_has_a_reason_nobody_is_sent_into_the_guest() -> None:
    told = diagnosed(Plan((MEMBER,), ("web is for lambda",)).scene)
    assert (told.hop, told.guest_causes, guest_sentence(told)) == (Hop.CREDENTIALS, (), "")


def test_the_three_likeliest_causes_are_told() -> None:
    told = guest_sentence(diagnosed(Plan((MEMBER,)).scene))
    assert told.startswith("look inside, likeliest first: SSM Agent is not installed; ")
    assert [one.meaning in told for one in GUEST_CAUSES[:4]] == [True, True, True, False]


def test_the_fix_has_the_checks() -> None:
    scene = Plan((MEMBER,)).scene
    (node,) = fleet_in(scene).nodes
    (fix,) = fix_first(failures(scene))
    assert fix.controls == ("NODE-02",)
    assert all(one.check_on(node) in fix.remediation for one in GUEST_CAUSES)
