"""The condition keys of a node's requests: known, absent, or unknown (iam.md 3)."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Role, Unread
from policies.iam.evaluation import Known, State
from policies.iam.node_context import (
    dhmc_keys,
    instance_identity_keys,
    instance_identity_session,
    profile_keys,
    role_session,
    trust_keys,
)
from tests.unit.policies.iam_world import INSTANCE_ARN, ROLE_ARN, ROLE_NAME, VPC, node
from tests.unit.policies.nodes import ID
from tests.unit.world import ACCOUNT, REGION

TAGGED = {"Tags": [{"Key": "Team", "Value": "blue"}]}
ORGANIZATION = {"Id": "o-abc", "MasterAccountId": "999988887777"}


def role_of(**changes: Any) -> Role:
    role = node(**changes).account.roles.find(ROLE_NAME)
    assert not isinstance(role, Unread)
    return role


def value(name: str, *, own_resource: bool = True, **changes: Any) -> Any:
    keys = profile_keys(node(**changes), role_of(**changes), own_resource=own_resource)
    return keys.value(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("aws:PrincipalArn", Known.one(ROLE_ARN)),
        ("aws:PrincipalAccount", Known.one(ACCOUNT)),
        ("aws:PrincipalType", Known.one("AssumedRole")),
        ("aws:userid", Known.one(f"AROANODE:{ID}")),
        ("aws:RequestedRegion", Known.one(REGION)),
        ("aws:SecureTransport", Known.one("true")),
        ("aws:ViaAWSService", Known.one("false")),
        ("aws:PrincipalIsAWSService", Known.one("false")),
        ("ec2:SourceInstanceARN", Known.one(INSTANCE_ARN)),
        ("aws:Ec2InstanceSourceVpc", Known.one(VPC)),
        ("aws:ResourceAccount", Known.one(ACCOUNT)),
        ("aws:CurrentTime", Known.one("2026-11-01T12:00:00+00:00")),
        ("aws:EpochTime", Known.one("1793534400")),
        ("ec2:RoleDelivery", Known.one("2.0")),
        ("aws:MultiFactorAuthPresent", Known(("false",), may_be_absent=True)),
        ("ssm:SourceInstanceARN", State.ABSENT),
        ("aws:PrincipalTag/Team", State.ABSENT),
        ("aws:CalledVia", State.ABSENT),
        ("aws:CalledViaFirst", State.ABSENT),
        ("aws:PrincipalOrgID", State.ABSENT),
        ("aws:PrincipalOrgPaths", State.ABSENT),
        ("aws:username", State.ABSENT),
        ("aws:SourceIdentity", State.ABSENT),
        ("aws:FederatedProvider", State.ABSENT),
        ("aws:TagKeys", State.ABSENT),
        ("aws:RequestTag/Team", State.ABSENT),
        ("aws:SourceArn", State.ABSENT),
        ("aws:SourceAccount", State.ABSENT),
        ("aws:SourceOrgID", State.ABSENT),
        ("aws:MultiFactorAuthAge", State.ABSENT),
        ("aws:TokenIssueTime", State.PRESENT),
        ("aws:UserAgent", State.PRESENT),
        ("aws:SourceIp", State.UNKNOWN),
        ("aws:SourceVpce", State.UNKNOWN),
        ("aws:SourceVpc", State.UNKNOWN),
        ("aws:VpcSourceIp", State.UNKNOWN),
        ("aws:ResourceTag/Team", State.UNKNOWN),
        ("ssm:resourceTag/Team", State.UNKNOWN),
        ("aws:Ec2InstanceSourcePrivateIPv4", State.UNKNOWN),
        ("some:newKey", State.UNKNOWN),
    ],
)
def test_a_key_of_the_profile_credentials(name: str, expected: Any) -> None:
    assert value(name) == expected


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("aws:PrincipalTag/Team", {"role": TAGGED}, Known.one("blue")),
        ("aws:PrincipalTag/team", {"role": TAGGED}, Known.one("blue")),
        ("aws:PrincipalTag/Other", {"role": TAGGED}, State.ABSENT),
        ("aws:PrincipalOrgID", {"organization": ORGANIZATION}, Known.one("o-abc")),
        ("aws:PrincipalOrgPaths", {"organization": ORGANIZATION}, State.UNKNOWN),
        (
            "aws:PrincipalOrgID",
            {"denied": {"organizations.DescribeOrganization": "AccessDenied"}},
            State.UNKNOWN,
        ),
        (
            "aws:Ec2InstanceSourcePrivateIPv4",
            {"instance": {"PrivateIpAddress": "10.0.0.9"}},
            Known.one("10.0.0.9"),
        ),
        (
            "ec2:RoleDelivery",
            {"instance": {"MetadataOptions": {"State": "applied", "HttpTokens": "optional"}}},
            State.PRESENT,
        ),
        (
            "ec2:RoleDelivery",
            {"instance": {"MetadataOptions": {"State": "pending", "HttpTokens": "required"}}},
            State.PRESENT,
        ),
        ("ec2:RoleDelivery", {"instance": {"MetadataOptions": None}}, State.PRESENT),
        ("aws:userid", {"role": {"RoleId": ""}}, State.PRESENT),
    ],
)
def test_a_key_that_one_fact_changes(name: str, changes: dict[str, Any], expected: Any) -> None:
    assert value(name, **changes) == expected


def test_the_owner_of_what_is_not_the_accounts_own_is_unknown() -> None:
    assert value("aws:ResourceAccount", own_resource=False) is State.UNKNOWN


def test_the_session_is_named_after_the_instance() -> None:
    session = role_session(node(), role_of())
    assert session.role_arn == ROLE_ARN
    assert session.session_arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE_NAME}/{ID}"


def test_dhmc_credentials_carry_the_other_source_instance() -> None:
    keys = dhmc_keys(node(), role_of(), own_resource=True)
    assert keys.value("ssm:SourceInstanceARN") == Known.one(INSTANCE_ARN)
    assert keys.value("ec2:SourceInstanceARN") is State.UNKNOWN


def test_dhmcs_own_calls_are_made_by_the_instance_identity() -> None:
    """R-2.13, D6: no role of the account, and the node's own keys."""
    session = instance_identity_session(node())
    keys = instance_identity_keys(node(organization=ORGANIZATION))
    assert session.session_arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-instance/{ID}"
    assert keys.value("ssm:NodeAccountId") == Known.one(ACCOUNT)
    assert keys.value("ssm:NodeOrgId") == Known.one("o-abc")
    assert keys.value("aws:PrincipalAccount") is State.UNKNOWN
    assert keys.value("aws:SourceAccount") is State.UNKNOWN


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sts:ExternalId", State.ABSENT),
        ("aws:SourceAccount", State.UNKNOWN),
        ("aws:SourceArn", State.UNKNOWN),
        ("aws:SourceOrgID", State.UNKNOWN),
        ("ec2:SourceInstanceARN", State.UNKNOWN),
        ("aws:PrincipalIsAWSService", Known.one("true")),
        ("aws:CurrentTime", Known.one("2026-11-01T12:00:00+00:00")),
    ],
)
def test_a_key_of_a_services_assume_role(name: str, expected: Any) -> None:
    assert trust_keys(node()).value(name) == expected
