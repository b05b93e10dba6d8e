"""Which accounts an organization has, and how each of them is reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError

from inventory.collect.access_errors import access_error, settings_error
from inventory.collect.account_spec import AccountSpec, OrganizationSpec
from inventory.collect.accounts import OpenAccount, home_region_of
from inventory.collect.answers import caller_identity
from inventory.collect.credential_sources import CredentialSource
from inventory.collect.refusal import (
    AWS_ERRORS,
    AwsError,
    MalformedAnswerError,
    Refusal,
    error_code,
    lost_credentials,
    told,
)
from inventory.collect.settings import CLIENT_CONFIG
from inventory.collect.unopened import UnopenedAccount
from inventory.errors import AccountError, ConfigurationError
from inventory.facts import Status

#: What Organizations calls accounts that nobody can sign in to; any other state is tried.
CLOSED_STATES: Final = frozenset({"PENDING_ACTIVATION", "SUSPENDED", "PENDING_CLOSURE", "CLOSED"})
_NO_SUCH_PARENT: Final = frozenset({"ParentNotFoundException", "InvalidInputException"})

_Accounts = dict[str, Mapping[str, Any]]


class Members(NamedTuple):
    """The accounts to open, and those that are left out with the reason, each sorted by id.

    ``lister`` is the account whose credentials listed them, and which may be none of them.
    """

    specs: tuple[AccountSpec, ...]
    left_out: tuple[UnopenedAccount, ...]
    lister: OpenAccount


def members_of(spec: OrganizationSpec, source: CredentialSource) -> Members:
    """List the organization's accounts as the entry wants them.

    Raises AccountError where the caller may not list them, where a command named an account that
    is not among them, and where none is left; ConfigurationError for a unit that does not exist.
    """
    caller = _caller(spec, source)
    client = source.session.client(
        "organizations",
        region_name=home_region_of(spec.caller, source.session, caller["Arn"]),
        config=CLIENT_CONFIG,
    )
    listed = _listed(spec, client)
    chosen = [listed[one] for one in sorted(listed) if not spec.only or one in spec.only]
    _check_named(spec, listed)
    specs, left_out = _sorted_out(spec, chosen, caller)
    if not specs and not left_out:
        raise AccountError(
            f"account {spec.name!r}: no account of the organization is left; "
            f"see ous and exclude in {spec.file}"
        )
    lister = OpenAccount(spec.name, caller["Account"], caller["Arn"], source.session, spec.caller)
    return Members(tuple(specs), tuple(left_out), lister)


def _caller(spec: OrganizationSpec, source: CredentialSource) -> Mapping[str, Any]:
    try:
        region = home_region_of(spec.caller, source.session, "")
        answer = caller_identity(source.sts(region))
    except AWS_ERRORS as error:
        raise access_error(spec.caller, error) from error
    except ValueError as error:  # what botocore says of an endpoint that is no URL
        raise settings_error(spec.caller, error) from error
    return answer


def _sorted_out(
    spec: OrganizationSpec, accounts: Iterable[Mapping[str, Any]], caller: Mapping[str, Any]
) -> tuple[list[AccountSpec], list[UnopenedAccount]]:
    """Accounts in use become specs; a closed one, and the management account, may be left out."""
    partition = caller["Arn"].split(":")[1]
    specs, left_out = [], []
    for account in accounts:
        identifier = account["Id"]
        why = _reason_to_leave_out(spec, account)
        if why is not None:
            left_out.append(UnopenedAccount(identifier, f"{spec.name}/{identifier}", why))
        elif identifier == caller["Account"]:
            specs.append(spec.caller_as_member(identifier))
        else:
            specs.append(spec.member(identifier, partition))
    return specs, left_out


def _reason_to_leave_out(spec: OrganizationSpec, account: Mapping[str, Any]) -> Refusal | None:
    # Status is the member that State replaces.
    state = str(account.get("State") or account.get("Status") or "").upper()
    if state in CLOSED_STATES:
        return Refusal(
            Status.NOT_ASKED, f"ACCOUNT_{state}", f"the organization says that it is {state}"
        )
    is_management = _management_id(account) == account["Id"]
    if is_management and not spec.include_management and not spec.only:
        return Refusal(
            Status.NOT_ASKED,
            "MANAGEMENT_ACCOUNT_LEFT_OUT",
            f"include_management of {spec.name} is not set",
        )
    return None


def _management_id(account: Mapping[str, Any]) -> str:
    """From the account's ARN, ``arn:aws:organizations::<management id>:account/<o-id>/<id>``."""
    parts = str(account.get("Arn", "")).split(":")
    return parts[4] if len(parts) > 5 else ""  # noqa: PLR2004 - an ARN has six parts


