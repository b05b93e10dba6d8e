"""A service that a Region does not have, told apart from one that could not be reached or asked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, UnknownServiceError

from inventory.collect import OpenAccount, collect
from inventory.facts import Coverage, RegionFacts, Status, Table, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot, SnapshotWriter
from tests.unit.inventory.collect.scripted import (
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    with_one_instance,
)

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
INSTANCES = "ec2.DescribeInstances"
ASSOCIATIONS = "route53profiles.ListProfileAssociations"
ZONES = "route53.ListHostedZonesByVPC"
NOWHERE = EndpointConnectionError(endpoint_url=f"https://route53profiles.{REGION}.amazonaws.com")


def account_whose_sdk_lists(
    monkeypatch: pytest.MonkeyPatch, aws: ScriptedAws, **regions: Collection[str]
) -> OpenAccount:
    """Its endpoint data hold these Regions of each service; of those not given, every one."""

    def available(service: str, partition_name: str) -> list[str]:
        found = regions.get(service, {REGION, "eu-north-1"})
        return sorted(found) if partition_name == "aws" else []

    monkeypatch.setattr(aws.session, "get_available_regions", available)
    return aws.account()


def collected(
    folder: Path, account: OpenAccount, operation: str = ASSOCIATIONS
) -> tuple[Coverage, RegionFacts]:
    """The coverage line of the operation, and the facts of the Region."""
    manifest = collect([account], SnapshotWriter(folder), now=NOW)
    (line,) = [one for one in manifest.calls if one.call == operation.replace(".", ":")]
    (region,) = load_fleet(Snapshot.open(folder)).regions
    return line, region


def scripted(answer: Script, operation: str = ASSOCIATIONS) -> ScriptedAws:
    return ScriptedAws({INSTANCES: with_one_instance(), operation: answer})


def test_a_service_that_is_not_in_the_region_has_nothing_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """T-07 tells refused from none: the data and the missing endpoint together say none."""
    aws = scripted(NOWHERE)
    account = account_whose_sdk_lists(monkeypatch, aws, route53profiles=["eu-north-1"])
    line, region = collected(tmp_path, account)
    assert (line.status, line.code) == (Status.ABSENT, "SERVICE_NOT_IN_REGION")
    assert line.detail.startswith(f"the service route53profiles is not in {REGION}: ")
    assert isinstance(region.dns_profile_associations, Table)
    assert len(region.dns_profile_associations) == 0
    followed = region.dns_profile_resources
    assert isinstance(followed, Unread)
    assert followed.code == "NOTHING_TO_ASK"


@pytest.mark.parametrize(
    ("error", "listed"),
    [
        (NOWHERE, {"route53profiles": [REGION]}),
        (NOWHERE, {"route53profiles": []}),
        (NOWHERE, {"route53profiles": ["eu-north-1"], "ec2": ["eu-north-1"]}),
        (ConnectTimeoutError(endpoint_url="x"), {"route53profiles": ["eu-north-1"]}),
        (RefusedError("InternalServiceErrorException"), {"route53profiles": ["eu-north-1"]}),
    ],
    ids=["listed", "data-without-the-service", "region-newer-than-the-sdk", "timeout", "answered"],
)
def test_everything_else_stays_a_failure(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    error: Exception,
    listed: dict[str, list[str]],
) -> None:
    """Each differs in one thing from a service that is not there; none may read as nothing."""
    line, region = collected(
        tmp_path, account_whose_sdk_lists(monkeypatch, scripted(error), **listed)
    )
    assert line.status is Status.FAILED
    assert isinstance(region.dns_profile_associations, Unread)


def test_an_endpoint_of_the_users_own_tells_nothing_of_the_region(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_ROUTE53PROFILES", "http://127.0.0.1:9")
    aws = scripted(NOWHERE)
    account = account_whose_sdk_lists(monkeypatch, aws, route53profiles=["eu-north-1"])
    line, _ = collected(tmp_path, account)
    assert (line.status, line.code) == (Status.FAILED, "EndpointConnectionError")


def test_a_global_service_is_in_every_region(tmp_path: Path) -> None:
    """The SDK's own data list no Region of Route 53, and Route 53 is not missing for that."""
    unreached = EndpointConnectionError(endpoint_url="https://route53.amazonaws.com")
    line, region = collected(tmp_path, scripted(unreached, ZONES).account(), ZONES)
    assert (line.status, line.code) == (Status.FAILED, "EndpointConnectionError")
    assert isinstance(region.hosted_zones, Unread)


def test_a_service_that_the_sdk_lacks_was_not_asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An old SDK says nothing of the Region: a gap, and the way to close it."""
    aws = scripted({"ProfileAssociations": []})
    make = aws.session.client

    def client(service: str, **options: Any) -> Any:
        if service == "route53profiles":
            raise UnknownServiceError(service_name=service, known_service_names="ec2")
        return make(service, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(aws.session, "client", client)
    line, region = collected(tmp_path, aws.account())
    assert (line.status, line.code) == (Status.NOT_ASKED, "SDK_TOO_OLD")
    assert line.detail.endswith("does not know route53profiles; update boto3")
    assert isinstance(region.dns_profile_associations, Unread)
    assert isinstance(region.dns_profile_resources, Unread)
    assert region.dns_profile_resources.code == "NO_SOURCE"
