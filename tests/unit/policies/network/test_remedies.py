"""What a remedy does when somebody runs it: real ids, one word each, and the path opens."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from inventory.facts.network import NetworkAcl, NetworkAclEntry, PortRange
from policies.control import Context, ControlModule, Outcome
from policies.network import (
    egress_443,
    endpoint_groups,
    network_acls_443,
    path_to_ssm,
    routes,
)
from policies.network.acl_remedies import free_number
from policies.network.reachability import AddressSet, Crossing, Ports
from tests.unit.policies.network.scenario import World, change, node_in, world

INTERFACE = ["Reservations", 0, "Instances", "i-client", "NetworkInterfaces", "eni-client"]
NO_ROUTE = {"drop": ["RouteTables", "rtb-app", "Routes", "0.0.0.0/0"]}
BLACKHOLE = {"put": ["RouteTables", "rtb-app", "Routes", "0.0.0.0/0", "State"], "to": "blackhole"}
PRIVATE = {"drop": [*INTERFACE, "PrivateIpAddresses", 0, "Association"]}
DETACHED = {"put": ["InternetGateways", "igw-1", "Attachments"], "to": []}
LOCKED = {"put": ["VpcBlockPublicAccessOptions", "InternetGatewayBlockMode"], "to": None}
NAT_PRIVATE = {"drop": ["RouteTables", "rtb-main", "Routes", "0.0.0.0/0"]}
FAILED = {"put": ["NatGateways", "nat-1", "State"], "to": "failed"}
DROPPED_BEHIND = {
    "put": ["RouteTables", "rtb-main", "Routes", "0.0.0.0/0", "State"],
    "to": "blackhole",
}
LOOP = {
    "put": ["RouteTables", "rtb-main", "Routes", "0.0.0.0/0"],
    "to": {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"},
}
HUB_DETACHED = {"put": ["InternetGateways", "igw-hub", "Attachments"], "to": []}
CLOSED = {"put": ["SecurityGroups", "sg-ends", "IpPermissions"], "to": []}
REGION = "--region eu-central-1"
ADDRESS = f'"$(aws ec2 allocate-address {REGION} --query AllocationId --output text)"'
LOCK_BOTH_WAYS = {**LOCKED, "to": "block-bidirectional"}


@pytest.mark.parametrize(
    ("control", "scene", "command"),
    [
        (
            routes,
            change(world("nat"), NO_ROUTE),
            (
                f"aws ec2 create-route {REGION} --route-table-id rtb-app "
                "--destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1"
            ),
        ),
        (
            routes,
            change(world("public"), NO_ROUTE),
            (
                f"aws ec2 create-route {REGION} --route-table-id rtb-app "
                "--destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"
            ),
        ),
        (
            routes,
            change(world("nat"), BLACKHOLE),
            (
                f"aws ec2 replace-route {REGION} --route-table-id rtb-app "
                "--destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1"
            ),
        ),
        (
            routes,
            change(world("nat"), NAT_PRIVATE),
            (
                f"aws ec2 create-route {REGION} --route-table-id rtb-main "
                "--destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"
            ),
        ),
        (
            routes,
            change(world("nat"), FAILED),
            (
                f'nat="$(aws ec2 create-nat-gateway {REGION} --connectivity-type public '
                f"--subnet-id subnet-nat --allocation-id {ADDRESS} "
                '--query NatGateway.NatGatewayId --output text)"\n'
                f'aws ec2 wait nat-gateway-available {REGION} --nat-gateway-ids "$nat"\n'
                f"aws ec2 replace-route {REGION} --route-table-id rtb-app "
                '--destination-cidr-block 0.0.0.0/0 --nat-gateway-id "$nat"'
            ),
        ),
        (
            routes,
            change(world("nat"), DROPPED_BEHIND),
            (
                f"aws ec2 replace-route {REGION} --route-table-id rtb-main "
                "--destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"
            ),
        ),
        (
            routes,
            change(world("nat"), LOOP),
            (
                f"aws ec2 replace-route {REGION} --route-table-id rtb-main "
                "--destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"
            ),
        ),
        (
            routes,
            change(world("transit"), HUB_DETACHED),
            (
                f"aws ec2 attach-internet-gateway {REGION} --internet-gateway-id igw-hub "
                "--vpc-id vpc-hub"
            ),
        ),
        (
            routes,
            change(world("public"), PRIVATE),
            (
                f"aws ec2 associate-address {REGION} --network-interface-id eni-client "
                f"--allocation-id {ADDRESS}"
            ),
        ),
        (
            routes,
            change(world("public"), DETACHED),
            f"aws ec2 attach-internet-gateway {REGION} --internet-gateway-id igw-1 --vpc-id vpc-1",
        ),
        (
            routes,
            change(world("nat"), LOCK_BOTH_WAYS),
            (
                f"aws ec2 create-vpc-block-public-access-exclusion {REGION} --subnet-id subnet-nat "
                "--internet-gateway-exclusion-mode allow-egress"
            ),
        ),
        (
            routes,
            change(world("public"), LOCK_BOTH_WAYS),
            (
                f"aws ec2 create-vpc-block-public-access-exclusion {REGION} --subnet-id subnet-app "
                "--internet-gateway-exclusion-mode allow-bidirectional"
            ),
        ),
        (
            endpoint_groups,
            change(world("hijack"), CLOSED),
            (
                f"aws ec2 authorize-security-group-ingress {REGION} --group-id sg-ends "
                "--ip-permissions 'IpProtocol=tcp,FromPort=443,ToPort=443,"
                "UserIdGroupPairs=[{GroupId=sg-client}]'"
            ),
        ),
    ],
)
def test_a_remedy_names_the_real_ids(control: ControlModule, scene: World, command: str) -> None:
    """Issue 4, item 5: NET-08 gives the same command as the hop's own control."""
    node = node_in(scene)
    assert control.evaluate(node, Context()).remediation == command
    assert path_to_ssm.evaluate(node, Context()).remediation == command


