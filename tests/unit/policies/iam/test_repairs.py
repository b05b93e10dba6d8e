"""Repairs: every name is quoted for the shell and for Terraform, and documents survive both."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import Role
from policies.iam.repairs import (
    IN_TERRAFORM,
    allow_statement,
    aws_policy_arn,
    inline_policy,
    new_version,
    swapped_policy,
)
from tests.unit.policies.iam_world import CORE_ARN

#: What IAM lets into a role's name, and what a snapshot by hand may hold.
NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)


def role(name: str) -> Role:
    return Role(role_name=name, arn="arn:aws:iam::111122223333:role/x")


@given(NAMES)
def test_a_name_reaches_the_command_as_one_word(name: str) -> None:
    command = inline_policy(role(name), allow_statement(["ssm:Get*"]), "p").partition(
        f"\n{IN_TERRAFORM}"
    )[0]
    words = shlex.split(command)
    assert words[words.index("--role-name") + 1] == name
    document = json.loads(words[words.index("--policy-document") + 1])
    assert document["Statement"] == [allow_statement(["ssm:Get*"])]


@given(NAMES)
def test_a_name_reaches_terraform_as_one_literal(name: str) -> None:
    """HCL: a template starts with ${ or %{ unless its sign is doubled."""
    terraform = inline_policy(role(name), allow_statement(["a:B"]), "p").partition(IN_TERRAFORM)[2]
    (literal,) = re.findall(r"^  role   = (.*)$", terraform, re.MULTILINE)
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", literal)
    assert json.loads(literal.replace("$${", "${").replace("%%{", "%{")) == name


def test_a_variable_in_a_document_is_no_terraform_template() -> None:
    statement = allow_statement(["s3:GetObject"], "arn:aws:s3:::b/${aws:PrincipalTag/team}/*")
    terraform = inline_policy(role("r"), statement, "p").partition(IN_TERRAFORM)[2]
    assert "/$${aws:PrincipalTag/team}/" in terraform


@pytest.mark.parametrize(
    ("partition", "arn"),
    [
        ("aws", CORE_ARN),
        ("aws-cn", "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore"),
        ("aws-us-gov", "arn:aws-us-gov:iam::aws:policy/AmazonSSMManagedInstanceCore"),
    ],
)
def test_managed_policies_live_in_the_partition(partition: str, arn: str) -> None:
    """R-3.1."""
    assert aws_policy_arn("AmazonSSMManagedInstanceCore", partition) == arn
    assert shlex.split(swapped_policy(role("r"), (), partition).splitlines()[0])[-1] == arn


def test_a_new_version_is_put_in_force() -> None:
    words = shlex.split(
        new_version("arn:aws:iam::111122223333:policy/p", [allow_statement(["a:B"])])
    )
    assert words[-1] == "--set-as-default"
