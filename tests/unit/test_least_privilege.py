"""A run asks AWS for what docs/iam-policy.json allows, needs all of it, and does with no more."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import boto3
import moto.settings
import pytest
from moto import mock_aws

from fixtures.demo.account import embedded_account
from inventory.collect import PLAN, AccountSpec, Reply, collect, missing, open_account, preflight
from inventory.facts import Coverage, Status
from inventory.snapshot import SnapshotWriter
from policies.iam.evaluation import Layers, decide
from reports.iam_policy import POLICY
from tests.unit.inventory.collect.networks import ALL_NAMED
from tests.unit.inventory.collect.scripted import RefusedError, ScriptedAws, reservation
from tests.unit.inventory.collect.test_moto_accounts import organization, seed, session_of
from tests.unit.policies.iam.asking import layer, request

NOW: Final = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
REGIONS: Final = ("eu-central-1", "us-east-1")
READING: Final = ("Describe", "Get", "List", "Search", "Simulate")
#: Allowed, but no run on moto can come to ask it; a scripted AWS shows that it is asked.
NOT_IN_MOTO: Final = {
    "ec2:DescribeEgressOnlyInternetGateways": "no demo route names one",
    "ec2:DescribeVpnGateways": "no demo route names one",
    "ec2:DescribeVpcPeeringConnections": "no demo route or rule names one",
    "ec2:GetManagedPrefixListEntries": "no demo route or rule names a list",
    "route53profiles:ListProfileResourceAssociations": "moto has no Route 53 Profiles",
    "route53resolver:ListFirewallDomains": "moto has no DNS Firewall",
    "route53resolver:ListFirewallRules": "moto has no DNS Firewall",
    "iam:GetInstanceProfile": "asked only where ListInstanceProfiles is refused",
}
#: moto's check of permissions cannot name the action of a request in the style of REST.
REST: Final = ("route53:", "route53profiles:")
#: What tells secrets: user data, passwords, parameters, environments.
SECRETIVE: Final = (
    "DescribeInstanceAttribute",
    "DescribeLaunchTemplateVersions",
    "GetLaunchTemplateData",
    "GetPasswordData",
    "GetParameter",
    "GetParameters",
    "GetParametersByPath",
    "GetParameterHistory",
    "GetSecretValue",
    "GetCommandInvocation",
    "ListCommandInvocations",
    "GetFunctionConfiguration",
    "DescribeTaskDefinition",
)


@dataclasses.dataclass(frozen=True)
class Seen:
    """The calls of runs as IAM actions, and what a run came to that had this policy only."""

    in_moto: frozenset[str]
    by_preflight: frozenset[str]
    scripted: frozenset[str]
    under_policy: tuple[Coverage, ...]
    tried_under_policy: Mapping[str, set[str]]


def recorded(session: boto3.Session) -> set[str]:
    made: set[str] = set()

    def note(model: Any, **_: Any) -> None:
        made.add(f"{model.service_model.service_name}:{model.name}")

    session.events.register("before-call", note)
    return made


def allowed() -> set[str]:
    document = json.loads(POLICY.read_text(encoding="utf-8"))
    return {action for one in document["Statement"] for action in one["Action"]}


@contextlib.contextmanager
def enforced() -> Iterator[None]:
    """Let moto refuse what the caller's policies do not allow, as AWS does."""
    unlimited = moto.settings.INITIAL_NO_AUTH_ACTION_COUNT
    moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    try:
        yield
    finally:
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = unlimited


def reader(session: boto3.Session, document: str) -> boto3.Session:
    """A session of a user that may do what the document says, and nothing else."""
    iam = session.client("iam")
    iam.create_user(UserName="reader")
    iam.put_user_policy(UserName="reader", PolicyName="read", PolicyDocument=document)
    key = iam.create_access_key(UserName="reader")["AccessKey"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGIONS[0])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    folder = tmp_path_factory.mktemp("runs")
    demo = AccountSpec(name="demo", embedded=True)
    with embedded_account() as session:
        made = recorded(session)
        account = open_account(demo, session=session)
        taken = {"now": NOW, "regions": REGIONS, "deep": True}
        collect([account], SnapshotWriter(folder / "all"), **taken)
        instance = next((folder / "all").rglob("eu-central-1/ec2.DescribeInstances.json"))
        first = json.loads(instance.read_text())["Reservations"][0]["Instances"][0]["InstanceId"]
        collect([account], SnapshotWriter(folder / "one"), instances=[first], **taken)
        of_runs = frozenset(made)
        preflight([account], regions=REGIONS, deep=True)
        of_preflight = frozenset(made)
        limited = reader(session, POLICY.read_text(encoding="utf-8"))
        with enforced():
            alone = open_account(demo, session=limited)
            manifest = collect([alone], SnapshotWriter(folder / "limited"), **taken)
            (flown,) = preflight([alone], regions=REGIONS, deep=True)
    tried: dict[str, set[str]] = {}
    for one in flown.tried:
        tried.setdefault(one.action, set()).add(one.reply.value)
    return Seen(
        of_runs | of_organization(folder / "organization"),
        of_preflight,
        of_scripted(folder / "scripted"),
        manifest.calls,
        tried,
    )