def test_a_vpc_without_any_internet_gateway_gets_one() -> None:
    """NG1: the id of what is made first is known only to the shell."""
    gone = {"put": ["InternetGateways"], "to": []}
    scene = change(world("nat"), NAT_PRIVATE, gone)
    made, attached, routed = routes.evaluate(node_in(scene), Context()).remediation.splitlines()
    assert made.startswith('gateway="$(aws ec2 create-internet-gateway')
    assert '--internet-gateway-id "$gateway" --vpc-id vpc-1' in attached
    assert (
        '--route-table-id rtb-main --destination-cidr-block 0.0.0.0/0 --gateway-id "$gateway"'
        in (routed)
    )


def test_no_command_leads_a_nat_gateway_to_itself() -> None:
    """NG4: its subnet goes by the table that lacks the route, so endpoints are offered instead."""
    shared = {"drop": ["RouteTables", "rtb-app"]}
    verdict = routes.evaluate(node_in(change(world("nat"), shared, NAT_PRIVATE)), Context())
    assert verdict.code == "NO_ROUTE"
    assert "--nat-gateway-id" not in verdict.remediation
    assert "create-vpc-endpoint" in verdict.remediation


def test_a_looping_table_of_both_subnets_is_not_led_past_the_nat_gateway() -> None:
    """NG4: with a route to the internet gateway the private subnet would have no way out."""
    scene = change(world("nat"), {"drop": ["RouteTables", "rtb-app"]}, LOOP)
    verdict = routes.evaluate(node_in(scene), Context())
    assert (verdict.code, verdict.remediation) == ("NAT_SAME_SUBNET_LOOP", "")


def test_a_nat_gateway_that_is_being_made_is_waited_for() -> None:
    """NG1: pending turns into available, or into failed with a message."""
    pending = {**FAILED, "to": "pending"}
    verdict = routes.evaluate(node_in(change(world("nat"), pending)), Context())
    assert (verdict.code, verdict.outcome) == ("NAT_STATE", Outcome.FAIL)
    assert verdict.remediation.startswith(f"aws ec2 describe-nat-gateways {REGION}")


