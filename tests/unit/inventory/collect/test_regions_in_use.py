"""Which places without instances are hubs, whatever the order in which the accounts answer."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from inventory.collect.regions_in_use import Place, RegionsInUse

PLACES = st.tuples(st.sampled_from("12345"), st.sampled_from(["eu-north-1", "eu-west-1"]))
ANSWERS = st.dictionaries(PLACES, st.sampled_from([True, False, None])).flatmap(
    lambda answers: st.permutations(list(answers.items()))
)


def told(answers: list[tuple[Place, bool | None]]) -> list[list[tuple[Place, bool]]]:
    """What each answer decides, in their order."""
    in_use = RegionsInUse([place for place, _ in answers])
    return [list(in_use.note(place, holds)) for place, holds in answers]


@given(ANSWERS)
def test_each_place_without_instances_is_decided_once_and_by_its_region(
    answers: list[tuple[Place, bool | None]],
) -> None:
    """TG5, EP9: a hub is an account without instances in a Region where another has some."""
    decided = [one for step in told(answers) for one in step]
    in_use = {region for (_, region), holds in answers if holds}
    without = [place for place, holds in answers if holds is False]
    assert sorted(decided) == sorted((place, place[1] in in_use) for place in without)


def test_nobody_waits_longer_than_needed() -> None:
    hub, spoke, other = ("1", "eu-west-1"), ("2", "eu-west-1"), ("3", "eu-west-1")
    assert told([(hub, False), (spoke, True), (other, False)]) == [
        [],
        [(hub, True)],
        [(other, True)],
    ]


def test_one_account_alone_is_no_hub() -> None:
    assert told([(("1", "eu-west-1"), False)]) == [[(("1", "eu-west-1"), False)]]


def test_a_refused_answer_makes_no_hub_of_others() -> None:
    """Nobody can judge instances that are not listed, so nobody needs what they depend on."""
    hub, refused = ("1", "eu-west-1"), ("2", "eu-west-1")
    assert told([(hub, False), (refused, None)]) == [[], [(hub, False)]]
