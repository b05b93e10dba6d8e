"""Which hosts an agent needs (H1-H3, D17, R-4.2, domain 2.3)."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Node
from policies.control import Context, Outcome
from policies.network import path_to_ec2messages
from policies.network.clients import own_ports, runs_on_nitro
from policies.network.hosts import Need, agent_hosts, agent_version
from policies.network.reachability import LINUX_PORTS, WINDOWS_PORTS, Ports
from policies.parameters import Parameters
from policies.reference import AgentReleases
from tests.unit.world import fleet_of, only_node

INSTANCE = {"InstanceId": "i-1", "State": {"Name": "running"}}


def _node(
    region: str = "eu-central-1",
    instance: dict[str, str] | None = None,
    managed: dict[str, str] | None = None,
) -> Node:
    rows = [] if managed is None else [{"InstanceId": "i-1", **managed}]
    answers = {
        "ec2.DescribeInstances": {"Reservations": [{"Instances": [INSTANCE | (instance or {})]}]},
        "ssm.DescribeInstanceInformation": {"InstanceInformationList": rows},
    }
    return only_node(fleet_of(answers, region=region))


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("eu-central-1", "amazonaws.com"),
        ("us-gov-west-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-iso-east-1", "c2s.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov"),
        ("us-isof-south-1", "csp.hci.ic.gov"),
        ("eu-isoe-west-1", "cloud.adc-e.uk"),
        ("eusc-de-east-1", "amazonaws.eu"),
    ],
)
def test_names_follow_the_partition(region: str, suffix: str) -> None:
    """Domain 2.3, T-80."""
    required = [one for one in agent_hosts(_node(region)) if one.need is Need.REQUIRED]
    assert [one.name for one in required] == [
        f"ssm.{region}.{suffix}",
        f"ssmmessages.{region}.{suffix}",
    ]


@pytest.mark.parametrize(
    ("version", "need"),
    [
        ("3.3.40.0", None),
        ("3.3.39.9", Need.ADVISORY),
        ("3.1.821.0", Need.ADVISORY),
        ("3.1.820.99", Need.REQUIRED),
        ("2.3.50.0", Need.REQUIRED),
        ("10.0.0.0", None),
        ("latest", Need.ADVISORY),
        ("3.3.40.0-beta", None),
        (" 3.1.820.0 ", Need.REQUIRED),
        ("3.03.00040.0", None),
        ("3." + "9" * 5000, Need.ADVISORY),
    ],
)
def test_the_need_of_ec2messages_follows_the_version(version: str, need: Need | None) -> None:
    """D17, T-13: versions compare by number, and one that cannot be read is not known."""
    needs = {one.service: one.need for one in agent_hosts(_node(managed={"AgentVersion": version}))}
    assert needs.get("ec2messages") is need


def test_an_unknown_version_makes_it_advisory() -> None:
    """H2, D17."""
    needs = {one.service: one.need for one in agent_hosts(_node())}
    assert needs["ec2messages"] is Need.ADVISORY
    assert agent_version(_node()) is None


def test_old_windows_never_switches_it_off() -> None:
    """D17: Windows Server 2012 and earlier."""
    managed = {"AgentVersion": "3.3.4851.0", "PlatformName": "Microsoft Windows Server 2012 R2"}
    needs = {one.service: one.need for one in agent_hosts(_node(managed=managed))}
    assert needs["ec2messages"] is Need.ADVISORY
    newer = managed | {"PlatformName": "Microsoft Windows Server 2016 Datacenter"}
    assert "ec2messages" not in {one.service for one in agent_hosts(_node(managed=newer))}


@pytest.mark.parametrize(
    "region",
    ["ap-southeast-5", "ap-southeast-7", "mx-central-1", "ap-east-2", "ap-southeast-6"],
)
def test_trap_29_regions_of_2024_and_later_have_no_ec2messages(region: str) -> None:
    """H1, R-4.2: not even for an old agent, whom AGENT-01 judges."""
    node = _node(region, managed={"AgentVersion": "3.0.0.0"})
    assert "ec2messages" not in {one.service for one in agent_hosts(node)}


@pytest.mark.parametrize(
    ("parameters", "need"),
    [
        (Parameters(), Need.REQUIRED),
        (Parameters(regions_without_ec2messages=frozenset({"eu-central-1"})), None),
        (
            Parameters(agent_releases=AgentReleases(ssmmessages_commands=(3, 0, 0, 0))),
            Need.ADVISORY,
        ),
    ],
)
def test_users_may_replace_the_dated_tables(parameters: Parameters, need: Need | None) -> None:
    """R-4.2, 2.8: the same ones that the agent's permissions are judged by."""
    node = _node(managed={"AgentVersion": "3.0.0.0"})
    needs = {one.service: one.need for one in agent_hosts(node, parameters)}
    assert needs.get("ec2messages") is need


