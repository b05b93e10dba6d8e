"""Ways out of the VPC: nonsense is never a crash, order never matters, gaps name their place."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.facts import Unread
from policies.control import Gap
from policies.network.clients import client_of, primary_interface
from policies.network.reachability import AddressSet, Answer, Flow, Mark, Network, Reach, reach
from tests.unit.policies.network.scenario import World, change, network_in, node_in, world

#: Worlds whose way leaves the VPC, and where to.
WAYS = {"transit": "8.8.8.8", "peered": "10.9.0.4"}
LISTINGS = (
    "Vpcs",
    "Subnets",
    "RouteTables",
    "NatGateways",
    "VpcPeeringConnections",
    "TransitGateways",
    "TransitGatewayAttachments",
    "TransitGatewayVpcAttachments",
    "Routes",
)


def _reach(scene: World, to: str) -> Reach:
    node = node_in(scene)
    interface = primary_interface(node.instance)
    assert interface is not None
    return reach(network_in(scene), Flow(client_of(node, interface), AddressSet.address(to)))


@settings(max_examples=120, deadline=None)
@given(way=st.sampled_from(sorted(WAYS)), data=st.data())
def test_nonsense_on_the_way_is_never_a_crash(way: str, data: st.DataObject) -> None:
    """Issue 4: whatever is undetermined for it names the place and what would settle it."""
    scene = world(way)
    places = [place for name in LISTINGS for place in _texts(scene.get(name, []))]
    holder, member = data.draw(st.sampled_from(places))
    holder[member] = data.draw(st.sampled_from(["nonsense", "", "10.0.0.0/33"]))
    found = _reach(scene, WAYS[way])
    assert found.unknowns or found.answer is not Answer.UNDETERMINED
    assert all(stage.missing and stage.component for stage in found.unknowns)


@settings(max_examples=40, deadline=None)
@given(way=st.sampled_from(sorted(WAYS)), data=st.data())
def test_a_listing_that_is_refused_never_decides(way: str, data: st.DataObject) -> None:
    """Network.md 5.1: a path that was open and touches the gap is undetermined, not blocked."""
    scene = world(way)
    listing = data.draw(st.sampled_from([one for one in LISTINGS if scene.get(one)]))
    found = _reach(change(scene, {"deny": listing}), WAYS[way])
    assert found.answer is not Answer.NOT_REACHABLE
    for stage in found.unknowns:
        assert stage.missing is not None
        assert stage.missing.gap is Gap.UNREAD


@settings(max_examples=40, deadline=None)
@given(way=st.sampled_from(sorted(WAYS)), seed=st.integers())
def test_the_order_of_the_answers_never_matters(way: str, seed: int) -> None:
    scene = world(way)
    before = _reach(scene, WAYS[way])
    after = _reach(_shuffled(scene, random.Random(seed)), WAYS[way])  # noqa: S311 - no secret
    assert [(stage.component, stage.detail) for stage in after.paths[0].stages] == [
        (stage.component, stage.detail) for stage in before.paths[0].stages
    ]


def test_the_chain_is_told_in_order() -> None:
    """Issue 4, 5: from the interface over the gateway to the hub's way out, and back."""
    found = _reach(world("transit"), "8.8.8.8")
    assert [stage.component for stage in found.paths[0].stages if stage.mark is Mark.PASS] == [
        "sg-client",
        "acl-app",
        "rtb-app",
        "tgw-1",  # the attachment subnet in the client's zone
        "acl-tgw",
        "tgw-attach-spoke",
        "tgw-rtb-spokes",
        "rtb-hub-tgw",
        "nat-hub",
        "acl-hub-tgw",
        "acl-hub-nat",
        "acl-hub-nat",
        "rtb-hub-public",
        "igw-hub",
        "igw-hub",
        "subnet-hub-nat",  # Block Public Access
        "acl-hub-nat",
        "acl-hub-nat",
        "rtb-hub-public",  # and back
        "tgw-1",
        "acl-hub-tgw",
        "tgw-attach-hub",
        "tgw-rtb-hub",
        "acl-tgw",
        "acl-app",
    ]


def test_a_gap_names_the_account_and_region_where_there_are_several() -> None:
    """Network.md 5.1: for each account, Region and call."""
    scene = change(
        world("nat"),
        {"put": ["Elsewhere"], "to": {"444455556666 eu-west-1": {"Vpcs": []}}},
        {"deny": "NatGateways"},
    )
    gap = network_in(scene).nat_gateway("nat-1", "vpc-1")
    assert isinstance(gap, Unread)
    assert (gap.call, gap.code) == ("ec2:DescribeNatGateways", "UnauthorizedOperation")
    assert gap.detail == "111122223333 eu-central-1"


def test_a_gap_of_another_region_does_not_hide_what_has_vanished() -> None:
    """Design 1: the VPC's own Region was read and does not list it."""
    scene = change(
        world("nat"), {"put": ["Elsewhere"], "to": {"444455556666 eu-west-1": {"Vpcs": []}}}
    )
    gap = network_in(scene).nat_gateway("nat-gone", "vpc-1")
    assert isinstance(gap, Unread)
    assert gap.has_vanished


def test_an_account_counts_as_collected_where_its_region_is() -> None:
    """SH1: the same account in another Region says nothing."""
    scene = change(
        world("nat"), {"put": ["Elsewhere"], "to": {"444455556666 eu-west-1": {"Vpcs": []}}}
    )
    network = network_in(scene)
    assert network.is_collected("444455556666", "eu-west-1")
    assert not network.is_collected("444455556666", "eu-central-1")
    assert not network.is_collected("777788889999")


def test_a_network_of_nothing_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one Region"):
        Network([])


def _texts(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for member, one in list(pairs):
        if isinstance(one, str):
            yield value, member
        elif isinstance(one, dict | list):
            yield from _texts(one)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(one, chance) for key, one in value.items()}
    if isinstance(value, list):
        shuffled = [_shuffled(one, chance) for one in value]
        chance.shuffle(shuffled)
        return shuffled
    return value
