"""AGENT-03 by the spec: D18, D14, T-12; who an association covers."""

from __future__ import annotations

from typing import Any

import pytest

from policies.agent import kept_up_to_date
from policies.control import Context, Verdict
from policies.judgement import judge
from tests.unit.policies.nodes import ID, node_with

UPDATE: dict[str, Any] = {
    "AssociationId": "a-1",
    "Name": "AWS-UpdateSSMAgent",
    "ScheduleExpression": "rate(14 days)",
    "Targets": [{"Key": "InstanceIds", "Values": ["*"]}],
}


def judged(version: str, *associations: dict[str, Any], **world: Any) -> Verdict:
    answers = {"ssm.ListAssociations": {"Associations": list(associations)}}
    node = node_with(managed={"AgentVersion": version}, regional=answers, **world)
    return judge(kept_up_to_date, node, Context())


def targets(key: str, *values: str) -> dict[str, Any]:
    return UPDATE | {"Targets": [{"Key": key, "Values": list(values)}]}


@pytest.mark.parametrize(
    ("rule", "association", "expected"),
    [
        ("all nodes", UPDATE, "pass AGENT_AUTO_UPDATED"),
        ("by id", targets("InstanceIds", "i-0other", ID), "pass AGENT_AUTO_UPDATED"),
        ("by another id", targets("InstanceIds", "i-0other"), "warn AGENT_NOT_UPDATED"),
        ("by tag", targets("tag:Name", "web-1"), "pass AGENT_AUTO_UPDATED"),
        ("by another value", targets("tag:Name", "web-2"), "warn AGENT_NOT_UPDATED"),
        ("by a tag it lacks", targets("tag:Team", "web-1"), "warn AGENT_NOT_UPDATED"),
        ("by tag key", targets("tag-key", "Name"), "pass AGENT_AUTO_UPDATED"),
        (
            "by two targets, one of them another's",
            UPDATE
            | {
                "Targets": [
                    {"Key": "tag:Name", "Values": ["web-1"]},
                    {"Key": "tag:Team", "Values": ["shop"]},
                ]
            },
            "warn AGENT_NOT_UPDATED",
        ),
        (
            "the older kind, by id",
            UPDATE | {"Targets": [], "InstanceId": ID},
            "pass AGENT_AUTO_UPDATED",
        ),
        (
            "by resource group",
            targets("resource-groups:Name", "fleet"),
            "unknown UPDATE_TARGETS_UNREADABLE",
        ),
        *(
            (
                f"D18 by resource group and by tag: {value}",
                UPDATE
                | {
                    "Targets": [
                        {"Key": "resource-groups:Name", "Values": ["fleet"]},
                        {"Key": "tag:Name", "Values": [value]},
                    ]
                },
                expected,
            )
            for value, expected in (
                ("web-1", "unknown UPDATE_TARGETS_UNREADABLE"),
                ("web-2", "warn AGENT_NOT_UPDATED"),
            )
        ),
        ("once only", UPDATE | {"ScheduleExpression": ""}, "warn AGENT_NOT_UPDATED"),
        ("another document", UPDATE | {"Name": "AWS-RunPatchBaseline"}, "warn AGENT_NOT_UPDATED"),
    ],
)
def test_an_old_agent_is_judged_by_what_covers_it(
    rule: str, association: dict[str, Any], expected: str
) -> None:
    verdict = judged("3.3.40.0", association)
    assert f"{verdict.outcome} {verdict.code}" == expected, rule


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("3.3.4364.0", "pass AGENT_RECENT"),
        ("3.3.4363.9", "warn AGENT_NOT_UPDATED"),
        ("latest", "unknown AGENT_VERSION_UNREADABLE"),
    ],
)
def test_without_an_association_the_version_decides(version: str, expected: str) -> None:
    """D18: warn at most. T-12: IsLatestVersion plays no part."""
    verdict = judged(version)
    assert f"{verdict.outcome} {verdict.code}" == expected


def test_a_refused_listing_is_unknown_unless_the_version_is_recent() -> None:
    denied = {"ssm.ListAssociations": "AccessDenied"}
    old = node_with(managed={"AgentVersion": "3.3.40.0"}, denied=denied)
    recent = node_with(managed={"AgentVersion": "3.3.4364.0"}, denied=denied)
    verdict = judge(kept_up_to_date, old, Context())
    assert verdict.code == "UNREAD"
    assert "ssm:ListAssociations" in verdict.missing[0].what
    assert judge(kept_up_to_date, recent, Context()).code == "AGENT_RECENT"


def test_an_unregistered_node_is_not_judged() -> None:
    """D14."""
    assert judged("3.3.40.0", listed=False).code == "NOT_REGISTERED"
