"""IAM-05 by the spec: D9, D17, R-1.4, R-4.1, R-4.2; T-41, T-42."""

from __future__ import annotations

from typing import Any

import pytest

from policies.control import Context, Verdict
from policies.iam import command_channel
from policies.judgement import judge
from policies.parameters import Parameters
from policies.reference import AgentReleases
from tests.unit.policies.iam_world import DHMC_VALUE, inline, node, permissions

HEARTBEAT = "ssm:UpdateInstanceInformation"
CONTROL = ("ssmmessages:CreateControlChannel", "ssmmessages:OpenControlChannel")
SESSIONS = ("ssmmessages:CreateDataChannel", "ssmmessages:OpenDataChannel")
FALLBACK = (
    "ec2messages:AcknowledgeMessage",
    "ec2messages:DeleteMessage",
    "ec2messages:FailMessage",
    "ec2messages:GetEndpoint",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
)
PREFERRED = inline(permissions("ssm:*", "ssmmessages:*"))
OLDER = inline(permissions("ssm:*", "ec2messages:*"))
NEITHER = inline(permissions("ssm:*"))
YOUNG_REGION = {"region": "mx-central-1"}


def tagged(*actions: str) -> dict[str, Any]:
    return permissions(*actions, Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})


def verdict(**changes: Any) -> Verdict:
    return command_channel.evaluate(node(**changes), Context())


