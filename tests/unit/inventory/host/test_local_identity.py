"""Who this machine is, by the identity document of its metadata service (domain.md 2.6)."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from inventory.host.local_identity import (
    ENDPOINT_VARIABLE,
    LocalIdentity,
    local_identity,
    metadata_endpoint,
)
from tests.metadata_service import answers, metadata_service

ID = "i-0123456789abcdef0"
DOCUMENT = "/latest/dynamic/instance-identity/document"


def asked(told: Mapping[str, str], token: str = "a-token") -> LocalIdentity | None:  # noqa: S107
    with metadata_service(told, token=token) as endpoint:
        return local_identity(endpoint)


def test_the_identity_document_says_who_it_is() -> None:
    assert asked(answers(ID)) == LocalIdentity(ID, "eu-central-1", "111122223333")


def test_a_proxy_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert asked(answers(ID)) is not None


@pytest.mark.parametrize(
    "told",
    [
        {},
        {DOCUMENT: "<html>"},
        {DOCUMENT: "[]"},
        {DOCUMENT: json.dumps({"instanceId": ID})},
        answers("../../etc"),
        answers(ID, region="../global"),
        answers(ID, accountId="42"),
        answers(ID, accountId=111122223333),
        {DOCUMENT: "[" * 30_000},
    ],
    ids=[
        "no document",
        "no JSON",
        "no object",
        "not all of it",
        "a path for an id",
        "a path for a Region",
        "no account id",
        "an account that is no text",
        "nested without end",
    ],
)
def test_what_is_no_identity_is_none(told: Mapping[str, str]) -> None:
    assert asked(told) is None


def test_without_a_token_there_is_no_identity() -> None:
    """R-6.1: the service may be there and refuse tokens."""
    assert asked(answers(ID), token="") is None


def test_where_nothing_listens_there_is_no_identity() -> None:
    assert local_identity("http://127.0.0.1:1") is None


@pytest.mark.parametrize(
    ("given", "asked_at"),
    [
        ("http://127.0.0.1:1338/", "http://127.0.0.1:1338"),
        ("http://[fd00:ec2::254]", "http://[fd00:ec2::254]"),
        ("", "http://169.254.169.254"),
        ("file:///etc/passwd", "http://169.254.169.254"),
        ("nonsense", "http://169.254.169.254"),
    ],
)
def test_the_variable_of_the_sdks_moves_the_endpoint(
    given: str, asked_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT_VARIABLE, given)
    assert metadata_endpoint() == asked_at
