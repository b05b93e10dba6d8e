"""docs/roles: both texts allow exactly docs/iam-policy.json, and trust only who is named."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from inventory.collect.account_spec import OrganizationSpec
from inventory.collect.credential_sources import CredentialSource
from inventory.collect.organization_accounts import members_of
from reports.iam_policy import POLICY
from reports.reader_role import ROLE_NAME, ROLES, hub_policy, role_texts

TEMPLATE = ROLES / "rollcall-role.yaml"
TERRAFORM = ROLES / "main.tf"
#: IAM counts the characters of all inline policies of a role together, without blanks (iam.md 8).
LARGEST_INLINE_POLICIES = 10_240
NOTHING = object()

Statement = Mapping[str, Any]


class CloudFormation(yaml.SafeLoader):
    """Reads ``!If [...]`` as ``{"!If": [...]}``."""


def _intrinsic(loader: CloudFormation, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        return {f"!{suffix}": loader.construct_scalar(node)}
    return {f"!{suffix}": loader.construct_sequence(node, deep=True)}


CloudFormation.add_multi_constructor("!", _intrinsic)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(TEMPLATE.read_text("utf-8"), CloudFormation)  # noqa: S506
    return loaded


def resolved(part: Any, template: Mapping[str, Any], given: Mapping[str, str]) -> Any:
    """What CloudFormation makes of a part of the template, for the functions used in it."""
    again = lambda other: resolved(other, template, given)  # noqa: E731
    match part:
        case {"!If": [name, then, otherwise]}:
            return again(then if again(template["Conditions"][name]) else otherwise)
        case {"!Not": [one]}:
            return not again(one)
        case {"!Equals": [left, right]}:
            return again(left) == again(right)
        case {"!Join": [between, parts]}:
            return str(between).join(again(one) for one in parts)
        case {"!Ref": "AWS::NoValue"}:
            return NOTHING
        case {"!Ref": name}:
            return given.get(name, template["Parameters"][name]["Default"])
        case {"!Sub": text}:
            return text.replace("${AWS::Partition}", "aws").replace("${AWS::AccountId}", "1" * 12)
        case dict():
            values = {key: again(value) for key, value in part.items()}
            return {key: value for key, value in values.items() if value is not NOTHING}
        case list():
            return [value for one in part if (value := again(one)) is not NOTHING]
        case _:
            return part


def trust(template: Mapping[str, Any], **given: str) -> list[Statement]:
    role = template["Resources"]["ReaderRole"]["Properties"]
    statements: list[Statement] = resolved(role["AssumeRolePolicyDocument"], template, given)[
        "Statement"
    ]
    return statements


def test_the_files_are_up_to_date() -> None:
    for name, text in role_texts().items():
        told = "stale: run python -m reports.reader_role"
        assert (ROLES / name).read_text("utf-8") == text, f"{name} is {told}"


def test_the_cloudformation_role_allows_the_policy_statement_by_statement(
    template: dict[str, Any],
) -> None:
    (policy,) = template["Resources"]["ReaderRole"]["Properties"]["Policies"]
    assert policy["PolicyDocument"] == json.loads(POLICY.read_text("utf-8"))
    assert "ManagedPolicyArns" not in template["Resources"]["ReaderRole"]["Properties"]
    assert list(template["Resources"]) == ["ReaderRole"]


def test_the_terraform_role_allows_the_policy_statement_by_statement() -> None:
    text = TERRAFORM.read_text("utf-8")
    documents = re.findall(r"<<-JSON\n(.*?)\n +JSON\n", text, re.DOTALL)
    assert [json.loads(one) for one in documents] == [json.loads(POLICY.read_text("utf-8"))]
    resources = re.findall(r'^resource "(\w+)"', text, re.MULTILINE)
    assert resources == ["aws_iam_role", "aws_iam_role_policy"]


def test_the_policy_fits_into_a_role_without_being_split() -> None:
    assert len("".join(POLICY.read_text("utf-8").split())) <= LARGEST_INLINE_POLICIES


PRINCIPAL = "arn:aws:iam::111122223333:role/ci"
ACTIONS_PROVIDER = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"


def test_a_principal_is_trusted_without_a_condition(template: dict[str, Any]) -> None:
    assert trust(template, TrustedPrincipalArn=PRINCIPAL) == [
        {
            "Sid": "TrustedPrincipal",
            "Effect": "Allow",
            "Principal": {"AWS": PRINCIPAL},
            "Action": "sts:AssumeRole",
        }
    ]


def test_an_external_id_becomes_a_condition(template: dict[str, Any]) -> None:
    (only,) = trust(template, TrustedPrincipalArn=PRINCIPAL, ExternalId="rollcall")
    assert only["Condition"] == {"StringEquals": {"sts:ExternalId": "rollcall"}}


def test_a_github_workflow_is_trusted_for_its_audience_and_subject(
    template: dict[str, Any],
) -> None:
    (only,) = trust(template, GitHubSubject="repo:acme/fleet:ref:refs/heads/main")
    assert only["Principal"] == {"Federated": ACTIONS_PROVIDER}
    assert only["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert only["Condition"] == {
        "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
        "StringLike": {
            "token.actions.githubusercontent.com:sub": "repo:acme/fleet:ref:refs/heads/main"
        },
    }


def test_a_gitlab_pipeline_is_trusted_for_its_audience_and_subject(
    template: dict[str, Any],
) -> None:
    subject = "project_path:acme/fleet:ref_type:branch:ref:main"
    (only,) = trust(template, GitLabSubject=subject)
    assert only["Condition"] == {
        "StringEquals": {"gitlab.com:aud": "sts.amazonaws.com"},
        "StringLike": {"gitlab.com:sub": subject},
    }


def test_a_stack_that_trusts_nobody_is_refused(template: dict[str, Any]) -> None:
    (rule,) = template["Rules"]["SomebodyIsTrusted"]["Assertions"]
    assert trust(template) == []
    assert resolved(rule["Assert"], template, {}) is False
    assert resolved(rule["Assert"], template, {"GitLabSubject": "project_path:a/b:x"}) is True


@pytest.mark.parametrize(
    ("parameter", "value", "accepted"),
    [
        ("TrustedPrincipalArn", PRINCIPAL, True),
        ("TrustedPrincipalArn", "arn:aws:iam::111122223333:root", True),
        ("TrustedPrincipalArn", "arn:aws-cn:iam::111122223333:user/ci/reader", True),
        ("TrustedPrincipalArn", "*", False),
        ("TrustedPrincipalArn", "arn:aws:iam::*:role/ci", False),
        ("TrustedPrincipalArn", "arn:aws:iam::111122223333:role/*", False),
        ("GitHubSubject", "repo:acme/fleet:ref:refs/heads/main", True),
        ("GitHubSubject", "repo:acme@1234/fleet@5678:ref:refs/heads/main", True),
        ("GitHubSubject", "repo:acme/fleet:*", True),
        ("GitHubSubject", "repo:acme/*", False),
        ("GitHubSubject", "repo:*", False),
        ("GitHubSubject", "*", False),
        ("GitLabSubject", "project_path:acme/fleet:ref_type:branch:ref:*", True),
        ("GitLabSubject", "project_path:acme/*:ref_type:branch:ref:main", False),
        ("GitLabSubject", "*", False),
        ("ExternalId", "rollcall", True),
        ("ExternalId", "x", False),
    ],
)
def test_no_parameter_opens_the_role_to_strangers(
    template: dict[str, Any], parameter: str, value: str, accepted: bool
) -> None:
    pattern = template["Parameters"][parameter]["AllowedPattern"]
    assert (re.fullmatch(pattern, value) is not None) is accepted


def test_the_hub_assumes_the_role_of_the_template(template: dict[str, Any]) -> None:
    _, assumes = hub_policy()["Statement"]
    assert template["Parameters"]["RoleName"]["Default"] == ROLE_NAME
    assert assumes["Action"] == ["sts:AssumeRole"]
    assert assumes["Resource"] == f"arn:aws:iam::*:role/{ROLE_NAME}"


@mock_aws
def test_the_hub_may_make_the_calls_that_find_accounts_and_no_others() -> None:
    session = boto3.Session(
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106
        region_name="us-east-1",
    )
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    made: set[str] = set()
    session.events.register(
        "before-call.organizations", lambda model, **_: made.add(f"organizations:{model.name}")
    )
    spec = OrganizationSpec(name="all", role_name=ROLE_NAME, include_management=True)
    for one in (spec, dataclasses.replace(spec, units=(root,))):
        assert members_of(one, CredentialSource(session, "")).specs
    lists, _ = hub_policy()["Statement"]
    assert made == set(lists["Action"])


def test_cfn_lint_has_nothing_to_say() -> None:
    command = [Path(sys.executable).with_name("cfn-lint"), "--template", TEMPLATE]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, "")
