"""Opening an account: a session that is proven to be the account that was asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import boto3
import botocore.session
from botocore.exceptions import ProfileNotFound

from inventory.collect.access_errors import access_error, settings_error
from inventory.collect.account_spec import AccountSpec, is_glob
from inventory.collect.answers import caller_identity
from inventory.collect.assumed_role import session_of_role
from inventory.collect.aws_clock import clock_ahead_though_accepted
from inventory.collect.credential_sources import CredentialSource, CredentialSources
from inventory.collect.refusal import AWS_ERRORS
from inventory.collect.settings import SIGN_IN_CONFIG
from inventory.errors import AccountError

#: Each partition's first Region: where to ask when nothing else says where the account lives.
_FIRST_REGIONS: Final = {
    "aws": "us-east-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-e": "eu-isoe-west-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}
#: The Regions of ``aws`` that need no opt-in; in any other an account may be nobody, with
#: credentials that are good everywhere else.
_ALWAYS_ENABLED: Final = frozenset(
    {
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)


@dataclasses.dataclass(frozen=True)
class OpenAccount:
    """An account whose credentials work; ``session`` is not to be shared between threads.

    ``clock_ahead`` is how far this machine's clock is ahead of AWS's, none where it hardly is.
    """

    name: str
    account_id: str
    caller_arn: str
    session: boto3.Session = dataclasses.field(repr=False)
    spec: AccountSpec = dataclasses.field(repr=False)
    clock_ahead: timedelta = timedelta()

    @property
    def home_region(self) -> str:
        """The Region that account-wide calls are made in."""
        return home_region_of(self.spec, self.session, self.caller_arn)


def open_account(
    spec: AccountSpec,
    *,
    session: boto3.Session | None = None,
    sources: CredentialSources | None = None,
) -> OpenAccount:
    """Sign in and make sure that it is the right account.

    ``session`` replaces the profile or default credentials, as the embedded account needs;
    ``sources`` are shared with other accounts. Raises AccountError, one line that says what to
    do, for an unknown profile, missing, expired or refused credentials, settings that cannot be
    used, an endpoint that cannot be reached, and another account's credentials.
    """
    try:
        return sign_in(spec, session=session, sources=sources)
    except AWS_ERRORS as error:
        raise access_error(spec, error) from error


def sign_in(
    spec: AccountSpec,
    *,
    session: boto3.Session | None = None,
    sources: CredentialSources | None = None,
) -> OpenAccount:
    """As ``open_account``, but raises the SDK's own error for what AWS or the network refuses."""
    try:
        if session is not None:
            source = CredentialSource(session, "")
        else:
            source = (sources or CredentialSources()).of(spec.credentials_profile)
        opened = source.session
        home = home_region_of(spec, opened, spec.role_arn)
        if spec.role_arn:
            opened = session_of_role(source, spec.role_arn, spec.external_id, home)
            sts = opened.client("sts", region_name=home, config=SIGN_IN_CONFIG)
        else:
            sts = source.sts(home)
        caller = caller_identity(sts)
    except ProfileNotFound as error:
        raise unknown_profile(spec) from error
    except ValueError as error:  # what botocore says of an endpoint that is no URL
        raise settings_error(spec, error) from error
    if spec.account_id and caller["Account"] != spec.account_id:
        raise AccountError(_wrong_account(spec, caller["Account"], caller["Arn"]))
    ahead = timedelta() if spec.embedded else clock_ahead_though_accepted(caller)
    return OpenAccount(spec.name, caller["Account"], caller["Arn"], opened, spec, ahead)


def reject_twins(accounts: Sequence[OpenAccount]) -> None:
    """Raise AccountError where one account is given twice."""
    names: dict[str, str] = {}
    for account in accounts:
        if account.account_id in names:
            raise AccountError(
                f"accounts {names[account.account_id]!r} and {account.name!r} are both "
                f"{account.account_id}; name one of them"
            )
        names[account.account_id] = account.name


def home_region_of(spec: AccountSpec, session: boto3.Session, arn: str) -> str:
    """A Region of the account's own partition; ``arn`` may be ``""``.

    The account's own list knows best, one that needs no opt-in first. A default Region of the
    environment may be meant for another account, so it does not serve where an ARN proves another
    partition than ``aws``.
    """
    named = [region for region in spec.regions if not is_glob(region)]
    if named:
        return next((region for region in named if region in _ALWAYS_ENABLED), named[0])
    partition = arn.split(":")[1] if arn.startswith("arn:") else "aws"
    if partition == "aws" and session.region_name:
        return session.region_name
    return _FIRST_REGIONS.get(partition, _FIRST_REGIONS["aws"])


def unknown_profile(spec: AccountSpec) -> AccountError:
    """The error to show where the AWS configuration has no such profile; names those it has."""
    # A session of botocore lists profiles even where AWS_PROFILE itself names an unknown one.
    known = ", ".join(sorted(botocore.session.Session().available_profiles)) or "none"
    wanted = spec.credentials_profile
    if not wanted:
        return AccountError(
            f"account {spec.name!r}: AWS_PROFILE names an unknown profile; known: {known}"
        )
    return AccountError(
        f"account {spec.name!r}: there is no AWS profile {wanted!r}; known: {known}. "
        f"Add the profile to the AWS configuration, or the account to {spec.file}"
    )


def _wrong_account(spec: AccountSpec, found: str, arn: str) -> str:
    if spec.name == spec.account_id:
        return (
            f"account {spec.name}: the default credentials are of account {found} ({arn}); "
            f"to reach {spec.name} from there, add to {spec.file}: "
            f"NAME: {{role_arn: 'arn:aws:iam::{spec.name}:role/ROLE'}}"
        )
    return (
        f"{spec.file}: {spec.name}.account_id: expected {spec.account_id}, "
        f"found {found} ({arn}); correct the id, or the credentials"
    )
