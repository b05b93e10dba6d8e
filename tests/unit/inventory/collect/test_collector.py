"""A whole collection: what is asked, what is kept, and what a refusal does and does not do."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from inventory.collect import PLAN, TOOL, OpenAccount, Progress, collect
from inventory.collect.call import PerResource
from inventory.errors import AccountError
from inventory.facts import Coverage, Status
from inventory.snapshot import MANIFEST, Manifest, SnapshotWriter
from tests.unit.inventory.collect.networks import ALL_NAMED
from tests.unit.inventory.collect.roles import RolesInUse
from tests.unit.inventory.collect.scripted import (
    ACCOUNT,
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    with_one_instance,
)

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
INSTANCES = "ec2.DescribeInstances"
REGIONAL = len([call for call in PLAN if call.scope == "region"])
ACCOUNT_WIDE = len(PLAN) - REGIONAL
#: Asked in every Region that holds an instance, whatever its other answers are. The calls about
#: each VPC that holds one read of its endpoints in hubs only.
UNCONDITIONAL = len(
    [
        call
        for call in PLAN
        if call.scope == "region" and {*call.sources} <= {INSTANCES, "ec2.DescribeVpcEndpoints"}
    ]
)
TWO_REGIONS: Mapping[str, Script] = {
    "ec2.DescribeRegions": {"Regions": [{"RegionName": "eu-north-1"}, {"RegionName": REGION}]}
}
DENIED = RefusedError("UnauthorizedOperation", "You are not authorized to perform this operation.")
#: Asked only where another call was refused.
SECOND_WAY = ("iam.GetAccountAuthorizationDetails", "iam.GetInstanceProfile")
#: Asked with ``--deep`` only; test_deep.py has them.
DEEP = ("ssm.GetConnectionStatus", "ec2.GetConsoleOutput")
NOT_ASKED = (*SECOND_WAY, *DEEP)


def everything() -> dict[str, Script]:
    """One instance, its role, one policy of each kind, and everything that a VPC can name."""
    kinds = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]
    return {
        **RolesInUse(1, 1).scripts(),
        **ALL_NAMED,
        "organizations.ListRoots": {"Roots": [{"Id": "r-root", "PolicyTypes": kinds}]},
        "organizations.ListPoliciesForTarget": {"Policies": [{"Id": "p-FullAWSAccess"}]},
        "organizations.DescribePolicy": {"Policy": {"Content": "{}"}},
    }


def taken(
    folder: Path, aws: ScriptedAws, accounts: Sequence[OpenAccount] = (), **options: Any
) -> Manifest:
    return collect(accounts or [aws.account()], SnapshotWriter(folder), now=NOW, **options)


def of(manifest: Manifest, call: str) -> list[Coverage]:
    return [one for one in manifest.calls if one.call == call]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def started_by(operation: str) -> set[str]:
    """The calls that ask about each of what the operation names, and what follows from those."""
    without = {operation}
    for call in PLAN:
        if isinstance(call.shape, PerResource) and without.intersection(call.sources):
            without.add(call.operation)
    return {one.replace(".", ":") for one in without - {operation}}


def only_in(region: str) -> Script:
    """DescribeInstances of an account whose one instance is in that Region."""
    return lambda _, asked: with_one_instance() if asked == region else {"Reservations": []}


def test_every_call_of_the_plan_is_made_once_and_kept(tmp_path: Path) -> None:
    """Spec moto.md 5: one page each, two attribute calls for the one VPC, and DescribeRegions."""
    aws = ScriptedAws(everything())
    manifest = taken(tmp_path, aws)
    expected = Counter({call.operation: 1 for call in PLAN if call.operation not in NOT_ASKED})
    expected |= {"ec2.DescribeVpcAttribute": 2, "ec2.DescribeRegions": 1}
    expected |= {"organizations.ListPoliciesForTarget": 2}
    assert Counter(aws.operations()) == expected
    assert {one.call for one in manifest.calls} == {call.action for call in PLAN}
    others = [one for one in manifest.calls if one.status is not Status.COLLECTED]
    assert {one.call.replace(":", ".") for one in others} == {*NOT_ASKED}
    assert {one.status for one in others} == {Status.NOT_ASKED}


def test_calls_are_pages(tmp_path: Path) -> None:
    """Design 7: calls = the sum of the pages, whatever the number of instances."""
    pages = {
        INSTANCES: [with_one_instance() | {"NextToken": "1"}, with_one_instance("vpc-2")],
        "ssm.DescribeInstanceInformation": [
            {"InstanceInformationList": [], "NextToken": "1"},
            {"InstanceInformationList": [], "NextToken": "2"},
            {"InstanceInformationList": []},
        ],
    }
    aws = ScriptedAws({name: list(script) for name, script in pages.items()})
    taken(tmp_path, aws)
    asked = Counter(one for one in aws.operations() if one.startswith(("ec2", "ssm", "route53")))
    assert {name: asked[name] for name in pages} == {name: len(pages[name]) for name in pages}
    assert asked["ec2.DescribeVpcAttribute"] == 4
    assert asked["route53.ListHostedZonesByVPC"] == 2
    assert asked["ec2.DescribeRegions"] == 1
    assert asked.total() == UNCONDITIONAL - 4 + 2 + 3 + 4 + 2 + 1


def test_the_manifest_says_when_who_where_and_with_what(tmp_path: Path) -> None:
    aws = ScriptedAws(TWO_REGIONS)
    manifest = taken(tmp_path, aws, regions=["eu-*"], parameters={"region": "eu-*"})
    assert manifest.tool == TOOL
    assert manifest.collected_at == "2026-11-01T12:00:00+00:00"
    assert manifest.callers == {ACCOUNT: f"arn:aws:iam::{ACCOUNT}:user/reader"}
    assert manifest.accounts == {ACCOUNT: (REGION, "eu-north-1")}
    assert manifest.parameters == {"region": "eu-*"}


def test_an_empty_region_costs_one_call(tmp_path: Path) -> None:
    aws = ScriptedAws({**TWO_REGIONS, INSTANCES: only_in(REGION)})
    manifest = taken(tmp_path, aws)
    assert [one for one, region, _ in aws.asked if region == "eu-north-1"] == [INSTANCES]
    quiet = [one for one in manifest.calls if one.region == "eu-north-1"]
    assert Counter((one.status, one.code) for one in quiet) == {
        (Status.COLLECTED, ""): 1,
        (Status.NOT_ASKED, "NO_INSTANCES"): REGIONAL - 1,
    }


def test_where_the_instances_are_refused_the_rest_is_still_asked(tmp_path: Path) -> None:
    """A refusal stops no other call; only what starts from the instances cannot be asked."""
    manifest = taken(tmp_path, ScriptedAws({INSTANCES: DENIED}))
    assert [one.status for one in of(manifest, "ec2:DescribeInstances")] == [Status.DENIED]
    starting_there = (
        "ec2:DescribeVpcAttribute",
        "ec2:DescribeImages",
        "route53:ListHostedZonesByVPC",
    )
    for call in starting_there:
        (line,) = of(manifest, call)
        assert (line.status, line.code) == (Status.NOT_ASKED, "NO_SOURCE")
        assert "ec2:DescribeInstances" in line.detail
    regional = Counter(one.status for one in manifest.calls if one.region == REGION)
    assert regional[Status.COLLECTED] == UNCONDITIONAL - 1 - len(starting_there)


@pytest.mark.parametrize(
    "operation", [call.operation for call in PLAN if call.operation not in (INSTANCES, *NOT_ASKED)]
)
def test_one_refused_call_is_one_line_of_coverage_and_nothing_else(
    tmp_path: Path, operation: str
) -> None:
    """T-07: the refused call is told with its code; no other call fails with it.

    What can only be asked with names from it is not asked, and says where they would come from.
    """
    aws = ScriptedAws({**everything(), operation: DENIED})
    manifest = taken(tmp_path, aws)
    others = [one for one in manifest.calls if one.call != operation.replace(".", ":")]
    (refused,) = of(manifest, operation.replace(".", ":"))
    assert (refused.status, refused.code, refused.file) == (
        Status.DENIED,
        "UnauthorizedOperation",
        "",
    )
    assert {one.status for one in others} <= {Status.COLLECTED, Status.NOT_ASKED}
    asked = [one for one in others if one.call.replace(":", ".") not in DEEP]
    for one in asked:
        if one.region == REGION and one.status is not Status.COLLECTED:
            assert (one.code, one.call) in {("NO_SOURCE", call) for call in started_by(operation)}
            assert one.detail.startswith("needs the answer of ")
    assert not list(tmp_path.rglob(f"{operation}.json"))


def test_a_refused_list_of_regions_is_coverage_too(tmp_path: Path) -> None:
    aws = ScriptedAws({"ec2.DescribeRegions": DENIED})
    manifest = taken(tmp_path, aws, regions=[REGION])
    (line,) = of(manifest, "ec2:DescribeRegions")
    assert (line.region, line.status) == ("global", Status.DENIED)


@pytest.mark.parametrize(
    "operation",
    [INSTANCES, "ec2.DescribeVpcs", "iam.ListInstanceProfiles", "route53.ListHostedZonesByVPC"],
)
def test_credentials_that_run_out_end_the_run(tmp_path: Path, operation: str) -> None:
    aws = ScriptedAws(
        {INSTANCES: with_one_instance(), operation: RefusedError("ExpiredToken", "old")}
    )
    with pytest.raises(AccountError, match=r"account 'prod': the credentials have expired"):
        taken(tmp_path, aws)
    assert not (tmp_path / MANIFEST).exists()
    assert not [one for one in threading.enumerate() if one.name.startswith("collect")]


def test_a_defect_of_ours_is_not_coverage(tmp_path: Path) -> None:
    """Only what AWS or the network does to a request is told as coverage; the rest is raised."""
    aws = ScriptedAws({"iam.ListInstanceProfiles": ZeroDivisionError("ours")})
    with pytest.raises(ZeroDivisionError, match="ours"):
        taken(tmp_path, aws)


def test_two_names_of_one_account_are_refused(tmp_path: Path) -> None:
    aws = ScriptedAws()
    with pytest.raises(AccountError, match=f"'prod' and 'main' are both {ACCOUNT}"):
        taken(tmp_path, aws, [aws.account("prod"), aws.account("main")])
    assert aws.asked == []


def test_progress_counts_every_call_once(tmp_path: Path) -> None:
    aws = ScriptedAws({**TWO_REGIONS, INSTANCES: only_in(REGION)})
    told: list[Progress] = []
    threads: set[int] = set()

    def note(progress: Progress) -> None:
        told.append(progress)
        threads.add(threading.get_ident())

    taken(tmp_path, aws, progress=note)
    total = ACCOUNT_WIDE + 2 * REGIONAL
    assert [one.calls_done for one in told] == list(range(1, total + 1))
    assert {(one.accounts, one.regions, one.calls_total) for one in told} == {(1, 2, total)}
    assert {one.throttles for one in told} == {0}
    assert f"prod {REGION} ec2:DescribeVpcs" in {one.current for one in told}
    assert threads == {threading.get_ident()}


def slow(answer: Mapping[str, Any]) -> Script:
    """Late by a little that differs from call to call, so that calls overtake each other."""
    pauses = iter([0.004, 0.0, 0.002, 0.001] * 100)

    def after_a_pause(_: Mapping[str, Any], region: str) -> Mapping[str, Any]:
        time.sleep(next(pauses))
        return {**answer, "Region": region}

    return after_a_pause


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    scripts = {
        **TWO_REGIONS,
        "ec2.DescribeVpcs": slow({"Vpcs": []}),
        "ec2.DescribeSubnets": slow({"Subnets": []}),
        "ec2.DescribeNatGateways": DENIED,
    }
    results = []
    for workers in (1, 3, 8):
        aws = ScriptedAws({**RolesInUse(3, 5).scripts(), **scripts})
        accounts = [aws.account(), aws.account("dev", "444455556666")]
        taken(tmp_path / str(workers), aws, accounts, workers=workers)
        results.append(files(tmp_path / str(workers)))
    assert results[0] == results[1] == results[2]
    profiles_organization_and_roles, roots_and_parents, manifest = 8, 2, 1
    assert len(results[0]) == (
        2 * (profiles_organization_and_roles + 2 * (UNCONDITIONAL - 1))
        + roots_and_parents
        + manifest
    )


@pytest.mark.parametrize(
    ("operation", "member"),
    [
        ("iam.ListInstanceProfiles", "InstanceProfiles"),
        ("route53.ListHostedZonesByVPC", "HostedZoneSummaries"),
    ],
)
def test_a_global_service_is_asked_by_few_at_a_time(
    tmp_path: Path, operation: str, member: str
) -> None:
    """iam.md 8: one endpoint, concurrency of 2 to 4, however many workers and accounts."""
    five, met = threading.Barrier(5), []

    def listing(_: Mapping[str, Any], __: str) -> Mapping[str, Any]:
        with contextlib.suppress(threading.BrokenBarrierError):
            met.append(five.wait(timeout=0.5))
        return {member: []}

    aws = ScriptedAws({INSTANCES: with_one_instance(), operation: listing})
    accounts = [aws.account(f"a{number}", f"{number:012}") for number in range(10)]
    taken(tmp_path, aws, accounts, workers=16)
    assert len(aws.requests(operation)) == 10
    assert met == []
