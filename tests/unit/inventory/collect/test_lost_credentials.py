"""Credentials on a long run: renewed on the way, and what a run keeps where that is refused."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from inventory.collect import PLAN, AccountSpec, OpenAccount, collect, open_account
from inventory.collect.lost_credentials import CREDENTIALS_LOST
from inventory.collect.plan import ORGANIZATION_CALLS, ROLE_CALLS
from inventory.errors import AccountError
from inventory.facts import Coverage, Status, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import MANIFEST, Manifest, Snapshot, SnapshotWriter
from tests.unit.inventory.collect.roles import RolesInUse, profile_arn
from tests.unit.inventory.collect.scripted import (
    ONE_ATTEMPT,
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    reservation,
)

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
STEADY, EXPIRING = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{EXPIRING}:role/reader"
EXPIRED = RefusedError("ExpiredToken", "The security token included in the request is expired")
INSTANCES = "ec2.DescribeInstances"
#: One running, registered instance with a role: something to ask of every kind.
IN_USE: dict[str, Script] = {
    **RolesInUse(1, 1).scripts(),
    INSTANCES: {
        "Reservations": [
            reservation(
                {
                    "InstanceId": "i-000",
                    "VpcId": "vpc-1",
                    "ImageId": "ami-1",
                    "State": {"Name": "running"},
                    "IamInstanceProfile": {"Arn": profile_arn(0)},
                }
            )
        ]
    },
    "ssm.DescribeInstanceInformation": {
        "InstanceInformationList": [{"InstanceId": "i-000", "PingStatus": "Online"}]
    },
}


def lines(manifest: Manifest, account: str) -> dict[str, Coverage]:
    """The account's coverage by operation."""
    return {one.call.replace(":", ".", 1): one for one in manifest.calls if one.account == account}


def statuses(manifest: Manifest) -> dict[str, Status]:
    """What the steady account's calls came to, without those that any account may answer."""
    shared = {call.operation for call in ORGANIZATION_CALLS}
    return {
        name: line.status for name, line in lines(manifest, STEADY).items() if name not in shared
    }


def taken(folder: Path, *lost: tuple[str, Script]) -> tuple[Manifest, ScriptedAws]:
    """A run of two accounts, the first of which loses its credentials at the given operations."""
    steady, expiring = ScriptedAws(IN_USE), ScriptedAws({**IN_USE, **dict(lost)})
    accounts = [expiring.account("expiring", EXPIRING), steady.account("steady", STEADY)]
    return collect(accounts, SnapshotWriter(folder), now=NOW, deep=True), expiring


@pytest.mark.parametrize(
    "operation",
    [
        INSTANCES,
        "ec2.DescribeVpcs",
        "ssm.GetConnectionStatus",
        "iam.ListInstanceProfiles",
        "iam.GetRole",
        "organizations.ListRoots",
    ],
)
def test_one_accounts_lost_credentials_do_not_end_the_run_of_others(
    tmp_path: Path, operation: str
) -> None:
    """Each call that they were needed for is a line that says so; the other account has all."""
    alone = collect(
        [ScriptedAws(IN_USE).account("steady", STEADY)],
        SnapshotWriter(tmp_path / "alone"),
        now=NOW,
        deep=True,
    )
    manifest, _ = taken(tmp_path / "both", (operation, EXPIRED))
    found = lines(manifest, EXPIRING)
    assert found[operation].status is Status.FAILED
    assert found[operation].code == CREDENTIALS_LOST
    assert found[operation].detail.startswith("ExpiredToken: The security token")
    assert {*found} == {call.operation for call in PLAN}
    assert statuses(manifest) == statuses(alone)
    assert not [one for one in threading.enumerate() if one.name.startswith("collect")]


def test_every_call_after_the_loss_is_unread_and_not_tried(tmp_path: Path) -> None:
    manifest, aws = taken(tmp_path, (INSTANCES, EXPIRED))
    regional = [call.operation for call in PLAN if call.scope == "region"]
    told = lines(manifest, EXPIRING)
    asked = {one for one in aws.operations() if one in regional}
    assert asked == {INSTANCES}
    assert told[INSTANCES].hides_instances
    (region,) = [
        one for one in load_fleet(Snapshot.open(tmp_path)).regions if one.account_id == EXPIRING
    ]
    assert isinstance(region.instances, Unread)
    assert region.instances.code == CREDENTIALS_LOST


