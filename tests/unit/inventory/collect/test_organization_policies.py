"""Organizations: asked of whoever may read, about all accounts of the run (iam.md 8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from inventory.collect import collect
from inventory.facts import SIGN_IN_CALL, Status, Unread
from inventory.fleet import Fleet, load_fleet
from inventory.snapshot import Manifest, Snapshot, SnapshotWriter
from tests.unit.inventory.collect.scripted import REGION, RefusedError, Script, ScriptedAws

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
MANAGEMENT, PROD, DEV = "100000000000", "200000000000", "300000000000"
#: A delegated administrator.
ADMIN = "500000000000"
LIST_FOR_TARGET = "organizations.ListPoliciesForTarget"
DENIED = RefusedError("AccessDeniedException", "You don't have permissions to access this.")
SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
PARENTS = {PROD: "ou-b", DEV: "ou-a", "ou-b": "ou-a", "ou-a": "r-1"}
BOTH = ({"Type": SCP, "Status": "ENABLED"}, {"Type": RCP, "Status": "ENABLED"})


def parents(asked: Mapping[str, Any], _: str) -> dict[str, Any]:
    parent = PARENTS[asked["ChildId"]]
    kind = "ROOT" if parent == "r-1" else "ORGANIZATIONAL_UNIT"
    return {"Parents": [{"Id": parent, "Type": kind}]}


def policies(asked: Mapping[str, Any], _: str) -> dict[str, Any]:
    """One policy everywhere and one more at each node."""
    names = (f"p-{asked['Filter'][0]}", f"p-{asked['Filter'][0]}-{asked['TargetId']}")
    return {"Policies": [{"Id": name} for name in names]}


def policy(asked: Mapping[str, Any], _: str) -> dict[str, Any]:
    summary = {"Id": asked["PolicyId"], "Name": asked["PolicyId"]}
    return {"Policy": {"PolicySummary": summary, "Content": "{}"}}


SCRIPTS: dict[str, Script] = {
    "organizations.DescribeOrganization": {
        "Organization": {"Id": "o-1", "MasterAccountId": MANAGEMENT}
    },
    "organizations.ListRoots": {"Roots": [{"Id": "r-1", "PolicyTypes": list(BOTH)}]},
    "organizations.ListParents": parents,
    "organizations.ListPoliciesForTarget": policies,
    "organizations.DescribePolicy": policy,
}


def run(
    folder: Path, accounts: Mapping[str, Mapping[str, Script]], listers: Collection[str] = ()
) -> tuple[dict[str, ScriptedAws], Manifest, Fleet]:
    """Each account answers by SCRIPTS and its own changes; ``listers`` are not of the run."""
    aws = {one: ScriptedAws({**SCRIPTS, **changes}) for one, changes in accounts.items()}
    manifest = collect(
        [each.account(one, one) for one, each in aws.items() if one not in listers],
        SnapshotWriter(folder),
        now=NOW,
        regions=[REGION],
        listers=[each.account(one, one) for one, each in aws.items() if one in listers],
    )
    return aws, manifest, load_fleet(Snapshot.open(folder))


def asked(aws: ScriptedAws) -> Counter[str]:
    names = Counter(one for one in aws.operations() if one.startswith("organizations."))
    del names["organizations.DescribeOrganization"]
    return names


def levels(fleet: Fleet, account: str) -> list[tuple[str, list[str]]]:
    found = fleet.accounts[account].scp_levels
    assert not isinstance(found, Unread)
    seen = []
    for level in found:
        assert not isinstance(level.policies, Unread)
        assert not any(isinstance(one, Unread) for one in level.policies)
        seen.append((level.target, [str(getattr(one, "id", "")) for one in level.policies]))
    return seen


REFUSED: Mapping[str, Script] = {"organizations.ListRoots": DENIED}


def test_the_management_account_answers_for_all_members(tmp_path: Path) -> None:
    """Each node above the accounts once, each policy once, in whatever order accounts come."""
    aws, manifest, fleet = run(tmp_path, {PROD: REFUSED, DEV: REFUSED, MANAGEMENT: {}})
    assert asked(aws[MANAGEMENT]) == {
        "organizations.ListRoots": 1,
        "organizations.ListParents": 4,
        "organizations.ListPoliciesForTarget": 5 * 2,
        "organizations.DescribePolicy": 5 * 2 + 2,
    }
    assert asked(aws[PROD]) == asked(aws[DEV]) == {}
    assert levels(fleet, PROD) == [
        (node, ["p-S", f"p-S-{node}"]) for node in ("r-1", "ou-a", "ou-b", PROD)
    ]
    assert [target for target, _ in levels(fleet, DEV)] == ["r-1", "ou-a", DEV]
    elsewhere = [one for one in manifest.calls if one.code == "READ_ELSEWHERE"]
    assert {one.account for one in elsewhere} == {PROD, DEV}


def test_a_delegated_administrator_serves_as_well(tmp_path: Path) -> None:
    aws, _, fleet = run(tmp_path, {PROD: REFUSED, DEV: {}})
    assert asked(aws[PROD]) == {"organizations.ListRoots": 1}
    assert [target for target, _ in levels(fleet, PROD)] == ["r-1", "ou-a", "ou-b", PROD]


def test_who_listed_the_organization_answers_for_it_and_nothing_else_of_it_is_read(
    tmp_path: Path,
) -> None:
    """iam.md 8: only management and delegated administrators may; no member is asked in vain."""
    aws, manifest, fleet = run(tmp_path, {PROD: REFUSED, DEV: REFUSED, ADMIN: {}}, listers=[ADMIN])
    assert {one.split(".")[0] for one in aws[ADMIN].operations()} == {"organizations"}
    assert asked(aws[PROD]) == asked(aws[DEV]) == {}
    assert [target for target, _ in levels(fleet, PROD)] == ["r-1", "ou-a", "ou-b", PROD]
    targets = {one["TargetId"] for one in aws[ADMIN].requests(LIST_FOR_TARGET)}
    assert targets == {"r-1", "ou-a", "ou-b", PROD, DEV}
    assert set(manifest.accounts) == {PROD, DEV}
    assert set(manifest.callers) == {PROD, DEV, ADMIN}


def test_who_listed_the_organization_is_told_as_one_that_is_not_read(tmp_path: Path) -> None:
    _, manifest, _ = run(tmp_path, {PROD: {}, ADMIN: {}}, listers=[ADMIN])
    (told,) = [one for one in manifest.calls if one.call == SIGN_IN_CALL]
    assert (told.account, told.status) == (ADMIN, Status.NOT_ASKED)
    assert not told.hides_instances


def test_management_among_the_accounts_is_asked_before_who_listed(tmp_path: Path) -> None:
    aws, _, fleet = run(tmp_path, {PROD: REFUSED, MANAGEMENT: {}, ADMIN: {}}, listers=[ADMIN])
    assert asked(aws[ADMIN]) == asked(aws[PROD]) == {}
    assert [target for target, _ in levels(fleet, PROD)] == ["r-1", "ou-a", "ou-b", PROD]


def test_a_lister_that_may_not_read_policies_leaves_the_members_to_be_asked(
    tmp_path: Path,
) -> None:
    aws, manifest, fleet = run(tmp_path, {PROD: {}, ADMIN: REFUSED}, listers=[ADMIN])
    assert asked(aws[ADMIN]) == {"organizations.ListRoots": 1}
    assert [target for target, _ in levels(fleet, PROD)] == ["r-1", "ou-a", "ou-b", PROD]
    (refused,) = [one for one in manifest.calls if one.status is Status.DENIED]
    assert (refused.account, refused.call) == (ADMIN, "organizations:ListRoots")


def test_a_lister_whose_credentials_are_gone_does_not_end_the_run(tmp_path: Path) -> None:
    gone = {"organizations.DescribeOrganization": RefusedError("ExpiredToken")}
    _, manifest, fleet = run(tmp_path, {PROD: {}, ADMIN: gone}, listers=[ADMIN])
    assert not isinstance(fleet.accounts[PROD].scp_levels, Unread)
    assert (ADMIN, "CREDENTIALS_LOST") in {(one.account, one.code) for one in manifest.calls}


def test_a_lister_of_another_organization_answers_for_its_own_only(tmp_path: Path) -> None:
    other: Script = {"Organization": {"Id": "o-2", "MasterAccountId": "400000000000"}}
    changes = {"organizations.DescribeOrganization": other}
    aws, _, fleet = run(tmp_path, {PROD: REFUSED, ADMIN: changes}, listers=[ADMIN])
    assert asked(aws[ADMIN]) == {}
    assert isinstance(fleet.accounts[PROD].scp_levels, Unread)


def test_a_members_refusal_is_coverage(tmp_path: Path) -> None:
    aws, manifest, fleet = run(tmp_path, {PROD: REFUSED})
    assert asked(aws[PROD]) == {"organizations.ListRoots": 1}
    told = {
        one.call: (one.status, one.code)
        for one in manifest.calls
        if one.call.startswith("organizations:")
    }
    assert told["organizations:ListRoots"] == (Status.DENIED, "AccessDeniedException")
    assert told["organizations:DescribePolicy"] == (Status.NOT_ASKED, "NO_SOURCE")
    found = fleet.accounts[PROD].scp_levels
    assert isinstance(found, Unread)
    assert (found.call, found.code) == ("organizations:ListRoots", "AccessDeniedException")


def test_a_type_that_is_off_is_not_asked_for(tmp_path: Path) -> None:
    """iam.md 8: check that the policy type is enabled on the root."""
    only: Script = {"Roots": [{"Id": "r-1", "PolicyTypes": [{"Type": RCP, "Status": "ENABLED"}]}]}
    aws, _, fleet = run(tmp_path, {DEV: {"organizations.ListRoots": only}})
    requests = aws[DEV].requests("organizations.ListPoliciesForTarget")
    assert {one["Filter"] for one in requests} == {RCP}
    assert fleet.accounts[DEV].scp_levels == ()
    assert fleet.accounts[DEV].rcp_levels != ()


def test_the_management_account_alone_asks_nothing(tmp_path: Path) -> None:
    """E5: neither type touches it."""
    aws, _, _ = run(tmp_path, {MANAGEMENT: {}})
    assert asked(aws[MANAGEMENT]) == {}


def test_outside_an_organization_nothing_is_asked(tmp_path: Path) -> None:
    outside = RefusedError("AWSOrganizationsNotInUseException")
    aws, manifest, fleet = run(tmp_path, {PROD: {"organizations.DescribeOrganization": outside}})
    assert asked(aws[PROD]) == {}
    assert fleet.accounts[PROD].organization is None
    assert "NO_ORGANIZATION" in {one.code for one in manifest.calls}


def test_another_organizations_answers_do_not_count(tmp_path: Path) -> None:
    other: Script = {"Organization": {"Id": "o-2", "MasterAccountId": "400000000000"}}
    changes = {"organizations.DescribeOrganization": other, **REFUSED}
    _, _, fleet = run(tmp_path, {DEV: {}, PROD: changes})
    assert isinstance(fleet.accounts[PROD].scp_levels, Unread)
    assert not isinstance(fleet.accounts[DEV].scp_levels, Unread)


def paged(pages: list[dict[str, Any]]) -> Callable[[Mapping[str, Any], str], dict[str, Any]]:
    def answer(asked: Mapping[str, Any], _: str) -> dict[str, Any]:
        return pages[int(asked.get("NextToken", "0"))]

    return answer


def test_pages_are_followed_and_the_largest(tmp_path: Path) -> None:
    """Organizations gives 20 a page at most, and may give an empty page with a token."""
    pages: list[dict[str, Any]] = [
        {"Policies": [], "NextToken": "1"},
        {"Policies": [{"Id": "p-last"}]},
    ]
    aws, _, fleet = run(tmp_path, {DEV: {"organizations.ListPoliciesForTarget": paged(pages)}})
    assert {one["MaxResults"] for one in aws[DEV].requests("organizations.ListParents")} == {20}
    assert [names for _, names in levels(fleet, DEV)] == [["p-last"]] * 3
