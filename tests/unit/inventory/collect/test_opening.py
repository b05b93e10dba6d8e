"""Opening many accounts: what one of them refuses is coverage, what concerns all is an error."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from inventory.collect import (
    AccountSpec,
    OpenedAccounts,
    Opening,
    OrganizationSpec,
    UnopenedAccount,
    open_accounts,
)
from inventory.collect.accounts import OpenAccount
from inventory.collect.refusal import Refusal
from inventory.errors import AccountError
from inventory.facts import Status

OWN = "123456789012"
FIRST, SECOND, THIRD = "111111111111", "222222222222", "333333333333"
SECRETS = re.compile(r"secret-of|AKID|external-id-of")
PROFILES = """\
[profile hub]
region = eu-central-1
aws_access_key_id = AKIDEXAMPLEHUB
aws_secret_access_key = secret-of-hub

[profile chained]
region = eu-central-1
role_arn = arn:aws:iam::999999999999:role/jump
source_profile = hub
"""


def member(account: str, **spec: Any) -> AccountSpec:
    return AccountSpec(
        name=f"name-{account}",
        role_arn=f"arn:aws:iam::{account}:role/reader",
        source_profile=spec.pop("source_profile", "hub"),
        external_id="external-id-of-mine",
        **spec,
    )


class Sts:
    """The emulator's STS, where the roles of some accounts refuse with an error of the test's."""

    def __init__(self) -> None:
        self.errors: dict[str, Exception] = {}
        self.assumed: list[str] = []
        self.lock = threading.Lock()

    def answer(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name != "AssumeRole":
            return
        role = params["body"]["RoleArn"]
        with self.lock:
            self.assumed.append(role)
        error = self.errors.get(role.split(":")[4])
        if error is not None:
            raise error


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "AssumeRole")


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch, aws_configuration: Path) -> Iterator[Sts]:
    """Every session that is made meanwhile asks it."""
    aws_configuration.write_text(PROFILES)
    emulated = Sts()
    make = botocore.session.Session.__init__

    def made(session: botocore.session.Session, *args: Any, **keys: Any) -> None:
        make(session, *args, **keys)
        session.register("before-call.sts", emulated.answer)

    monkeypatch.setattr(botocore.session.Session, "__init__", made)
    with mock_aws():
        yield emulated


def ids(opened: OpenedAccounts) -> list[str]:
    return [one.account_id for one in opened.accounts]


def failure(*specs: AccountSpec | OrganizationSpec) -> str:
    with pytest.raises(AccountError) as caught:
        open_accounts(specs)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert not SECRETS.search(message)
    return message


def test_accounts_are_opened_sorted_by_id(sts: Sts) -> None:
    opened = open_accounts([member(THIRD), AccountSpec(name="hub", profile="hub"), member(FIRST)])
    assert ids(opened) == [FIRST, OWN, THIRD]
    assert opened.unopened == ()
    assert len(sts.assumed) == 2


def test_a_role_that_refuses_is_a_gap_where_others_open(sts: Sts) -> None:
    """Issue 6, item 5: failures to assume are coverage, not crashes."""
    sts.errors[SECOND] = refused("AccessDenied", "not authorized")
    opened = open_accounts([member(FIRST), member(SECOND)])
    assert ids(opened) == [FIRST]
    reason = Refusal(Status.DENIED, "AccessDenied", "not authorized")
    assert opened.unopened == (UnopenedAccount(SECOND, f"name-{SECOND}", reason),)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (refused("RegionDisabledException"), Status.FAILED, "RegionDisabledException"),
        (refused("Throttling"), Status.FAILED, "Throttling"),
        (
            ConnectTimeoutError(endpoint_url="https://sts.example/"),
            Status.FAILED,
            "ConnectTimeoutError",
        ),
    ],
    ids=["region", "throttled", "network"],
)
def test_whatever_else_keeps_one_account_shut_is_a_gap(
    sts: Sts, error: Exception, status: Status, code: str
) -> None:
    sts.errors[SECOND] = error
    (gap,) = open_accounts([member(FIRST), member(SECOND)]).unopened
    assert (gap.refusal.status, gap.refusal.code) == (status, code)


@pytest.mark.parametrize(
    ("code", "told"),
    [("ExpiredToken", "have expired"), ("InvalidClientTokenId", "does not accept the credentials")],
)
def test_credentials_that_everything_starts_from_are_an_error(
    sts: Sts, code: str, told: str
) -> None:
    """The user can sign in again: a run with gaps for all of them would tell nothing."""
    sts.errors[SECOND] = refused(code)
    assert told in failure(member(FIRST), member(SECOND))


def test_an_unknown_profile_is_an_error(sts: Sts) -> None:
    told = failure(member(FIRST), member(SECOND, source_profile="gone"))
    assert "there is no AWS profile 'gone'; known: chained, hub" in told
    organization = OrganizationSpec(name="acme", role_name="reader", profile="gone")
    assert "account 'acme': there is no AWS profile 'gone'" in failure(organization)
    assert not [one for one in sts.assumed if SECOND in one]


@pytest.mark.usefixtures("sts")
def test_an_endpoint_that_is_no_url_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    organization = OrganizationSpec(name="acme", role_name="reader", profile="hub")
    assert "account 'acme': the AWS settings cannot be used" in failure(organization)


@pytest.mark.usefixtures("sts")
def test_another_account_than_expected_is_an_error() -> None:
    wrong = AccountSpec(name="hub", profile="hub", account_id=SECOND)
    assert f"hub.account_id: expected {SECOND}, found {OWN}" in failure(member(FIRST), wrong)


def test_where_all_accounts_refuse_the_run_ends_with_the_first_reason(sts: Sts) -> None:
    sts.errors |= {FIRST: refused("AccessDenied"), SECOND: refused("AccessDenied")}
    told = failure(member(SECOND), member(FIRST))
    assert told.startswith(f"none of 2 accounts could be opened; account 'name-{FIRST}': assuming")
    assert failure(member(SECOND)).startswith(f"account 'name-{SECOND}': assuming")


def test_an_account_named_itself_stands_for_itself_in_its_organization_too(sts: Sts) -> None:
    own = member(FIRST)
    twin = OrganizationSpec(name="acme", role_name="other", profile="hub").member(FIRST, "aws")
    (account,) = open_accounts([twin, own]).accounts
    assert account.name == own.name
    sts.errors[FIRST] = refused("AccessDenied")
    hub = AccountSpec(name="hub", profile="hub")
    assert len(open_accounts([hub, twin, own]).unopened) == 1


@pytest.mark.parametrize(("included", "listers"), [(False, [OWN]), (True, [])])
@pytest.mark.usefixtures("sts")
def test_who_listed_an_organization_is_handed_on_unless_it_is_read_itself(
    included: bool, listers: list[str]
) -> None:
    client = boto3.Session(profile_name="hub").client("organizations")
    client.create_organization(FeatureSet="ALL")
    client.create_account(AccountName="web", Email="web@example.com")
    acme = OrganizationSpec(
        name="acme", role_name="reader", profile="hub", include_management=included
    )
    opened = open_accounts([acme])
    assert [one.account_id for one in opened.listers] == listers
    assert (OWN in ids(opened)) is included


@pytest.mark.parametrize(
    ("some", "others", "expected"),
    [
        (("eu-*",), ("us-east-1", "eu-*"), ("eu-*", "us-east-1")),
        (("eu-*",), (), ()),
        ((), ("us-*",), ()),
    ],
)
@pytest.mark.usefixtures("sts")
def test_two_organization_entries_that_share_an_account_both_get_their_regions(
    some: tuple[str, ...], others: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    """No Region that an entry asks for may be missing in silence; no list means all."""
    entries = [
        OrganizationSpec(name=name, role_name="reader", profile="hub", regions=regions)
        for name, regions in (("acme", some), ("beta", others))
    ]
    (account,) = open_accounts([one.member(FIRST, "aws") for one in entries]).accounts
    assert account.name == f"acme/{FIRST}"
    assert account.spec.regions == expected


def test_an_account_named_twice_is_left_for_the_collection_to_refuse(sts: Sts) -> None:
    again = AccountSpec(name="again", profile="hub")
    opened = open_accounts([again, AccountSpec(name="hub", profile="hub")])
    assert [one.name for one in opened.accounts] == ["again", "hub"]
    assert not sts.assumed


def test_a_source_that_is_a_role_itself_is_assumed_first(sts: Sts) -> None:
    """Botocore follows the profile's own chain; each account's role comes on top of it."""
    opened = open_accounts([member(FIRST, source_profile="chained")])
    assert ids(opened) == [FIRST]
    assert sts.assumed == ["arn:aws:iam::999999999999:role/jump", member(FIRST).role_arn]


def test_progress_counts_every_account_once_and_those_refused(sts: Sts) -> None:
    sts.errors[SECOND] = refused("AccessDenied")
    seen: list[Opening] = []
    open_accounts([member(FIRST), member(SECOND), member(THIRD)], progress=seen.append)
    assert [(one.done, one.total) for one in seen] == [(1, 3), (2, 3), (3, 3)]
    assert seen[-1].refused == 1
    assert {one.current for one in seen} == {f"name-{one}" for one in (FIRST, SECOND, THIRD)}


def test_all_roles_of_a_source_share_its_models(sts: Sts) -> None:
    """A session reads AWS's models anew otherwise: 24 MB for EC2 alone, for each account."""
    specs = [member(f"{number:012}") for number in range(1, 6)]
    opened = open_accounts(specs)
    assert len(sts.assumed) == len(specs)
    loaders = {id(_models(one)) for one in opened.accounts}
    assert len(loaders) == 1