@pytest.mark.parametrize(
    ("rule", "changes", "expected"),
    [
        ("R-1.4 all of it", {}, "pass CHANNEL_ALLOWED"),
        (
            "R-1.4 the ten actions by name",
            {"role": inline(permissions(*CONTROL, *SESSIONS, *FALLBACK))},
            "pass CHANNEL_ALLOWED",
        ),
        ("T-42 ssm:* alone", {"role": NEITHER}, "fail NO_COMMAND_CHANNEL"),
        ("T-41 no ec2messages, 3.3.40.0", {"role": PREFERRED}, "pass CHANNEL_ALLOWED"),
        (
            "D17 no ec2messages, exactly 3.3.40.0",
            {"role": PREFERRED, "agent": "3.3.40.0"},
            "pass CHANNEL_ALLOWED",
        ),
        (
            "D17 no ec2messages, 3.3.39.9",
            {"role": PREFERRED, "agent": "3.3.39.9"},
            "warn EC2MESSAGES_MAY_BE_NEEDED",
        ),
        (
            "D17 no ec2messages, exactly 3.1.821.0",
            {"role": PREFERRED, "agent": "3.1.821.0"},
            "warn EC2MESSAGES_MAY_BE_NEEDED",
        ),
        (
            "D17 no ec2messages, 3.1.820.9",
            {"role": PREFERRED, "agent": "3.1.820.9"},
            "fail EC2MESSAGES_NEEDED",
        ),
        (
            "D17 an old agent, ec2messages allowed",
            {"agent": "3.1.820.9"},
            "pass CHANNEL_ALLOWED",
        ),
        (
            "D17 version not known",
            {"role": PREFERRED, "agent": None},
            "warn EC2MESSAGES_MAY_BE_NEEDED",
        ),
        (
            "D17 Windows Server 2012 R2 never switches it off",
            {
                "role": PREFERRED,
                "registered": {"PlatformType": "Windows", "PlatformVersion": "6.3.9600"},
            },
            "warn EC2MESSAGES_MAY_BE_NEEDED",
        ),
        (
            "D17 Windows Server 2016 does",
            {
                "role": PREFERRED,
                "registered": {"PlatformType": "Windows", "PlatformVersion": "10.0.14393"},
            },
            "pass CHANNEL_ALLOWED",
        ),
        (
            "R-4.2 a Region without ec2messages, whatever the version",
            {"role": PREFERRED, "agent": "3.1.820.9"} | YOUNG_REGION,
            "pass CHANNEL_ALLOWED",
        ),
        ("R-1.4 ec2messages alone", {"role": OLDER}, "warn SESSIONS_DENIED"),
        (
            "R-4.2 ec2messages alone where there is none",
            {"role": OLDER} | YOUNG_REGION,
            "fail NO_COMMAND_CHANNEL",
        ),
        (
            "R-1.4 one of the six is missing",
            {"role": inline(permissions("ssm:*", *FALLBACK[1:]))},
            "fail NO_COMMAND_CHANNEL",
        ),
        (
            "R-1.4 half a control channel",
            {"role": inline(permissions(CONTROL[0], *SESSIONS))},
            "fail NO_COMMAND_CHANNEL",
        ),
        (
            "iam.md 4 commands without sessions",
            {"role": inline(permissions(*CONTROL))},
            "warn SESSIONS_DENIED",
        ),
        (
            "R-1.2 control channel depends",
            {"role": inline(tagged("ssmmessages:*"), permissions("ec2messages:*"))},
            "unknown CHANNEL_DEPENDS",
        ),
        (
            "R-1.2 sessions depend",
            {"role": inline(permissions(*CONTROL), tagged(*SESSIONS))},
            "unknown CHANNEL_DEPENDS",
        ),
        (
            "R-1.2 ec2messages depends, and is not needed",
            {"role": inline(permissions("ssmmessages:*"), tagged("ec2messages:*"))},
            "pass CHANNEL_ALLOWED",
        ),
        (
            "R-1.2 ec2messages depends, and may be needed",
            {
                "role": inline(permissions("ssmmessages:*"), tagged("ec2messages:*")),
                "agent": "3.3.39.9",
            },
            "unknown CHANNEL_DEPENDS",
        ),
        (
            "iam.md 4 the resource of ssmmessages is not settled",
            {"role": inline(permissions("ssmmessages:*", Resource="arn:aws:ssmmessages:*:*:*"))},
            "unknown CHANNEL_DEPENDS",
        ),
        (
            "iam.md 3 unread SCPs",
            {"organization": {"Id": "o-1", "MasterAccountId": "999988887777"}},
            "unknown UNREAD",
        ),
        (
            "design 5: the source is DHMC",
            {"role": inline(permissions("s3:*")), "dhmc": DHMC_VALUE},
            "not_applicable SOURCE_IS_DHMC",
        ),
        ("nothing attached", {"attached": False}, "not_applicable NO_PROFILE"),
    ],
)
def test_the_command_channel(rule: str, changes: dict[str, Any], expected: str) -> None:
    found = verdict(**changes)
    assert f"{found.outcome} {found.code}" == expected, rule


def test_a_fresh_ping_says_nothing_about_it() -> None:
    """D9: Online entails nothing about IAM-05."""
    assert judge(command_channel, node(role=NEITHER), Context()).code == "NO_COMMAND_CHANNEL"


def test_the_repair_names_the_four_actions() -> None:
    (blocker,) = verdict(role=NEITHER).blockers
    assert all(action in blocker.detail for action in (*CONTROL, *SESSIONS))


def test_versions_and_regions_are_those_of_the_users_tables() -> None:
    """Issue 5: version milestones and Regions are data that users can override."""
    old_agent = node(role=PREFERRED, agent="3.3.39.9")
    moved = Parameters(agent_releases=AgentReleases(ec2messages_left=(3, 3, 39, 0)))
    assert command_channel.evaluate(old_agent, Context()).code == "EC2MESSAGES_MAY_BE_NEEDED"
    assert command_channel.evaluate(old_agent, Context(moved)).code == "CHANNEL_ALLOWED"
    older = node(role=OLDER)
    without = Parameters(regions_without_ec2messages=frozenset({"eu-central-1"}))
    assert command_channel.evaluate(older, Context()).code == "SESSIONS_DENIED"
    assert command_channel.evaluate(older, Context(without)).code == "NO_COMMAND_CHANNEL"
