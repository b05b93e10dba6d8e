"""Live evidence by D9 and D10: what an open session channel settles, and what it does not."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from policies.control import Context, Verdict
from policies.iam import command_channel
from policies.judgement import judge
from policies.live import reconcile
from tests.unit.policies.iam_world import fleet as iam_fleet
from tests.unit.policies.iam_world import inline, permissions
from tests.unit.policies.nodes import ID, node_with
from tests.unit.policies.test_live_evidence import ENTAILED, FAILED, UNKNOWN, with_
from tests.unit.world import only_node

CONTROL = with_(ENTAILED, entailed_by_online=False)


def reconciled(verdict: Verdict, status: str, *, entailed: bool = True) -> str:
    connection = {"ssm.GetConnectionStatus": {"Target": ID, "Status": status}}
    node = node_with(regional=connection)
    about = dataclasses.replace(verdict, entailed_by_channel=entailed)
    found = reconcile(CONTROL, about, node, Context())
    return f"{found.outcome} {found.code}"


@pytest.mark.parametrize(
    ("verdict", "status", "expected"),
    [
        pytest.param(FAILED, "connected", "warn CONTRADICTED", id="D10-contradicted"),
        pytest.param(UNKNOWN, "Connected", "pass OBSERVED", id="D10-observed"),
        pytest.param(FAILED, "notconnected", "fail BROKEN", id="closed-settles-nothing"),
        pytest.param(UNKNOWN, "half", "unknown UNSEEN", id="a-new-status-settles-nothing"),
    ],
)
def test_an_open_channel_settles_what_it_entails(
    verdict: Verdict, status: str, expected: str
) -> None:
    assert reconciled(verdict, status) == expected


def test_it_settles_nothing_else() -> None:
    assert reconciled(FAILED, "connected", entailed=False) == "fail BROKEN"


def command_channel_of(role: dict[str, Any], **world: Any) -> str:
    node = only_node(iam_fleet(role=role, **world))
    region = dataclasses.replace(
        node.region,
        connections=node_with(
            regional={"ssm.GetConnectionStatus": {"Target": ID, "Status": "connected"}}
        ).region.connections,
    )
    verdict = judge(command_channel, dataclasses.replace(node, region=region), Context())
    return f"{verdict.outcome} {verdict.code}"


def test_the_command_channel_of_a_role() -> None:
    """D9: `connected` entails the ssmmessages half of IAM-05; nothing proves ec2messages."""
    tagged = permissions("ssmmessages:*", Condition={"StringEquals": {"aws:ResourceTag/a": "b"}})
    assert command_channel_of(inline(permissions("ssm:*"))) == "warn CONTRADICTED"
    assert command_channel_of(inline(tagged)) == "pass OBSERVED"
    only_new = inline(permissions("ssm:*", "ssmmessages:*"))
    assert command_channel_of(only_new, agent="3.1.0.0") == "fail EC2MESSAGES_NEEDED"


def test_where_dhmc_may_serve_the_profile_is_not_contradicted() -> None:
    """D10: the open channel may be DHMC's."""
    suppressing = inline(permissions("ssm:UpdateInstanceInformation"))
    told = command_channel_of(
        suppressing, dhmc="service-role/AWSSystemsManagerDefaultEC2InstanceManagementRole"
    )
    assert told == "fail NO_COMMAND_CHANNEL"
