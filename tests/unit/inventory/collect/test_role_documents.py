"""Roles in use: in bulk or one by one (iam.md 8), the same facts, and a reason for each gap."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inventory.collect import PolicyCache, collect
from inventory.facts import AccountFacts, Role, Status, Table, Unread
from inventory.fleet import load_fleet
from inventory.snapshot import Manifest, Snapshot, SnapshotWriter
from tests.unit.inventory.collect.roles import (
    BULK,
    DENIED,
    GONE,
    RolesInUse,
    policy_arn,
    role_name,
)
from tests.unit.inventory.collect.scripted import ACCOUNT, REGION, Script, ScriptedAws

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
BOUNDARY = "arn:aws:iam::aws:policy/Boundary-900"


def collected(
    folder: Path, roles: RolesInUse, changes: Mapping[str, Script] | None = None, **options: Any
) -> tuple[ScriptedAws, Manifest]:
    aws = ScriptedAws({**roles.scripts(), **(changes or {})})
    writer = SnapshotWriter(folder)
    manifest = collect([aws.account()], writer, now=NOW, regions=[REGION], **options)
    return aws, manifest


def facts(folder: Path) -> AccountFacts:
    return load_fleet(Snapshot.open(folder)).accounts[ACCOUNT]


def iam_calls(aws: ScriptedAws) -> Counter[str]:
    """Without the profile pages, which the table of iam.md 8 leaves out as well."""
    asked = [one for one in aws.operations() if one.startswith("iam.")]
    return Counter(one for one in asked if one != "iam.ListInstanceProfiles")


def role(found: AccountFacts, number: int = 0) -> Role:
    one = found.roles.find(role_name(number))
    assert isinstance(one, Role)
    return one


@pytest.mark.parametrize(
    ("roles", "policies", "bulk_refused", "expected"),
    [
        (5, 8, False, 4 * 5 + 2 * 8),  # the table's first row: 36
        (15, 8, False, 4 * 15 + 2 * 8),
        (16, 8, False, 1),
        (20, 25, True, 4 * 20 + 2 * 25 + 1),  # its second row: 130, and the refused call
    ],
)
def test_calls_are_those_of_the_table(
    tmp_path: Path, roles: int, policies: int, bulk_refused: bool, expected: int
) -> None:
    """iam.md 8: 4N + 2U one by one; bulk above about 15 roles in use."""
    changes: dict[str, Script] = {BULK: DENIED} if bulk_refused else {}
    aws, _ = collected(tmp_path, RolesInUse(roles, policies), changes)
    assert iam_calls(aws).total() == expected


def test_one_instance_of_many_costs_its_own_role(tmp_path: Path) -> None:
    """iam.md 8: per role for a single-instance run; the other roles are unread, not missing."""
    aws, _ = collected(tmp_path, RolesInUse(40, 40), instances=["i-007"])
    assert iam_calls(aws).total() == 4 + 2
    assert aws.requests("iam.GetRole") == [{"RoleName": role_name(7)}]
    roles = facts(tmp_path).roles
    assert isinstance(roles.find(role_name(7)), Role)
    other = roles.find(role_name(8))
    assert isinstance(other, Unread)
    assert not other.has_vanished


def test_the_role_of_default_host_management_is_in_use(tmp_path: Path) -> None:
    """D4: the last segment of the setting's value, whichever Region says it."""
    setting = {"SettingId": "/ssm/x", "SettingValue": f"service-role/{role_name(3)}"}
    changes: dict[str, Script] = {"ssm.GetServiceSetting": {"ServiceSetting": setting}}
    aws, _ = collected(tmp_path, RolesInUse(5, 5), changes, instances=["i-000"])
    asked = [one["RoleName"] for one in aws.requests("iam.GetRole")]
    assert sorted(asked) == [role_name(0), role_name(3)]


def test_nobody_uses_a_role(tmp_path: Path) -> None:
    aws, manifest = collected(tmp_path, RolesInUse(0, 0))
    assert iam_calls(aws).total() == 0
    (bulk,) = [one for one in manifest.calls if one.call.endswith("AuthorizationDetails")]
    assert (bulk.status, bulk.code) == (Status.NOT_ASKED, "NO_ROLE_IN_USE")


