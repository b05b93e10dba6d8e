"""Which Regions: the user's patterns, else the account's list, else every enabled one."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from inventory.collect import Clients, OpenAccount, RegionChoice, choose_regions
from inventory.collect.refusal import Refusal
from inventory.collect.regions import choose_all_regions
from inventory.errors import AccountError
from inventory.facts import Status
from tests.unit.inventory.collect.scripted import RefusedError, Script, ScriptedAws

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
    assert choice.names == chosen
    assert aws.requests(DESCRIBE) == [{"AllRegions": True}]


@pytest.mark.parametrize(
    ("pattern", "hint"),
    [
        ("eu-centrall-1", "near it: eu-central-1"),
        ("eu_west_1", "near it: eu-west-1"),
        ("ap-east-1", "is not enabled in account 111122223333; enable it"),
        ("ap-*", "matches only Regions that are not enabled in account 111122223333: ap-east-1"),
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


@pytest.mark.parametrize(
    ("patterns", "disabled"),
    [((), ("ap-east-1",)), (("eu-*",), ()), (("*-east-1",), ("ap-east-1",))],
)
def test_a_wanted_region_that_is_not_enabled_is_told_apart(
    patterns: tuple[str, ...], disabled: tuple[str, ...]
) -> None:
    """Issue 6, item 5: disabled Regions are skipped with a reason."""
    account = ScriptedAws({DESCRIBE: LISTED}).account()
    assert choose_regions(account, Clients(), patterns).disabled == disabled


HERE, THERE = "111122223333", "444455556666"
WITH_EAST = {"Regions": [{"RegionName": "ap-east-1", "OptInStatus": "opted-in"}]}


def chosen_of_both(
    here: Script, there: Script, patterns: Sequence[str], **there_spec: object
) -> dict[str, RegionChoice]:
    """The choices for two accounts, by account id."""
    accounts: list[OpenAccount] = [
        ScriptedAws({DESCRIBE: here}).account("here", HERE),
        ScriptedAws({DESCRIBE: there}).account("there", THERE, **there_spec),
    ]
    with ThreadPoolExecutor(2) as pool:
        choices = choose_all_regions(accounts, Clients(), patterns, pool)
    return {one.account_id: choice for one, choice in zip(accounts, choices, strict=True)}


def test_a_region_that_only_one_account_enabled_is_coverage_for_the_other() -> None:
    choices = chosen_of_both(LISTED, WITH_EAST, ["ap-east-1"])
    assert choices[THERE].names == ("ap-east-1",)
    assert (choices[HERE].names, choices[HERE].disabled) == ((), ("ap-east-1",))


def test_a_region_that_no_account_enabled_is_an_error() -> None:
    with pytest.raises(AccountError, match="'ap-east-1' is not enabled in account 111122223333"):
        chosen_of_both(LISTED, LISTED, ["us-east-1", "ap-east-1"])


def test_an_accounts_own_region_has_to_be_enabled_there() -> None:
    """Another account that has it enabled did not ask for it."""
    own = {"regions": ("eu-south-1",)}
    with pytest.raises(AccountError, match=f"'eu-south-1' matches no Region .* {THERE}"):
        chosen_of_both(LISTED, LISTED, [], **own)


def test_an_account_whose_list_is_refused_does_not_end_the_run() -> None:
    choices = chosen_of_both(LISTED, DENIED, ["us-*"])
    assert choices[HERE].names == ("us-east-1",)
    assert choices[THERE] == RegionChoice((), Refusal(Status.DENIED, "UnauthorizedOperation", "no"))


def test_refused_everywhere_is_an_error() -> None:
    with pytest.raises(AccountError, match=r"account 'here': ec2:DescribeRegions was refused"):
        chosen_of_both(DENIED, DENIED, ["us-*"])
