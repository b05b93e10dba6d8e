"""From an organization to its accounts: which are meant, how to reach each, and who is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from inventory.collect import AccountSpec, OrganizationSpec
from inventory.collect.credential_sources import CredentialSource
from inventory.collect.organization_accounts import Members, members_of
from inventory.errors import AccountError, ConfigurationError
from tests.unit.inventory.collect.scripted import RefusedError, Script, ScriptedAws

MANAGEMENT, WEB, BATCH, TOY = "111111111111", "222222222222", "333333333333", "444444444444"
ROOT, FLEET, NESTED, SANDBOX = "r-ab12", "ou-ab12-fleet000", "ou-ab12-nested00", "ou-ab12-sandbox0"
#: Unit → accounts and units directly in it.
TREE: Mapping[str, tuple[list[str], list[str]]] = {
    ROOT: ([MANAGEMENT], [FLEET, SANDBOX]),
    FLEET: ([WEB], [NESTED]),
    NESTED: ([BATCH], []),
    SANDBOX: ([TOY], []),
}


def account(identifier: str, **members: Any) -> dict[str, Any]:
    arn = f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorgid/{identifier}"
    return {"Id": identifier, "Arn": arn, "Status": "ACTIVE", **members}


def of_parent(asked: Mapping[str, Any], _: str) -> Any:
    if asked["ParentId"] not in TREE:
        return RefusedError("ParentNotFoundException", "none")
    return {"Accounts": [account(one) for one in TREE[asked["ParentId"]][0]]}


def units_of_parent(asked: Mapping[str, Any], _: str) -> Any:
    return {"OrganizationalUnits": [{"Id": one} for one in TREE[asked["ParentId"]][1]]}


def listed(
    scripts: Mapping[str, Script] | None = None,
    caller: str = "arn:aws:iam::999999999999:user/audit",
    **spec: Any,
) -> Members:
    everyone = [account(one) for one in (TOY, WEB, MANAGEMENT, BATCH)]
    aws = ScriptedAws(
        {
            "sts.GetCallerIdentity": {"Account": caller.split(":")[4], "Arn": caller},
            "organizations.ListAccounts": {"Accounts": everyone},
            "organizations.ListAccountsForParent": of_parent,
            "organizations.ListOrganizationalUnitsForParent": units_of_parent,
            **(scripts or {}),
        }
    )
    wanted = OrganizationSpec(name="acme", role_name="audit/reader", **spec)
    return members_of(wanted, CredentialSource(aws.session, ""))


def ids(members: Members) -> list[str]:
    return [one.account_id for one in members.specs]


def left_out(members: Members) -> dict[str, str]:
    return {one.account_id: one.refusal.code for one in members.left_out}


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ({}, [WEB, BATCH, TOY]),
        ({"include_management": True}, [MANAGEMENT, WEB, BATCH, TOY]),
        ({"units": (FLEET,)}, [WEB, BATCH]),
        ({"units": (NESTED, SANDBOX)}, [BATCH, TOY]),
        ({"units": (ROOT,)}, [WEB, BATCH, TOY]),
        ({"exclude": (TOY,)}, [WEB, BATCH]),
        ({"exclude": (FLEET,)}, [TOY]),
        ({"units": (FLEET,), "exclude": (NESTED,)}, [WEB]),
        ({"only": (BATCH,)}, [BATCH]),
        ({"only": (MANAGEMENT,)}, [MANAGEMENT]),
    ],
    ids=lambda value: ", ".join(map(str, value.items())) if isinstance(value, dict) else "",
)
def test_which_accounts_an_entry_stands_for(spec: dict[str, Any], expected: list[str]) -> None:
    """Issue 6, item 5: by unit with those below it, with excludes; sorted by id."""
    assert ids(listed(**spec)) == expected


def test_each_account_is_reached_by_the_role_in_the_callers_partition() -> None:
    caller = "arn:aws-us-gov:sts::999999999999:assumed-role/audit/me"
    spec = listed(
        caller=caller, profile="", external_id="shared", regions=("us-gov-*",), only=(WEB,)
    ).specs[0]
    assert spec == AccountSpec(
        name=f"acme/{WEB}",
        role_arn=f"arn:aws-us-gov:iam::{WEB}:role/audit/reader",
        external_id="shared",
        account_id=WEB,
        regions=("us-gov-*",),
        organization="acme",
    )


def test_the_callers_own_account_is_reached_without_the_role() -> None:
    """The role that trusts the caller is rarely in the caller's own account."""
    specs = listed(caller=f"arn:aws:iam::{MANAGEMENT}:user/audit", include_management=True).specs
    assert (specs[0].account_id, specs[0].role_arn) == (MANAGEMENT, "")
    assert all(one.role_arn for one in specs[1:])


