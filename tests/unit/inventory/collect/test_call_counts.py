"""A Region costs as many requests as its objects fill of the largest pages, and no more.

The sizes of pages are those of spec moto.md 5, written down anew: AWS's documentation or botocore's
models have them, not the plan that is held to them here.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from benchmarks.collecting import REDUCED
from inventory.collect import CLIENT_CONFIG, collect
from inventory.collect.collection import workers_for
from inventory.collect.plan import PLAN
from inventory.facts import Status
from inventory.snapshot import Snapshot, SnapshotWriter
from policies.catalogue import RECORDS
from tests.unit.inventory.collect.scripted import ACCOUNT, REGION, RefusedError, ScriptedAws

NOW = datetime(2026, 11, 1, tzinfo=UTC)
Rows = Sequence[Mapping[str, Any]]
Paged = Callable[[Mapping[str, Any], str], dict[str, Any]]

#: Operation → (list, objects in a page) for what grows with the fleet or its network.
PAGES = {
    "ec2.DescribeInstances": ("Reservations", 1000),
    "ssm.DescribeInstanceInformation": ("InstanceInformationList", 50),
    "ec2.DescribeInstanceStatus": ("InstanceStatuses", 1000),
    "ec2.DescribeIamInstanceProfileAssociations": ("IamInstanceProfileAssociations", 1000),
    "ec2.DescribeNetworkInterfaces": ("NetworkInterfaces", 1000),
    "ec2.DescribeSecurityGroups": ("SecurityGroups", 1000),
    "ec2.DescribeSubnets": ("Subnets", 1000),
    "ec2.DescribeRouteTables": ("RouteTables", 100),
    "ec2.DescribeVpcs": ("Vpcs", 1000),
    "ec2.DescribeManagedPrefixLists": ("PrefixLists", 100),
}
#: One request each where nothing leads to more: one page, or an operation without pages.
ONCE = {
    "ec2.DescribeRegions",
    *("organizations.DescribeOrganization", "iam.ListInstanceProfiles", "ssm.GetServiceSetting"),
    *("ssm.ListAssociations", "ec2.DescribeDhcpOptions", "ec2.DescribeNetworkAcls"),
    *("ec2.DescribeInternetGateways", "ec2.DescribeNatGateways", "ec2.DescribeVpcEndpoints"),
    *("ec2.DescribeVpcBlockPublicAccessOptions", "ec2.DescribeVpcBlockPublicAccessExclusions"),
    *("ec2.DescribeVpcEncryptionControls", "route53profiles.ListProfileAssociations"),
    "route53resolver.ListResolverRuleAssociations",
    "route53resolver.ListFirewallRuleGroupAssociations",
}


class Fleet:
    """``size`` instances of ten VPCs, of which four fifths are managed nodes."""

    def __init__(self, size: int) -> None:
        self.vpcs = [f"vpc-{number}" for number in range(10)]
        self.images = [f"ami-{number}" for number in range(450)]
        instances = [f"i-{number:017x}" for number in range(size)]
        self.rows: dict[str, Rows] = {
            "ec2.DescribeInstances": [
                {"Instances": [{"InstanceId": one, "VpcId": vpc, "ImageId": image}]}
                for one, vpc, image in zip(
                    instances, self.vpcs * size, self.images * size, strict=False
                )
            ],
            "ssm.DescribeInstanceInformation": _rows("InstanceId", instances[: size * 4 // 5]),
            "ec2.DescribeInstanceStatus": _rows("InstanceId", instances),
            "ec2.DescribeIamInstanceProfileAssociations": _rows("InstanceId", instances),
            "ec2.DescribeNetworkInterfaces": _rows("NetworkInterfaceId", [*instances, "eni-nat"]),
            "ec2.DescribeSecurityGroups": _rows("GroupId", instances[: size // 2]),
            "ec2.DescribeSubnets": _rows("SubnetId", [str(one) for one in range(60)]),
            "ec2.DescribeRouteTables": _rows("RouteTableId", [str(one) for one in range(101)]),
            "ec2.DescribeVpcs": _rows("VpcId", self.vpcs),
            "ec2.DescribeManagedPrefixLists": _rows("PrefixListId", ["pl-1"]),
        }

    def aws(self) -> ScriptedAws:
        scripts: dict[str, Any] = {
            operation: _paged(member, self.rows[operation])
            for operation, (member, _) in PAGES.items()
        }
        not_in_use = RefusedError("AWSOrganizationsNotInUseException")
        return ScriptedAws({**scripts, "organizations.DescribeOrganization": not_in_use})


def _rows(member: str, identifiers: Sequence[str]) -> Rows:
    return [{member: one} for one in identifiers]


def _paged(member: str, rows: Rows) -> Paged:
    """As many rows as are asked for, from where the token says."""

    def answer(asked: Mapping[str, Any], _region: str) -> dict[str, Any]:
        first = int(asked.get("NextToken", 0))
        end = first + asked["MaxResults"]
        return {member: rows[first:end], **({"NextToken": str(end)} if end < len(rows) else {})}

    return answer


def expected_calls(fleet: Fleet) -> dict[str, int]:
    """Design 7: calls = Σ of ceil(objects / largest page)."""
    pages = {
        operation: ceil(len(fleet.rows[operation]) / page) for operation, (_, page) in PAGES.items()
    }
    return {
        **pages,
        **dict.fromkeys(ONCE, 1),
        "ec2.DescribeVpcAttribute": 2 * len(fleet.vpcs),
        "route53.ListHostedZonesByVPC": len(fleet.vpcs),
        "ec2.DescribeImages": ceil(len(fleet.images) / 200),
    }


@pytest.mark.parametrize(("size", "total"), [(1_000, 76), (10_000, 260)])
def test_every_page_is_asked_for_once(tmp_path: Path, size: int, total: int) -> None:
    fleet = Fleet(size)
    aws, expected = fleet.aws(), expected_calls(fleet)
    manifest = collect([aws.account()], SnapshotWriter(tmp_path), regions=[REGION], now=NOW)
    assert Counter(aws.operations()) == expected
    assert sum(expected.values()) == total
    assert len(manifest.calls) == len(PLAN)
    snapshot = Snapshot.open(tmp_path)
    for operation, (member, _) in PAGES.items():
        kept: Any = snapshot.read(ACCOUNT, REGION, operation)
        assert kept[member] == fleet.rows[operation]


#: Controls, what their calls start from besides their own needs, and how many requests that makes
#: with 1,000 and 10,000 instances: those that are written down, and DescribeRegions.
NARROWED = [
    pytest.param({"NODE-05"}, set(), (18, 171), id="nodes"),
    pytest.param({"IMDS-01"}, set(), (18, 171), id="instances-and-nodes"),
    pytest.param({"IMDS-01", "AGENT-02"}, set(), (21, 174), id="images"),
    pytest.param({"NODE-01"}, set(), (19, 181), id="status-checks"),
    pytest.param({"IAM-04"}, set(), (24, 186), id="roles"),
    pytest.param({"NET-02"}, {"ec2.DescribeRouteTables"}, (61, 227), id="groups"),
    pytest.param({"NET-08"}, set(), (67, 233), id="paths"),
]


@pytest.mark.parametrize("size", [1_000, 10_000])
@pytest.mark.parametrize(("controls", "sources", "totals"), NARROWED)
def test_some_controls_cost_what_they_need(
    tmp_path: Path, size: int, controls: set[str], sources: set[str], totals: tuple[int, int]
) -> None:
    """``-k`` asks for each page of what these controls need once, and for nothing else."""
    fleet = Fleet(size)
    needs = {call for one in RECORDS if one.id in controls for call in one.needs}
    named = {"ec2.DescribeRegions", "ec2.DescribeInstances", *sources}
    named |= {call.replace(":", ".") for call in needs}
    expected = {one: count for one, count in expected_calls(fleet).items() if one in named}
    aws = fleet.aws()
    writer = SnapshotWriter(tmp_path)
    collect([aws.account()], writer, regions=[REGION], now=NOW, actions=needs)
    assert Counter(aws.operations()) == expected
    assert sum(expected.values()) == totals[size > 1_000]


@pytest.mark.parametrize(("size", "total"), [(1_000, 51), (10_000, 208)])
def test_the_reduced_set_of_the_floor(tmp_path: Path, size: int, total: int) -> None:
    """Spec moto.md 5: ceil(N/1000) + ceil(M/50) + 16 + 2V + P; here no route names a prefix list.

    Less who asks, which an opened account knows, three calls for gateways that no route names, and
    the one for roles, of which nobody uses any. Besides, a run asks once for Regions and profiles,
    and for what is more than one page of route tables and groups.
    """
    fleet = Fleet(size)
    aws, writer = fleet.aws(), SnapshotWriter(tmp_path)
    collect([aws.account()], writer, regions=[REGION], now=NOW, actions=REDUCED)
    instances = ceil(size / 1_000) + ceil(size * 4 / 5 / 50)
    identity, unnamed, roles, besides = 1, 3, 1, 2
    pages = ceil(101 / 100) - 1 + ceil(size / 2 / 1_000) - 1
    floor = instances + 16 + 2 * len(fleet.vpcs)
    assert len(aws.operations()) == floor - identity - unnamed - roles + besides + pages == total


def test_the_document_tells_these_counts() -> None:
    """docs/performance.md: a row for each operation of more than one request, and the sums."""
    small, large = expected_calls(Fleet(1_000)), expected_calls(Fleet(10_000))
    rows = [
        f"| `{operation.replace('.', ':')}` | {small[operation]} | {large[operation]} |"
        for operation in small
        if large[operation] > 1
    ]
    others = len(small) - len(rows)
    rows.append(f"| {others} others, once each | {others} | {others} |")
    rows.append(f"| **all** | **{sum(small.values())}** | **{sum(large.values())}** |")
    document = (Path(__file__).parents[4] / "docs/performance.md").read_text()
    assert "\n".join(rows) in document


def test_an_api_of_an_account_and_region_is_asked_one_thing_at_a_time(tmp_path: Path) -> None:
    """AWS counts requests for each account, Region and API: many Regions go on side by side."""
    regions = ("eu-central-1", "eu-north-1", "us-east-1")
    fleet, watch = Fleet(500), _Watch()
    aws = fleet.aws()
    listed = [{"RegionName": one, "OptInStatus": "opted-in"} for one in regions]
    aws.script("ec2.DescribeRegions", {"Regions": listed})
    for operation, (member, _) in PAGES.items():
        aws.script(operation, watch.over(operation, _paged(member, fleet.rows[operation])))
    manifest = collect([aws.account()], SnapshotWriter(tmp_path), regions=regions, now=NOW)
    assert Status.FAILED not in {one.status for one in manifest.calls}
    assert watch.most_of_all > len(regions)
    assert watch.most == {(operation, region): 1 for operation in PAGES for region in regions}


@pytest.mark.parametrize(
    ("regions", "workers"), [(0, 8), (1, 8), (4, 8), (5, 10), (8, 16), (17_000, 16)]
)
def test_more_regions_have_more_requests_under_way(regions: int, workers: int) -> None:
    """Up to what a client keeps connections for."""
    assert workers_for(regions) == workers <= CLIENT_CONFIG.max_pool_connections  # type: ignore[attr-defined]


class _Watch:
    """How many requests are under way at once, for each operation and Region and in all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now: Counter[tuple[str, str]] = Counter()
        self.most: dict[tuple[str, str], int] = {}
        self.most_of_all = 0

    def over(self, operation: str, answer: Paged) -> Paged:
        def watched(asked: Mapping[str, Any], region: str) -> dict[str, Any]:
            place = (operation, region)
            with self._lock:
                self._now[place] += 1
                self.most[place] = max(self.most.get(place, 0), self._now[place])
                self.most_of_all = max(self.most_of_all, self._now.total())
            time.sleep(0.002)
            with self._lock:
                self._now[place] -= 1
            return answer(asked, region)

        return watched
