"""An account without instances, in a run with one that has some: asked for what that depends on."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inventory.collect import PLAN, Clients, Progress, collect
from inventory.facts import Coverage, RegionFacts, Status, Table
from inventory.fleet import load_fleet
from inventory.snapshot import Manifest, Snapshot, SnapshotWriter
from tests.unit.inventory.collect.networks import ZONE
from tests.unit.inventory.collect.scripted import (
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    with_one_instance,
)

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SPOKE, HUB = "111122223333", "444455556666"
INSTANCES = "ec2.DescribeInstances"
REGIONAL = [call for call in PLAN if call.scope == "region"]
#: These tell of instances, their roles and their registration, and of nothing that carries packets.
ABOUT_NODES = {
    "ec2.DescribeIamInstanceProfileAssociations",
    "ssm.DescribeInstanceInformation",
    "ssm.GetServiceSetting",
}
TRANSIT = {
    "ec2.DescribeTransitGateways",
    "ec2.DescribeTransitGatewayAttachments",
    "ec2.DescribeTransitGatewayVpcAttachments",
    "ec2.DescribeTransitGatewayRouteTables",
}
#: What such an account and Region answers although no route of its own names it.
SHARED: Mapping[str, Script] = {
    "ec2.DescribeTransitGatewayRouteTables": {
        "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]
    },
    "ec2.DescribeVpcEndpoints": {
        "VpcEndpoints": [
            {"VpcEndpointId": "vpce-1", "VpcId": "vpc-hub", "VpcEndpointType": "Interface"},
            {"VpcEndpointId": "vpce-2", "VpcId": "vpc-other", "VpcEndpointType": "Gateway"},
        ]
    },
    "route53.ListHostedZonesByVPC": {"HostedZoneSummaries": [ZONE], "MaxItems": "100"},
}


class Accounts:
    """A spoke and a hub, each with answers of its own."""

    def __init__(
        self,
        spoke: Mapping[str, Script] | None = None,
        hub: Mapping[str, Script] | None = None,
    ) -> None:
        self.spoke = ScriptedAws({INSTANCES: with_one_instance(), **(spoke or {})})
        self.hub = ScriptedAws(hub or SHARED)

    def taken(self, folder: Path, **options: Any) -> Manifest:
        accounts = [
            self.hub.account("hub", HUB),
            self.spoke.account("spoke", SPOKE),
        ]
        return collect(accounts, SnapshotWriter(folder), now=NOW, **options)


def lines(manifest: Manifest, account: str, region: str = REGION) -> dict[str, Coverage]:
    """By operation."""
    return {
        one.call.replace(":", "."): one
        for one in manifest.calls
        if (one.account, one.region) == (account, region)
    }


def facts(folder: Path, account: str) -> RegionFacts:
    (found,) = [
        one for one in load_fleet(Snapshot.open(folder)).regions if one.account_id == account
    ]
    return found


def test_a_hub_is_asked_for_its_network_and_not_for_nodes(tmp_path: Path) -> None:
    """TG5, EP9, SH1: what its spokes depend on is its own to tell."""
    accounts = Accounts()
    told = lines(accounts.taken(tmp_path), HUB)
    assert {*told} == {call.operation for call in REGIONAL}
    unasked = {name for name, line in told.items() if line.code == "NO_INSTANCES"}
    assert unasked == ABOUT_NODES
    assert not ABOUT_NODES & {*accounts.hub.operations()}
    unconditional = {
        call.operation
        for call in REGIONAL
        if not call.sources and call.operation not in ABOUT_NODES
    }
    collected = {name for name, line in told.items() if line.status is Status.COLLECTED}
    assert unconditional | TRANSIT <= collected
    assert {one.status for one in told.values()} == {Status.COLLECTED, Status.NOT_ASKED}


def test_the_spokes_region_is_asked_as_if_it_were_alone(tmp_path: Path) -> None:
    alone, beside = ScriptedAws({INSTANCES: with_one_instance()}), Accounts()
    collect([alone.account()], SnapshotWriter(tmp_path / "alone"), now=NOW)
    beside.taken(tmp_path / "beside")

    def regional(aws: ScriptedAws) -> Counter[str]:
        return Counter(
            one for one in aws.operations() if one in {call.operation for call in REGIONAL}
        )

    assert regional(alone) == regional(beside.spoke)


def test_a_hubs_calls_are_a_sum(tmp_path: Path) -> None:
    """Design 7: one page of each listing, one request a table, a VPC of endpoints, and a zone."""
    accounts = Accounts()
    accounts.taken(tmp_path)
    asked = Counter(
        one for one in accounts.hub.operations() if one in {call.operation for call in REGIONAL}
    )
    listings = {
        call.operation
        for call in REGIONAL
        if not call.sources and call.operation not in ABOUT_NODES
    }
    each = {
        "ec2.SearchTransitGatewayRoutes": 1,
        "route53.ListHostedZonesByVPC": 1,
        "route53.ListResourceRecordSets": 1,
    }
    assert asked == Counter({*listings, *TRANSIT}) + Counter(each)


def test_what_the_spoke_depends_on_comes_back_as_facts(tmp_path: Path) -> None:
    Accounts().taken(tmp_path)
    hub = facts(tmp_path, HUB)
    for table, key in (
        (hub.transit_gateway_routes, "tgw-rtb-1"),
        (hub.vpc_endpoints, "vpce-1"),
        (hub.hosted_zones, "vpc-hub"),
        (hub.record_sets, "Z1"),
    ):
        assert isinstance(table, Table)
        assert key in table


@pytest.mark.parametrize(
    ("spoke", "why"),
    [
        ({INSTANCES: {"Reservations": []}}, "nobody has instances in the Region"),
        ({INSTANCES: RefusedError("UnauthorizedOperation", "no")}, "nobody knows of any to judge"),
    ],
)
def test_without_instances_to_judge_a_region_is_no_hub(
    tmp_path: Path, spoke: Mapping[str, Script], why: str
) -> None:
    accounts = Accounts(spoke)
    told = lines(accounts.taken(tmp_path), HUB)
    others = {line.code for name, line in told.items() if name != INSTANCES}
    assert others == {"NO_INSTANCES"}, why
    assert [one for one in accounts.hub.operations() if one.startswith("ec2")] == [
        "ec2.DescribeRegions",
        INSTANCES,
    ]


def test_a_hub_is_asked_only_where_others_have_instances(tmp_path: Path) -> None:
    """Each other Region of the hub costs one call, as it does alone."""
    two = {"Regions": [{"RegionName": "eu-north-1"}, {"RegionName": REGION}]}
    accounts = Accounts(hub={**SHARED, "ec2.DescribeRegions": two})
    manifest = accounts.taken(tmp_path)
    asked = {region: name for name, region, _ in accounts.hub.asked if region == "eu-north-1"}
    assert asked == {"eu-north-1": INSTANCES}
    quiet = lines(manifest, HUB, "eu-north-1")
    assert Counter(line.code for line in quiet.values()) == {"": 1, "NO_INSTANCES": len(quiet) - 1}


def test_a_refused_call_of_a_hub_is_a_line_of_its_coverage(tmp_path: Path) -> None:
    denied = RefusedError("UnauthorizedOperation", "no")
    accounts = Accounts(hub={**SHARED, "ec2.DescribeTransitGatewayRouteTables": denied})
    told = lines(accounts.taken(tmp_path), HUB)
    assert told["ec2.DescribeTransitGatewayRouteTables"].status is Status.DENIED
    assert told["ec2.SearchTransitGatewayRoutes"].code == "NO_SOURCE"
    assert told["ec2.DescribeTransitGateways"].status is Status.COLLECTED


def test_progress_counts_every_call_of_both_once(tmp_path: Path) -> None:
    seen: list[Progress] = []
    Accounts().taken(tmp_path, progress=seen.append)
    total = 2 * len(PLAN)
    assert [one.calls_done for one in seen] == list(range(1, total + 1))
    assert {one.calls_total for one in seen} == {total}


def test_the_clients_of_each_place_are_given_up_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A hub that waits to hear of others keeps its clients, and gives them up when it is done."""
    released: list[tuple[str, str]] = []
    release = Clients.release

    def noted(clients: Clients, account_id: str, region: str) -> None:
        released.append((account_id, region))
        release(clients, account_id, region)

    monkeypatch.setattr(Clients, "release", noted)
    Accounts().taken(tmp_path)
    places = [(account, region) for account in (SPOKE, HUB) for region in (REGION, "global")]
    assert sorted(released) == sorted(places)


@pytest.mark.parametrize("late", [SPOKE, HUB])
def test_whoever_answers_first_the_snapshot_is_the_same(tmp_path: Path, late: str) -> None:
    def slow(answer: Mapping[str, Any]) -> Script:
        def after_a_pause(_: Mapping[str, Any], _region: str) -> Mapping[str, Any]:
            time.sleep(0.05)
            return answer

        return after_a_pause

    spoke, hub = with_one_instance(), {"Reservations": []}
    accounts = Accounts(
        {INSTANCES: slow(spoke) if late == SPOKE else spoke},
        {**SHARED, INSTANCES: slow(hub) if late == HUB else hub},
    )
    told = accounts.taken(tmp_path / "late")
    assert told.calls == Accounts().taken(tmp_path / "other").calls
