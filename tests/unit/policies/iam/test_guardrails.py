"""The organization's policies as layers: which are there, which are known, which are unread."""

from __future__ import annotations

import json
from typing import Any

import pytest

from inventory.facts import AccountFacts, Role, Unread
from policies.iam.evaluation import (
    ConditionKeys,
    Layer,
    Layers,
    Request,
    RoleSession,
    decide,
    parse,
)
from policies.iam.evaluation.grammar import Grammar
from policies.iam.guardrails import rcps, scp_levels
from tests.unit.world import ACCOUNT, fleet_of

MANAGEMENT = "999988887777"
HEARTBEAT = "ssm:UpdateInstanceInformation"
ROLE = Role(role_name="node", arn=f"arn:aws:iam::{ACCOUNT}:role/node")
SERVICE_LINKED = Role(
    role_name="linked", arn=f"arn:aws:iam::{ACCOUNT}:role/x", path="/aws-service-role/ssm/"
)
SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
FULL, DENY, LIST = "p-FullAWSAccess", "p-deny", "p-list"
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
CONTENT = {
    FULL: EVERYTHING,
    DENY: {"Effect": "Deny", "Action": "ssm:*", "Resource": "*"},
    LIST: {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"},
    "p-RCPFullAWSAccess": EVERYTHING | {"Principal": "*"},
    "p-trust": {"Effect": "Deny", "Principal": "*", "Action": "sts:*", "Resource": "*"},
}
WAY = (ACCOUNT, "ou-x", "r-x")
ON = ({"Type": SCP, "Status": "ENABLED"},)


def entry(request: dict[str, str], **response: Any) -> dict[str, Any]:
    return {"request": request, "response": response}


def refused(request: dict[str, str]) -> dict[str, Any]:
    return {"request": request, "error": {"Code": "AccessDeniedException", "Message": "no"}}


def account(
    attached: dict[str, list[str]] | None = None,
    *,
    types: tuple[dict[str, str], ...] = ON,
    management: str = MANAGEMENT,
    kind: str = SCP,
    changes: dict[str, Any] | None = None,
    **options: Any,
) -> AccountFacts:
    """The account under one unit under the root; ``attached``: node → policies there."""
    at = {node: [FULL] for node in WAY} | (attached or {})
    answers: dict[str, Any] = {
        "organizations.DescribeOrganization": {
            "Organization": {"Id": "o-1", "MasterAccountId": management}
        },
        "organizations.ListRoots": {"Roots": [{"Id": "r-x", "PolicyTypes": list(types)}]},
        "organizations.ListParents": [
            entry({"ChildId": ACCOUNT}, Parents=[{"Id": "ou-x", "Type": "ORGANIZATIONAL_UNIT"}]),
            entry({"ChildId": "ou-x"}, Parents=[{"Id": "r-x", "Type": "ROOT"}]),
        ],
        "organizations.ListPoliciesForTarget": [
            entry({"TargetId": node, "Filter": kind}, Policies=[{"Id": one} for one in policies])
            for node, policies in at.items()
        ],
        "organizations.DescribePolicy": [
            entry(
                {"PolicyId": one},
                Policy={
                    "PolicySummary": {"Id": one, "Name": one[2:]},
                    "Content": json.dumps({"Version": "2012-10-17", "Statement": content}),
                },
            )
            for one, content in CONTENT.items()
        ],
    }
    answers |= changes or {}
    denied = options.get("denied") or {}
    absent = options.get("absent", ())
    present = {k: v for k, v in answers.items() if k not in denied and k not in absent}
    regional = {"ec2.DescribeInstances": {"Reservations": []}}
    return fleet_of(regional, present, denied=denied, absent=absent).accounts[ACCOUNT]


def answer(facts: AccountFacts) -> str:
    """The heartbeat of a role that may do everything, under the account's SCPs."""
    identity = Layer(
        "identity", (parse({"Statement": EVERYTHING}, name="all", grammar=Grammar.IDENTITY),)
    )
    request = Request(
        HEARTBEAT, ("*",), RoleSession(ROLE.arn, ROLE.arn, ACCOUNT), ConditionKeys.of({})
    )
    decision = decide(request, Layers(identity=identity, scps=scp_levels(facts, ROLE)))
    return "explicit" if decision.explicit else decision.answer.name


def needs(layers: tuple[Layer, ...]) -> list[tuple[str, str]]:
    return [(gap.call, gap.code) for layer in layers for gap in layer.unread]


@pytest.mark.parametrize(
    ("rule", "attached", "expected"),
    [
        ("E6: FullAWSAccess at every level", {}, "ALLOWED"),
        ("E1: a Deny at the root", {"r-x": [FULL, DENY]}, "explicit"),
        ("E1: a Deny at the unit", {"ou-x": [FULL, DENY]}, "explicit"),
        ("E1: a Deny at the account", {ACCOUNT: [FULL, DENY]}, "explicit"),
        ("E3: an allow-list at one level", {"ou-x": [LIST]}, "DENIED"),
        ("E3: a union inside a level", {"ou-x": [LIST, FULL]}, "ALLOWED"),
        ("E3: a level with no Allow", {ACCOUNT: []}, "DENIED"),
    ],
)
def test_levels_intersect_and_policies_of_one_unite(
    rule: str, attached: dict[str, list[str]], expected: str
) -> None:
    assert answer(account(attached)) == expected, rule


def test_levels_go_from_the_root_to_the_account() -> None:
    layers = scp_levels(account(), ROLE)
    assert [layer.name.rpartition(" ")[2] for layer in layers] == list(reversed(WAY))


@pytest.mark.parametrize(
    ("rule", "facts", "role"),
    [
        ("E2: in no organization", {"absent": ("organizations.DescribeOrganization",)}, ROLE),
        ("E5: the management account", {"management": ACCOUNT}, ROLE),
        ("E5: a service-linked role", {}, SERVICE_LINKED),
        ("iam.md 8: the type is not enabled on the root", {"types": ()}, ROLE),
    ],
)
def test_no_layer(rule: str, facts: dict[str, Any], role: Role) -> None:
    assert scp_levels(account(**facts), role) == (), rule


@pytest.mark.parametrize(
    ("facts", "call", "code"),
    [
        (
            {"denied": {"organizations.ListRoots": "AccessDeniedException"}},
            "organizations:ListRoots",
            "AccessDeniedException",
        ),
        (
            {"absent": ("organizations.ListRoots",), "denied": {}},
            "organizations:ListRoots",
            "ABSENT",
        ),
        (
            {"types": ({"Type": SCP, "Status": "PENDING_ENABLE"},)},
            "organizations:ListRoots",
            "PENDING_ENABLE",
        ),
        (
            {"changes": {"organizations.ListParents": [refused({"ChildId": ACCOUNT})]}},
            "organizations:ListParents",
            "AccessDeniedException",
        ),
        (
            {"denied": {"organizations.ListPoliciesForTarget": "TooManyRequestsException"}},
            "organizations:ListPoliciesForTarget",
            "TooManyRequestsException",
        ),
        (
            {"changes": {"organizations.DescribePolicy": [refused({"PolicyId": FULL})]}},
            "organizations:DescribePolicy",
            "AccessDeniedException",
        ),
    ],
)
def test_what_was_not_read_is_open_and_told_by_its_call(
    facts: dict[str, Any], call: str, code: str
) -> None:
    """iam.md 3: unread organization policies turn allowed into depends."""
    found = account(**facts)
    assert set(needs(scp_levels(found, ROLE))) == {(call, code)}
    assert answer(found) == "DEPENDS"


def test_an_account_whose_way_runs_in_a_circle_is_unread() -> None:
    circle = [
        entry({"ChildId": one}, Parents=[{"Id": "ou-x", "Type": "ORGANIZATIONAL_UNIT"}])
        for one in (ACCOUNT, "ou-x")
    ]
    found = account(changes={"organizations.ListParents": circle})
    assert needs(scp_levels(found, ROLE)) == [("organizations:ListParents", "NO_ROOT")]


def test_a_definite_deny_outweighs_an_unread_level() -> None:
    gaps = [refused({"TargetId": "ou-x", "Filter": SCP})]
    read = account({"r-x": [FULL, DENY]})
    assert answer(read) == "explicit"
    listed = [
        entry({"TargetId": "r-x", "Filter": SCP}, Policies=[{"Id": FULL}, {"Id": DENY}]),
        entry({"TargetId": ACCOUNT, "Filter": SCP}, Policies=[{"Id": FULL}]),
        *gaps,
    ]
    changes = {"organizations.ListPoliciesForTarget": listed}
    assert answer(account(changes=changes)) == "explicit"


def test_unreadable_content_is_open_not_allowed() -> None:
    """Unknown never passes: a document that is no JSON may say anything."""
    broken = [
        entry({"PolicyId": FULL}, Policy={"PolicySummary": {"Id": FULL}, "Content": "{"}),
    ]
    assert answer(account(changes={"organizations.DescribePolicy": broken})) == "DEPENDS"


def test_rcps_are_levels_of_their_own() -> None:
    """E7: they can break a trust; SCPs that are off leave no layer beside them."""
    at = {node: ["p-RCPFullAWSAccess"] for node in WAY} | {"ou-x": ["p-trust"]}
    found = account(at, types=({"Type": RCP, "Status": "ENABLED"},), kind=RCP)
    assert scp_levels(found, ROLE) == ()
    layers = rcps(found)
    assert [len(layer.statements) for layer in layers] == [1, 1, 1]
    assert [one.effect.name for one in layers[1].statements] == ["DENY"]


def test_where_the_organization_itself_is_refused_its_policies_are_too() -> None:
    found = account(denied={"organizations.DescribeOrganization": "AccessDeniedException"})
    assert isinstance(found.organization, Unread)
    assert {code for _, code in needs(scp_levels(found, ROLE))} == {"AccessDeniedException"}
    assert answer(found) == "DEPENDS"