@pytest.mark.parametrize(
    ("instance", "managed", "ports"),
    [
        ({"PlatformDetails": "Linux/UNIX"}, None, LINUX_PORTS),
        ({"PlatformDetails": "Windows with SQL Server"}, None, WINDOWS_PORTS),
        ({"Platform": "Windows"}, None, WINDOWS_PORTS),
        ({"Architecture": "arm64_mac", "PlatformDetails": "Linux/UNIX"}, None, WINDOWS_PORTS),
        ({}, {"PlatformType": "Linux"}, LINUX_PORTS),
        ({"PlatformDetails": "Linux/UNIX"}, {"PlatformType": "Windows"}, WINDOWS_PORTS),
        ({}, None, None),
    ],
)
def test_own_ports_follow_the_operating_system(
    instance: dict[str, str], managed: dict[str, str] | None, ports: Ports | None
) -> None:
    """NA7, NA8, D26, T-15."""
    assert own_ports(_node(instance=instance, managed=managed)) == ports


@pytest.mark.parametrize(
    ("instance_type", "nitro"),
    [
        ("t2.micro", False),
        ("t3.micro", True),
        ("m4.large", False),
        ("m5.large", True),
        ("c4.large", False),
        ("p3.2xlarge", False),
        ("p3dn.24xlarge", True),
        ("i3.large", False),
        ("i3.metal", True),
        ("x1e.xlarge", False),
        ("u-6tb1.metal", True),
        ("", None),
    ],
)
def test_hypervisor_by_instance_type(instance_type: str, nitro: bool | None) -> None:
    """D21; DescribeInstances says ``xen`` for both."""
    assert runs_on_nitro(instance_type) is nitro


def _names(region: str, host_set: str, version: str = "3.3.3270.0") -> dict[str, str]:
    node = _node(region, managed={"AgentVersion": version})
    hosts = agent_hosts(node, Parameters(network_hosts=host_set))
    return {one.service: one.name for one in hosts}


@pytest.mark.parametrize(
    ("region", "host_set", "name"),
    [
        ("us-east-1", "default", "ssm.us-east-1.amazonaws.com"),
        ("us-east-1", "fips", "ssm-fips.us-east-1.amazonaws.com"),
        ("ca-west-1", "fips", "ssm-fips.ca-west-1.amazonaws.com"),
        ("us-gov-west-1", "fips", "ssm-fips.us-gov-west-1.amazonaws.com"),
        ("eu-central-1", "fips", "ssm.eu-central-1.amazonaws.com"),
        ("eu-central-1", "dual_stack", "ssm.eu-central-1.api.aws"),
        ("us-gov-west-1", "dual_stack", "ssm.us-gov-west-1.api.aws"),
        ("cn-north-1", "dual_stack", "ssm.cn-north-1.api.amazonwebservices.com.cn"),
        ("us-iso-east-1", "dual_stack", "ssm.us-iso-east-1.c2s.ic.gov"),
    ],
)
def test_the_host_set_is_a_parameter(region: str, host_set: str, name: str) -> None:
    """H3, H4, 2.4.2, D30; where a set does not exist, agents can only use the default names."""
    assert _names(region, host_set)["ssm"] == name


@pytest.mark.parametrize(
    ("version", "name"),
    [("3.3.3270.0", "ssm.eu-central-1.api.aws"), ("3.3.3269.0", "ssm.eu-central-1.amazonaws.com")],
)
def test_older_agents_do_not_know_dual_stack_names(version: str, name: str) -> None:
    """R-4.4."""
    assert _names("eu-central-1", "dual_stack", version)["ssm"] == name


@pytest.mark.parametrize("host_set", ["default", "dual_stack"])
def test_the_evidence_says_which_names_were_assumed(host_set: str) -> None:
    """D30: never guessed, and never silent."""
    hosts = agent_hosts(_node(), Parameters(network_hosts=host_set))
    quoted = hosts[0].evidence
    assert quoted.resource == hosts[0].name
    assert quoted.value.startswith(f"{host_set}: ")


@pytest.mark.parametrize("version", [None, "3.0.0.0"])
def test_a_region_without_ec2messages_asks_for_no_path_there(version: str | None) -> None:
    """H1, D17, R-4.2: AGENT-01 judges the agent."""
    node = _node("mx-central-1", managed=None if version is None else {"AgentVersion": version})
    verdict = path_to_ec2messages.evaluate(node, Context())
    assert (verdict.outcome, verdict.code) == (Outcome.NOT_APPLICABLE, "NOT_IN_REGION")


@pytest.mark.parametrize(
    ("instance", "managed", "ports"),
    [
        ({"PlatformDetails": "Linux/UNIX"}, None, Ports(20000, 30000)),
        ({"Platform": "Windows"}, None, Ports(50000, 60000)),
        ({"Architecture": "arm64_mac", "PlatformDetails": "Linux/UNIX"}, None, WINDOWS_PORTS),
        ({"PlatformDetails": "Linux/UNIX"}, {"PlatformType": "MacOS"}, WINDOWS_PORTS),
        ({}, None, None),
    ],
)
def test_own_ports_are_the_users_where_the_user_sets_them(
    instance: dict[str, Any], managed: dict[str, Any] | None, ports: Ports | None
) -> None:
    """NA7: what is set for Linux and Windows is meant for these; an unknown system stays so."""
    parameters = Parameters(linux_ports=(20000, 30000), windows_ports=(50000, 60000))
    assert own_ports(_node(instance=instance, managed=managed), parameters) == ports
