"""What ends a call, and that no credential is ever told."""

from __future__ import annotations

import pytest
from botocore.exceptions import (
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    ProxyConnectionError,
    SSOTokenLoadError,
)
from botocore.parsers import ResponseParserError

from inventory.collect.refusal import AwsError, lost_credentials, refusal_of, told
from inventory.facts import Status

KEY_ID = "ASIAIOSFODNN7EXAMPLE"
LONG_SECRET = "IQoJb3JpZ2luX2VjE" * 20


def answered(code: str, message: str = "", operation: str = "DescribeVpcs") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    "code",
    [
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthFailure",
        "OptInRequired",
        "UnrecognizedClientException",
    ],
)
def test_denied_by_code(code: str) -> None:
    refusal = refusal_of(answered(code, "You may not"))
    assert (refusal.status, refusal.code, refusal.detail) == (Status.DENIED, code, "You may not")


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ("with an explicit deny in a service control policy", Status.DENIED),
        ("User: x is not authorized to perform: ec2:DescribeVpcs", Status.DENIED),
        ("The service is not available", Status.FAILED),
    ],
)
def test_denied_by_words_where_the_code_is_unknown(message: str, status: Status) -> None:
    assert refusal_of(answered("Client.Whatever", message)).status is status


@pytest.mark.parametrize(
    "error",
    [
        answered("RequestLimitExceeded"),
        answered("InternalError"),
        answered("500"),
        answered("AWSOrganizationsNotInUseException"),
        EndpointConnectionError(endpoint_url="https://ec2.example"),
        ResponseParserError("no element found"),
    ],
)
def test_anything_else_has_failed(error: AwsError) -> None:
    assert refusal_of(error).status is Status.FAILED


def test_absent_only_where_the_call_says_that_the_code_means_it() -> None:
    error = answered("AWSOrganizationsNotInUseException")
    assert refusal_of(error, frozenset({"AWSOrganizationsNotInUseException"})).status is (
        Status.ABSENT
    )


@pytest.mark.parametrize(
    ("error", "lost"),
    [
        (answered("ExpiredToken"), True),
        (answered("ExpiredTokenException"), True),
        (answered("RequestExpired"), True),
        (answered("AccessDenied", operation="AssumeRole"), True),
        (answered("AccessDenied"), False),
        (answered("UnrecognizedClientException"), False),
        (NoCredentialsError(), True),
        (SSOTokenLoadError(error_msg="none"), True),
        (CredentialRetrievalError(provider="process", error_msg="x"), True),
        (EndpointConnectionError(endpoint_url="https://ec2.example"), False),
        (ResponseParserError("x"), False),
    ],
)
def test_which_errors_mean_that_the_credentials_are_gone(error: AwsError, lost: bool) -> None:
    assert lost_credentials(error) is lost


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            answered("X", f"Not authorized. Encoded authorization failure message: {LONG_SECRET}"),
            "Not authorized.",
        ),
        (answered("X", f"token {LONG_SECRET} is bad"), "token … is bad"),
        (answered("X", f"key {KEY_ID} is bad"), "key … is bad"),
        (
            answered("ValidationError", "Value 'it's ours' at 'externalId' failed to satisfy"),
            "Value '…' at 'externalId' failed to satisfy",
        ),
        (answered("X", f"signature differs\n\nx-amz-security-token:{KEY_ID}"), "signature differs"),
        (
            HTTPClientError(error=ValueError(f"header Credential={KEY_ID}")),
            "the HTTP client failed: ValueError",
        ),
        (
            ProxyConnectionError(proxy_url="http://me:secret@proxy:3128"),
            'Failed to connect to proxy URL: "http://…proxy:3128"',
        ),
        (answered("X", ""), ""),
    ],
    ids=[
        "encoded",
        "token",
        "key-id",
        "external-id",
        "canonical-request",
        "header",
        "proxy",
        "nothing",
    ],
)
def test_what_is_told_holds_no_credential(error: AwsError, text: str) -> None:
    assert told(error) == text


def test_an_arn_is_told_in_full() -> None:
    arn = f"arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/{'Role' * 16}"
    assert told(answered("X", f"{arn} is not there")) == f"{arn} is not there"
