"""What controls declare as ``reads`` is what they read: judged with parameters that take notes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from inventory.facts import Node
from policies.catalogue import CONTROLS, RECORDS, REGION_CONTROLS
from policies.control import FRESH_PING, Context, ControlModule, RegionControlModule, Verdict
from policies.judgement import judge
from policies.live import reconcile
from policies.parameters import Parameters, Proxy
from policies.scope import outside
from policies.settings import SETTINGS
from tests.unit.policies import iam_world
from tests.unit.policies.network.scenario import HERE, node_in, world
from tests.unit.policies.nodes import ID, ago, node_with
from tests.unit.policies.test_witness import World

NAMES = {member: name for name, member in SETTINGS.items()}
#: A proxy for no node at all: that it does not cover one has to be read all the same.
ELSEWHERE = Proxy("10.255.255.1", 3128, "me", "test", vpcs=("vpc-nowhere",))
#: Old enough to need ec2messages, on the other system.
AGENT = {
    "InstanceId": "i-client",
    "AgentVersion": "3.0.0.0",
    "PlatformType": "Windows",
    "PingStatus": "Online",
    "LastPingDateTime": ago(minutes=1),
}
LAUNCHED_NOW = {"LaunchTime": ago(minutes=1)}
IMDS_OFF = {"MetadataOptions": {"HttpEndpoint": "disabled", "State": "applied"}}
IPV6_ONLY = {
    "NetworkInterfaces": [
        {"NetworkInterfaceId": "eni-1", "Ipv6Addresses": [{"Ipv6Address": "::1"}]}
    ]
}


class Recording(Parameters):
    """Parameters that note by its name each setting that is read."""

    def __getattribute__(self, member: str) -> Any:
        if member in NAMES:
            object.__getattribute__(self, "noted").add(NAMES[member])
        return object.__getattribute__(self, member)


def recording() -> tuple[Parameters, set[str]]:
    """Parameters, and the set that their reading fills."""
    noted: set[str] = set()
    parameters = Recording.__new__(Recording)
    object.__setattr__(parameters, "noted", noted)
    Recording.__init__(parameters, proxies=(ELSEWHERE,), dhmc_profile_may_serve=True)
    noted.clear()
    return parameters, noted


@cache
def nodes() -> tuple[Node, ...]:
    """Nodes of every kind that the unit tests know: networks, identities, ages, agents."""
    return tuple(one for one in (*_of_networks(), *_of_identities(), *_of_ages()))


def _of_networks() -> Iterator[Node]:
    """The client of each world, as it is there and as an old agent that was just heard from."""
    for path in sorted((HERE / "worlds").glob("*.yaml")):
        scene = world(path.stem)
        yield node_in(scene)
        yield node_in(scene | {"InstanceInformationList": [AGENT]})


def _of_identities() -> Iterator[Node]:
    dhmc = {"dhmc": iam_world.DHMC_VALUE}
    member = {"organization": iam_world.MEMBER}
    just_attached = iam_world.association("associated") | {"Timestamp": ago(minutes=1)}
    yield iam_world.node()
    yield iam_world.node(**dhmc)
    yield iam_world.node(attached=False, **dhmc)
    yield iam_world.node(attached=False, instance=IMDS_OFF, **dhmc)
    yield iam_world.node(profile={"Roles": []})
    yield iam_world.node(agent=None)
    yield iam_world.node(agent="2.0.0.0", attached=False, **dhmc)
    yield iam_world.node(agent=None, associations=[just_attached])
    yield iam_world.node(registered={"PingStatus": "Inactive"}, associations=[just_attached])
    yield iam_world.node(role={"AttachedManagedPolicies": []}, **member)
    yield World().silent_node()


def _of_ages() -> Iterator[Node]:
    impaired = {"InstanceId": ID, "SystemStatus": {"Status": "impaired"}}
    statuses = {"ec2.DescribeInstanceStatus": {"InstanceStatuses": [impaired]}}
    closed = [{"request": {"Target": ID}, "response": {"Target": ID, "Status": "notconnected"}}]
    yield node_with(regional=statuses)
    yield node_with(regional={"ssm.GetConnectionStatus": closed})
    yield node_with(LAUNCHED_NOW, listed=False)
    yield node_with({"LaunchTime": ago(minutes=30)}, listed=False)
    yield node_with({"LaunchTime": ago(minutes=-60)}, listed=False)
    yield node_with(managed={"LastPingDateTime": ago(hours=3)})
    yield node_with(managed={"LastPingDateTime": ago(minutes=-60)})
    yield node_with(managed={"PingStatus": "ConnectionLost"})
    yield node_with(managed={"AgentVersion": "2.0.0.0"})
    yield node_with(IMDS_OFF)
    yield node_with(IPV6_ONLY, {"AgentVersion": "2.0.0.0"})


def read_by(control: ControlModule) -> set[str]:
    """What the control and the ping that proves it read, over all nodes."""
    parameters, noted = recording()
    for node in nodes():
        if outside(node) is None:
            context = Context(parameters)
            verdict = control.evaluate(node, context)
            reconcile(control.CONTROL, verdict, node, context)
    return noted


@pytest.mark.parametrize("control", CONTROLS, ids=lambda one: one.CONTROL.id)
def test_a_control_reads_what_it_declares(control: ControlModule) -> None:
    """Nothing else, and nothing less by its own rule; a ping proves some of them only (D9)."""
    record = control.CONTROL
    assert set(record.reads) <= read_by(control) <= set(record.settings)


@pytest.mark.parametrize("control", REGION_CONTROLS, ids=lambda one: one.CONTROL.id)
def test_a_control_of_regions_reads_what_it_declares(control: RegionControlModule) -> None:
    parameters, noted = recording()
    for node in nodes():
        control.evaluate(node.place, Context(parameters))
    assert noted == set(control.CONTROL.settings)


def test_whoever_believes_a_witness_declares_what_makes_a_ping_fresh() -> None:
    """D11: a witness is heard from only while its ping is fresh."""
    witnessed = {
        control.CONTROL
        for control in CONTROLS
        for node in _of_identities()
        if _rests_on_a_witness(judge(control, node, Context()), node)
    }
    assert witnessed
    assert all({*FRESH_PING} <= {*one.settings} for one in witnessed)


def _rests_on_a_witness(verdict: Verdict, node: Node) -> bool:
    """Whether it quotes the ping of another node."""
    pings = [one for one in verdict.evidence if one.path == "LastPingDateTime"]
    return any(one.resource != node.id for one in pings)


def test_every_setting_is_read_by_some_control() -> None:
    declared = {name for record in RECORDS for name in record.settings}
    assert declared == set(SETTINGS)


def test_every_setting_is_a_member_of_the_parameters() -> None:
    assert set(SETTINGS.values()) <= {one.name for one in dataclasses.fields(Parameters)}
