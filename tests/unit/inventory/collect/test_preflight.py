"""Trying a run's calls before it: one small request each, and which refusals would matter."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import pytest
from botocore.exceptions import ConnectTimeoutError

from inventory.collect import Reply, missing, preflight
from inventory.collect.plan import PLAN
from inventory.errors import AccountError
from tests.unit.inventory.collect.networks import ALL_NAMED
from tests.unit.inventory.collect.scripted import (
    ONE_ATTEMPT,
    REGION,
    RefusedError,
    Script,
    ScriptedAws,
    with_one_instance,
)

DENIED: Final = RefusedError("UnauthorizedOperation", "You are not authorized to perform this")
MEMBER: Final = {"Organization": {"Id": "o-1", "MasterAccountId": "999988887777"}}
OTHER: Final = "444455556666"
ROLE: Final = {
    "iam.ListInstanceProfiles": {
        "InstanceProfiles": [{"InstanceProfileName": "web", "Roles": [{"RoleName": "node"}]}]
    },
    "iam.GetInstanceProfile": {"InstanceProfile": {}},
    "iam.GetRole": {"Role": {}},
    "iam.ListAttachedRolePolicies": {
        "AttachedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/x"}]
    },
    "iam.ListRolePolicies": {"PolicyNames": ["inline"]},
    "iam.GetRolePolicy": {"PolicyDocument": "%7B%7D"},
    "iam.GetPolicy": {"Policy": {"DefaultVersionId": "v1"}},
    "iam.GetPolicyVersion": {"PolicyVersion": {}},
    "organizations.ListPoliciesForTarget": {"Policies": [{"Id": "p-1"}]},
    "organizations.DescribePolicy": {"Policy": {}},
}
EVERYTHING: Final[dict[str, Script]] = {
    **ALL_NAMED,
    **ROLE,
    "ec2.DescribeInstances": with_one_instance(),
}


def flown(scripts: dict[str, Script], **options: Any) -> tuple[ScriptedAws, Any]:
    aws = ScriptedAws({**EVERYTHING, **scripts})
    return aws, preflight([aws.account()], config=ONE_ATTEMPT, **options)


def lacking(scripts: dict[str, Script], **options: Any) -> set[str]:
    return {one.action for one in missing(flown(scripts, **options)[1])}


def test_each_call_of_the_plan_is_tried_once_in_the_smallest_page() -> None:
    """Issue 9, item 6: one cheap page, or one request about something that was found."""
    aws, (one,) = flown({}, deep=True)
    assert {tried.action for tried in one.tried} == {call.action for call in PLAN}
    # The instance of this world does not say that it runs: neither channel nor console to ask for.
    untried = {tried.action for tried in one.tried if tried.reply is Reply.NOT_TRIED}
    assert untried == {"ssm:GetConnectionStatus", "ec2:GetConsoleOutput"}
    assert set(Counter(aws.operations()).values()) == {1}
    sizes = {
        asked[name]
        for _, _, asked in aws.asked
        for name in ("MaxResults", "MaxItems")
        if name in asked
    }
    assert sizes == {5, "5"}
    assert missing((one,)) == ()


def test_a_denied_call_is_missing_and_the_others_are_not() -> None:
    assert lacking({"ec2.DescribeRouteTables": DENIED}) == {"ec2:DescribeRouteTables"}


def test_a_call_that_does_not_answer_in_time_is_missing() -> None:
    late = ConnectTimeoutError(endpoint_url="https://ssm")
    _, results = flown({"ssm.DescribeInstanceInformation": late})
    (one,) = missing(results)
    assert (one.reply, one.code) == (Reply.FAILED, "ConnectTimeoutError")


def test_a_region_without_instances_costs_one_call() -> None:
    """As in a run: nothing else is asked there."""
    regions = {"Regions": [{"RegionName": REGION}, {"RegionName": "us-east-1"}]}
    aws, (one,) = flown(
        {
            "ec2.DescribeRegions": regions,
            "ec2.DescribeInstances": lambda _, region: (
                with_one_instance() if region == REGION else {"Reservations": []}
            ),
        }
    )
    assert [name for name, region, _ in aws.asked if region == "us-east-1"].count(
        "ec2.DescribeVpcs"
    ) == 0
    assert one.holding == {REGION}


def test_an_account_without_instances_is_tried_in_its_first_region() -> None:
    """Else nobody would know whether the role is any good."""
    assert lacking({"ec2.DescribeInstances": {"Reservations": []}, "ec2.DescribeVpcs": DENIED}) == {
        "ec2:DescribeVpcs"
    }


def test_where_instances_cannot_be_listed_everything_else_is_tried() -> None:
    found = lacking({"ec2.DescribeInstances": DENIED, "ec2.DescribeVpcs": DENIED})
    assert found == {"ec2:DescribeInstances", "ec2:DescribeVpcs"}


@pytest.mark.parametrize(
    ("denied", "needed"),
    [
        (["iam.GetAccountAuthorizationDetails"], set()),
        (["iam.GetRole", "iam.ListRolePolicies"], set()),
        (
            ["iam.GetAccountAuthorizationDetails", "iam.GetRole"],
            {"iam:GetAccountAuthorizationDetails", "iam:GetRole"},
        ),
        (["iam.GetInstanceProfile"], set()),
        (["iam.ListInstanceProfiles"], {"iam:ListInstanceProfiles"}),
    ],
)
def test_what_another_way_tells_is_not_missing(denied: list[str], needed: set[str]) -> None:
    """iam.md 8: roles are read in bulk or one by one. Without a profile's name there is one way."""
    assert lacking(dict.fromkeys(denied, DENIED)) == needed


def test_a_member_lacks_the_policies_of_its_organization() -> None:
    scripts = {"organizations.DescribeOrganization": MEMBER, "organizations.ListRoots": DENIED}
    assert lacking(scripts) == {"organizations:ListRoots"}
    management = {"Organization": {"Id": "o-1", "MasterAccountId": "111122223333"}}
    assert lacking(scripts | {"organizations.DescribeOrganization": management}) == set()


def test_whoever_listed_the_organization_reads_its_policies_for_all() -> None:
    member = ScriptedAws(
        {
            **EVERYTHING,
            "organizations.DescribeOrganization": MEMBER,
            "organizations.ListRoots": DENIED,
        }
    )
    hub = ScriptedAws({**EVERYTHING, "organizations.DescribeOrganization": MEMBER})
    results = preflight([member.account()], listers=[hub.account("hub", OTHER)])
    assert missing(results) == ()
    assert {name.partition(".")[0] for name in hub.operations()} == {"organizations"}


def test_an_account_of_no_organization_lacks_nothing() -> None:
    nobody = RefusedError("AWSOrganizationsNotInUseException")
    assert lacking({"organizations.DescribeOrganization": nobody}) == set()


def test_a_region_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AccountError, match="mars-1"):
        flown({}, regions=["mars-1"])


def test_regions_named_in_full_need_no_list() -> None:
    scripts = {"ec2.DescribeRegions": DENIED}
    assert lacking(scripts, regions=[REGION]) == set()
    with pytest.raises(AccountError, match=r"ec2:DescribeRegions was refused"):
        flown(scripts)