def test_both_ways_make_the_same_facts(tmp_path: Path) -> None:
    """Tags, boundary, trust, inline and attached policies, documents: all but the call's name."""
    roles = RolesInUse(4, 6)
    roles.boundary = policy_arn(5)
    collected(tmp_path / "one", roles)
    collected(tmp_path / "bulk", roles, {"iam.GetRole": DENIED})
    one, bulk = facts(tmp_path / "one"), facts(tmp_path / "bulk")
    for name in ("roles", "managed_policies", "instance_profiles"):
        left, right = getattr(one, name), getattr(bulk, name)
        assert isinstance(left, Table)
        assert isinstance(right, Table)
        assert msgspec.to_builtins(list(left)) == msgspec.to_builtins(list(right))
        assert len(left) > 0
    assert role(one).evidence("Arn").call == "iam:GetRole"
    assert role(bulk).evidence("Arn").call == "iam:GetAccountAuthorizationDetails"


def test_an_unlisted_boundary_is_asked_for_in_bulk_too(tmp_path: Path) -> None:
    """iam.md 8: an AWS managed policy used only as a boundary may not be listed."""
    roles = RolesInUse(16, 4)
    roles.boundary = BOUNDARY
    aws, _ = collected(tmp_path, roles)
    calls = {BULK: 1, "iam.GetPolicy": 1, "iam.GetPolicyVersion": 1}
    assert iam_calls(aws) == calls
    found = facts(tmp_path).managed_policies.find(BOUNDARY)
    assert not isinstance(found, Unread)
    assert found.document["Statement"]["Action"] == "s3:900"


def test_an_unlisted_boundary_that_is_refused_is_unread(tmp_path: Path) -> None:
    roles = RolesInUse(16, 4)
    roles.boundary = BOUNDARY
    collected(tmp_path, roles, {"iam.GetPolicy": DENIED})
    found = facts(tmp_path).managed_policies.find(BOUNDARY)
    assert isinstance(found, Unread)
    assert (found.call, found.code) == ("iam:GetPolicy", "AccessDenied")


@pytest.mark.parametrize("refused", ["GetRole", "ListAttachedRolePolicies", "GetPolicyVersion"])
def test_where_single_calls_are_refused_bulk_serves(tmp_path: Path, refused: str) -> None:
    aws, _ = collected(tmp_path, RolesInUse(3, 3), {f"iam.{refused}": DENIED})
    assert aws.operations().count(BULK) == 1
    assert role(facts(tmp_path)).unread == ()


def test_both_ways_refused_is_unread_with_the_reason(tmp_path: Path) -> None:
    """iam.md 8: skipped with the reason, never passed; and one cause is one line of coverage."""
    _, manifest = collected(tmp_path, RolesInUse(20, 5), {BULK: DENIED, "iam.GetRole": DENIED})
    roles = facts(tmp_path).roles
    assert isinstance(roles, Unread)
    assert (roles.call, roles.code) == ("iam:GetAccountAuthorizationDetails", "AccessDenied")
    denied = [one.call for one in manifest.calls if one.status is Status.DENIED]
    assert denied == ["iam:GetAccountAuthorizationDetails", "iam:GetRole"]


@pytest.mark.parametrize(
    ("operation", "told"),
    [
        ("ListAttachedRolePolicies", role_name(0)),
        ("ListRolePolicies", role_name(0)),
        ("GetRolePolicy", role_name(0)),
    ],
)
def test_a_refused_part_of_a_role_is_told_by_its_call(
    tmp_path: Path, operation: str, told: str
) -> None:
    """What was read of the role stays: a broken trust policy is a definite block."""
    whole = RolesInUse(2, 2)
    answer: Any = whole.scripts()[f"iam.{operation}"]

    def refused_once(asked: Mapping[str, Any], region: str) -> Any:
        if asked["RoleName"] == told:
            return DENIED
        return answer(asked, region) if callable(answer) else answer

    collected(tmp_path, whole, {f"iam.{operation}": refused_once, BULK: DENIED})
    found = facts(tmp_path)
    (gap,) = role(found, 0).unread
    assert (gap.call, gap.code) == (f"iam:{operation}", "AccessDenied")
    assert role(found, 0).assume_role_policy_document
    assert role(found, 1).unread == ()