def test_roles_that_can_no_longer_be_read_are_unread(tmp_path: Path) -> None:
    manifest, _ = taken(tmp_path, ("iam.GetRole", EXPIRED))
    told = lines(manifest, EXPIRING)
    assert {told[call.operation].code for call in ROLE_CALLS} == {CREDENTIALS_LOST}


def test_the_last_account_to_lose_its_credentials_ends_the_run(tmp_path: Path) -> None:
    both = [
        ScriptedAws({INSTANCES: EXPIRED}).account(name, account)
        for name, account in (("steady", STEADY), ("expiring", EXPIRING))
    ]
    with pytest.raises(AccountError, match="the credentials have expired"):
        collect(both, SnapshotWriter(tmp_path), now=NOW)
    assert not (tmp_path / MANIFEST).exists()


@pytest.fixture
def aws() -> Iterator[None]:
    with mock_aws():
        yield


class ShortLived:
    """A source whose roles' first credentials are as good as over; later ones last an hour."""

    def __init__(self, *, renewable: bool) -> None:
        self.session = boto3.Session("testing", "testing", region_name=REGION)
        self.assumed: list[str] = []
        self._renewable = renewable
        self.session.events.register("before-call.sts.AssumeRole", self._refuse)
        self.session.events.register("after-call.sts.AssumeRole", self._shorten)

    def _refuse(self, model: Any, **_: Any) -> None:
        if self.assumed and not self._renewable:
            error = {"Error": {"Code": "AccessDenied", "Message": "the session was revoked"}}
            raise ClientError(error, model.name)  # type: ignore[arg-type]

    def _shorten(self, parsed: dict[str, Any], **_: Any) -> None:
        credentials = parsed["Credentials"]
        if not self.assumed:
            credentials["Expiration"] = datetime.now(UTC) + timedelta(seconds=60)
        self.assumed.append(credentials["AccessKeyId"])

    def open(self) -> OpenAccount:
        return open_account(AccountSpec(name="expiring", role_arn=ROLE), session=self.session)


@pytest.mark.usefixtures("aws")
def test_credentials_that_run_out_are_renewed(tmp_path: Path) -> None:
    """Botocore asks STS anew from 15 minutes before the end: once here, by whichever thread."""
    source = ShortLived(renewable=True)
    account = source.open()
    assert len(source.assumed) == 1
    manifest = collect(
        [account], SnapshotWriter(tmp_path), regions=[REGION], now=NOW, config=ONE_ATTEMPT
    )
    assert len(source.assumed) == 2
    renewed = account.session.get_credentials()
    assert renewed is not None
    assert renewed.access_key == source.assumed[1]
    assert not [one for one in manifest.calls if one.code == CREDENTIALS_LOST]
    assert lines(manifest, EXPIRING)[INSTANCES].status is Status.COLLECTED


@pytest.mark.usefixtures("aws")
def test_a_renewal_that_is_refused_is_a_gap_of_that_account(tmp_path: Path) -> None:
    steady = open_account(
        AccountSpec(name="steady"), session=boto3.Session("testing", "testing", region_name=REGION)
    )
    expiring = ShortLived(renewable=False).open()
    manifest = collect(
        [steady, expiring],
        SnapshotWriter(tmp_path),
        regions=[REGION],
        now=NOW,
        config=ONE_ATTEMPT,
    )
    told = lines(manifest, EXPIRING)[INSTANCES]
    assert told.status is Status.DENIED
    assert told.hides_instances
    assert "the session was revoked" in told.detail
    assert lines(manifest, steady.account_id)[INSTANCES].status is Status.COLLECTED


@pytest.mark.usefixtures("aws")
def test_a_renewal_that_is_refused_ends_the_run_of_that_account_alone(tmp_path: Path) -> None:
    with pytest.raises(AccountError, match=r"assuming .* was refused \(AccessDenied"):
        collect(
            [ShortLived(renewable=False).open()],
            SnapshotWriter(tmp_path),
            regions=[REGION],
            now=NOW,
            config=ONE_ATTEMPT,
        )
