"""The fleets that benchmarks are made with: what is wrong with them is what was put there."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks.fleets import ACCOUNT, write_fleet
from benchmarks.fleets.machines import STRIDE, Defect, Machine, machines_of, vpcs_of
from benchmarks.fleets.vpcs import INSTANCES_EACH, Shape
from fixtures.reference_data import with_reference_data
from inventory.collect import PLAN
from inventory.facts import Status
from inventory.fleet import Fleet, load_fleet
from inventory.snapshot import Snapshot
from policies.catalogue import CONTROLS, REGION_CONTROLS
from policies.control import Outcome
from policies.judgement import Judgement
from policies.parameters import Parameters

REGION = "eu-central-1"
#: Of each kind of VPC one, and all defects in two of them.
INSTANCES = INSTANCES_EACH + STRIDE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("fleet")
    write_fleet(place, INSTANCES)
    return place


@pytest.fixture(scope="module")
def fleet(folder: Path) -> Fleet:
    return load_fleet(Snapshot.open(folder))


@pytest.fixture(scope="module")
def judgement(tmp_path_factory: pytest.TempPathFactory) -> Judgement:
    """With the tables that the project ships, as a run has them."""
    nothing_of_the_users = tmp_path_factory.mktemp("config")
    return Judgement(with_reference_data(Parameters(), nothing_of_the_users))


MACHINES = machines_of(vpcs_of(ACCOUNT, REGION, INSTANCES), INSTANCES)
#: Where names lead to endpoints, packets need no route but have to be admitted.
ROOTS = {
    (Defect.FORGOTTEN_SUBNET, Shape.ENDPOINTS): "NET-06",
    (Defect.FORGOTTEN_SUBNET, Shape.NAT): "NET-05",
}


def root_of(machine: Machine) -> str:
    """The control that finds the root of what is wrong with it."""
    if machine.subnet == "branch":
        return "NODE-02"
    defect = machine.defect
    assert defect is not None
    return ROOTS.get((defect, machine.vpc.shape), defect.value)


def test_five_in_a_hundred_have_a_defect() -> None:
    found = Counter(one.defect for one in MACHINES[:STRIDE])
    assert found == {None: STRIDE * 95 // 100} | dict.fromkeys(Defect, 1)


def test_every_defect_and_nothing_else_fails(fleet: Fleet, judgement: Judgement) -> None:
    expected = {
        one.id: root_of(one) for one in MACHINES if one.defect is not None or one.subnet == "branch"
    }
    failed = {
        node.id: {
            finding.control.id
            for finding in (judgement.explained(control, node) for control in CONTROLS)
            if finding.outcome is Outcome.FAIL
        }
        for node in fleet.nodes
    }
    assert {name for name, controls in failed.items() if controls} == set(expected)
    assert all(root in failed[name] for name, root in expected.items())


def test_no_finding_lacks_a_call(fleet: Fleet, judgement: Judgement) -> None:
    """What stays unknown lies outside of AWS's view, and there is little of it."""
    findings = [judgement.finding(control, node) for control in CONTROLS for node in fleet.nodes]
    findings += [judgement.place_finding(one, fleet.nodes[0].place) for one in REGION_CONTROLS]
    unknown = Counter(one.verdict.code for one in findings if one.outcome is Outcome.UNKNOWN)
    assert set(unknown) == {"AGENT_LIKELY", "AGENT_VERSION_UNKNOWN", "ONPREM_UNSEEN"}
    assert unknown.total() < len(findings) / 500


def test_every_call_of_a_run_is_accounted_for(folder: Path) -> None:
    lines = {one.call: one for one in Snapshot.open(folder).coverage}
    assert set(lines) == {call.action for call in PLAN}
    assert {one.code for one in lines.values() if one.status is Status.NOT_ASKED} == {
        "NOTHING_TO_ASK",
        "NOT_DEEP",
    }


def test_a_fleet_is_the_same_whenever_it_is_written(folder: Path, tmp_path: Path) -> None:
    write_fleet(tmp_path, INSTANCES)
    contents = [
        {path.relative_to(place): path.read_bytes() for path in place.rglob("*.*")}
        for place in (folder, tmp_path)
    ]
    assert contents[0] == contents[1]


def test_a_fleet_can_lie_in_several_regions(tmp_path: Path) -> None:
    write_fleet(tmp_path, 5, regions=(REGION, "us-east-1"))
    nodes = load_fleet(Snapshot.open(tmp_path)).nodes
    assert Counter(node.region.name for node in nodes) == {REGION: 3, "us-east-1": 2}
    assert len({node.id for node in nodes}) == 5


def test_every_instance_has_ids_and_addresses_of_its_own(fleet: Fleet) -> None:
    instances = [node.instance for node in fleet.nodes]
    assert len({one.private_ip_address for one in instances}) == INSTANCES
    assert len({one.network_interfaces[0].id for one in instances}) == INSTANCES
    assert len({one.launch_time for one in instances}) > INSTANCES * 0.9
