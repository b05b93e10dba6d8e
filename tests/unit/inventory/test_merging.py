"""Parts of a snapshot, merged: what one process would have written, or an error that names them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from inventory.collect import collect
from inventory.collect.elsewhere import Elsewhere
from inventory.errors import SnapshotError
from inventory.facts import Status
from inventory.merging import merge_parts, parts_of
from inventory.snapshot import MANIFEST, Manifest, Snapshot, SnapshotWriter
from tests.unit.inventory.collect.executor.test_spread import HUB, INSTANCES, NOW, SPOKE, Run, files
from tests.unit.inventory.collect.scripted import RefusedError, Script, with_one_instance
from tests.unit.inventory.collect.test_hub_accounts import SHARED
from tests.unit.inventory.collect.test_lost_credentials import IN_USE
from tests.unit.inventory.collect.test_organization_policies import MANAGEMENT, SCRIPTS

LIST_PARENTS = "organizations.ListParents"
ALONE: Mapping[str, Script] = {
    "organizations.DescribeOrganization": RefusedError("AWSOrganizationsNotInUseException")
}
#: Accounts by id, and who listed them: each account becomes a part of its own.
RUNS = {
    "a hub and a spoke": Run(
        {HUB: {**SHARED, **ALONE}, SPOKE: {INSTANCES: with_one_instance(), **ALONE}}
    ),
    "roles": Run({HUB: {**IN_USE, **ALONE}, SPOKE: {**IN_USE, **ALONE}}),
    "an organization": Run(
        {
            MANAGEMENT: SCRIPTS,
            HUB: {**SCRIPTS, INSTANCES: with_one_instance()},
            SPOKE: {**SCRIPTS, INSTANCES: with_one_instance()},
        },
        listers=[MANAGEMENT],
    ),
}


@pytest.fixture(autouse=True)
def no_aws_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_CACHE", "off")


def apart(run: Run, folder: Path) -> list[Path]:
    """A part for each account, as ``--snapshot-to`` takes it, each a second after the other."""
    for number, (identifier, account) in enumerate(run.accounts.items()):
        collect(
            [account],
            SnapshotWriter(folder / identifier),
            now=NOW + timedelta(seconds=number),
            listers=run.listers,
            elsewhere=Elsewhere(may_need_hubs=True),
        )
    return sorted(folder.iterdir())


def part(folder: Path, account: str, answers: Mapping[str, Any], **settings: Any) -> Path:
    """A part by hand: ``region/service.Operation`` → answer, or the status it came to."""
    writer = SnapshotWriter(folder)
    for name, answer in answers.items():
        region, _, operation = name.partition("/")
        if isinstance(answer, Status):
            writer.refuse(account, region, operation, status=answer, code="WHY")
        else:
            writer.keep(account, region, operation, answer)
    accounts = settings.pop("accounts", {account: ("eu-central-1",)})
    common = {"tool": "ssm-rollcall/1", "collected_at": NOW, "callers": {}, "parameters": {}}
    writer.close(**{**common, "accounts": accounts, **settings})
    return folder


def merged(folder: Path, *parts: Path) -> Manifest:
    return merge_parts(parts, SnapshotWriter(folder))


@pytest.mark.parametrize("name", RUNS)
def test_parts_of_accounts_come_to_what_one_process_writes(tmp_path: Path, name: str) -> None:
    """Issue 8, item 4: reports are never merged, parts of the snapshot are."""
    run = RUNS[name]
    run.taken(tmp_path / "whole")
    merge_parts(apart(run, tmp_path / "parts"), SnapshotWriter(tmp_path / "merged"))
    assert files(tmp_path / "merged") == files(tmp_path / "whole")
    assert Snapshot.open(tmp_path / "merged").as_of == NOW


def test_a_region_without_instances_is_read_for_the_spokes_of_other_parts(tmp_path: Path) -> None:
    """TG5, EP9: a part cannot know where the others have instances."""
    run = Run({HUB: SHARED})
    apart(run, tmp_path)
    found = Snapshot.open(tmp_path / HUB)
    endpoints = found.read(HUB, "eu-central-1", "ec2.DescribeVpcEndpoints")
    assert [one["VpcEndpointId"] for one in endpoints["VpcEndpoints"]] == ["vpce-1", "vpce-2"]


def test_a_snapshot_is_no_folder_of_parts(tmp_path: Path) -> None:
    RUNS["roles"].taken(tmp_path / "whole")
    assert parts_of(tmp_path / "whole") == ()
    (tmp_path / "whole" / MANIFEST).unlink()
    assert parts_of(tmp_path / "whole") == ()
    assert parts_of(tmp_path / "nowhere") == ()


def test_parts_are_found_by_name_without_hidden_folders(tmp_path: Path) -> None:
    made = [part(tmp_path / name, SPOKE, {}) for name in ("b", "a", ".trash")]
    (tmp_path / "notes.txt").touch()
    assert parts_of(tmp_path) == (made[1], made[0])


def test_an_unfinished_part_is_told_and_never_left_out(tmp_path: Path) -> None:
    part(tmp_path / "done", SPOKE, {})
    (tmp_path / "half" / HUB).mkdir(parents=True)
    with pytest.raises(SnapshotError, match="half: is among parts but has no manifest"):
        parts_of(tmp_path)


def test_an_account_and_region_belongs_in_one_part(tmp_path: Path) -> None:
    vpcs = {"eu-central-1/ec2.DescribeVpcs": {"Vpcs": []}}
    parts = [part(tmp_path / name, SPOKE, vpcs) for name in ("one", "two")]
    with pytest.raises(SnapshotError, match=f"tells of {SPOKE} eu-central-1 as .* does"):
        merged(tmp_path / "merged", *parts)


def test_regions_of_one_account_may_be_parts(tmp_path: Path) -> None:
    answers = {"Vpcs": []}
    regions = ("eu-central-1", "us-east-1")
    parts = [
        part(tmp_path / one, SPOKE, {f"{one}/ec2.DescribeVpcs": answers}, accounts={SPOKE: (one,)})
        for one in regions
    ]
    assert merged(tmp_path / "merged", *parts).accounts == {SPOKE: regions}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"tool": "ssm-rollcall/2"}, "was taken by ssm-rollcall/"),
        ({"parameters": {"deep": "true"}}, "was taken with other options than"),
    ],
)
def test_parts_are_of_one_making(tmp_path: Path, changed: dict[str, Any], told: str) -> None:
    parts = [part(tmp_path / "one", SPOKE, {}), part(tmp_path / "two", HUB, {}, **changed)]
    with pytest.raises(SnapshotError, match=told):
        merged(tmp_path / "merged", *parts)


def test_an_altered_part_is_refused(tmp_path: Path) -> None:
    one = part(tmp_path / "one", SPOKE, {"eu-central-1/ec2.DescribeVpcs": {"Vpcs": []}})
    (one / SPOKE / "eu-central-1" / "ec2.DescribeVpcs.json").write_text('{"Vpcs": [{}]}')
    with pytest.raises(SnapshotError, match="it was altered"):
        merged(tmp_path / "merged", one)


def replies(**parents: str | None) -> list[dict[str, Any]]:
    """Child → parent, ``None``: refused."""
    return [
        {"request": {"ChildId": child}, "response": {"Parents": [{"Id": parent}]}}
        if parent
        else {"request": {"ChildId": child}, "error": {"Code": "AccessDenied"}}
        for child, parent in parents.items()
    ]


@pytest.mark.parametrize(
    ("older", "newer", "expected"),
    [
        (replies(a="r"), replies(b="r"), replies(a="r", b="r")),
        (replies(a="r"), replies(a="ou"), replies(a="ou")),
        (replies(a="r"), replies(a=None), replies(a="r")),
        (replies(a=None), replies(a="r"), replies(a="r")),
    ],
)
def test_replies_about_an_organization_add_up(
    tmp_path: Path,
    older: list[dict[str, Any]],
    newer: list[dict[str, Any]],
    expected: list[dict[str, Any]],
) -> None:
    """An answer outweighs a refusal, and of two answers the newer stands."""
    early = part(tmp_path / "z", MANAGEMENT, {f"global/{LIST_PARENTS}": older}, accounts={})
    late = part(
        tmp_path / "a",
        MANAGEMENT,
        {f"global/{LIST_PARENTS}": newer},
        accounts={},
        collected_at=NOW + timedelta(minutes=5),
    )
    manifest = merged(tmp_path / "merged", late, early)
    found = Snapshot.open(tmp_path / "merged")
    assert found.read(MANAGEMENT, "global", LIST_PARENTS) == expected
    assert manifest.collected_at == NOW.isoformat()


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((Status.NOT_ASKED, Status.NOT_ASKED), [Status.NOT_ASKED]),
        ((Status.NOT_ASKED, Status.DENIED), [Status.DENIED]),
        ((Status.DENIED, Status.FAILED), [Status.DENIED, Status.FAILED]),
        ((Status.NOT_ASKED, Status.ABSENT), [Status.ABSENT]),
    ],
)
def test_that_nothing_was_asked_gives_way_to_what_says_more(
    tmp_path: Path, statuses: tuple[Status, Status], expected: list[Status]
) -> None:
    parts = [
        part(tmp_path / str(number), MANAGEMENT, {f"global/{LIST_PARENTS}": one}, accounts={})
        for number, one in enumerate(statuses)
    ]
    lines = merged(tmp_path / "merged", *parts).calls
    assert [line.status for line in lines] == expected


def test_whoever_has_an_account_outweighs_who_only_borrowed_it(tmp_path: Path) -> None:
    """The management account is asked by every part, and is a part of its own."""
    borrowed = part(
        tmp_path / "1", MANAGEMENT, {"global/sts.AssumeRole": Status.NOT_ASKED}, accounts={}
    )
    own = part(tmp_path / "2", MANAGEMENT, {"eu-central-1/ec2.DescribeVpcs": {"Vpcs": []}})
    manifest = merged(tmp_path / "merged", borrowed, own)
    assert [line.call for line in manifest.calls] == ["ec2:DescribeVpcs"]


def test_the_time_is_when_the_first_part_was_begun(tmp_path: Path) -> None:
    times = [NOW, NOW - timedelta(hours=1), NOW + timedelta(hours=1)]
    parts = [
        part(tmp_path / str(number), f"{number:012}", {}, collected_at=one)
        for number, one in enumerate(times)
    ]
    manifest = merged(tmp_path / "merged", *parts)
    assert manifest.collected_at == datetime(2026, 11, 1, 11, 0, tzinfo=UTC).isoformat()


def test_a_merged_snapshot_names_its_accounts_and_callers(tmp_path: Path) -> None:
    parts = [
        part(tmp_path / one, one, {}, callers={one: f"arn:aws:iam::{one}:user/reader"})
        for one in (SPOKE, HUB)
    ]
    merged(tmp_path / "merged", *parts)
    manifest = json.loads((tmp_path / "merged" / MANIFEST).read_text())
    assert manifest["accounts"] == {SPOKE: ["eu-central-1"], HUB: ["eu-central-1"]}
    assert set(manifest["callers"]) == {SPOKE, HUB}
