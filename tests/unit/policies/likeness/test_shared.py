"""What is shared, with whom, and what never is (design 7)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from inventory.facts import Node
from policies.catalogue import CONTROLS
from policies.control import (
    Context,
    ControlModule,
    Outcome,
    RestsOn,
    Verdict,
    failed,
    passed,
)
from policies.finding import Crash, Finding
from policies.imds import metadata_service_enabled
from policies.judgement import Judgement, judge
from policies.likeness import SharedVerdicts
from policies.parameters import Assumption, Parameters, Topic
from tests.unit.policies.likeness.twins import (
    Change,
    Kind,
    fleet_of_twins,
    judged_alone,
    sound,
    told_otherwise,
)
from tests.unit.policies.network.scenario import fleet_in


def _nodes(*kinds: Kind, each: int = 2) -> tuple[Node, ...]:
    return fleet_of_twins(kinds, each=each).nodes


def test_of_many_twins_two_are_judged_and_all_others_told() -> None:
    """Design 7: judging costs what differs, not what there is."""
    asked: Counter[str] = Counter()

    def counting(control: ControlModule, node: Node, context: Context) -> Verdict:
        asked[control.CONTROL.id] += 1
        return judge(control, node, context)

    shared, context = SharedVerdicts(CONTROLS, counting), Context()
    nodes = _nodes(Kind(), each=30)
    for node in nodes:
        for control in CONTROLS:
            shared.verdict(control, node, context)
    telling_ages = {one.CONTROL.id for one in CONTROLS if one.CONTROL.tells_ages}
    assert {name: number for name, number in asked.items() if name not in telling_ages} == {
        one.CONTROL.id: 2 for one in CONTROLS if one.CONTROL.id not in telling_ages
    }


@pytest.mark.parametrize(
    ("common", "other"),
    [
        ("web", "db"),  # the role of their profile
        ("sg-vault", "db"),  # their security group
        ("Online", "Offline"),  # what Systems Manager says of them
        ("tcp/443", "x"),  # a word of the sentence
    ],
)
def test_a_name_that_all_had_so_far_is_no_name_yet(common: str, other: str) -> None:
    """Two machines that are called like something else say nothing of a third that is not."""

    def called(name: str) -> Kind:
        return Kind(({"put": ["node", "ComputerName"], "to": name},))

    nodes = _nodes(called(common), called(other), called(common))
    assert told_otherwise(nodes) == []
    assert told_otherwise(nodes[::-1]) == []


def test_a_time_that_all_had_so_far_is_no_name_yet() -> None:
    """An auto scaling group launches many in one second: a later one has its own time told."""
    young: list[Change] = [
        {"drop": ["node"]},
        {"put": ["instance", "LaunchTime"], "to": "2026-11-01T14:00:00+00:00"},
    ]
    later: Change = {"put": ["instance", "LaunchTime"], "to": "2026-11-01T14:00:01+00:00"}
    nodes = _nodes(Kind(tuple(young)), Kind((*young, later)))
    assert told_otherwise(nodes) == []


@pytest.mark.parametrize(
    ("account", "region"),
    [("444455556666", "eu-central-1"), ("111122223333", "eu-west-1")],
    ids=["another account", "another Region"],
)
def test_nothing_is_shared_between_places(account: str, region: str) -> None:
    """Ids, names and roles may be equal: what is around them is another's."""
    scene = sound()
    here = fleet_of_twins([Kind()], scene)
    rows = [Kind().rows(number) for number in (10, 11)]
    there = fleet_in(
        {**scene, "Reservations": [{"Instances": [one["instance"] for one in rows]}]},
        account=account,
        region=region,
    )
    nodes = (*here.nodes, *there.nodes)
    context, shared = Context(), SharedVerdicts(CONTROLS, judge)
    for control in CONTROLS:
        for node in nodes:
            alone = judge(control, node, Context())
            assert shared.verdict(control, node, context) == alone