def _models(account: OpenAccount) -> Any:
    session: boto3.Session = account.session
    return session._session.get_component("data_loader")


@pytest.mark.parametrize("closed", [True, False])
def test_an_organization_under_emulation(sts: Sts, closed: bool) -> None:
    """Accounts, a suspended one and one that refuses: the emulator's own answers, page by page."""
    client = boto3.Session(profile_name="hub").client("organizations")
    client.create_organization(FeatureSet="ALL")
    made = [
        client.create_account(Email=f"{name}@example.org", AccountName=name)["CreateAccountStatus"]
        for name in ("open", "shut", "other")
    ]
    first, shut, other = (one["AccountId"] for one in made)
    sts.errors[shut] = refused("AccessDenied")
    if closed:
        client.close_account(AccountId=other)
    opened = open_accounts(
        [OrganizationSpec(name="acme", role_name="reader", profile="hub", include_management=True)]
    )
    assert ids(opened) == sorted([first, OWN] if closed else [first, OWN, other])
    codes = {one.account_id: one.refusal.code for one in opened.unopened}
    assert codes == {shut: "AccessDenied"} | ({other: "ACCOUNT_SUSPENDED"} if closed else {})


@pytest.mark.parametrize("error", [refused("AccessDenied"), refused("Throttling")])
def test_a_part_may_say_that_its_only_account_does_not_open(sts: Sts, error: Exception) -> None:
    """Else a folder of parts would lack the account, and nobody would know."""
    sts.errors[FIRST] = error
    opened = open_accounts([member(FIRST)], may_be_none=True)
    assert opened.accounts == ()
    assert [one.account_id for one in opened.unopened] == [FIRST]


def test_credentials_that_everything_starts_from_are_an_error_also_for_a_part(sts: Sts) -> None:
    sts.errors[FIRST] = refused("ExpiredToken")
    with pytest.raises(AccountError, match="have expired"):
        open_accounts([member(FIRST)], may_be_none=True)
