"""IAM and Organizations as an emulated AWS answers them: two accounts, SCPs, roles both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from inventory.collect import AccountSpec, OpenAccount, collect, open_account
from inventory.facts import AccountFacts, Table, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.inventory.collect.scripted import ONE_ATTEMPT, REGION
from tests.unit.inventory.collect.test_round_trip import TRUST

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
NO_SSM = {"Effect": "Deny", "Action": "ssm:*", "Resource": "*"}


def policy(action: str) -> str:
    allow = {"Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


def seed(session: boto3.Session) -> None:
    """One instance whose role has tags, a boundary, an inline and a managed policy."""
    iam = session.client("iam")
    bounds = iam.create_policy(PolicyName="bounds", PolicyDocument=policy("*"))["Policy"]["Arn"]
    own = iam.create_policy(PolicyName="own", PolicyDocument=policy("ssm:*"))["Policy"]["Arn"]
    iam.create_role(
        RoleName="node",
        Path="/fleet/",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        PermissionsBoundary=bounds,
        Tags=[{"Key": "team", "Value": "web"}],
    )
    iam.attach_role_policy(RoleName="node", PolicyArn=own)
    iam.put_role_policy(RoleName="node", PolicyName="more", PolicyDocument=policy("s3:GetObject"))
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="node")
    session.client("ec2").run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, IamInstanceProfile={"Name": "profile"}
    )


def refuse(session: boto3.Session, *operations: str) -> None:
    """As AWS refuses a call: an error answer, before the emulator sees it."""

    def refused(model: Any, **_: Any) -> None:
        error = {"Error": {"Code": "AccessDenied", "Message": "not authorized"}}
        raise ClientError(error, model.name)  # type: ignore[arg-type]

    for operation in operations:
        session.events.register(f"before-call.{operation}", refused)


def session_of() -> boto3.Session:
    session = boto3.Session("testing", "testing", region_name=REGION)
    refuse(
        session,
        "ssm.DescribeInstanceInformation",
        "ssm.GetServiceSetting",
        "ssm.ListAssociations",
        "ec2.DescribeVpcBlockPublicAccessOptions",
        "ec2.DescribeVpcBlockPublicAccessExclusions",
        "ec2.DescribeVpcEncryptionControls",
        "route53profiles.ListProfileAssociations",
        "route53resolver.ListFirewallRuleGroupAssociations",
    )
    return session


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


def facts_of(folder: Path, *accounts: OpenAccount) -> list[AccountFacts]:
    writer = SnapshotWriter(folder)
    collect(accounts, writer, regions=[REGION], now=NOW, config=ONE_ATTEMPT)
    fleet = load_fleet(Snapshot.open(folder))
    return [fleet.accounts[one.account_id] for one in accounts]


@pytest.mark.usefixtures("aws")
def test_bulk_and_single_calls_make_the_same_facts(tmp_path: Path) -> None:
    """iam.md 8: whichever way a role was read, the same Role and ManagedPolicy."""
    session = session_of()
    seed(session)
    account = open_account(AccountSpec(name="small"), session=session)
    (single,) = facts_of(tmp_path / "single", account)
    refuse(session, "iam.GetRole")
    (bulk,) = facts_of(tmp_path / "bulk", account)
    assert isinstance(single.roles, Table)
    assert isinstance(bulk.roles, Table)
    assert [one.role_name for one in single.roles] == ["node"]
    assert as_data(single.roles, "node") == as_data(bulk.roles, "node")
    attached = as_data(single.roles, "node")["AttachedManagedPolicies"][0]["PolicyArn"]
    boundary = as_data(single.roles, "node")["PermissionsBoundary"]["PermissionsBoundaryArn"]
    for arn in (attached, boundary):
        one, other = single.managed_policies.find(arn), bulk.managed_policies.find(arn)
        assert not isinstance(one, Unread)
        assert not isinstance(other, Unread)
        assert one.document["Statement"]
        assert one.document == other.document
    assert single.roles.call == "iam:GetRole"
    assert bulk.roles.call == "iam:GetAccountAuthorizationDetails"


def as_data(table: Table[Any] | Unread, key: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(table.find(key))
    return found


def organization(session: boto3.Session) -> tuple[OpenAccount, OpenAccount]:
    """The management account, and a member in a unit that denies Systems Manager."""
    client = session.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    unit = client.create_organizational_unit(ParentId=root, Name="fleet")["OrganizationalUnit"]
    status = client.create_account(Email="a@example.org", AccountName="member")
    member = status["CreateAccountStatus"]["AccountId"]
    client.move_account(AccountId=member, SourceParentId=root, DestinationParentId=unit["Id"])
    created = client.create_policy(
        Name="no-ssm",
        Description="",
        Type="SERVICE_CONTROL_POLICY",
        Content=json.dumps({"Version": "2012-10-17", "Statement": [NO_SSM]}),
    )
    client.attach_policy(PolicyId=created["Policy"]["PolicySummary"]["Id"], TargetId=unit["Id"])
    management = open_account(AccountSpec(name="management"), session=session)
    role = f"arn:aws:iam::{member}:role/reader"
    spec = AccountSpec(name="member", role_arn=role)
    return management, open_account(spec, session=session)


@pytest.mark.usefixtures("aws")
def test_the_management_account_reads_the_members_levels(tmp_path: Path) -> None:
    """E3: root, unit, account, each with FullAWSAccess, and the unit's own policy."""
    management, member = organization(session_of())
    refuse(member.session, "organizations.ListRoots")
    first, second = facts_of(tmp_path, management, member)
    levels = second.scp_levels
    assert not isinstance(levels, Unread)
    assert [level.target[:2] for level in levels] == ["r-", "ou", member.account_id[:2]]
    names = []
    for level in levels:
        assert not isinstance(level.policies, Unread)
        found = [one for one in level.policies if not isinstance(one, Unread)]
        names.append(sorted(one.policy_summary.name for one in found))
    assert names == [["FullAWSAccess"], ["FullAWSAccess", "no-ssm"], ["FullAWSAccess"]]
    assert first.account_id == management.account_id


@pytest.mark.usefixtures("aws")
def test_a_member_alone_is_refused_and_its_levels_are_unread(tmp_path: Path) -> None:
    _, member = organization(session_of())
    refuse(member.session, "organizations.ListRoots")
    (found,) = facts_of(tmp_path, member)
    assert found.scp_levels == Unread("organizations:ListRoots", "AccessDenied", "not authorized")