def test_a_role_that_is_refused_is_unread_and_one_that_is_gone_has_vanished(
    tmp_path: Path,
) -> None:
    answer: Any = RolesInUse(3, 3).scripts()["iam.GetRole"]

    def some(asked: Mapping[str, Any], region: str) -> Any:
        special = {role_name(0): DENIED, role_name(1): GONE}
        return special.get(asked["RoleName"]) or answer(asked, region)

    collected(tmp_path, RolesInUse(3, 3), {"iam.GetRole": some, BULK: DENIED})
    roles = facts(tmp_path).roles
    refused, gone = roles.find(role_name(0)), roles.find(role_name(1))
    assert isinstance(refused, Unread)
    assert isinstance(gone, Unread)
    assert (refused.call, refused.code, refused.has_vanished) == (
        "iam:GetRole",
        "AccessDenied",
        False,
    )
    assert (gone.call, gone.has_vanished) == ("iam:GetRole", True)


def test_a_role_that_is_gone_is_an_answer_and_asks_for_nothing_more(tmp_path: Path) -> None:
    aws, manifest = collected(tmp_path, RolesInUse(1, 0), {"iam.GetRole": GONE})
    assert BULK not in aws.operations()
    assert Status.DENIED not in {one.status for one in manifest.calls}


@pytest.mark.parametrize("operation", ["GetPolicy", "GetPolicyVersion"])
def test_a_refused_policy_is_told_by_its_call(tmp_path: Path, operation: str) -> None:
    collected(tmp_path, RolesInUse(2, 2), {f"iam.{operation}": DENIED, BULK: DENIED})
    found = facts(tmp_path).managed_policies.find(policy_arn(0))
    assert isinstance(found, Unread)
    assert (found.call, found.code) == (f"iam:{operation}", "AccessDenied")


def test_where_profiles_cannot_be_listed_those_in_use_are_asked_for(tmp_path: Path) -> None:
    aws, _ = collected(tmp_path, RolesInUse(2, 2), {"iam.ListInstanceProfiles": DENIED})
    asked = (one["InstanceProfileName"] for one in aws.requests("iam.GetInstanceProfile"))
    assert sorted(asked) == [
        "profile-000",
        "profile-001",
    ]
    profiles = facts(tmp_path).instance_profiles
    assert isinstance(profiles, Table)
    assert [one.roles[0].role_name for one in profiles] == [role_name(0), role_name(1)]
    other = profiles.find("arn:aws:iam::111122223333:instance-profile/other")
    assert isinstance(other, Unread)
    assert not other.has_vanished


def test_single_calls_go_by_four_at_a_time(tmp_path: Path) -> None:
    """iam.md 8: one client, concurrency of 2 to 4, however many workers."""
    five, met = threading.Barrier(5), []
    answer: Any = RolesInUse(15, 0).scripts()["iam.GetRole"]

    def waiting(asked: Mapping[str, Any], region: str) -> Any:
        with contextlib.suppress(threading.BrokenBarrierError):
            met.append(five.wait(timeout=0.3))
        return answer(asked, region)

    collected(tmp_path, RolesInUse(15, 0), {"iam.GetRole": waiting}, workers=16)
    assert met == []


def test_a_second_run_takes_documents_from_the_cache(tmp_path: Path) -> None:
    """iam.md 8: only GetPolicy has to be fresh; the snapshot is the same to the byte."""
    cache = PolicyCache(tmp_path / "cache")
    asked = {}
    for name, used in (("none", None), ("cold", cache), ("warm", cache)):
        aws, _ = collected(tmp_path / name, RolesInUse(3, 5), policy_cache=used)
        asked[name] = iam_calls(aws)
    assert {name: one["iam.GetPolicyVersion"] for name, one in asked.items()} == {
        "none": 5,
        "cold": 5,
        "warm": 0,
    }
    assert asked["warm"]["iam.GetPolicy"] == 5
    assert files(tmp_path / "none") == files(tmp_path / "cold") == files(tmp_path / "warm")


def test_an_embedded_account_leaves_the_cache_alone(tmp_path: Path) -> None:
    """Its documents stand under AWS's own names, and are not AWS's."""
    aws = ScriptedAws(RolesInUse(1, 1).scripts())
    collect(
        [aws.account(embedded=True)],
        SnapshotWriter(tmp_path / "snapshot"),
        now=NOW,
        policy_cache=PolicyCache(tmp_path / "cache"),
    )
    assert not (tmp_path / "cache").exists()


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
