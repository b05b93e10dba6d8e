"""Deciding what N roles may do: the agent's 25 actions, no two roles with equal documents."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from inventory.facts import Coverage, Status, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot
from policies.control import Context
from policies.iam.agent_actions import AGENT_ACTIONS
from policies.iam.permissions import profile_may

ACCOUNT, REGION = "111122223333", "eu-central-1"
_INSTANCE = {"InstanceId": "i-0123456789abcdef0", "State": {"Name": "running"}}
#: AmazonSSMManagedInstanceCore's shape: three statements, every action by its name.
_BY_SERVICE = tuple(
    [action.name for action in AGENT_ACTIONS if action.name.startswith(f"{service}:")]
    for service in ("ssm", "ssmmessages", "ec2messages")
)


@dataclasses.dataclass(frozen=True)
class Decided:
    """CPU seconds of this process for compiling the documents and deciding every request."""

    roles: int
    decisions: int
    allowed: int
    seconds: float

    def __str__(self) -> str:
        each = self.seconds / self.decisions * 1e6
        return (
            f"{self.roles:>10,} {self.decisions:>10,} {self.allowed:>10,} "
            f"{self.seconds:>8.2f} {each:>12.1f}"
        )


def measure(roles: int) -> Decided:
    """Ask every action of every role once; decoding the snapshot is not counted."""
    in_no_organization = Coverage(
        account=ACCOUNT,
        region="global",
        call="organizations:DescribeOrganization",
        status=Status.ABSENT,
    )
    snapshot = Snapshot(_answers(roles), as_of=None, coverage=(in_no_organization,))
    fleet = load_fleet(snapshot)
    (node,) = fleet.nodes
    listed = node.account.roles
    if isinstance(listed, Unread):
        raise TypeError(f"the benchmark's own account cannot be read: {listed}")
    started = time.process_time()
    context = Context()
    allowed = sum(
        profile_may(action, node, role, context).is_allowed
        for role in listed
        for action in AGENT_ACTIONS
    )
    seconds = time.process_time() - started
    return Decided(roles, roles * len(AGENT_ACTIONS), allowed, seconds)


def _answers(roles: int) -> dict[tuple[str, str, str], Any]:
    details = {"RoleDetailList": [_role(number) for number in range(roles)], "Policies": []}
    return {
        (ACCOUNT, REGION, "ec2.DescribeInstances"): {"Reservations": [{"Instances": [_INSTANCE]}]},
        (ACCOUNT, "global", "iam.GetAccountAuthorizationDetails"): details,
    }


def _role(number: int) -> dict[str, Any]:
    """A role with two inline documents of its own: what the agent needs, and an application's."""
    name = f"role-{number:05}"
    return {
        "RoleName": name,
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
        "RoleId": f"AROA{number:012}",
        "RolePolicyList": [
            {"PolicyName": "agent", "PolicyDocument": _document(_agent_statements(number))},
            {"PolicyName": "application", "PolicyDocument": _document(_own_statements(number))},
        ],
    }


def _agent_statements(number: int) -> list[dict[str, Any]]:
    """Every third role lacks a service, so that denials are among the answers."""
    services = _BY_SERVICE if number % 3 else _BY_SERVICE[:2]
    return [
        {"Sid": f"Agent{number}x{at}", "Effect": "Allow", "Action": actions, "Resource": "*"}
        for at, actions in enumerate(services)
    ]


def _own_statements(number: int) -> list[dict[str, Any]]:
    """Buckets of its own, a wildcard, and a Deny with conditions, as applications have them."""
    bucket = f"arn:aws:s3:::application-{number}"
    return [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": f"{bucket}/*"},
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket},
        {
            "Effect": "Deny",
            "Action": ["ssm:DeleteParameter*", "ssm:PutParameter"],
            "Resource": f"arn:aws:ssm:*:*:parameter/application-{number}/*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": REGION}},
        },
    ]


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}
