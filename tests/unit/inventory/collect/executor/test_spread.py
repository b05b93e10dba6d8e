"""A spread run: the snapshot that one process would have written, by the same calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from inventory.collect import PLAN, OpenAccount, Progress, UnopenedAccount, collect
from inventory.collect.executor.engine import Done, NotDone
from inventory.collect.executor.part import unpacked
from inventory.collect.executor.share import Share, encoded
from inventory.collect.refusal import Refusal
from inventory.errors import AccountError, ExecutorError, SnapshotError
from inventory.facts import Coverage, Status, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import GLOBAL, Manifest, Snapshot, SnapshotWriter
from tests.unit.inventory.collect.executor.one_by_one import OneByOne, as_read
from tests.unit.inventory.collect.scripted import (
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    with_one_instance,
)
from tests.unit.inventory.collect.test_hub_accounts import SHARED
from tests.unit.inventory.collect.test_lost_credentials import EXPIRED, IN_USE
from tests.unit.inventory.collect.test_organization_policies import MANAGEMENT, SCRIPTS

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
SPOKE, HUB = "111122223333", "444455556666"
INSTANCES = "ec2.DescribeInstances"
TWO = {"Regions": [{"RegionName": "eu-north-1"}, {"RegionName": REGION}]}
#: Not opted in: a line of coverage, and nothing that a worker is asked for.
DISABLED = {
    "Regions": [{"RegionName": REGION}, {"RegionName": "x-1", "OptInStatus": "not-opted-in"}]
}
DENIED = RefusedError("UnauthorizedOperation", "no")
OTHER_ROOM = RefusedError("AccessDeniedException", "no")

Scripts = Mapping[str, Mapping[str, Script]]

RUNS: dict[str, tuple[Scripts, Collection[str]]] = {
    "a hub and a spoke": (
        {HUB: {**SHARED, "ec2.DescribeRegions": TWO}, SPOKE: {INSTANCES: with_one_instance()}},
        (),
    ),
    "nobody has instances": ({HUB: SHARED, SPOKE: {}}, ()),
    "the spoke's instances are refused": ({HUB: SHARED, SPOKE: {INSTANCES: DENIED}}, ()),
    "roles, two registered instances": ({HUB: IN_USE, SPOKE: IN_USE}, ()),
    "one loses its credentials": ({HUB: {**IN_USE, INSTANCES: EXPIRED}, SPOKE: IN_USE}, ()),
    "a Region that is not enabled": ({SPOKE: {**IN_USE, "ec2.DescribeRegions": DISABLED}}, ()),
    "the management account reads policies": ({MANAGEMENT: SCRIPTS, SPOKE: SCRIPTS}, ()),
    "whoever listed the organization reads": ({MANAGEMENT: SCRIPTS, SPOKE: SCRIPTS}, [MANAGEMENT]),
    "nobody may read policies": (
        {
            HUB: {**SCRIPTS, "organizations.ListRoots": OTHER_ROOM},
            SPOKE: {**SCRIPTS, "organizations.ListRoots": OTHER_ROOM},
        },
        (),
    ),
}


class Run:
    """Accounts that answer by script, read in one process or spread."""

    def __init__(self, scripts: Scripts, listers: Collection[str] = ()) -> None:
        # Nodes of an organization that the scripts do not know lie below its root.
        orphan = {"organizations.ListParents": {"Parents": [{"Id": "r-1", "Type": "ROOT"}]}}
        self.aws = {one: ScriptedAws({**each, **orphan}) for one, each in scripts.items()}
        opened = {one: each.account(f"name-{one}", one) for one, each in self.aws.items()}
        self.accounts = {one: each for one, each in opened.items() if one not in listers}
        self.listers = [opened[one] for one in listers]

    def taken(self, folder: Path, executor: OneByOne | None = None, **options: Any) -> Manifest:
        for each in self.aws.values():
            each.asked.clear()
        return collect(
            list(self.accounts.values()),
            SnapshotWriter(folder),
            now=NOW,
            executor=executor,
            listers=self.listers,
            **options,
        )

    def spread(self, folder: Path, spoil: Any = as_read, **options: Any) -> Manifest:
        return self.taken(folder, OneByOne(self.accounts, spoil), **options)

    @property
    def calls(self) -> dict[str, Counter[str]]:
        return {one: Counter(each.operations()) for one, each in self.aws.items()}


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def lost(account: str, *, as_hub: bool = False) -> Callable[[Share, bytes], Done | NotDone]:
    """The account's share comes to nothing, the others are read."""

    def spoiled(share: Share, content: bytes) -> Done | NotDone:
        if (share.account_id, share.as_hub) == (account, as_hub):
            return NotDone(share, "WORKER_LOST", "4 workers died of it")
        return Done(share, content)

    return spoiled


