"""One evaluation for each network signature gives every client the answer of its own (5.4)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.network.reachability import (
    LINUX_PORTS,
    WINDOWS_PORTS,
    AddressSet,
    Answer,
    Client,
    Flow,
    HostName,
    Network,
    Reach,
    SharedReach,
    reach,
)
from policies.network.reachability.signature import signature, source_cells
from tests.unit.policies.network.random_networks import scenes
from tests.unit.policies.network.scenario import HOST, World, change, node_in, world

HOSTS = [HOST, "ssmmessages.eu-central-1.amazonaws.com"]
GROUPS = st.sampled_from([("sg-client",), ("sg-client", "sg-ends"), ("sg-gone",), ()])
CLIENTS = st.builds(
    Client,
    interface_id=st.from_regex(r"eni-[0-9a-f]{3}", fullmatch=True),
    vpc_id=st.just("vpc-1"),
    subnet_id=st.sampled_from(["subnet-app", "subnet-app", "subnet-nat", "subnet-gone"]),
    groups=GROUPS,
    address=st.one_of(
        st.integers(4, 250).map(lambda last: f"10.0.1.{last}"),
        st.sampled_from(["", "10.0.1.300", "2001:db8::5"]),
    ),
    address_v6=st.sampled_from(["", "", "2001:db8::1", "2001:0db8:0::2", "fd00::1", "10.0.1.5"]),
    public=st.sampled_from(["", "198.18.0.10", "198.18.0.11"]),
    ports=st.sampled_from([LINUX_PORTS, WINDOWS_PORTS, None]),
    nitro=st.sampled_from([True, False, None]),
)
#: On both sides of every bound that random rules draw inside the subnet, and between them.
NEIGHBOURS = st.sampled_from(
    [f"10.0.1.{last}" for last in (4, 10, 15, 16, 63, 64, 69, 70, 71, 127)]
)


@st.composite
def alike(draw: st.DrawFn) -> list[Client]:
    """Clients that differ in nothing but their names and addresses."""
    client = draw(CLIENTS)
    addresses = draw(st.lists(NEIGHBOURS, min_size=2, max_size=5, unique=True))
    return [
        dataclasses.replace(client, interface_id=f"eni-{address}", address=address)
        for address in addresses
    ]


QUESTIONS = st.one_of(
    st.sampled_from(HOSTS).map(HostName),
    st.sampled_from(
        ["52.1.2.3", "10.0.3.5", "10.0.2.6", "10.0.1.70", "10.9.0.4", "10.1.3.5", "2001:db8::9"]
    ).map(AddressSet.address),
)


def network_in(scene: World) -> Network:
    return Network(node_in(scene).region)


@settings(max_examples=150, deadline=None)
@given(
    scene=scenes(),
    clients=st.lists(CLIENTS, max_size=3),
    families=st.lists(alike(), min_size=1, max_size=2),
    questions=st.lists(QUESTIONS, min_size=1, max_size=2),
)
def test_shared_answers_are_the_clients_own(
    scene: World,
    clients: list[Client],
    families: list[list[Client]],
    questions: list[HostName | AddressSet],
) -> None:
    """network.md 5.4: memoised equals unmemoised, stage by stage, with the names they tell."""
    network, alone = network_in(scene), network_in(scene)
    shared = SharedReach(network)
    for client in (*clients, *(one for family in families for one in family)):
        for to in questions:
            flow = Flow(client, to)
            found, expected = shared.reach(flow), reach(alone, flow)
            assert found == expected
            assert _crossings(found) == _crossings(expected)


def _crossings(found: Reach) -> list[tuple[Any, str]]:
    """What ACLs were asked, which equality leaves out, and how people are told of it."""
    stages = [stage for path in found.paths for stage in path.stages]
    return [(one.crossing, str(one.crossing and one.crossing.peer)) for one in stages]


def _client(address: str, **members: Any) -> Client:
    same: dict[str, Any] = {"vpc_id": "vpc-1", "subnet_id": "subnet-app", "groups": ("sg-client",)}
    members = {**same, "ports": LINUX_PORTS, **members}
    return Client(interface_id=f"eni-{address}", address=address, **members)


CUT = "10.0.1.0/25"


@pytest.mark.parametrize(
    "cut",
    [
        {
            "add": {
                "RuleNumber": 50,
                "Egress": False,
                "Protocol": "-1",
                "RuleAction": "deny",
                "CidrBlock": CUT,
            },
            "to": ["NetworkAcls", "acl-nat", "Entries"],
        },
        {
            "add": {"DestinationCidrBlock": CUT, "State": "blackhole", "NatGatewayId": "nat-0"},
            "to": ["RouteTables", "rtb-main", "Routes"],
        },
        {
            "put": ["SecurityGroups", "sg-ends", "IpPermissions"],
            "to": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.1.128/25"}]}],
        },
    ],
    ids=["ACL of another subnet", "route back", "group of the endpoint"],
)
def test_a_cut_inside_a_subnet_separates_two_clients(cut: dict[str, Any]) -> None:
    """network.md 5.4: the source cell is a part of the signature wherever a rule cuts a subnet."""
    scene = world("hijack")
    scene["VpcEndpoints"][0]["NetworkInterfaceIds"] = ["eni-ssm"]
    below, above, beside = _client("10.0.1.10"), _client("10.0.1.200"), _client("10.0.1.201")
    before = SharedReach(network_in(scene))
    assert {before.reach(Flow(one, HostName(HOST))).answer for one in (below, above)} == {
        Answer.REACHABLE
    }
    assert before.evaluated == 1
    after = SharedReach(network_in(change(scene, cut)))
    answers = [after.reach(Flow(one, HostName(HOST))).answer for one in (below, above, beside)]
    assert answers == [Answer.NOT_REACHABLE, Answer.REACHABLE, Answer.REACHABLE]
    assert after.evaluated == 2


def test_clients_alike_are_evaluated_once_and_told_by_their_own_names() -> None:
    """network.md 5.5: what is told of one client never names another."""
    shared = SharedReach(network_in(world("public")))
    one, other = (
        _client("10.0.1.20", public="198.18.0.20"),
        _client("10.0.1.21", public="198.18.0.21"),
    )
    told = [
        " ".join(
            stage.detail
            for path in shared.reach(Flow(client, HostName(HOST))).paths
            for stage in path.stages
        )
        for client in (one, other)
    ]
    assert "10.0.1.20 of eni-10.0.1.20 is 198.18.0.20 outside" in told[0]
    assert "10.0.1.21 of eni-10.0.1.21 is 198.18.0.21 outside" in told[1]
    assert "\x02" not in "".join(told)
    assert shared.evaluated == 1


@pytest.mark.parametrize(
    "member", [one.name for one in dataclasses.fields(Client) if one.name != "interface_id"]
)
def test_every_member_of_a_client_counts(member: str) -> None:
    """network.md 5.4: a verdict may read any of them; of an address only whether rules cut it."""
    cells = source_cells(network_in(world("nat")))
    client = _client("10.0.1.20", nitro=True)
    other: dict[str, Any] = {
        "groups": ("sg-ends",),
        "address": "10.0.2.20",
        "address_v6": "2001:db8::1",
        "ports": WINDOWS_PORTS,
        "nitro": False,
    }
    changed = dataclasses.replace(client, **{member: other.get(member, "another")})
    assert signature(changed, cells) != signature(client, cells)
    beside = dataclasses.replace(client, address="10.0.1.21", interface_id="eni-other")
    assert signature(beside, cells) == signature(client, cells)
