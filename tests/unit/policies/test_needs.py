"""A control's ``needs`` are all it reads: with their answers alone it says what it says with all.

A live run with -k asks for no more than they name (design 6, 7), so what is not named is not there.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import pytest
import yaml

from inventory.facts import Node, Unread
from policies.catalogue import CONTROLS, RECORDS
from policies.control import Context, ControlModule, Outcome
from policies.custom.declaration import policies_of
from policies.custom.policy import CustomPolicy
from policies.iam import command_channel
from policies.imds import metadata_service_enabled
from policies.judgement import judge
from policies.scope import SCOPE_CALLS
from policies.within import is_from_within
from tests.unit.policies.iam_world import fleet as iam_fleet
from tests.unit.policies.iam_world import inline
from tests.unit.policies.network.scenario import HERE, change, node_in, world
from tests.unit.policies.nodes import ID, node_with
from tests.unit.policies.reduced import reduced_nodes
from tests.unit.world import only_node

BY_ID = {one.CONTROL.id: one for one in CONTROLS}
CASES: list[dict[str, Any]] = [
    case
    for path in sorted((HERE / "cases").glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())
    if "file" not in case["change"]
]


def asserted_alike(controls: Iterable[ControlModule], node: Node) -> int:
    """How many verdicts came to the same with what the control needs, and nothing else."""
    judged = 0
    for control in controls:
        (alone,) = reduced_nodes([node], {"ec2:DescribeInstances", *control.CONTROL.needs})
        whole = judge(control, node, Context())
        assert judge(control, alone, Context()) == whole, (control.CONTROL.id, node.id)
        judged += 1
    return judged


@pytest.mark.parametrize("name", sorted({case["world"] for case in CASES}))
def test_in_every_world(name: str) -> None:
    assert asserted_alike(CONTROLS, node_in(world(name))) == len(CONTROLS)


def test_whatever_a_scenario_changes() -> None:
    """Each pair's own control, and the path that joins all hops (NET-08) for the engine's pairs."""
    for case in CASES:
        scene = change(world(case["world"]), *case.get("given", ()), case["change"])
        control = BY_ID.get(case["ask"], BY_ID["NET-08"])
        asserted_alike([control], node_in(scene))


def disabled(**change: Any) -> Node:
    return node_with(
        {"MetadataOptions": {"State": "applied", "HttpEndpoint": "disabled"}}, **change
    )


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        pytest.param(disabled(), "warn CONTRADICTED", id="D10-a-fresh-ping-contradicts"),
        pytest.param(disabled(listed=False), "fail IMDS_DISABLED", id="R-6.1-nobody-contradicts"),
        pytest.param(
            node_with({"Operator": {"Managed": True}}, listed=False),
            "not_applicable SERVICE_MANAGED",
            id="D19-operated-by-a-service",
        ),
    ],
)
def test_what_a_ping_says_belongs_to_the_needs(node: Node, expected: str) -> None:
    verdict = judge(metadata_service_enabled, node, Context())
    assert f"{verdict.outcome} {verdict.code}" == expected
    asserted_alike([metadata_service_enabled], node)


def test_an_open_channel_belongs_to_the_needs() -> None:
    """D9: GetConnectionStatus = connected settles the ssmmessages half of IAM-05."""
    node = only_node(iam_fleet(role=inline("ssmmessages:*")))
    channel = {"ssm.GetConnectionStatus": {"Target": ID, "Status": "connected"}}
    open_channel = node_with(regional=channel).region.connections
    region = dataclasses.replace(node.region, connections=open_channel)
    online = dataclasses.replace(node, region=region)
    before, after = (judge(command_channel, one, Context()) for one in (node, online))
    assert (before.outcome, after.code) == (Outcome.UNKNOWN, "OBSERVED")
    asserted_alike([command_channel], online)


def policy(assertion: str, message: str = "no") -> CustomPolicy:
    """A policy of the user's own with this assertion."""
    entry = {"id": "ORG-01", "title": "t", "severity": "low", "remediation": "r"}
    told = {"assert": assertion, "message": message}
    ((_, found),), problems = policies_of({"policies": [entry | told]}, ())
    assert not problems
    return found


@pytest.mark.parametrize(
    ("assertion", "message", "call"),
    [
        ("Tag.Owner == 'me'", "no", SCOPE_CALLS[1]),
        ("Tag.Owner == 'me'", "{Network.Vpc.VpcId} has no owner", "ec2:DescribeVpcs"),
        ("Role.RoleName != null", "no", "ec2:DescribeIamInstanceProfileAssociations"),
        ("Image.OwnerId == 'x'", "no", "ec2:DescribeImages"),
        ("ManagedNode.PingStatus == 'Online'", "no", "ssm:DescribeInstanceInformation"),
        ("AgentUpdate == null", "no", "ssm:ListAssociations"),
    ],
)
def test_a_policy_of_ones_own_needs_what_its_expressions_look_at(
    assertion: str, message: str, call: str
) -> None:
    """Also the message's, and what decides whether it concerns the instance at all (D19)."""
    found = policy(assertion, message)
    assert call in found.CONTROL.needs
    for scene in ("policies", "nat"):
        asserted_alike([found], node_in(world(scene)))


def test_no_control_needs_what_no_call_tells() -> None:
    """Every call that is named is one of which a snapshot could lack the answer."""
    node = node_in(world("policies"))
    (nothing,) = reduced_nodes([node], ())
    unread = {
        one.call
        for one in (
            getattr(nothing.region, field.name) for field in dataclasses.fields(nothing.region)
        )
        if isinstance(one, Unread)
    }
    unread |= {"iam:ListInstanceProfiles", "iam:GetAccountAuthorizationDetails"}
    unread |= {"organizations:DescribeOrganization"}
    of_aws = [record for record in RECORDS if not is_from_within(record)]
    assert {call for record in of_aws for call in record.needs} <= unread
