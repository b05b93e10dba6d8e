"""AGENT-01 by the spec: D17, D18, D14, D28, R-4.3, R-4.4, R-9.5, T-13.

A Region without ec2messages is trap 29 of network.md 5.7; the path there is NET-10's.
"""

from __future__ import annotations

from typing import Any

import pytest

from policies.agent import version_floor
from policies.control import Context, Verdict
from policies.judgement import judge
from policies.parameters import Parameters
from tests.unit.policies.nodes import ago, node_with

NEW_REGION = "ap-southeast-7"
SUBNET = "subnet-0aa"
IPV6_ONLY: dict[str, Any] = {
    "SubnetId": SUBNET,
    "PrivateIpAddress": "",
    "NetworkInterfaces": [
        {"NetworkInterfaceId": "eni-1", "Ipv6Addresses": [{"Ipv6Address": "2600::1"}]}
    ],
}
DUAL = IPV6_ONLY | {"PrivateIpAddress": "10.0.0.5"}
SILENT = {"PingStatus": "ConnectionLost", "LastPingDateTime": ago(days=2)}


def judged(version: str, parameters: Parameters | None = None, **world: Any) -> Verdict:
    managed = SILENT | {"AgentVersion": version} | world.pop("managed", {})
    return judge(version_floor, node_with(managed=managed, **world), Context(parameters))


def told(version: str, **world: Any) -> str:
    verdict = judged(version, **world)
    return f"{verdict.outcome} {verdict.code}"


@pytest.mark.parametrize(
    ("version", "region", "expected"),
    [
        pytest.param("3.3.40.0", "eu-central-1", "pass AGENT_AT_FLOOR", id="D18-at-the-floor"),
        pytest.param("3.3.39.9", "eu-central-1", "warn AGENT_BELOW_FLOOR", id="D18-below-it"),
        pytest.param("3.3.4.0", "eu-central-1", "warn AGENT_BELOW_FLOOR", id="T-13-numbers"),
        pytest.param("3.10.0.0", "eu-central-1", "pass AGENT_AT_FLOOR", id="T-13-3.10-is-newer"),
        pytest.param("3.0.1.0", "eu-central-1", "warn AGENT_BELOW_FLOOR", id="D18-old-never-fails"),
        pytest.param(
            "3.0.501.9",
            "eu-central-1",
            "warn AGENT_BELOW_FLOOR",
            id="R-9.5-stale-after-hibernation",
        ),
        pytest.param("3.1.820.9", "eu-central-1", "warn AGENT_BELOW_FLOOR", id="trap-29-has-it"),
        pytest.param(
            "3.1.820.9",
            NEW_REGION,
            "fail AGENT_WITHOUT_COMMAND_PATH",
            id="trap-29-D17-R-4.3-no-path",
        ),
        pytest.param("3.1.821.0", NEW_REGION, "warn AGENT_BELOW_FLOOR", id="D17-new-region-warn"),
        pytest.param("3.3.40.0", NEW_REGION, "pass AGENT_AT_FLOOR", id="D17-new-region-pass"),
        pytest.param("latest", "eu-central-1", "unknown AGENT_VERSION_UNREADABLE", id="no-version"),
        pytest.param("", "eu-central-1", "unknown UNREAD", id="version-not-told"),
    ],
)
def test_version_and_region_decide(version: str, region: str, expected: str) -> None:
    assert told(version, region=region) == expected


@pytest.mark.parametrize(
    ("version", "instance", "dns64", "expected"),
    [
        pytest.param("3.3.3269.9", IPV6_ONLY, False, "fail AGENT_WITHOUT_IPV6", id="R-4.4-below"),
        pytest.param("3.3.3270.0", IPV6_ONLY, False, "pass AGENT_AT_FLOOR", id="R-4.4-at"),
        pytest.param("3.3.3269.9", DUAL, False, "pass AGENT_AT_FLOOR", id="R-4.4-has-ipv4"),
        pytest.param("3.3.3269.9", IPV6_ONLY, True, "pass AGENT_AT_FLOOR", id="D28-dns64"),
        pytest.param("3.3.3269.9", IPV6_ONLY, None, "unknown UNREAD", id="D28-dns64-not-told"),
    ],
)
def test_ipv6_only(version: str, instance: Any, dns64: bool | None, expected: str) -> None:
    subnet = {"SubnetId": SUBNET} | ({} if dns64 is None else {"EnableDns64": dns64})
    subnets = {"ec2.DescribeSubnets": {"Subnets": [subnet]}}
    assert told(version, instance=instance, regional=subnets) == expected


def test_ipv6_only_and_online_has_a_path() -> None:
    """D9: a fresh ping entails a path to ssm; without one the unread subnet leaves it open."""
    online = {"PingStatus": "Online", "LastPingDateTime": ago(minutes=2)}
    assert told("3.3.3269.9", instance=IPV6_ONLY, managed=online) == "pass AGENT_AT_FLOOR"
    assert told("3.3.3269.9", instance=IPV6_ONLY) == "unknown UNREAD"


def test_an_unregistered_node_tells_no_version() -> None:
    """D14."""
    assert told("3.3.40.0", listed=False) == "not_applicable NOT_REGISTERED"
    denied = {"ssm.DescribeInstanceInformation": "AccessDenied"}
    assert told("3.3.40.0", denied=denied) == "unknown UNREAD"


def test_floor_and_regions_are_those_of_the_users_tables() -> None:
    """Issue 5: both are data that users can override."""
    floor = Parameters(agent_floor=(3, 3, 4000, 0))
    assert judged("3.3.40.0", floor).code == "AGENT_BELOW_FLOOR"
    regions = Parameters(regions_without_ec2messages=frozenset({"eu-central-1"}))
    assert judged("3.1.1.0", regions).code == "AGENT_WITHOUT_COMMAND_PATH"


def test_the_repair_of_a_node_without_commands_is_no_command() -> None:
    assert "send-command" not in judged("3.1.1.0", region=NEW_REGION).remediation