def _listed(spec: OrganizationSpec, client: Any) -> _Accounts:
    """By id: the accounts of the entry's units, or all, without those that are excluded."""
    excluded_units = [one for one in spec.exclude if not one.isdigit()]
    try:
        found: _Accounts = {}
        for unit in spec.units:
            found |= _below(spec, client, "ous", unit)
        if not spec.units:
            found = _by_id("ListAccounts", _pages(client, "list_accounts", "Accounts"))
        excluded = {one for one in spec.exclude if one.isdigit()}
        for unit in excluded_units:
            excluded |= _below(spec, client, "exclude", unit).keys()
    except AWS_ERRORS as error:
        raise _cannot_list(spec, error) from error
    return {identifier: found[identifier] for identifier in found if identifier not in excluded}


def _below(spec: OrganizationSpec, client: Any, key: str, top: str) -> _Accounts:
    """By id: the accounts of a unit and of all units below it."""
    found: _Accounts = {}
    waiting, seen = [top], {top}
    while waiting:
        unit = waiting.pop()
        try:
            accounts = _pages(client, "list_accounts_for_parent", "Accounts", ParentId=unit)
            found |= _by_id("ListAccountsForParent", accounts)
            below = _pages(
                client,
                "list_organizational_units_for_parent",
                "OrganizationalUnits",
                ParentId=unit,
            )
            units = _by_id("ListOrganizationalUnitsForParent", below).keys() - seen
        except ClientError as error:
            if unit == top and error_code(error) in _NO_SUCH_PARENT:
                raise _no_such_unit(spec, key, unit) from error
            raise
        waiting += sorted(units)
        seen |= units
    return found


def _pages(client: Any, operation: str, member: str, **request: str) -> Iterator[Mapping[str, Any]]:
    for page in client.get_paginator(operation).paginate(**request):
        yield from page.get(member, ())


def _by_id(operation: str, rows: Iterable[Mapping[str, Any]]) -> _Accounts:
    found: _Accounts = {}
    for row in rows:
        if not row.get("Id"):
            raise MalformedAnswerError(operation=operation, member="Id")
        found[row["Id"]] = row
    return found


def _check_named(spec: OrganizationSpec, listed: Mapping[str, Any]) -> None:
    for identifier in spec.only:
        if identifier not in listed:
            raise AccountError(
                f"--account {spec.name}/{identifier}: no such account among the {len(listed)} "
                f"of {spec.name}; see ous and exclude in {spec.file}"
            )


def _no_such_unit(spec: OrganizationSpec, key: str, unit: str) -> ConfigurationError:
    return ConfigurationError(
        spec.file,
        f"{spec.name}.organization.{key}",
        f"found {unit!r}, which is no root or unit of the organization; "
        "`aws organizations list-roots` and `list-organizational-units-for-parent` name them",
    )


def _cannot_list(spec: OrganizationSpec, error: AwsError) -> AccountError:
    if lost_credentials(error) or not isinstance(error, ClientError):
        return access_error(spec.caller, error)
    code = error_code(error)
    if code == "AWSOrganizationsNotInUseException":
        return AccountError(
            f"account {spec.name!r}: the credentials' account is in no organization; "
            f"name another profile in {spec.file}: {spec.name}.organization.profile"
        )
    return AccountError(
        f"account {spec.name!r}: organizations:{error.operation_name} was refused "
        f"({code}: {told(error)}); {spec.file}: {spec.name}.organization.profile has to be "
        "of the management account or a delegated administrator that may list accounts"
    )
