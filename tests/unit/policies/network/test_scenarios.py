"""Minimal pairs: one change flips the answer; each names the rule that says so.

A pair with a ``file`` is judged as a whole, under what parameters.yaml says there; a change of
``file`` puts another one in its place.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.parameters import PARAMETERS_FILE, read_settings
from policies.control import Context, Parameters, Verdict
from policies.imds import metadata_service_enabled
from policies.judgement import judge
from policies.network import (
    egress_443,
    endpoint_groups,
    endpoint_policies,
    endpoints_in_subnet,
    name_resolution,
    network_acls_443,
    path_to_ec2messages,
    path_to_ssm,
    path_to_ssmmessages,
    routes,
    s3_buckets,
)
from policies.network.clients import client_of, primary_interface
from policies.network.reachability import (
    AddressSet,
    Answer,
    Flow,
    HostName,
    Reach,
    reach,
)
from tests.unit.policies.network.scenario import HERE, HOST, change, network_in, node_in, world

CONTROLS = {
    "IMDS-01": metadata_service_enabled,
    "NET-01": name_resolution,
    "NET-02": egress_443,
    "NET-03": network_acls_443,
    "NET-04": routes,
    "NET-05": endpoints_in_subnet,
    "NET-06": endpoint_groups,
    "NET-07": endpoint_policies,
    "NET-08": path_to_ssm,
    "NET-09": path_to_ssmmessages,
    "NET-10": path_to_ec2messages,
    "NET-11": s3_buckets,
}


def _pairs() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['name']}")
        for path in sorted((HERE / "cases").glob("*.yaml"))
        for case in yaml.safe_load(path.read_text())
    ]


@pytest.mark.parametrize("case", _pairs())
def test_one_change_flips_the_answer(case: dict[str, Any], tmp_path: Path) -> None:
    assert case["rule"], "every pair names its rule"
    scene = change(world(case["world"]), *case.get("given", ()))
    before = _ask(case, scene, tmp_path)
    assert before == case["before"]
    if "file" in case["change"]:
        after = _ask(case | case["change"], scene, tmp_path)
    else:
        after = _ask(case, change(scene, case["change"]), tmp_path)
    assert after == case["after"]
    assert before != after, "a pair has two different answers"


def _ask(case: dict[str, Any], scene: dict[str, Any], folder: Path) -> dict[str, Any] | str:
    node = node_in(scene)
    control = CONTROLS.get(case["ask"])
    if control is not None and "file" in case:
        file = folder / PARAMETERS_FILE
        file.write_text(yaml.safe_dump(case["file"]))
        return _told(judge(control, node, Context(read_settings(file).everyone)))
    if control is not None:
        parameters = Parameters(**case.get("parameters", {}))
        return _told(control.evaluate(node, Context(parameters)))
    interface = primary_interface(node.instance)
    assert interface is not None
    flow = Flow(client_of(node, interface), _destination(case), port=case.get("port", 443))
    return _summary(reach(network_in(scene), flow))


def _destination(case: dict[str, Any]) -> AddressSet | HostName:
    if "to" in case:
        return AddressSet.address(case["to"])
    return AddressSet.network(case["to_block"]) if "to_block" in case else HostName(HOST)


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
    if verdict.assumptions:
        return {told: [one.setting for one in verdict.assumptions]}
    if verdict.blockers:
        return {told: sorted({one.resource for one in verdict.blockers})}
    return told
