"""AGENT-02 by the spec: D18, R-8.1, T-100, T-101, T-102, by a table of the test's own."""

from __future__ import annotations

from typing import Any

import pytest

from policies.agent import image_carries_agent
from policies.control import Context, Gap, Verdict
from policies.gate import Gate
from policies.judgement import Judgement, judge
from policies.parameters import Parameters
from policies.reference import ImageKind
from tests.unit.policies.nodes import node_with

KINDS = (
    ImageKind("minimal", has_agent=False, owner="111", name="*-minimal-*"),
    ImageKind("full", has_agent=True, owner="111", name="os-*"),
    ImageKind("bare", has_agent=False, platform="Red Hat Enterprise Linux"),
)
AMI = "ami-0aa"


def parameters() -> Parameters:
    return Parameters(image_kinds=KINDS)


def world(name: str | None, owner: str = "111", platform: str = "Linux/UNIX") -> dict[str, Any]:
    images = [] if name is None else [{"ImageId": AMI, "Name": name, "OwnerId": owner}]
    answers = [{"request": {"Filters": []}, "response": {"Images": images}}]
    return {
        "instance": {"ImageId": AMI, "PlatformDetails": platform},
        "regional": {"ec2.DescribeImages": answers},
    }


def judged(listed: bool = False, **changes: Any) -> Verdict:
    return judge(image_carries_agent, node_with(listed=listed, **changes), Context(parameters()))


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("D18 ships with one", world("os-2026"), "unknown AGENT_LIKELY"),
        ("D18 known without", world("os-minimal-2026"), "warn IMAGE_WITHOUT_AGENT"),
        (
            "T-22 the same name of another owner",
            world("os-2026", "222"),
            "unknown IMAGE_KIND_UNKNOWN",
        ),
        ("T-100 a copy of one's own", world("golden"), "unknown IMAGE_KIND_UNKNOWN"),
        ("T-101 deregistered or private", world(None), "unknown IMAGE_NOT_DESCRIBED"),
        (
            "R-8.1 gone, and the platform tells",
            world(None, platform="Red Hat Enterprise Linux with HA"),
            "warn IMAGE_WITHOUT_AGENT",
        ),
        ("T-102 Linux/UNIX tells nothing", world(None), "unknown IMAGE_NOT_DESCRIBED"),
        (
            "refused",
            {"denied": {"ec2.DescribeImages": "UnauthorizedOperation"}},
            "unknown IMAGE_NOT_DESCRIBED",
        ),
        (
            "registration refused",
            world("os-minimal-2026")
            | {"denied": {"ssm.DescribeInstanceInformation": "AccessDenied"}},
            "unknown REGISTRATION_UNREAD",
        ),
    ],
)
def test_an_unregistered_instance(rule: str, changes: dict[str, Any], expected: str) -> None:
    verdict = judged(**changes)
    assert f"{verdict.outcome} {verdict.code}" == expected, rule


def test_a_registered_node_has_an_agent_whatever_its_image() -> None:
    assert judged(listed=True, **world("os-minimal-2026")).code == "AGENT_SEEN"


@pytest.mark.parametrize(
    "changes",
    [
        world("os-2026"),
        world(None),
        {"denied": {"ec2.DescribeImages": "UnauthorizedOperation"}},
        world("os-2026") | {"denied": {"ssm.DescribeInstanceInformation": "AccessDenied"}},
    ],
    ids=["likely", "gone", "images-refused", "registration-refused"],
)
def test_an_advisory_never_gates(changes: dict[str, Any]) -> None:
    """D18: not even where a call was refused."""
    node = node_with(listed=False, **changes)
    finding = Judgement(parameters()).finding(image_carries_agent, node)
    assert {one.gap for one in finding.verdict.missing} == {Gap.UNDECIDABLE}
    assert Gate().decide([finding]).status == 0


def test_a_plain_answer_of_the_cli_counts() -> None:
    """Design 6: a folder of CLI outputs is a snapshot."""
    plain = world(None) | {
        "regional": {
            "ec2.DescribeImages": {
                "Images": [{"ImageId": AMI, "Name": "os-minimal-1", "OwnerId": "111"}]
            }
        }
    }
    assert judged(**plain).code == "IMAGE_WITHOUT_AGENT"