@pytest.mark.parametrize("name", RUNS)
def test_the_snapshot_is_that_of_one_process_to_the_byte(tmp_path: Path, name: str) -> None:
    """Issue 8, item 4: the run continues as usual."""
    run = Run(*RUNS[name])
    run.taken(tmp_path / "local")
    local = run.calls
    run.spread(tmp_path / "spread")
    assert files(tmp_path / "spread") == files(tmp_path / "local")
    assert run.calls == local


def test_options_reach_the_workers(tmp_path: Path) -> None:
    run = Run({SPOKE: IN_USE})
    options: dict[str, Any] = {"deep": True, "instances": ["i-999"], "parameters": {"a": "b"}}
    run.taken(tmp_path / "local", **options)
    local = run.calls
    run.spread(tmp_path / "spread", **options)
    assert files(tmp_path / "spread") == files(tmp_path / "local")
    assert run.calls == local


def test_accounts_that_were_not_opened_keep_their_line(tmp_path: Path) -> None:
    run = Run({SPOKE: IN_USE})
    gap = [UnopenedAccount(HUB, "hub", Refusal(Status.DENIED, "AccessDenied", "no"))]
    run.taken(tmp_path / "local", unopened=gap)
    run.spread(tmp_path / "spread", unopened=gap)
    assert files(tmp_path / "spread") == files(tmp_path / "local")


def test_a_region_without_instances_is_a_second_smaller_share(tmp_path: Path) -> None:
    """The first round's DescribeInstances is not asked again; only Regions in use are."""
    run = Run(*RUNS["a hub and a spoke"])
    engine = OneByOne(run.accounts)
    run.taken(tmp_path, engine)
    assert [(one.name, one.regions, one.as_hub) for one in engine.shares] == [
        (HUB, (REGION, "eu-north-1"), False),
        (SPOKE, (REGION,), False),
        (f"{HUB}-hub", (REGION,), True),
    ]


def test_a_share_names_where_credentials_are_and_holds_none(tmp_path: Path) -> None:
    """Design 7: tasks carry profile or role names, never credentials."""
    run = Run({SPOKE: {}})
    engine = OneByOne(run.accounts)
    run.taken(tmp_path, engine)
    (share,) = engine.shares
    credentials = run.accounts[SPOKE].session.get_credentials()
    assert credentials is not None
    text = encoded(share).decode()
    assert credentials.access_key not in text
    assert credentials.secret_key not in text
    assert set(msgspec.json.decode(text)["account"]) == {
        *("name", "profile", "role_arn", "external_id", "source_profile", "embedded"),
        *("account_id", "regions", "file", "organization"),
    }


def test_a_share_that_no_worker_could_read_is_unread_and_not_gone(tmp_path: Path) -> None:
    """Each of its calls failed, for a reason; the other account has all of its own."""
    run = Run(*RUNS["roles, two registered instances"])
    whole = run.spread(tmp_path / "whole")
    manifest = run.spread(tmp_path / "lost", lost(HUB))
    found = [one for one in manifest.calls if one.account == HUB]
    failed = [one for one in found if one.status is Status.FAILED]
    organizational = {one.call for one in found} - {one.call for one in failed}
    assert {one.call for one in found} == {call.action for call in PLAN}
    assert all(one.startswith("organizations:") for one in organizational)
    assert {(one.code, one.detail) for one in failed} == {("WORKER_LOST", "4 workers died of it")}
    assert any(one.hides_instances for one in failed)
    assert own(manifest) == own(whole)


def own(manifest: Manifest) -> list[Coverage]:
    """What the spoke told of itself; policies are read by whoever may, for all."""
    return [
        one
        for one in manifest.calls
        if one.account == SPOKE and not one.call.startswith("organizations:")
    ]


