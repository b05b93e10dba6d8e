"""Collecting the demo account: nothing is refused, and its calls are the sum of the pages."""

from __future__ import annotations

import math
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from fixtures.demo.account import demo_environment, embedded_account
from fixtures.demo.fleet import DEMO_REGIONS
from inventory.collect import PLAN, AccountSpec, collect, open_account
from inventory.collect.call import Call, Listing, PerResource, Scope
from inventory.facts import Status, Unread
from inventory.snapshot import Manifest, Snapshot, SnapshotWriter
from tests.unit.demo.moto_modes import server_process

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
REGIONAL = [call for call in PLAN if call.scope is Scope.REGION]
#: As the session of every reader names them: (Region, operation) of each request sent.
Sent = Counter[tuple[str, str]]


def collected(session: boto3.Session, folder: Path) -> tuple[Manifest, Sent]:
    sent: Sent = Counter()

    def note(model: Any, context: dict[str, Any], **_: Any) -> None:
        sent[context["client_region"], f"{model.service_model.service_name}.{model.name}"] += 1

    session.events.register("before-call", note)
    account = open_account(AccountSpec(name="demo", embedded=True), session=session)
    manifest = collect([account], SnapshotWriter(folder), regions=DEMO_REGIONS, now=NOW)
    return manifest, sent


def refused(manifest: Manifest) -> list[str]:
    return [one.call for one in manifest.calls if one.status in (Status.DENIED, Status.FAILED)]


def test_nothing_of_the_embedded_account_is_refused(tmp_path: Path) -> None:
    with embedded_account(NOW) as session:
        manifest, _ = collected(session, tmp_path)
    assert refused(manifest) == []


def test_nothing_of_the_server_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with demo_environment(), server_process("--seed") as served:
        monkeypatch.setenv("AWS_ENDPOINT_URL", served.endpoint)
        manifest, _ = collected(boto3.Session(region_name=DEMO_REGIONS[0]), tmp_path)
        assert refused(manifest) == []
        assert {one.region for one in manifest.calls} == {*DEMO_REGIONS, "global"}
        monkeypatch.delenv("AWS_ENDPOINT_URL")


def test_calls_are_the_sum_of_the_pages(tmp_path: Path) -> None:
    """Design 7: ceil(objects / largest page) of each listing, and the resources of the others."""
    with embedded_account(NOW) as session:
        manifest, sent = collected(session, tmp_path)
    (account,) = manifest.accounts
    snapshot = Snapshot.open(tmp_path)
    for region in DEMO_REGIONS:
        for call in REGIONAL:
            if call.service == "route53":
                continue  # one client asks for all Regions
            answer = snapshot.read(account, region, call.operation)
            assert sent[region, call.operation] == pages(call, answer), (region, call.operation)
    zones = [
        snapshot.read(account, region, "route53.ListHostedZonesByVPC") for region in DEMO_REGIONS
    ]
    asked = sum(
        count for (_, name), count in sent.items() if name == "route53.ListHostedZonesByVPC"
    )
    assert asked == sum(len(entries) for entries in zones) > 0


def pages(call: Call, answer: Any) -> int:
    """The requests that reading the answer takes; none where it was not asked."""
    if isinstance(answer, Unread):
        return 0
    match call.shape:
        case Listing((member, *_), size):
            return max(1, math.ceil(_objects(answer[member]) / size))
        case PerResource():
            return len(answer)
    return 1


def _objects(rows: list[Any]) -> int:
    """DescribeInstances counts instances, not the reservations that hold them."""
    return sum(len(row["Instances"]) if "Instances" in row else 1 for row in rows)
