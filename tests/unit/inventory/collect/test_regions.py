"""Which Regions: the user's patterns, else the account's list, else every enabled one."""

from __future__ import annotations

import pytest

from inventory.collect import Clients, RegionChoice, choose_regions
from inventory.collect.refusal import Refusal
from inventory.errors import AccountError
from inventory.facts import Status
from tests.unit.inventory.collect.scripted import RefusedError, ScriptedAws

DESCRIBE = "ec2.DescribeRegions"
LISTED = {
    "Regions": [
        {"RegionName": "us-east-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "eu-central-1", "OptInStatus": "opt-in-not-required"},
        {"RegionName": "ap-east-1", "OptInStatus": "not-opted-in"},
        {"RegionName": "eu-south-2", "OptInStatus": "opted-in"},
    ]
}
DENIED = RefusedError("UnauthorizedOperation", "no")


@pytest.mark.parametrize(
    ("own", "patterns", "chosen"),
    [
        ((), (), ("eu-central-1", "eu-south-2", "eu-west-1", "us-east-1")),
        (("us-*",), (), ("us-east-1",)),
        (("us-*",), ("eu-west-1",), ("eu-west-1",)),
        ((), ("eu-*",), ("eu-central-1", "eu-south-2", "eu-west-1")),
        ((), ("eu-*-1", "us-east-1"), ("eu-central-1", "eu-west-1", "us-east-1")),
        ((), ("eu-west-1", "eu-west-*"), ("eu-west-1",)),
    ],
    ids=["all-enabled", "own", "user-over-own", "glob", "several", "overlap"],
)
def test_chosen_regions(
    own: tuple[str, ...], patterns: tuple[str, ...], chosen: tuple[str, ...]
) -> None:
    aws = ScriptedAws({DESCRIBE: LISTED})
    choice = choose_regions(aws.account(regions=own), Clients(), patterns)
    assert choice == RegionChoice(chosen)
    assert aws.requests(DESCRIBE) == [{"AllRegions": False}]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("eu-centrall-1", "near it: eu-central-1"),
        ("eu_west_1", "near it: eu-west-1"),
        ("ap-east-1", "matches no Region that is enabled in account 111122223333"),
        ("mars-*", "enabled are: eu-central-1, eu-south-2, eu-west-1, us-east-1"),
    ],
)
def test_a_pattern_without_a_region_is_an_error_that_helps(pattern: str, hint: str) -> None:
    account = ScriptedAws({DESCRIBE: LISTED}).account()
    with pytest.raises(AccountError) as caught:
        choose_regions(account, Clients(), ("us-east-1", pattern))
    assert f"'prod': Region {pattern!r}" in str(caught.value)
    assert hint in str(caught.value)


def test_names_in_full_serve_where_the_list_is_refused() -> None:
    account = ScriptedAws({DESCRIBE: DENIED}).account()
    choice = choose_regions(account, Clients(), ("us-west-2", "eu-west-1", "us-west-2"))
    assert choice.names == ("eu-west-1", "us-west-2")
    assert choice.refusal == Refusal(Status.DENIED, "UnauthorizedOperation", "no")


@pytest.mark.parametrize("patterns", [(), ("eu-*",), ("us-east-1", "eu-*")])
def test_a_glob_needs_the_list(patterns: tuple[str, ...]) -> None:
    account = ScriptedAws({DESCRIBE: DENIED}).account()
    with pytest.raises(AccountError, match=r"DescribeRegions was refused \(Unauth.*--region"):
        choose_regions(account, Clients(), patterns)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (RefusedError("InternalError", "later"), "DescribeRegions failed"),
        (RefusedError("ExpiredToken", "old"), "the credentials have expired"),
    ],
)
def test_a_list_that_failed_is_an_error_even_for_names_in_full(
    error: RefusedError, words: str
) -> None:
    account = ScriptedAws({DESCRIBE: error}).account()
    with pytest.raises(AccountError, match=words):
        choose_regions(account, Clients(), ("us-east-1",))
