"""Signing in: the right account, or one line that says what to do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    HTTPClientError,
    PartialCredentialsError,
    SSOTokenLoadError,
)
from moto import mock_aws

from inventory.collect import TOOL, AccountSpec, OpenAccount, open_account
from inventory.collect.access_errors import access_error
from inventory.collect.assumed_role import SESSION_NAME
from inventory.errors import AccountError
from tests.unit.inventory.collect.scripted import RefusedError, ScriptedAws

IDENTITY = "sts.GetCallerIdentity"
ASSUME = "sts.AssumeRole"
PROFILES = """\
[profile prod]
region = eu-west-1
aws_access_key_id = AKIDEXAMPLEPROD
aws_secret_access_key = secret-of-prod

[profile audit]
aws_access_key_id = AKIDEXAMPLEAUDIT
aws_secret_access_key = secret-of-audit
"""
ROLE = "arn:aws:iam::444455556666:role/rollcall"
MOTO_ACCOUNT = "123456789012"


def failure(spec: AccountSpec, aws: ScriptedAws | None = None) -> str:
    with pytest.raises(AccountError) as caught:
        open_account(spec, session=aws.session if aws else None)
    message = str(caught.value)
    assert len(message.splitlines()) == 1
    assert not re.search(r"secret-of|AKID|\bexample\b", message)
    return message


def caller(account: str, arn: str = "") -> dict[str, str]:
    return {"Account": account, "Arn": arn or f"arn:aws:iam::{account}:user/reader", "UserId": "U"}


def test_a_profile_is_opened(aws_configuration: Path) -> None:
    aws_configuration.write_text(PROFILES)
    with mock_aws():
        account = open_account(AccountSpec(name="production", profile="prod"))
    assert (account.name, account.account_id) == ("production", MOTO_ACCOUNT)
    assert account.caller_arn.startswith(f"arn:aws:sts::{MOTO_ACCOUNT}:")
    assert account.home_region == "eu-west-1"
    keys = account.session.get_credentials()
    assert keys is not None
    assert keys.access_key == "AKIDEXAMPLEPROD"
    assert "secret" not in repr(account)


def test_an_unknown_profile_lists_those_that_exist(aws_configuration: Path) -> None:
    aws_configuration.write_text(PROFILES)
    message = failure(AccountSpec(name="staging", profile="staging"))
    assert "account 'staging': there is no AWS profile 'staging'; known: audit, prod" in message
    assert "accounts.yaml" in message


def test_an_unknown_profile_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "gone")
    assert "AWS_PROFILE names an unknown profile; known: none" in failure(
        AccountSpec(name=MOTO_ACCOUNT, account_id=MOTO_ACCOUNT)
    )


@pytest.mark.parametrize(
    ("spec", "advice"),
    [
        (AccountSpec(name="prod", profile="empty"), "run `aws configure --profile empty`"),
        (AccountSpec(name="prod", role_arn=ROLE), "set AWS_PROFILE, or name a profile"),
        (AccountSpec(name="prod", account_id=MOTO_ACCOUNT), "set AWS_PROFILE, or name a profile"),
    ],
)
def test_no_credentials(aws_configuration: Path, spec: AccountSpec, advice: str) -> None:
    aws_configuration.write_text("[profile empty]\nregion = eu-west-1\n")
    message = failure(spec)
    assert "no credentials were found" in message
    assert advice in message


def test_a_broken_aws_configuration(aws_configuration: Path) -> None:
    aws_configuration.write_text("[profile prod\nnonsense")
    message = failure(AccountSpec(name="prod", profile="prod"))
    assert "the AWS configuration cannot be read" in message
    assert str(aws_configuration) in message


def test_an_endpoint_that_is_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "nonsense")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")
    message = failure(AccountSpec(name=MOTO_ACCOUNT, account_id=MOTO_ACCOUNT))
    assert "Invalid endpoint: nonsense; see AWS_ENDPOINT_URL" in message


def test_the_right_account_by_id() -> None:
    aws = ScriptedAws({IDENTITY: caller("111122223333")})
    spec = AccountSpec(name="111122223333", account_id="111122223333")
    assert open_account(spec, session=aws.session).account_id == "111122223333"


def test_the_wrong_account_names_file_key_found_and_expected() -> None:
    aws = ScriptedAws({IDENTITY: caller("999988887777")})
    spec = AccountSpec(name="prod", account_id="111122223333", file="etc/accounts.yaml")
    message = failure(spec, aws)
    assert message.startswith("etc/accounts.yaml: prod.account_id: expected 111122223333, found 99")
    assert "999988887777" in message


def test_a_bare_id_of_another_account_says_how_to_add_the_role() -> None:
    aws = ScriptedAws({IDENTITY: caller("999988887777")})
    message = failure(AccountSpec(name="111122223333", account_id="111122223333"), aws)
    assert "the default credentials are of account 999988887777" in message
    assert "role_arn: 'arn:aws:iam::111122223333:role/ROLE'" in message


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RefusedError("ExpiredToken", "The token is expired"), "aws sso login --profile prod"),
        (RefusedError("InvalidClientTokenId"), "does not accept the credentials"),
        (
            RefusedError("SignatureDoesNotMatch", "x\nx-amz-security-token:secret-of"),
            "does not accept the credentials",
        ),
        (RefusedError("AccessDenied", "by policy"), "GetCallerIdentity failed (AccessDenied"),
        (SSOTokenLoadError(error_msg="no token"), "aws sso login --profile prod"),
        (
            ConnectTimeoutError(endpoint_url="https://sts.eu-west-1.amazonaws.com/"),
            "cannot reach https://sts.eu-west-1.amazonaws.com/ (ConnectTimeoutError)",
        ),
        (HTTPClientError(error=ValueError("Credential=AKID")), "cannot reach the AWS endpoint"),
        (
            CredentialRetrievalError(provider="custom-process", error_msg="secret-of"),
            "try `aws sts get-caller-identity --profile prod`",
        ),
        (PartialCredentialsError(provider="env", cred_var="x"), "the credentials are incomplete"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_each_way_of_failing_says_what_to_do(error: Exception, words: str) -> None:
    aws = ScriptedAws({IDENTITY: error})
    assert words in failure(AccountSpec(name="prod", profile="prod"), aws)


def test_other_errors_are_named() -> None:
    assert "BotoCoreError: " in str(access_error(AccountSpec(name="prod"), BotoCoreError()))


@pytest.mark.parametrize(
    ("regions", "session_region", "arn", "home"),
    [
        (("eu-*", "eu-north-1"), "us-west-2", "arn:aws:iam::1:root", "eu-north-1"),
        (("eu-*",), "us-west-2", "arn:aws:iam::1:root", "us-west-2"),
        (("me-south-1", "eu-west-1"), None, "arn:aws:iam::1:root", "eu-west-1"),
        (("me-south-1", "af-south-1"), None, "arn:aws:iam::1:root", "me-south-1"),
        ((), None, "arn:aws:iam::1:root", "us-east-1"),
        ((), "us-west-2", "arn:aws-cn:iam::1:root", "cn-north-1"),
        ((), "us-west-2", "arn:aws-us-gov:iam::1:root", "us-gov-west-1"),
    ],
)
def test_home_region(
    regions: tuple[str, ...], session_region: str | None, arn: str, home: str
) -> None:
    """domain.md 2.3: a Region belongs to one partition; only that one accepts the credentials.

    One that an account has to enable accepts them only then, so it is the last choice.
    """
    session = boto3.Session("AKIDEXAMPLE", "example", region_name=session_region)
    spec = AccountSpec(name="prod", regions=regions)
    assert OpenAccount("prod", "1", arn, session, spec).home_region == home


def _text(sent: str | bytes) -> str:
    return sent if isinstance(sent, str) else sent.decode()


def in_another_account(spec: AccountSpec) -> tuple[OpenAccount, list[dict[str, Any]], list[str]]:
    """The account, the forms that STS was sent, and the user agents."""
    forms: list[dict[str, Any]] = []
    agents: list[str] = []
    source = boto3.Session("AKIDEXAMPLE", "example", region_name="eu-central-1")

    def note(request: Any, **_: Any) -> None:
        forms.append({name: value[0] for name, value in parse_qs(_text(request.body)).items()})
        agents.append(_text(request.headers["User-Agent"]))

    source.events.register("before-send.sts.AssumeRole", note)
    with mock_aws():
        return open_account(spec, session=source), forms, agents


def test_a_role_of_another_account_is_assumed() -> None:
    spec = AccountSpec(name="far", role_arn=ROLE, external_id="shared", account_id="444455556666")
    account, forms, agents = in_another_account(spec)
    assert account.account_id == "444455556666"
    assert f"assumed-role/rollcall/{SESSION_NAME}" in account.caller_arn
    (form,) = forms
    assert (form["RoleArn"], form["ExternalId"]) == (ROLE, "shared")
    assert form["RoleSessionName"] == "ssm-rollcall"
    assert TOOL in agents[0]
    assert "shared" not in repr(spec)


def test_a_role_without_external_id_sends_none() -> None:
    _, forms, _ = in_another_account(AccountSpec(name="far", role_arn=ROLE))
    assert "ExternalId" not in forms[0]


def test_a_role_that_is_refused_names_the_trust_policy() -> None:
    aws = ScriptedAws({ASSUME: RefusedError("AccessDenied", "not authorized")})
    message = failure(AccountSpec(name="far", role_arn=ROLE), aws)
    assert f"assuming {ROLE} was refused (AccessDenied: not authorized)" in message
    assert "trust policy" in message
    assert "external_id" in message


def test_a_role_is_assumed_from_its_source_profile(aws_configuration: Path) -> None:
    aws_configuration.write_text(PROFILES)
    spec = AccountSpec(name="far", role_arn=ROLE, source_profile="nobody")
    assert "there is no AWS profile 'nobody'; known: audit, prod" in failure(spec)
    with mock_aws():
        account = open_account(AccountSpec(name="far", role_arn=ROLE, source_profile="audit"))
    assert account.account_id == "444455556666"
