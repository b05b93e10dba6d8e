"""Why an account cannot be reached, in one line that says what to do."""

from __future__ import annotations

from typing import Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    ConnectionError,  # noqa: A004 - botocore's own, the root of what an endpoint can do wrong
    CredentialRetrievalError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

from inventory.collect.account_spec import AccountSpec
from inventory.collect.aws_clock import clock_trouble
from inventory.collect.refusal import EXPIRED_CODES, AwsError, error_code, redacted, told
from inventory.errors import AccountError

#: Answers that prove the credentials wrong, whatever was asked.
INVALID_CODES: Final = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def access_error(spec: AccountSpec, error: AwsError) -> AccountError:
    """The error to show for an account; no value of a credential is ever part of it."""
    if isinstance(error, ClientError):
        problem = _answered(error, spec)
    elif isinstance(error, BotoCoreError):
        problem = _unanswered(error, spec)
    else:
        problem = f"AWS gave an answer that cannot be read: {told(error)}"
    return AccountError(f"account {spec.name!r}: {problem}")


def settings_error(spec: AccountSpec, error: ValueError) -> AccountError:
    """The error to show where AWS settings keep a client from being made."""
    lines = redacted(str(error)).splitlines() or [type(error).__name__]
    return AccountError(
        f"account {spec.name!r}: the AWS settings cannot be used: {lines[0]}; "
        "see AWS_ENDPOINT_URL, and endpoint_url in the AWS configuration"
    )


def _answered(error: ClientError, spec: AccountSpec) -> str:
    code = error_code(error)
    clock = clock_trouble(error) if code in EXPIRED_CODES | INVALID_CODES else ""
    if clock:
        return f"AWS does not accept the signature ({code}): {clock}; set the clock"
    if code in EXPIRED_CODES:
        return f"the credentials have expired; {_renew(spec)}"
    if code in INVALID_CODES:
        return f"AWS does not accept the credentials ({code}); {_try(spec)}, and see the clock"
    if error.operation_name == "AssumeRole":
        return (
            f"assuming {spec.role_arn} was refused ({code}: {told(error)}); its trust policy has "
            "to name the caller, with the same external_id, and the caller needs sts:AssumeRole"
        )
    return f"{error.operation_name} failed ({code}: {told(error)}); {_try(spec)}"


def _unanswered(error: BotoCoreError, spec: AccountSpec) -> str:
    if isinstance(error, SSOError | LoginError | TokenRetrievalError):
        return f"the sign-in has expired or never took place; {_renew(spec)}"
    if isinstance(error, NoCredentialsError):
        return f"no credentials were found; {_provide(spec)}"
    if isinstance(error, PartialCredentialsError):
        return f"the credentials are incomplete; {_provide(spec)}"
    if isinstance(error, CredentialRetrievalError):
        # Its text is the standard error of a credential process, which may say anything.
        return f"the credentials could not be fetched; {_try(spec)}"
    if isinstance(error, ConfigParseError | ConfigNotFound):
        return f"the AWS configuration cannot be read: {told(error)}"
    if isinstance(error, ConnectionError | HTTPClientError):
        where = redacted(str(error.kwargs.get("endpoint_url") or "the AWS endpoint"))
        return (
            f"cannot reach {where} ({type(error).__name__}); see the network, the proxy "
            "settings and AWS_ENDPOINT_URL"
        )
    return f"{type(error).__name__}: {told(error)}"


def _renew(spec: AccountSpec) -> str:
    profile = spec.credentials_profile
    if profile:
        return f"run `aws sso login --profile {profile}`, or refresh the profile's credentials"
    return f"refresh them, or run `aws sso login` and name the profile in {spec.file}"


def _provide(spec: AccountSpec) -> str:
    profile = spec.credentials_profile
    if profile:
        return f"run `aws configure --profile {profile}`"
    return f"set AWS_PROFILE, or name a profile or role_arn in {spec.file}"


def _try(spec: AccountSpec) -> str:
    profile = spec.credentials_profile
    return f"try `aws sts get-caller-identity{f' --profile {profile}' if profile else ''}`"
