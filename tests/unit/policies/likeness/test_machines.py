"""Which policy documents can tell one machine from another (iam.md 3, design 7)."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.facts import Node, Unread
from policies.iam.agent_actions import HEARTBEAT, instance_arn
from policies.iam.evaluation import Decision, Grammar, Layer, Layers, Request, decide, parse
from policies.iam.node_context import profile_keys, role_session
from policies.likeness.machines import tells_machines_apart
from tests.unit.policies import iam_world

_ALLOW: Final = {"Effect": "Allow", "Action": "ssm:UpdateInstanceInformation"}


def document(**elements: Any) -> dict[str, Any]:
    """A policy of one statement about everything, with elements replaced."""
    return {"Version": "2012-10-17", "Statement": [{**_ALLOW, "Resource": "*"} | elements]}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"ec2:SourceInstanceARN": "arn:aws:ec2:eu-central-1:1:instance/i-1"}},
        {"ArnLike": {"ec2:sourceinstancearn": "*"}},
        {"StringEquals": {"ssm:SourceInstanceARN": "arn:aws:ec2:eu-central-1:1:instance/i-1"}},
        {"StringEquals": {"aws:Ec2InstanceSourcePrivateIPv4": "10.0.0.1"}},
        {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}},
        {"StringLike": {"aws:userid": "*:i-1"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::1:assumed-role/web/i-1"}},
        {"StringEquals": {"aws:PrincipalTag/id": "${aws:userid}"}},
        {"StringEquals": {"aws:x": "${ec2:SourceInstanceARN}"}},
        {"StringEquals": {"aws:x": "${aws:TokenIssueTime}"}},
    ],
)
def test_keys_that_are_a_machines_own_tell_it_apart(condition: dict[str, Any]) -> None:
    """iam.md 3: the instance's ARN, its addresses, its session's name, and any variable."""
    assert tells_machines_apart(document(Condition=condition))
    assert tells_machines_apart(json.dumps(document(Condition=condition)))
    assert tells_machines_apart(quote(json.dumps(document(Condition=condition))))


@pytest.mark.parametrize(
    "elements",
    [
        {"Resource": "arn:aws:ec2:eu-central-1:111122223333:instance/i-1"},
        {"Resource": "arn:aws:ec2:*:*:instance/i-0*"},
        {"Resource": ["*", "arn:aws:ec2:*:*:instance/i-0*"]},
        {"NotResource": "arn:aws:ec2:*:*:instance/i-1"},
        {"Resource": "arn:aws:ec2:*:*:instance/?-*"},
        {"Resource": "arn:aws:ec2:*:*:*/i-1"},
        {"Resource": "arn:*:i-1"},
        {"Resource": "*/i-1"},
        {"Resource": "*i-1"},
        {"Resource": "arn:aws:*:*:*:instance/i-1"},
        {"Resource": "arn:aws:ec?:*:*:instance/i-1"},
        {"Resource": "arn:*"},
        {"Resource": 5},
        {"Resource": [["*"]]},
        {"Principal": {"AWS": "arn:aws:sts::1:assumed-role/web/i-1"}},
        {"Principal": {"AWS": ["*", "arn:aws:sts::1:assumed-role/web/i-1"]}},
    ],
)
def test_resources_and_principals_that_may_name_one_do(elements: dict[str, Any]) -> None:
    """A pattern that only might is taken for one that does."""
    assert tells_machines_apart(document(**elements))


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"Resource": "arn:aws:ec2:*:*:instance/*"},
        {"Resource": "arn:aws:ec2:eu-central-1:111122223333:instance/*"},
        {"Resource": ["*", "arn:aws:s3:::bucket/*", "arn:aws:ssm:*:*:parameter/i-1"]},
        {"NotResource": "arn:aws:s3:::bucket/*"},
        {"Condition": {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}},
        {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
        {"Principal": {"Service": "ec2.amazonaws.com"}},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:role/web"}},
    ],
)
def test_what_says_the_same_of_every_machine_does_not(elements: dict[str, Any]) -> None:
    """What differs by account, Region, VPC, role or service is a trait of its own."""
    assert not tells_machines_apart(document(**elements))


@pytest.mark.parametrize("text", ["{", "no JSON", "[" * 100_000, '{"Resource": "*"'])
def test_what_cannot_be_read_may_say_anything(text: str) -> None:
    assert tells_machines_apart(text)


def test_no_document_says_nothing() -> None:
    assert not tells_machines_apart(None)


_PATTERNS = st.sampled_from(
    [
        "*",
        "arn:aws:ec2:*:*:instance/*",
        "arn:aws:ec2:*:*:instance/i-0123456789abcdef0",
        "arn:aws:ec2:*:*:instance/i-0*",
        "arn:aws:ec2:*:111122223333:instance/*",
        "arn:aws:ec2:us-east-1:*:instance/*",
        "arn:aws:ssm:*:*:*",
        "arn:*:*:*:*:instance/*",
        "arn:aws:ec2:*",
        "*0",
    ]
)
_CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}},
        {"StringLike": {"aws:userid": "*:i-0123456789abcdef0"}},
        {"ArnLike": {"ec2:SourceInstanceARN": "*:instance/i-0*"}},
        {"ArnLike": {"aws:PrincipalArn": "*"}},
        {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        {"StringEquals": {"aws:Ec2InstanceSourceVpc": "vpc-0aa"}},
        {"IpAddress": {"aws:Ec2InstanceSourcePrivateIPv4": "10.0.0.0/25"}},
        {"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}},
        {"Null": {"aws:PrincipalTag/team": "true"}},
        {"StringLike": {"aws:PrincipalArn": "${aws:PrincipalArn}"}},
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    """One statement; resources and conditions of all kinds."""
    resource = draw(st.sampled_from(["Resource", "NotResource"]))
    patterns = draw(st.one_of(_PATTERNS, st.lists(_PATTERNS, min_size=1, max_size=2)))
    found = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        "Action": draw(st.sampled_from(["*", "ssm:*", "ssm:UpdateInstanceInformation", "s3:*"])),
        resource: patterns,
    }
    condition = draw(_CONDITIONS)
    return found | ({"Condition": condition} if condition else {})


_IDS: Final = ["i-0123456789abcdef0", "i-0aaaaaaaaaaaaaaaa", "i-1aaaaaaaaaaaaaaa0"]
_MACHINES: Final = [
    iam_world.node(instance={"InstanceId": instance_id, "PrivateIpAddress": address})
    for instance_id in _IDS
    for address in ("10.0.0.10", "10.0.0.200", "192.0.2.1")
]


@settings(max_examples=300, deadline=None)
@given(
    policy=st.lists(statements(), min_size=1, max_size=3).map(lambda some: {"Statement": some}),
    machines=st.lists(st.sampled_from(_MACHINES), min_size=2, max_size=2),
)
def test_where_machines_are_not_told_apart_all_get_the_same_answer(
    policy: dict[str, Any], machines: list[Node]
) -> None:
    """The property that sharing rests on: the same decision for any two instances."""
    if tells_machines_apart(policy):
        return
    one, other = (_decision(policy, machine) for machine in machines)
    assert (one.is_allowed, one.is_denied) == (other.is_allowed, other.is_denied)
    assert one.needs == other.needs


def _decision(policy: dict[str, Any], node: Node) -> Decision:
    roles = node.account.roles
    assert not isinstance(roles, Unread)
    role = roles.find(iam_world.ROLE_NAME)
    assert not isinstance(role, Unread)
    request = Request(
        HEARTBEAT,
        (instance_arn(node),),
        role_session(node, role),
        profile_keys(node, role, own_resource=True),
    )
    parsed = parse(policy, name="own", grammar=Grammar.IDENTITY)
    return decide(request, Layers(identity=Layer("identity policies", (parsed,))))
