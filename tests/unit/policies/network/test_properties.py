"""Properties of the engine on random networks."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

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
from tests.unit.policies.network.random_networks import BLOCKS, scenes
from tests.unit.policies.network.scenario import HOST, node_in

#: From closed to open; an undetermined path may be either.
OPENNESS = {Answer.NOT_REACHABLE: 0, Answer.UNDETERMINED: 1, Answer.REACHABLE: 2}


def _reach(scene: dict[str, Any]) -> Reach:
    node = node_in(scene)
    interface = primary_interface(node.instance)
    assert interface is not None
    return reach(Network(node.region), Flow(client_of(node, interface), HostName(HOST)))


def _reasons(found: Reach) -> set[tuple[str, str]]:
    return {(stage.code, stage.component) for stage in (*found.blockers, *found.unknowns)}


@settings(max_examples=60, deadline=None)
@given(scene=scenes(), data=st.data())
def test_removing_a_rule_never_opens_a_path(scene: dict[str, Any], data: st.DataObject) -> None:
    """SG1: groups hold allow rules only, the client's and the endpoint's."""
    before = _reach(scene)
    directions = ("IpPermissionsEgress", "IpPermissions")
    lists = [group[one] for group in scene["SecurityGroups"] for one in directions if group[one]]
    rules = data.draw(st.sampled_from(lists))
    del rules[data.draw(st.integers(0, len(rules) - 1))]
    assert OPENNESS[_reach(scene).answer] <= OPENNESS[before.answer]


@settings(max_examples=60, deadline=None)
@given(scene=scenes(), number=st.integers(1, 32766), egress=st.booleans(), block=BLOCKS)
def test_a_narrower_acl_never_opens_a_path(
    scene: dict[str, Any], number: int, egress: bool, block: str
) -> None:
    """NA2: one more deny, at any place, takes away or changes nothing."""
    before = _reach(scene)
    entries = scene["NetworkAcls"][0]["Entries"]
    if number in {one["RuleNumber"] for one in entries}:
        return
    entries.append(
        {
            "RuleNumber": number,
            "Egress": egress,
            "Protocol": "-1",
            "RuleAction": "deny",
            "CidrBlock": block,
        }
    )
    assert OPENNESS[_reach(scene).answer] <= OPENNESS[before.answer]


@settings(max_examples=60, deadline=None)
@given(scene=scenes(), seed=st.integers())
def test_the_order_of_the_answers_never_matters(scene: dict[str, Any], seed: int) -> None:
    """NA2: neither the order of rows nor that of rules, entries, routes or associations."""
    before = _reach(scene)
    after = _reach(_shuffled(scene, random.Random(seed)))  # noqa: S311 - no secret
    assert (after.answer, after.intermittent) == (before.answer, before.intermittent)
    assert _reasons(after) == _reasons(before)


def _shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _shuffled(one, chance) for key, one in value.items()}
    if isinstance(value, list):
        shuffled = [_shuffled(one, chance) for one in value]
        chance.shuffle(shuffled)
        return shuffled
    return value


@settings(max_examples=60, deadline=None)
@given(scene=scenes(), data=st.data())
def test_nonsense_anywhere_is_never_a_crash(scene: dict[str, Any], data: st.DataObject) -> None:
    """Issue 4: whatever is undetermined for it names the place and what would settle it."""
    holder, member = data.draw(st.sampled_from(list(_texts(scene, LISTINGS))))
    holder[member] = "nonsense"
    found = _reach(scene)
    assert found.unknowns or found.answer is not Answer.UNDETERMINED
    assert all(stage.missing and stage.component for stage in found.unknowns)


@settings(max_examples=60, deadline=None)
@given(scene=scenes(), data=st.data())
def test_a_malformed_block_never_makes_a_blocked_path_reachable(
    scene: dict[str, Any], data: st.DataObject
) -> None:
    """Issue 4: what cannot be read could admit or take anything, so it settles nothing."""
    before = _reach(scene)
    texts = _texts(scene, ("RouteTables", "NetworkAcls", "SecurityGroups"))
    blocks = [(holder, member) for holder, member in texts if "/" in holder[member]]
    holder, member = data.draw(st.sampled_from(blocks))
    holder[member] = "10.0.0.0/33"
    after = _reach(scene)
    assert before.answer is not Answer.NOT_REACHABLE or after.answer is not Answer.REACHABLE


LISTINGS = (
    "RouteTables",
    "NetworkAcls",
    "SecurityGroups",
    "NatGateways",
    "VpcEndpoints",
    "InternetGateways",
    "NetworkInterfaces",
)


def _texts(scene: dict[str, Any], listings: tuple[str, ...]) -> Iterator[tuple[Any, Any]]:
    """Every place in the listings that holds a text: a block, an id, a state."""
    for listing in listings:
        yield from _texts_in(scene[listing])


def _texts_in(value: Any) -> Iterator[tuple[Any, Any]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for member, one in list(pairs):
        if isinstance(one, str):
            yield value, member
        elif isinstance(one, dict | list):
            yield from _texts_in(one)


NETWORKS = st.builds(
    lambda number, length: ipaddress.ip_network((number, length), strict=False),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


@given(mine=st.lists(NETWORKS, max_size=5), theirs=st.lists(NETWORKS, max_size=5), data=st.data())
def test_address_sets_agree_with_the_standard_library(
    mine: list[ipaddress.IPv4Network], theirs: list[ipaddress.IPv4Network], data: st.DataObject
) -> None:
    one, other = _set_of(mine), _set_of(theirs)
    edges = [int(edge) for net in (*mine, *theirs) for edge in (net[0], net[-1])]
    number = data.draw(st.sampled_from(edges) if edges else st.integers(0, 2**32 - 1))
    address = ipaddress.IPv4Address(number)
    single = AddressSet.address(str(address))
    inside, also = (any(address in net for net in nets) for nets in (mine, theirs))
    assert (single <= one) is inside
    assert (single <= one | other) is (inside or also)
    assert (single <= one & other) is (inside and also)
    assert (single <= one - other) is (inside and not also)
    assert (one <= other) is (not one - other)
    assert (one & other) | (one - other) == one


def _set_of(nets: list[ipaddress.IPv4Network]) -> AddressSet:
    family = AddressSet.address("0.0.0.0").family  # noqa: S104 - an address, not a listener
    return AddressSet.union(family, (AddressSet.network(str(net)) for net in nets))
