"""Random networks: the worlds of the scenarios, with rules, entries and routes added at random."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.unit.policies.network.scenario import World, world

WORLDS = st.sampled_from(
    ["public", "nat", "endpoints", "hijack", "peered", "transit", "hub"],
)
#: Amazon's resolver, an interface of some worlds' VPC, and a server that nobody knows.
SERVERS = st.sampled_from([*["AmazonProvidedDNS"] * 4, "10.0.2.6", "192.0.2.53"])
BLOCKS = st.sampled_from(
    [
        "0.0.0.0/0",
        "0.0.0.0/1",
        "128.0.0.0/1",
        "10.0.0.0/8",
        "10.0.0.0/16",
        "10.0.1.0/24",
        "10.0.2.0/24",
        "10.0.3.5/32",
        "10.0.1.0/28",
        "10.0.1.64/26",
        "10.0.1.70/32",
        "52.0.0.0/8",
    ]
)
PORT_RANGES = st.sampled_from([(443, 443), (0, 65535), (1024, 65535), (49152, 65535), (80, 80)])
RULES = st.builds(
    lambda protocol, ports, block: {
        "IpProtocol": protocol,
        "FromPort": ports[0],
        "ToPort": ports[1],
        "IpRanges": [{"CidrIp": block}],
    },
    st.sampled_from(["tcp", "6", "-1", "udp"]),
    PORT_RANGES,
    BLOCKS,
)
ENTRIES = st.builds(
    lambda number, egress, protocol, action, ports, block: {
        "RuleNumber": number,
        "Egress": egress,
        "Protocol": protocol,
        "RuleAction": action,
        "PortRange": {"From": ports[0], "To": ports[1]},
        "CidrBlock": block,
    },
    st.integers(1, 200),
    st.booleans(),
    st.sampled_from(["6", "-1", "17"]),
    st.sampled_from(["allow", "deny"]),
    PORT_RANGES,
    BLOCKS,
)
ROUTES = st.builds(
    lambda block, target, state: {"DestinationCidrBlock": block, **target, "State": state},
    st.sampled_from(["52.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1", "10.64.0.0/16"]),
    st.sampled_from(
        [{"GatewayId": "igw-1"}, {"TransitGatewayId": "tgw-1"}, {"NatGatewayId": "nat-1"}]
    ),
    st.sampled_from(["active", "blackhole"]),
)


@st.composite
def scenes(draw: st.DrawFn) -> World:
    """A world of the scenarios with more rules, entries and routes, most of them senseless."""
    scene = world(draw(WORLDS))
    scene["DhcpOptions"][0]["DhcpConfigurations"][0]["Values"] = [{"Value": draw(SERVERS)}]
    scene["SecurityGroups"][0]["IpPermissionsEgress"] += draw(st.lists(RULES, max_size=3))
    scene["SecurityGroups"][-1]["IpPermissions"] += draw(st.lists(RULES, max_size=2))
    for acl in scene["NetworkAcls"]:
        entries = draw(st.lists(ENTRIES, max_size=4, unique_by=lambda one: one["RuleNumber"]))
        taken = {one["RuleNumber"] for one in acl["Entries"]}
        acl["Entries"] += [one for one in entries if one["RuleNumber"] not in taken]
    for table in scene["RouteTables"]:
        table["Routes"] += draw(
            st.lists(ROUTES, max_size=2, unique_by=lambda one: one["DestinationCidrBlock"])
        )
    return scene
