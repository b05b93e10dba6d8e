"""The engine agrees with an independent evaluator, packet by packet, on random small networks."""

from __future__ import annotations

from typing import Any

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
    Ports,
    Reach,
    reach,
)
from tests.unit.policies.network.oracle import Oracle
from tests.unit.policies.network.random_networks import ENTRIES, RULES
from tests.unit.policies.network.scenario import HOST, World, network_in, node_in, world

SUBNETS = ("subnet-app", "subnet-nat", "subnet-ends")
OPEN_ENTRIES: list[dict[str, Any]] = [
    {
        "RuleNumber": 300,
        "Egress": egress,
        "Protocol": "-1",
        "RuleAction": "allow",
        "CidrBlock": "0.0.0.0/0",
    }
    for egress in (True, False)
]
OPEN_RULE = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
#: Networks of random rules alone are closed almost everywhere, and closed ones agree too easily.
MOSTLY_OPEN: st.SearchStrategy[list[dict[str, Any]]] = st.sampled_from(
    [[OPEN_RULE], [OPEN_RULE], [OPEN_RULE], []]
)
HALF_OPEN_ENTRIES = [
    OPEN_ENTRIES[0],
    {**OPEN_ENTRIES[1], "Protocol": "6", "PortRange": {"From": 0, "To": 50000}},
]
MOSTLY_OPEN_ENTRIES: st.SearchStrategy[list[dict[str, Any]]] = st.sampled_from(
    [*[OPEN_ENTRIES] * 6, HALF_OPEN_ENTRIES, []]
)
REFERENCES = st.sampled_from(["sg-client", "sg-other", "sg-ends"]).map(
    lambda group: {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": group}]}
)
IGW, NAT = {"GatewayId": "igw-1"}, {"NatGatewayId": "nat-1"}
#: By the subnet: most private subnets lead to a NAT gateway, and its own to an internet gateway.
TARGETS = {"subnet-nat": [IGW, IGW, IGW, NAT], "subnet-app": [NAT, NAT, IGW]}


def routes(subnet: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda block, target, state: {"DestinationCidrBlock": block, **target, "State": state},
        st.sampled_from(["0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/1", "52.0.0.0/8"]),
        st.sampled_from(TARGETS.get(subnet, [IGW, NAT])),
        st.sampled_from([*["active"] * 5, "blackhole"]),
    )


ADDRESSES = ("52.94.1.1", "8.8.8.8", "203.208.0.1", "10.0.3.5", "10.0.1.6")


@st.composite
def groups(draw: st.DrawFn, group_id: str) -> dict[str, Any]:
    rules = st.lists(st.one_of(RULES, REFERENCES), max_size=2)
    return {
        "GroupId": group_id,
        "VpcId": "vpc-1",
        "IpPermissions": [*draw(MOSTLY_OPEN), *draw(rules)],
        "IpPermissionsEgress": [*draw(MOSTLY_OPEN), *draw(rules)],
    }


@st.composite
def acls(draw: st.DrawFn, subnet: str) -> dict[str, Any]:
    numbered = st.lists(ENTRIES, max_size=2, unique_by=lambda one: one["RuleNumber"])
    return {
        "NetworkAclId": f"acl-{subnet}",
        "VpcId": "vpc-1",
        "Associations": [{"SubnetId": subnet}],
        "Entries": [*draw(numbered), *draw(MOSTLY_OPEN_ENTRIES)],
    }


@st.composite
def tables(draw: st.DrawFn, table_id: str, association: dict[str, Any]) -> dict[str, Any]:
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
    subnet = association.get("SubnetId", "")
    unique = st.lists(
        routes(subnet), min_size=1, max_size=3, unique_by=lambda one: one["DestinationCidrBlock"]
    )
    return {
        "RouteTableId": table_id,
        "VpcId": "vpc-1",
        "Associations": [association],
        "Routes": [local, *draw(unique)],
    }


@st.composite
def networks(draw: st.DrawFn) -> World:
    """One VPC: an instance, a NAT gateway, an internet gateway, an endpoint of two interfaces."""
    scene = world("hijack")
    scene["Subnets"].append(
        {
            **scene["Subnets"][0],
            "SubnetId": "subnet-ends",
            "CidrBlock": "10.0.3.0/24",
        }
    )
    scene["SecurityGroups"] = [draw(groups(one)) for one in ("sg-client", "sg-ends", "sg-other")]
    scene["NetworkAcls"] = [draw(acls(one)) for one in SUBNETS]
    scene["RouteTables"] = [draw(tables("rtb-main", {"Main": True}))]
    for subnet in SUBNETS:
        if draw(st.sampled_from([True, True, False])):
            scene["RouteTables"].append(draw(tables(f"rtb-{subnet}", {"SubnetId": subnet})))
    scene["NatGateways"][0]["State"] = draw(st.sampled_from([*["available"] * 3, "failed"]))
    states = st.sampled_from([*["available"] * 3, "detached"])
    scene["InternetGateways"][0]["Attachments"][0]["State"] = draw(states)
    for eni, subnet, address in (("eni-ssm", "ends", "10.0.3.5"), ("eni-ssm-2", "app", "10.0.1.6")):
        row = next(r for r in scene["NetworkInterfaces"] if r["NetworkInterfaceId"] == eni)
        row |= {"SubnetId": f"subnet-{subnet}", "PrivateIpAddress": address}
    scene["VpcEndpoints"][0]["PrivateDnsEnabled"] = draw(st.booleans())
    scene["VpcAttributes"][0]["EnableDnsSupport"] = draw(st.sampled_from([*[True] * 7, False]))
    client = scene["Reservations"][0]["Instances"][0]["NetworkInterfaces"][0]
    client["Groups"] = [
        {"GroupId": one}
        for one in draw(st.sampled_from([["sg-client"], ["sg-client", "sg-other"]]))
    ]
    if draw(st.sampled_from([True, True, False])):
        client["PrivateIpAddresses"][0]["Association"] = {"PublicIp": "198.18.0.10"}
    return scene


def _asked(scene: World, to: AddressSet | HostName, ports: Ports) -> tuple[Reach, Oracle]:
    (interface,) = node_in(scene).instance.network_interfaces
    found = reach(network_in(scene), Flow(Client.of(interface, ports=ports, nitro=True), to))
    client = scene["Reservations"][0]["Instances"][0]["NetworkInterfaces"][0]
    return found, Oracle(scene, client, range(ports.first, ports.last + 1))


PORTS = st.sampled_from([LINUX_PORTS, WINDOWS_PORTS])


@settings(max_examples=200, deadline=None)
@given(scene=networks(), to=st.sampled_from(ADDRESSES), ports=PORTS)
def test_the_engine_agrees_on_every_address(scene: World, to: str, ports: Ports) -> None:
    """network.md 2.1-2.5: with everything known there is no third answer."""
    found, oracle = _asked(scene, AddressSet.address(to), ports)
    outcomes = oracle.outcomes(to)
    if found.intermittent:
        assert outcomes != {True}
    else:
        expected = Answer.REACHABLE if outcomes == {True} else Answer.NOT_REACHABLE
        assert found.answer is expected
        assert len(outcomes) == 1


@settings(max_examples=120, deadline=None)
@given(scene=networks(), ports=PORTS)
def test_the_engine_agrees_on_every_address_of_a_name(scene: World, ports: Ports) -> None:
    """network.md 2.6, 2.7: what it says of a name holds for each address the name may have."""
    found, oracle = _asked(scene, HostName(HOST), ports)
    addresses = oracle.answers_for(HOST)
    if addresses == []:
        assert found.answer is Answer.NOT_REACHABLE
        return
    outcomes = {
        outcome
        for address in addresses or oracle.public_samples()
        for outcome in oracle.outcomes(address)
    }
    if found.answer is Answer.NOT_REACHABLE:
        assert outcomes == {False}
    if found.answer is Answer.REACHABLE:
        assert found.intermittent or outcomes == {True}
        assert not found.intermittent or outcomes != {True}
