"""What a call that gave no answer means: denied, failed, absent, or credentials that are gone."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Set as AbstractSet
from typing import Final

import botocore
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
    UnknownServiceError,
)
from botocore.parsers import ResponseParserError

from inventory.facts import Status

#: What a request can end in; anything else is a defect of ours and stops the run.
AwsError = ClientError | BotoCoreError | ResponseParserError
AWS_ERRORS: Final = (ClientError, BotoCoreError, ResponseParserError)

EXPIRED_CODES: Final = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
#: In a Region that an account has not enabled, EC2 says AuthFailure and others that the token is
#: unrecognized or invalid, so neither proves that the credentials themselves are wrong.
_DENIED_CODES: Final = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "AuthorizationError",
        "InvalidClientTokenId",
        "OptInRequired",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
    }
)
_DENIED_TEXTS: Final = ("explicit deny", "not authorized to perform")
_NO_CREDENTIALS: Final = (
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)
_LONGEST_DETAIL: Final = 300
#: Patterns take their time with endless texts, and nothing beyond this could be kept.
_LONGEST_READ: Final = 10_000
#: Session tokens, signatures and encoded authorization messages are long unbroken base64; an
#: access key id has a fixed form; a URL may hold a password. Nothing else AWS says looks so.
#: STS quotes an external id that has not the form of one.
_SECRET: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b|[A-Za-z0-9+/=_%-]{100,}|(?<=://)[^/@\s]+@"
    r"|(?<=Value ').*(?=' at 'externalId')"
)
_ENCODED: Final = re.compile(r"\s*Encoded authorization failure message:.*", re.DOTALL)


class MalformedAnswerError(BotoCoreError):
    """An answer without the members that every complete one has: it must not read as "none"."""

    fmt = "{operation}: the answer has no {member}"


class EndlessListingError(BotoCoreError):
    """A listing that gives a page token for the second time would never end."""

    fmt = "{operation}: the same page token came twice"


@dataclasses.dataclass(frozen=True)
class Refusal:
    """Why a call gave no answer, as the snapshot's coverage keeps it."""

    status: Status
    code: str
    detail: str = ""


def sdk_too_old(name: str) -> Refusal:
    """What the installed SDK cannot ask for, since it knows no such service, call or parameter."""
    return Refusal(
        Status.NOT_ASKED,
        "SDK_TOO_OLD",
        f"botocore {botocore.__version__} does not know {name}; update boto3",
    )


def refusal_of(error: AwsError, absent: AbstractSet[str] = frozenset()) -> Refusal:
    """Classify what ended a call; ``absent`` are the codes that mean "there is no such thing"."""
    if isinstance(error, UnknownServiceError):
        return sdk_too_old(error.kwargs["service_name"])
    if not isinstance(error, ClientError):
        return Refusal(Status.FAILED, type(error).__name__, told(error))
    code = error_code(error)
    text = str(error.response.get("Error", {}).get("Message", "")).casefold()
    if code in absent:
        status = Status.ABSENT
    elif code in _DENIED_CODES or any(phrase in text for phrase in _DENIED_TEXTS):
        status = Status.DENIED
    else:
        status = Status.FAILED
    return Refusal(status, code, told(error))


def refusal_unless_lost(error: AwsError, absent: AbstractSet[str] = frozenset()) -> Refusal:
    """As ``refusal_of``, but raises the error of lost credentials: nothing more can be read."""
    if lost_credentials(error):
        raise error
    return refusal_of(error, absent)


def lost_credentials(error: AwsError) -> bool:
    """Whether no further call of the account can succeed: its credentials ran out or are gone."""
    if isinstance(error, ClientError):
        return error_code(error) in EXPIRED_CODES or error.operation_name == "AssumeRole"
    return isinstance(error, _NO_CREDENTIALS)


def error_code(error: ClientError) -> str:
    """AWS's error code, ``AccessDenied``."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def told(error: AwsError) -> str:
    """The error's own words: one line, short, without credentials.

    An HTTP client's unhandled error may quote request headers, so only its kind is kept; AWS's
    answer to a wrong signature quotes the signed request, but never on its first line.
    """
    if type(error) is HTTPClientError:
        return f"the HTTP client failed: {type(error.kwargs.get('error')).__name__}"
    if isinstance(error, ClientError):
        text = str(error.response.get("Error", {}).get("Message", ""))
    else:
        text = str(error)
    lines = _ENCODED.sub("", text[:_LONGEST_READ]).strip().splitlines()
    # Half a surrogate pair would keep the manifest from being written.
    whole = lines[0].encode("utf-8", "replace").decode("utf-8") if lines else ""
    return redacted(whole)[:_LONGEST_DETAIL]


def redacted(text: str) -> str:
    """The text without anything that looks like a credential."""
    return _SECRET.sub("…", text)
