"""A role that nobody could read is unknown to whoever judges it; one that is gone is missing."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.errors import SnapshotError
from inventory.facts import Node, Unread
from policies.control import Context
from policies.iam.permissions import role_layers
from policies.identity import BrokenChain, ProfileChain, Source, credentials, profile_chain
from tests.unit.policies.iam_world import (
    DHMC_ROLE,
    DHMC_VALUE,
    PROFILE,
    PROFILE_ARN,
    ROLE,
    ROLE_NAME,
    fleet,
)
from tests.unit.policies.nodes import INSTANCE
from tests.unit.world import ACCOUNT, fleet_of, only_node

REFUSED = {"Code": "AccessDenied", "Message": "no"}
GONE = {"Code": "NoSuchEntity", "Message": "gone"}
BULK = "iam.GetAccountAuthorizationDetails"


def about(role: str, **reply: Any) -> list[dict[str, Any]]:
    return [{"request": {"RoleName": role}, **reply}]


def node(**changes: Any) -> Node:
    """An instance whose role was asked for by name; each change replaces an answer."""
    account_wide: dict[str, Any] = {
        "iam.ListInstanceProfiles": {"InstanceProfiles": [PROFILE]},
        "iam.GetRole": about(ROLE_NAME, response={"Role": ROLE}),
        "iam.ListAttachedRolePolicies": about(ROLE_NAME, response={"AttachedPolicies": []}),
        "iam.ListRolePolicies": about(ROLE_NAME, response={"PolicyNames": []}),
    }
    row = INSTANCE | {"IamInstanceProfile": {"Arn": PROFILE_ARN}}
    regional = {"ec2.DescribeInstances": {"Reservations": [{"Instances": [row]}]}}
    account_wide |= {f"iam.{name}": answer for name, answer in changes.items()}
    outside = ("organizations.DescribeOrganization",)
    return only_node(
        fleet_of(regional, account_wide, denied={BULK: "AccessDenied"}, absent=outside)
    )


def test_a_role_that_was_asked_for_by_name_ends_the_chain() -> None:
    assert isinstance(profile_chain(node()), ProfileChain)


def test_a_refused_role_is_unread_and_not_missing() -> None:
    """Unknown never fails a node (design 4): only "there is no such role" breaks the chain."""
    chain = profile_chain(node(GetRole=about(ROLE_NAME, error=REFUSED)))
    assert chain == Unread("iam:GetRole", "AccessDenied", "no")


def test_a_deleted_role_is_missing() -> None:
    chain = profile_chain(node(GetRole=about(ROLE_NAME, error=GONE)))
    assert isinstance(chain, BrokenChain)
    assert chain.where.value == "the role of the instance profile does not exist"


@pytest.mark.parametrize(
    ("call", "error"), [("ListAttachedRolePolicies", REFUSED), ("ListRolePolicies", REFUSED)]
)
def test_a_refused_part_stands_open_in_the_roles_layers(call: str, error: Any) -> None:
    """iam.md 8: if both ways are refused, the answer is never passed, and names the call."""
    one = node(**{call: about(ROLE_NAME, error=error)})
    chain = profile_chain(one)
    assert isinstance(chain, ProfileChain)
    identity = role_layers(chain.role, one.account, Context()).identity
    assert identity is not None
    assert [str(gap) for gap in identity.unread] == [f"iam:{call} (AccessDenied): no"]


def test_a_refused_inline_policy_names_role_and_policy() -> None:
    names = about(ROLE_NAME, response={"PolicyNames": ["own"]})
    request = {"RoleName": ROLE_NAME, "PolicyName": "own"}
    error = {"Code": "AccessDenied", "Message": ""}
    refused = [{"request": request, "error": error}]
    chain = profile_chain(node(ListRolePolicies=names, GetRolePolicy=refused))
    assert isinstance(chain, ProfileChain)
    (gap,) = chain.role.unread
    assert (gap.call, gap.detail) == ("iam:GetRolePolicy", f"{ROLE_NAME}: inline policy own")


@pytest.mark.parametrize(("error", "source"), [(REFUSED, Source.UNKNOWN), (GONE, Source.NONE)])
def test_a_refused_dhmc_role_is_unknown_and_a_deleted_one_is_none(
    error: dict[str, str], source: Source
) -> None:
    """D4: a role that GetRole is refused for is unknown."""
    setting = fleet(attached=False, dhmc=DHMC_VALUE).regions[0].dhmc_setting
    assert not isinstance(setting, Unread)
    one = only_node(
        fleet_of(
            {
                "ec2.DescribeInstances": {"Reservations": [{"Instances": [INSTANCE]}]},
                "ssm.GetServiceSetting": {
                    "ServiceSetting": {
                        "SettingId": setting.setting_id,
                        "SettingValue": setting.setting_value,
                    }
                },
            },
            {"iam.GetRole": about(DHMC_ROLE["RoleName"], error=error)},
            denied={BULK: "AccessDenied"},
            absent=("organizations.DescribeOrganization",),
        )
    )
    assert one.account.account_id == ACCOUNT
    assert credentials(one, Context()).source is source


@pytest.mark.parametrize(
    ("call", "entries", "told"),
    [
        ("GetRole", [{"request": {"RoleName": ROLE_NAME}}], "no member 'response'"),
        ("GetRole", about(ROLE_NAME, response={}), "no member 'Role'"),
        ("GetRole", [{"request": {}, "response": {"Role": ROLE}}], "no member 'RoleName'"),
        ("GetRole", about(ROLE_NAME, error={}), "no member 'Code'"),
        ("GetRole", about(ROLE_NAME, response={"Role": {}}), "missing required field"),
        ("ListRolePolicies", {"PolicyNames": []}, "has not the shape"),
    ],
)
def test_a_malformed_entry_names_file_and_member(call: str, entries: Any, told: str) -> None:
    with pytest.raises(SnapshotError, match=told) as caught:
        node(**{call: entries})
    assert f"{ACCOUNT}/global/iam.{call}.json" in str(caught.value)