def test_an_address_of_ones_own_is_nothing_to_the_gateway_of_another_vpc() -> None:
    """IG2: it maps the addresses of its own VPC only."""
    straight = {
        "put": ["RouteTables", "rtb-hub-tgw", "Routes", "0.0.0.0/0"],
        "to": {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-hub", "State": "active"},
    }
    verdict = routes.evaluate(node_in(change(world("transit"), straight)), Context())
    assert (verdict.code, verdict.remediation) == ("NO_PUBLIC_ADDRESS", "")


def test_an_endpoint_of_another_vpc_is_let_out_to_by_address() -> None:
    """SG9: over a transit gateway egress rules cannot name its group."""
    closed = {"put": ["SecurityGroups", "sg-client", "IpPermissionsEgress"], "to": []}
    verdict = path_to_ssm.evaluate(node_in(change(world("hub"), closed)), Context())
    assert verdict.code == "SG_EGRESS_BLOCKED"
    assert "IpRanges=[{CidrIp=10.1.3.5/32}]" in verdict.remediation
    assert "sg-hub" not in verdict.remediation


def test_an_ipv6_only_client_is_led_to_the_nat_gateway_that_translates() -> None:
    """NG7: what DNS64 answers lies under 64:ff9b::/96, which no internet gateway takes."""
    scene = change(
        world("nat"),
        {"drop": [*INTERFACE, "PrivateIpAddress"]},
        {"drop": [*INTERFACE, "PrivateIpAddresses"]},
        {"put": [*INTERFACE, "Ipv6Addresses"], "to": [{"Ipv6Address": "2600:1f14::10"}]},
        {"put": ["Subnets", "subnet-app", "EnableDns64"], "to": True},
    )
    assert routes.evaluate(node_in(scene), Context()).remediation == (
        f"aws ec2 create-route {REGION} --route-table-id rtb-app "
        "--destination-ipv6-cidr-block 64:ff9b::/96 --nat-gateway-id nat-1"
    )


def test_an_endpoint_that_is_made_admits_the_vpc_under_names_that_it_may_have() -> None:
    """EP4, EP5: AWS would give it the default group, and refuses private DNS without both."""
    gone = {"drop": ["VpcEndpoints", "vpce-ssm"]}
    nameless = {"put": ["VpcAttributes", "vpc-1", "EnableDnsHostnames"], "to": False}
    scene = change(world("endpoints"), gone)
    group, admit, make = routes.evaluate(node_in(scene), Context()).remediation.splitlines()
    assert group.startswith('ssm_group="$(aws ec2 create-security-group')
    assert '--group-id "$ssm_group"' in admit
    assert "FromPort=443,ToPort=443,IpRanges=[{CidrIp=10.0.0.0/16}]" in admit
    assert '--security-group-ids "$ssm_group"' in make
    none = {"put": ["VpcEndpoints"], "to": []}
    before = routes.evaluate(node_in(change(world("endpoints"), none)), Context())
    after = routes.evaluate(node_in(change(world("endpoints"), none, nameless)), Context())
    on = f"aws ec2 modify-vpc-attribute {REGION} --vpc-id vpc-1 --enable-dns-hostnames"
    assert after.remediation == f"{on}\n{before.remediation}"


@pytest.mark.parametrize("name", ["public", "nat", "hijack", "endpoints"])
@pytest.mark.parametrize("side", [True, False])
def test_the_entries_that_a_remedy_adds_open_the_path(name: str, side: bool) -> None:
    """NA2: they come before what denies, under numbers that no other entry has."""
    scene = world(name)
    for acl in scene["NetworkAcls"]:
        for entry in acl["Entries"]:
            if entry["Egress"] is side:
                entry["RuleAction"] = "deny"
    verdict = network_acls_443.evaluate(node_in(scene), Context())
    assert verdict.outcome is Outcome.FAIL
    for command in verdict.remediation.splitlines():
        acl_id = shlex.split(command)[shlex.split(command).index("--network-acl-id") + 1]
        scene = change(scene, {"add": _entry(command), "to": ["NetworkAcls", acl_id, "Entries"]})
    assert network_acls_443.evaluate(node_in(scene), Context()).outcome is Outcome.PASS


def _entry(command: str) -> dict[str, Any]:
    """The ACL entry that a command makes."""
    words = shlex.split(command)
    option = {name: words[at + 1] for at, name in enumerate(words[:-1]) if name.startswith("--")}
    first, last = (part.partition("=")[2] for part in option["--port-range"].split(","))
    return {
        "RuleNumber": int(option["--rule-number"]),
        "Egress": "--egress" in words,
        "Protocol": "6",
        "RuleAction": option["--rule-action"],
        "CidrBlock": option["--cidr-block"],
        "PortRange": {"From": int(first), "To": int(last)},
    }


def _deny(number: int, protocol: str = "-1", ports: PortRange | None = None) -> NetworkAclEntry:
    return NetworkAclEntry(
        rule_number=number,
        egress=False,
        protocol=protocol,
        rule_action="deny",
        cidr_block="0.0.0.0/0",
        port_range=ports,
    )


@pytest.mark.parametrize(
    ("entries", "number"),
    [
        ((_deny(32767),), 32740),
        ((_deny(100),), 70),
        ((_deny(100), _deny(90)), 60),
        ((_deny(7),), 4),
        ((_deny(3),), None),
        ((_deny(50, "17"), _deny(100)), 70),
        ((_deny(50, "6", PortRange(first=1, last=1023)), _deny(100)), 70),
        ((_deny(50, "6", PortRange(first=1, last=1024)), _deny(100)), 20),
    ],
)
def test_the_number_is_free_and_before_the_first_deny(
    entries: tuple[NetworkAclEntry, ...], number: int | None
) -> None:
    """NA2; entries about other protocols and ports deny nothing of it.

    Answers to a NAT gateway get the third free number, those before are for other packets.
    """
    acl = NetworkAcl(network_acl_id="acl-1", associations=(), entries=entries)
    crossing = Crossing("subnet-1", False, Ports(1024, 65535), AddressSet.network("0.0.0.0/0"))
    assert free_number(acl, crossing) == number


def test_an_ipv6_only_client_is_let_out_over_ipv6() -> None:
    """SG6: 0.0.0.0/0 does not cover IPv6."""
    scene = change(
        world("public"),
        {"drop": [*INTERFACE, "PrivateIpAddress"]},
        {"drop": [*INTERFACE, "PrivateIpAddresses"]},
        {"put": [*INTERFACE, "Ipv6Addresses"], "to": [{"Ipv6Address": "2600:1f14::10"}]},
        {"put": ["Subnets", "subnet-app", "EnableDns64"], "to": True},
    )
    verdict = egress_443.evaluate(node_in(scene), Context())
    assert verdict.code == "SG_EGRESS_BLOCKED"
    assert "'IpProtocol=tcp,FromPort=443,ToPort=443,Ipv6Ranges=[{CidrIpv6=::/0}]'" in (
        verdict.remediation
    )


ODD = "$(touch x); 'y' \"z\""


def _odd(scene: Any, plain: str) -> Any:
    """The world with an id that a shell would take apart."""
    if isinstance(scene, dict):
        return {key: _odd(one, plain) for key, one in scene.items()}
    if isinstance(scene, list):
        return [_odd(one, plain) for one in scene]
    return ODD if scene == plain else scene


@pytest.mark.parametrize(
    ("scene", "plain", "option"),
    [
        (change(world("nat"), NO_ROUTE), "rtb-app", "--route-table-id"),
        (change(world("nat"), NO_ROUTE), "nat-1", "--nat-gateway-id"),
        (change(world("nat"), FAILED), "subnet-nat", "--subnet-id"),
        (change(world("public"), PRIVATE), "eni-client", "--network-interface-id"),
        (change(world("public"), LOCK_BOTH_WAYS), "subnet-app", "--vpc-id"),
        (change(world("hijack"), CLOSED), "sg-ends", "--group-id"),
        (
            change(world("public"), {"put": ["NetworkAcls", "acl-app", "Entries"], "to": []}),
            "acl-app",
            "--network-acl-id",
        ),
    ],
)
def test_whatever_an_id_holds_is_one_word_of_the_command(
    scene: World, plain: str, option: str
) -> None:
    """Ids come from answers that anybody may have written; the command is pasted into a shell."""
    verdict = path_to_ssm.evaluate(node_in(_odd(scene, plain)), Context())
    assert verdict.outcome is Outcome.FAIL
    command = verdict.remediation.splitlines()[0]
    if command.startswith('nat="$('):
        command = command.removeprefix('nat="$(').removesuffix(')"')
    words = shlex.split(command)
    assert words[words.index(option) + 1] == ODD