def test_a_hub_that_no_worker_could_read_is_unread_for_the_spokes(tmp_path: Path) -> None:
    run = Run(*RUNS["a hub and a spoke"])
    run.spread(tmp_path, lost(HUB, as_hub=True))
    fleet = load_fleet(Snapshot.open(tmp_path))
    (hub,) = [one for one in fleet.regions if (one.account_id, one.name) == (HUB, REGION)]
    assert isinstance(hub.vpc_endpoints, Unread)
    assert hub.vpc_endpoints.code == "WORKER_LOST"


def test_where_nothing_could_be_read_there_is_no_snapshot(tmp_path: Path) -> None:
    """Workers that lack the checkout or the profiles: a wrong set-up, not a wall of unknowns."""
    run = Run({HUB: {}, SPOKE: {}})

    def nothing(share: Share, _: bytes) -> NotDone:
        return NotDone(share, "SHARE_FAILED", "the worker ended with ModuleNotFoundError")

    with pytest.raises(ExecutorError, match=r"any of 2 accounts; 'name-1111.*ModuleNotFound"):
        run.spread(tmp_path, nothing)
    assert not (tmp_path / "manifest.json").exists()


def test_the_last_credentials_that_run_out_end_the_run(tmp_path: Path) -> None:
    run = Run({HUB: {**IN_USE, INSTANCES: EXPIRED}, SPOKE: {**IN_USE, INSTANCES: EXPIRED}})
    with pytest.raises(AccountError, match="the credentials were lost on the way"):
        run.spread(tmp_path)


def test_an_embedded_account_is_in_this_process_alone(tmp_path: Path) -> None:
    demo: OpenAccount = ScriptedAws().account("demo", SPOKE, embedded=True)
    with pytest.raises(ExecutorError, match="'demo' is embedded in this process alone"):
        collect([demo], SnapshotWriter(tmp_path), now=NOW, executor=OneByOne({}))


def test_a_part_may_tell_of_its_own_share_only(tmp_path: Path) -> None:
    run = Run({HUB: {}, SPOKE: {}})
    parts: dict[str, bytes] = {}

    def swapped(share: Share, content: bytes) -> Done:
        parts[share.account_id] = content
        return Done(share, next(iter(parts.values())))

    with pytest.raises(SnapshotError, match=f"part {HUB}: tells of"):
        run.spread(tmp_path, swapped)


def test_an_answer_that_is_not_what_its_part_says_is_refused(tmp_path: Path) -> None:
    def altered(share: Share, content: bytes) -> Done:
        part = unpacked(content)
        name = next(iter(part.files))
        part.files[name] = b"{}"
        return Done(share, zstandard.compress(msgspec.msgpack.encode(part)))

    with pytest.raises(SnapshotError, match="is not what its part's manifest says"):
        Run({SPOKE: {}}).spread(tmp_path, altered)


@pytest.mark.parametrize("content", [b"", b"no frame", b"\x28\xb5\x2f\xfd\x00"])
def test_bytes_that_are_no_part_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SnapshotError, match="is not what a worker returns"):
        Run({SPOKE: {}}).spread(tmp_path, lambda share, _: Done(share, content))


def test_progress_ends_at_all_but_the_calls_that_others_settle(tmp_path: Path) -> None:
    seen: list[Progress] = []
    Run(*RUNS["a hub and a spoke"]).spread(tmp_path, progress=seen.append)
    assert [one.accounts for one in seen] == [2, 2, 2]
    done = [one.calls_done for one in seen]
    assert done == sorted(done)
    regional = sum(call.scope == "region" for call in PLAN)
    assert {one.calls_total for one in seen} == {2 * (len(PLAN) - regional) + 3 * regional}
    organizational = sum(call.operation.startswith("organizations.") for call in PLAN) - 1
    assert done[-1] == seen[-1].calls_total - 2 * organizational


def test_what_the_workers_accounts_are_called_is_told(tmp_path: Path) -> None:
    manifest = Run(*RUNS["whoever listed the organization reads"]).spread(tmp_path)
    assert set(manifest.callers) == {MANAGEMENT, SPOKE}
    assert {one.region for one in manifest.calls if one.account == MANAGEMENT} == {GLOBAL}