def test_who_listed_the_accounts_is_known() -> None:
    lister = listed(profile="hub").lister
    assert (lister.account_id, lister.spec.profile) == ("999999999999", "hub")


def test_a_management_account_that_is_not_included_is_told() -> None:
    assert left_out(listed()) == {MANAGEMENT: "MANAGEMENT_ACCOUNT_LEFT_OUT"}


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"Status": "SUSPENDED"}, "ACCOUNT_SUSPENDED"),
        ({"State": "PENDING_CLOSURE", "Status": "ACTIVE"}, "ACCOUNT_PENDING_CLOSURE"),
        ({"State": "closed"}, "ACCOUNT_CLOSED"),
        ({"State": "PENDING_ACTIVATION"}, "ACCOUNT_PENDING_ACTIVATION"),
        ({"State": "ACTIVE", "Status": "SUSPENDED"}, None),
        ({"State": "HIBERNATING"}, None),
        ({"Status": None}, None),
    ],
)
def test_closed_accounts_are_not_asked_and_unknown_states_are_tried(
    members: dict[str, Any], code: str | None
) -> None:
    one = {"organizations.ListAccounts": {"Accounts": [account(WEB, **members), account(TOY)]}}
    found = listed(one)
    assert ids(found) == ([TOY] if code else [WEB, TOY])
    assert left_out(found) == ({WEB: code} if code else {})


def test_every_page_is_read() -> None:
    pages: list[Mapping[str, Any]] = [
        {"Accounts": [account(WEB)], "NextToken": "1"},
        {"Accounts": [account(BATCH)]},
    ]
    assert ids(listed({"organizations.ListAccounts": pages})) == [WEB, BATCH]


@pytest.mark.parametrize("key", ["units", "exclude"])
def test_a_unit_that_is_not_there_names_file_and_key(key: str) -> None:
    gone: dict[str, Any] = {key: ("ou-ab12-gone0000",)}
    with pytest.raises(ConfigurationError, match=r"found 'ou-ab12-gone0000'") as caught:
        listed(**gone, file="etc/accounts.yaml")
    named = {"units": "ous", "exclude": "exclude"}[key]
    assert str(caught.value).startswith(f"etc/accounts.yaml: acme.organization.{named}: ")


@pytest.mark.parametrize(
    ("scripts", "spec", "told"),
    [
        (
            {"organizations.ListAccounts": RefusedError("AccessDeniedException", "no")},
            {},
            r"organizations:ListAccounts was refused \(AccessDeniedException: no\).*management",
        ),
        (
            {"organizations.ListAccounts": RefusedError("AWSOrganizationsNotInUseException")},
            {},
            r"in no organization; name another profile in .*acme\.organization\.profile",
        ),
        (
            {"sts.GetCallerIdentity": RefusedError("ExpiredToken", "old")},
            {},
            r"account 'acme': the credentials have expired",
        ),
        (
            {"organizations.ListAccounts": {"Accounts": [{"Name": "no id"}]}},
            {},
            r"ListAccounts: the answer has no Id",
        ),
        ({}, {"only": ("999988887777",)}, r"acme/999988887777: no such account among the 4"),
        ({}, {"units": (SANDBOX,), "exclude": (TOY,)}, r"no account of the organization is left"),
    ],
)
def test_what_keeps_an_organization_from_being_listed_is_told(
    scripts: Mapping[str, Script], spec: dict[str, Any], told: str
) -> None:
    with pytest.raises(AccountError, match=told) as caught:
        listed(scripts, **spec)
    assert len(str(caught.value).splitlines()) == 1