def of_organization(folder: Path) -> set[str]:
    """A run on two accounts, of which one may read the policies of the organization."""
    with mock_aws():
        session = session_of()
        seed(session)
        management, member = organization(session)
        made = [recorded(one.session) for one in (management, member)]
        collect([management, member], SnapshotWriter(folder), regions=[REGIONS[0]], now=NOW)
    return set().union(*made)


def of_scripted(folder: Path) -> frozenset[str]:
    """One of everything, and an account that does not list its instance profiles."""
    arn = "arn:aws:iam::111122223333:instance-profile/web"
    found = {"InstanceId": "i-1", "VpcId": "vpc-1", "IamInstanceProfile": {"Arn": arn}}
    profile = {"InstanceProfileName": "web", "Arn": arn, "Roles": []}
    aws = ScriptedAws(
        {
            **ALL_NAMED,
            "ec2.DescribeInstances": {"Reservations": [reservation(found)]},
            "iam.ListInstanceProfiles": RefusedError("AccessDenied"),
            "iam.GetInstanceProfile": {"InstanceProfile": profile},
        }
    )
    collect([aws.account()], SnapshotWriter(folder), now=NOW, deep=True)
    return frozenset(operation.replace(".", ":", 1) for operation in aws.operations())


def test_every_call_of_every_run_is_allowed_and_only_reads(seen: Seen) -> None:
    """Issue 9, item 4. Signing in to a role is the hub's own permission (docs/roles)."""
    made = seen.in_moto | seen.scripted | seen.by_preflight
    assert made - {"sts:AssumeRole"} <= allowed()
    assert all(one.partition(":")[2].startswith(READING) for one in allowed())


def test_every_allowed_action_is_used_by_some_run(seen: Seen) -> None:
    assert allowed() - seen.in_moto == set(NOT_IN_MOTO)
    assert set(NOT_IN_MOTO) <= seen.scripted


def test_a_run_with_this_policy_and_no_other_reads_everything(seen: Seen) -> None:
    """Whatever no statement allows is refused by moto, and nothing is."""
    told = {one.call: one.status for one in seen.under_policy if not one.call.startswith(REST)}
    assert set(told.values()) <= {Status.COLLECTED, Status.ABSENT, Status.NOT_ASKED}
    collected = {call for call, status in told.items() if status is Status.COLLECTED}
    assert {"ec2:DescribeInstances", "iam:GetAccountAuthorizationDetails"} <= collected


def test_a_preflight_with_this_policy_finds_nothing_missing(seen: Seen) -> None:
    replies = {
        action: told
        for action, told in seen.tried_under_policy.items()
        if not action.startswith(REST)
    }
    assert set().union(*replies.values()) <= {"answered", "not tried"}
    assert len([one for one, told in replies.items() if "answered" in told]) > 30


@pytest.mark.parametrize("action", ["ec2:DescribeRouteTables", "ssm:DescribeInstanceInformation"])
def test_without_a_statement_the_call_is_refused(action: str) -> None:
    """The check of permissions is a check: one action less, and exactly its call is denied."""
    document = json.loads(POLICY.read_text(encoding="utf-8"))
    for statement in document["Statement"]:
        statement["Action"] = [one for one in statement["Action"] if one != action]
    with mock_aws():
        session = session_of_anyone()
        seed(session)
        limited = reader(session, json.dumps(document))
        with enforced():
            account = open_account(AccountSpec(name="small"), session=limited)
            flown = preflight([account], regions=[REGIONS[0]])
    denied = {one.action for one in missing(flown) if one.reply is Reply.DENIED}
    assert denied == {action}


def session_of_anyone() -> boto3.Session:
    return boto3.Session("testing", "testing", region_name=REGIONS[0])


@pytest.mark.parametrize("action", sorted(allowed()))
def test_our_own_evaluation_agrees(action: str) -> None:
    """The engine that judges nodes, put to the suite's own policy: this action, on any resource."""
    document = json.loads(POLICY.read_text(encoding="utf-8"))
    service, _, name = action.partition(":")
    holder = Layers(identity=layer("identity", document))
    anything = f"arn:aws:{service}:eu-central-1:111122223333:anything/x"
    assert decide(request({"action": action, "resource": anything}), holder).is_allowed
    for verb in ("Create", "Put", "Delete", "Update", "Modify", "Start"):
        writing = {"action": f"{service}:{verb}{name}", "resource": anything}
        assert decide(request(writing), holder).is_denied


def test_nothing_that_tells_secrets_is_ever_asked() -> None:
    """Issue 9: user data, environments and SecureString parameters are never read."""
    assert not {call.api_name for call in PLAN} & set(SECRETIVE)
    assert not {action.partition(":")[2] for action in allowed()} & set(SECRETIVE)
