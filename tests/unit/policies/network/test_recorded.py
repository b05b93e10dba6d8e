"""Real answers of real accounts: what is known about them (README of the recordings)."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import pytest

from inventory.facts import Node, Table
from inventory.facts.network import BlockPublicAccessOptions
from inventory.facts.transit import VpcEncryptionControl
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot
from policies.control import Context, Gap, Outcome
from policies.network import egress_443, endpoints_in_subnet
from policies.network.clients import client_of, primary_interface
from policies.network.reachability import (
    AddressSet,
    Answer,
    Client,
    Flow,
    Network,
    Reach,
    reach,
)

RECORDED = Path(__file__).parents[3] / "recorded"
#: The recordings are older than these locks: nothing was locked when these paths were tried.
UNLOCKED = BlockPublicAccessOptions(internet_gateway_block_mode="off", state="default-state")
NO_CONTROLS = Table[VpcEncryptionControl](VpcEncryptionControl.call, ())


@cache
def _nodes(snapshot: str) -> dict[str, Node]:
    return {node.id: node for node in load_fleet(Snapshot.open(RECORDED / snapshot)).nodes}


def _client(node: Node) -> Client:
    interface = primary_interface(node.instance)
    assert interface is not None
    return client_of(node, interface)


def _reach(node: Node, client: Client, to: str, port: int) -> Reach:
    region = dataclasses.replace(
        node.region, block_public_access=UNLOCKED, encryption_controls=NO_CONTROLS
    )
    return reach(Network(region), Flow(client, AddressSet.address(to), port=port))


@pytest.mark.parametrize(
    ("snapshot", "instance_id", "to", "port", "through"),
    [
        ("public-subnet", "i-06669a407b2ef3ae5", "8.8.8.8", 443, "igw-0a409e562d251f766"),
        ("nat-gateway", "i-0a128d26e59be60f3", "8.8.8.8", 80, "nat-07ab4846da51f4612"),
        ("nat-gateway", "i-0a128d26e59be60f3", "8.8.8.8", 443, "nat-07ab4846da51f4612"),
        ("interface-endpoint", "i-0a0fbd0cfa774970f", "10.1.101.97", 443, "sg-0973207c61f3466e1"),
        ("interface-endpoint", "i-0eb6eb395a0d09117", "10.1.101.97", 443, "sg-0973207c61f3466e1"),
    ],
)
def test_what_is_known_to_be_reachable(
    snapshot: str, instance_id: str, to: str, port: int, through: str
) -> None:
    node = _nodes(snapshot)[instance_id]
    found = _reach(node, _client(node), to, port)
    assert found.answer is Answer.REACHABLE
    assert not found.intermittent
    assert through in {stage.component for stage in found.paths[0].stages}


def test_an_address_without_a_public_one_is_stopped_at_the_internet_gateway() -> None:
    """10.0.0.92 belongs to no interface; it is given the groups of the recorded one."""
    node = _nodes("public-subnet")["i-06669a407b2ef3ae5"]
    other = dataclasses.replace(
        _client(node), interface_id="eni-none", address="10.0.0.92", public=""
    )
    found = _reach(node, other, "8.8.8.8", 80)
    assert found.answer is Answer.NOT_REACHABLE
    (blocker,) = found.blockers
    assert blocker.code == "NO_PUBLIC_ADDRESS"
    assert "igw-0a409e562d251f766 needs a public address" in blocker.detail


@pytest.mark.parametrize("snapshot", ["public-subnet", "nat-gateway", "interface-endpoint"])
def test_what_was_not_recorded_is_unknown_and_named(snapshot: str) -> None:
    """No VPC attributes, no DHCP options: where names lead is unknown, what groups do is not."""
    for node in _nodes(snapshot).values():
        assert egress_443.evaluate(node, Context()).outcome is Outcome.PASS
        verdict = endpoints_in_subnet.evaluate(node, Context())
        assert (verdict.outcome, verdict.code) == (Outcome.UNKNOWN, "DATA_MISSING")
        assert {one.gap for one in verdict.missing} == {Gap.UNREAD}
        told = " ".join(one.what for one in verdict.missing)
        assert "ec2:DescribeVpcAttribute (NOT_RECORDED)" in told
        assert "ec2:DescribeDhcpOptions (NOT_RECORDED)" in told


@pytest.mark.parametrize(
    ("snapshot", "instance_id"),
    [("public-subnet", "i-06669a407b2ef3ae5"), ("nat-gateway", "i-0a128d26e59be60f3")],
)
def test_a_lock_that_was_not_recorded_is_named(snapshot: str, instance_id: str) -> None:
    """IG5, D27: as recorded, no call and no BlockPublicAccessStates say that nothing is locked."""
    node = _nodes(snapshot)[instance_id]
    to = AddressSet.address("8.8.8.8")
    found = reach(Network(node.region), Flow(_client(node), to, port=443))
    assert found.answer is Answer.UNDETERMINED
    missing = {stage.missing.what for stage in found.unknowns if stage.missing}
    assert missing == {
        "ec2:DescribeVpcBlockPublicAccessOptions (NOT_RECORDED)",
        "ec2:DescribeVpcEncryptionControls (NOT_RECORDED)",
    }