@pytest.mark.parametrize(
    "other",
    [
        {"ping_fresh": timedelta(minutes=1)},
        {"agent_floor": (9, 9, 9, 9)},
        {"endpoint_placement": "subnet"},
        {"network_hosts": "fips"},
    ],
    ids=lambda one: next(iter(one)),
)
def test_nothing_is_shared_between_parameters(other: dict[str, Any]) -> None:
    """What one setting lets pass another does not: each context has its own groups."""
    nodes = _nodes(Kind(), each=6)
    contexts = Context(), Context(Parameters(**other))
    shared = SharedVerdicts(CONTROLS, judge)
    for number, node in enumerate(nodes):
        context = contexts[number // 3]
        for control in CONTROLS:
            alone = judge(control, node, Context(context.parameters))
            assert shared.verdict(control, node, context) == alone


def test_an_age_in_words_is_nobody_elses() -> None:
    """``tells_ages``: two that are a minute old say the same, a third is two minutes old."""
    young = [
        Kind(
            (
                {"drop": ["node"]},
                {"put": ["instance", "LaunchTime"], "to": {"ago": seconds, "each": 0.1}},
            )
        )
        for seconds in (65, 125, 185)
    ]
    nodes = _nodes(*young)
    reasons = {judge(one, node, Context()).reason for one in CONTROLS for node in nodes}
    assert any("1 minutes" in one for one in reasons)
    assert any("3 minutes" in one for one in reasons)
    assert told_otherwise(nodes) == []


def test_nothing_is_shared_between_times() -> None:
    """The snapshot's time is the only now: an operating system may reach its end of life."""
    nodes = _nodes(Kind(), each=4)
    later = [dataclasses.replace(one, as_of=None) for one in nodes]
    mixed = [one for pair in zip(nodes, later, strict=True) for one in pair]
    context, shared = Context(), SharedVerdicts(CONTROLS, judge)
    for control in CONTROLS:
        for node in mixed:
            assert shared.verdict(control, node, context) == judge(control, node, Context())


def _raising(*broken: str) -> ControlModule:
    """A control that raises on these instances and holds on all others."""

    def evaluate(node: Node, _context: Context) -> Verdict:
        if node.id in broken:
            raise ZeroDivisionError(f"on {node.id}")
        return passed("FINE", f"{node.id} is fine", node.instance.evidence("InstanceId"))

    return cast(
        "ControlModule",
        SimpleNamespace(CONTROL=metadata_service_enabled.CONTROL, evaluate=evaluate),
    )


def test_a_defect_is_told_of_each_node_that_meets_it() -> None:
    """Design 4: a crash is never an answer, nor anybody else's."""
    nodes = _nodes(Kind(), each=8)
    control = _raising("i-10", "i-12", "i-17")
    judgement = Judgement(controls=(control,))
    found = [judgement.attempt(control, node) for node in nodes]
    crashed = {one.resource: one.error for one in found if isinstance(one, Crash)}
    # the third, and all that come after two that hold, are told what these came to
    assert crashed == {
        "111122223333/eu-central-1/i-10": "ZeroDivisionError: on i-10",
        "111122223333/eu-central-1/i-12": "ZeroDivisionError: on i-12",
    }
    reasons = [one.verdict.reason for one in found if isinstance(one, Finding)]
    assert reasons == [f"i-{number} is fine" for number in (11, 13, 14, 15, 16, 17)]


def test_where_all_raise_all_are_told() -> None:
    nodes = _nodes(Kind(), each=5)
    control = _raising(*(node.id for node in nodes))
    judgement = Judgement(controls=(control,))
    assert all(isinstance(judgement.attempt(control, node), Crash) for node in nodes)
    assert list(judgement.plain(control, nodes)) == [None] * len(nodes)


@pytest.mark.parametrize("side", RestsOn)
def test_alike_nodes_that_come_to_something_else_are_each_judged(side: RestsOn) -> None:
    """A control that reads what is no trait is caught where two of its verdicts are compared."""

    def evaluate(node: Node, _context: Context) -> Verdict:
        held = int(node.id.removeprefix("i-")) % 2 == 0
        return passed("EVEN", "even") if held else failed("ODD", "odd")

    record = dataclasses.replace(
        metadata_service_enabled.CONTROL, rests_on=side, entailed_by_online=False
    )
    control: Any = SimpleNamespace(CONTROL=record, evaluate=evaluate)
    judgement = Judgement(controls=(control,))
    nodes = _nodes(Kind(), each=8)
    outcomes = [judgement.finding(control, node).outcome for node in nodes]
    assert outcomes == [Outcome.PASS, Outcome.FAIL] * 4
    assert list(judgement.plain(control, nodes)) == [Outcome.PASS, None] * 4


def test_what_rests_on_the_users_word_is_never_counted() -> None:
    """Design 4: assumed passes are counted apart, so each is told by itself."""
    scene = sound()
    scene["Answers"]["organizations.DescribeOrganization"] = "AccessDeniedException"
    silent = Kind(({"drop": ["node"]},))
    nodes = fleet_of_twins([silent], scene, each=5).nodes
    word = Assumption("scp: allow", "cloud team", "read by hand", (), Topic.SCP)
    parameters = Parameters(scp_allow=(word,))
    alone = judged_alone(nodes, parameters)
    judgement = Judgement(parameters)
    assumed = []
    for control in CONTROLS:
        for node in nodes:
            own = alone[control.CONTROL.id, node.id]
            assert judgement.finding(control, node).verdict == own
            if own.assumptions:
                assumed += judgement.plain(control, [node])
    assert assumed == [None] * len(assumed) != []
