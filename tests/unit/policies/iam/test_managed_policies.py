"""AWS's own policies, as measured in iam.md 4: which of them give a node what it needs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from policies.iam.agent_actions import AGENT_ACTIONS, Tier
from policies.iam.evaluation import Answer, Grammar, Layer, Layers, decide, parse
from tests.unit.policies.iam.asking import INSTANCE, request

ALL_25 = {
    "AdministratorAccess",
    "AmazonElasticFileSystemsUtils",
    "AmazonSSMFullAccess",
    "AmazonSSMManagedInstanceCore",
    "PowerUserAccess",
}
HEARTBEAT_AND_CHANNELS = ALL_25 | {
    "AWSCloud9SSMInstanceProfile",
    "AmazonEC2RoleforSSM",
    "AmazonEKSLocalOutpostClusterPolicy",
    "AmazonSSMManagedEC2InstanceDefaultPolicy",
}
CONDITIONAL = {
    "AWSEC2SqlHaInstancePolicy",
    "AWSMcpServiceActionsFullAccess",
    "AmazonRDSCustomInstanceProfileRolePolicy",
}
#: Newer than the documents that were measured (2026-03-07).
NEWER = {"AIDevOpsAgentActionsPolicy"}


@pytest.fixture(scope="module")
def answers() -> dict[str, dict[str, Answer]]:
    """Policy name → action → the answer to a node of its account."""
    documents: dict[str, Any] = json.loads(aws_managed_policies_data)
    return {name: _ask_all(name, one["Document"]) for name, one in documents.items()}


def _ask_all(name: str, raw: object) -> dict[str, Answer]:
    policy = parse(raw, name=name, grammar=Grammar.IDENTITY)
    layers = Layers(identity=Layer("identity", (policy,)))
    on = {Tier.REGISTER: INSTANCE}
    return {
        one.name: decide(
            request({"action": one.name, "resource": on.get(one.tier, "*")}), layers
        ).answer
        for one in AGENT_ACTIONS
    }


def test_all_25_actions(answers: dict[str, dict[str, Answer]]) -> None:
    found = {name for name, told in answers.items() if set(told.values()) == {Answer.ALLOWED}}
    assert found - NEWER == ALL_25


def test_heartbeat_and_the_four_channel_actions(answers: dict[str, dict[str, Answer]]) -> None:
    needed = [one.name for one in AGENT_ACTIONS if one.tier in (Tier.REGISTER, Tier.CHANNEL)]
    assert len(needed) == 5
    found = {
        name
        for name, told in answers.items()
        if {told[action] for action in needed} == {Answer.ALLOWED}
    }
    assert found - NEWER == HEARTBEAT_AND_CHANNELS


def test_a_conditional_heartbeat(answers: dict[str, dict[str, Answer]]) -> None:
    heartbeat = "ssm:UpdateInstanceInformation"
    found = {name for name, told in answers.items() if told[heartbeat] is Answer.DEPENDS}
    assert found == CONDITIONAL


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("AmazonSSMManagedInstanceCore", set()),
        ("AmazonSSMManagedEC2InstanceDefaultPolicy", {"ssm:GetParameter", "ssm:GetParameters"}),
        ("AmazonEC2RoleforSSM", {"ssm:GetParameter"}),
    ],
)
def test_what_a_policy_lacks(
    name: str, missing: set[str], answers: dict[str, dict[str, Answer]]
) -> None:
    """domain.md 2.1.1: what tells the three policies apart."""
    lacking = {action for action, told in answers[name].items() if told is not Answer.ALLOWED}
    assert lacking == missing


def test_the_table_is_core() -> None:
    """The 25 actions are those of AmazonSSMManagedInstanceCore, no more and no fewer."""
    documents: dict[str, Any] = json.loads(aws_managed_policies_data)
    core = documents["AmazonSSMManagedInstanceCore"]["Document"]
    written = [action for statement in core["Statement"] for action in statement["Action"]]
    assert sorted(written) == sorted(one.name for one in AGENT_ACTIONS)
    assert len(AGENT_ACTIONS) == 25


@pytest.mark.parametrize(
    "name", ["AmazonSSMReadOnlyAccess", "AmazonSSMPatchAssociation", "CloudWatchAgentServerPolicy"]
)
def test_look_alikes_give_no_heartbeat(name: str, answers: dict[str, dict[str, Answer]]) -> None:
    """domain.md 2.1.1, T-22."""
    assert answers[name]["ssm:UpdateInstanceInformation"] is Answer.DENIED
