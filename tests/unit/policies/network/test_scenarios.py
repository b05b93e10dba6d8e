"""Minimal pairs: one change flips the answer; each names the rule that says so."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from policies.control import Context, Parameters, Verdict
from policies.network import egress_443, endpoints_in_subnet
from policies.network.clients import client_of, primary_interface
from policies.network.reachability import (
    AddressSet,
    Answer,
    Flow,
    HostName,
    Network,
    Reach,
    reach,
)
from tests.unit.policies.network.scenario import HERE, HOST, change, node_in, world

CONTROLS = {"NET-02": egress_443, "NET-05": endpoints_in_subnet}


def _pairs() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted((HERE / "cases").glob("*.yaml"))
        for case in yaml.safe_load(path.read_text())
    ]


@pytest.mark.parametrize("case", _pairs())
def test_one_change_flips_the_answer(case: dict[str, Any]) -> None:
    assert case["rule"], "every pair names its rule"
    scene = change(world(case["world"]), *case.get("given", ()))
    before = _ask(case, scene)
    assert before == case["before"]
    after = _ask(case, change(scene, case["change"]))
    assert after == case["after"]
    assert before != after, "a pair has two different answers"


def _ask(case: dict[str, Any], scene: dict[str, Any]) -> dict[str, Any] | str:
    node = node_in(scene)
    control = CONTROLS.get(case["ask"])
    if control is not None:
        parameters = Parameters(**case.get("parameters", {}))
        return _told(control.evaluate(node, Context(parameters)))
    interface = primary_interface(node.instance)
    assert interface is not None
    to = AddressSet.address(case["to"]) if "to" in case else HostName(HOST)
    flow = Flow(client_of(node, interface), to, port=case.get("port", 443))
    return _summary(reach(Network(node.region), flow))


def _summary(found: Reach) -> dict[str, Any] | str:
    """The answer; unless it is a plain one, with every reason code and the components at fault."""
    if found.answer is Answer.REACHABLE:
        return "reachable, intermittent" if found.intermittent else "reachable"
    unknown = found.answer is Answer.UNDETERMINED
    stages = found.unknowns if unknown else found.blockers
    because: dict[str, Any] = {}
    for stage in stages:
        because[stage.code] = sorted({*because.get(stage.code, ()), stage.component})
    return {str(found.answer): because}


def _told(verdict: Verdict) -> dict[str, Any] | str:
    """``pass EGRESS_ALLOWED``; a failure with the resources of its blockers."""
    told = f"{verdict.outcome} {verdict.code}"
    if verdict.blockers:
        return {told: sorted({one.resource for one in verdict.blockers})}
    return told
