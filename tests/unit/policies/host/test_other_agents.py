"""Agents that are not the instance's own, or that no look at its system shows (T-125, T-126)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from inventory.facts.host import AgentLog, HostFacts
from policies.control import Context, Outcome
from policies.host import log_ladder, service_running
from policies.judgement import judge
from tests.unit.inventory.host.logs.log_text import HEALTHY, read, up_to
from tests.unit.policies.host.scenario import SILENT, node_after, reading, with_readings
from tests.unit.policies.nodes import ID, node_with

IMAGE = "ami-0123456789abcdef0"
#: What a look at a system without systemd and packages shows.
NO_SERVICE = {"instance_id": ID, "source": "probe", "service": {"running": False}}


def judged_on(platform: str, image: str) -> str:
    images: dict[str, Any] = {"Images": [{"ImageId": IMAGE, "Name": image}]}
    managed = {**SILENT, "PlatformName": platform}
    node = node_with({"ImageId": IMAGE}, managed, regional={"ec2.DescribeImages": images})
    seen = with_readings(node, reading({**NO_SERVICE, "taken_at": "2026-11-01T11:50:00Z"}))
    verdict = judge(service_running, seen, Context())
    return f"{verdict.outcome} {verdict.code}"


@pytest.mark.parametrize(
    ("platform", "image", "told"),
    [
        ("Bottlerocket", "", "not_applicable BOTTLEROCKET"),
        ("", "bottlerocket-aws-k8s-1.33-x86_64-v1.40.0", "not_applicable BOTTLEROCKET"),
        ("Amazon Linux", "bottlerocket-aws-k8s-1.33-x86_64-v1.40.0", "fail SERVICE_NOT_RUNNING"),
        ("", "al2023-ami-2023.8.20250915.0-kernel-6.1-x86_64", "fail SERVICE_NOT_RUNNING"),
        ("", "rocket-bottlerocket", "fail SERVICE_NOT_RUNNING"),
    ],
)
def test_a_look_at_bottlerocket_says_nothing_of_its_agent(
    platform: str, image: str, told: str
) -> None:
    """T-126, D19: its agent runs in a container; what it reports as weighs more than a name."""
    assert judged_on(platform, image) == told


def test_the_agent_of_a_task_takes_no_identity_of_the_instance() -> None:
    """T-125: the log of an ECS task's agent is no sign that the instance's own came up."""
    start = up_to("amazon-ssm-agent - v").replace("identity from EC2", "identity from ECS")
    assert 2 in read(HEALTHY).rungs
    assert 2 not in read(start).rungs


def test_such_a_log_calls_no_instance_healthy() -> None:
    """T-125: where only the task's agent spoke, nothing is known of the node's."""
    start = up_to("amazon-ssm-agent - v").replace("identity from EC2", "identity from ECS")
    log: AgentLog = read(start)
    node = dataclasses.replace(node_after({}), host=HostFacts((), log))
    assert judge(log_ladder, node, Context()).outcome is Outcome.UNKNOWN
