"""A verdict told to another node holds that node's names, and nobody else's (design 7)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import Evidence
from policies.control import Blocker, Gap, Missing, Outcome, Severity, Verdict
from policies.likeness.names import Name, doubles, shapes
from policies.likeness.telling import Template
from policies.parameters import Assumption


def told(text: str, names: tuple[Name, ...], others: tuple[Name, ...]) -> str:
    """The sentence about the node with these names, told to the one with those."""
    verdict = Verdict(Outcome.PASS, "CODE", text)
    return Template(verdict, names).told_for(others).reason


def seen(resource: str, value: object) -> Evidence:
    return Evidence(resource=resource, path="Path", value=value, call="ec2:DescribeInstances")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i-1", "i-2"),
        ("i-1 is there", "i-2 is there"),
        ("it is i-1", "it is i-2"),
        ("i-1 i-1", "i-2 i-2"),
        ("i-1,i-1;i-1", "i-2,i-2;i-2"),
        ("(i-1)", "(i-2)"),
        ("'i-1'", "'i-2'"),
        ("i-1.", "i-2."),
        ("i-1: it", "i-2: it"),
        ("instance/i-1", "instance/i-2"),
        ("i-1=10.0.1.5", "i-2=10.0.1.6"),
        ("10.0.1.5 of i-1", "10.0.1.6 of i-2"),
        ("10.0.1.5/32", "10.0.1.6/32"),
    ],
)
def test_a_name_that_stands_by_itself_is_told(text: str, expected: str) -> None:
    """Wherever a sentence, a list or an ARN holds it."""
    assert told(text, ("i-1", "10.0.1.5"), ("i-2", "10.0.1.6")) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mi-1",
        "i-12",
        "ai-1",
        "i-1-b",
        "10.0.1.50",
        "110.0.1.5",
        "10.0.1.5.9",
        "10.0.1.5:443",
        "I-1",
        "",
    ],
)
def test_a_name_within_a_longer_word_is_not_that_name(text: str) -> None:
    """``10.0.1.5`` stands in ``10.0.1.50`` and means another; nobody knows what follows a colon."""
    assert told(text, ("i-1", "10.0.1.5"), ("i-2", "10.0.1.6")) == text


@pytest.mark.parametrize(
    "name", [".*", "a|b", "[", "\\1", "(?P<x>", "\x02", "i-1\x02", "ünï", "web 1", " ", "$", "'"]
)
def test_hostile_names_are_words_and_no_patterns(name: str) -> None:
    """A computer's name is anyone's text: a value that is it is told, nothing else is touched."""
    assert told(name, (name, "i-1"), ("other", "i-2")) == "other"
    assert told("see i-1", (name, "i-1"), ("other", "i-2")) == "see i-2"
    assert told("i-1", ("i-1", "x"), (name, "y")) == name


def test_no_name_is_no_word() -> None:
    """``""`` says that a node has no such name: no empty text is it."""
    assert told("", ("", "i-1"), ("web", "i-2")) == ""
    assert told("i-1", ("", "i-1"), ("web", "i-2")) == "i-2"


def test_everything_that_a_verdict_is_made_of_is_told() -> None:
    """Evidence at any depth, blockers, what is missing, the answer about another part."""

    def verdict(own: str, address: str, time: float) -> Verdict:
        evidence = seen(own, {"a": [own, (address, None, True)], "b": {"c": time}})
        inner = Verdict(Outcome.WARN, "INNER", f"of {own}", (evidence,))
        return Verdict(
            Outcome.UNKNOWN,
            "CODE",
            f"{own} at {address}",
            (evidence, seen("vpc-1", time)),
            (Blocker(own, f"rule of {address}"), Blocker("sg-1", "rule"), Blocker("sg-1", own)),
            (Missing(Gap.UNREAD, f"routes of {own}"), Missing(Gap.UNREAD, "other")),
            remediation=f"aws --instance-ids {own}",
            besides=inner,
            severity=Severity.LOW,
        )

    first, second = ("i-1", "10.0.1.5", 17.5), ("i-2", "10.0.1.6", 18.5)
    assert Template(verdict(*first), first).told_for(second) == verdict(*second)


def test_the_users_own_words_are_nobodys_names() -> None:
    """An assumption is quoted as it was written, whatever is called like it."""
    word = Assumption("egress: i-1", "me", "i-1 does", ())
    verdict = Verdict(Outcome.PASS, "ASSUMED", "i-1", assumptions=(word,))
    assert Template(verdict, ("i-1",)).told_for(("i-2",)).assumptions == (word,)


def test_keys_are_members_and_no_names() -> None:
    """AWS's own words: a value's key is the same for every node."""
    verdict = Verdict(Outcome.PASS, "CODE", "", (seen("vpc-1", {"i-1": "i-1"}),))
    (found,) = Template(verdict, ("i-1",)).told_for(("i-2",)).evidence
    assert found.value == {"i-1": "i-2"}


@pytest.mark.parametrize(("value", "expected"), [(5.0, 6.0), (5, 6.0), (True, True), (50, 50)])
def test_a_time_that_is_a_number_is_told_as_one(value: object, expected: object) -> None:
    """DescribeInstanceInformation tells seconds; a flag is no number, though Python says so."""
    verdict = Verdict(Outcome.PASS, "CODE", "", (seen("x", value),))
    (found,) = Template(verdict, (5.0, 1)).told_for((6.0, 2)).evidence
    assert (found.value, type(found.value)) == (expected, type(expected))


def test_what_holds_no_name_is_the_same_object() -> None:
    """Memory: of a hundred thousand verdicts alike only what differs is made anew."""
    shared = seen("vpc-1", "value")
    verdict = Verdict(Outcome.PASS, "CODE", "fine", (shared,))
    template = Template(verdict, ("i-1",))
    assert template.told_for(("i-2",)) is verdict
    own = Verdict(Outcome.PASS, "CODE", "fine", (shared, seen("i-1", "")))
    assert Template(own, ("i-1",)).told_for(("i-2",)).evidence[0] is shared


def test_telling_leaves_the_first_verdict_as_it_was() -> None:
    verdict = Verdict(Outcome.PASS, "CODE", "i-1", (seen("i-1", ["i-1"]),))
    template = Template(verdict, ("i-1",))
    before = dataclasses.replace(verdict)
    template.told_for(("i-2",))
    assert template.verdict == before
    assert template.told_for(("i-1",)) == before


_WORDS = st.text(alphabet="ai1-.:/ ,", max_size=30)
_NAMES = st.lists(
    st.from_regex(r"[ai]-[0-9]{1,3}|10\.0\.1\.[0-9]{1,2}", fullmatch=True), min_size=3, max_size=3
)


@given(text=_WORDS, names=_NAMES)
def test_told_to_itself_a_node_hears_its_own_words(text: str, names: list[str]) -> None:
    """Nothing is lost or added, wherever names begin and end."""
    text = f"{text}{names[0]}{text}{names[1]}"
    assert told(text, tuple(names), tuple(names)) == text


@given(names=_NAMES, others=_NAMES, gaps=st.lists(st.sampled_from([" ", ", ", "; ", " = "])))
def test_there_and_back_again(names: list[str], others: list[str], gaps: list[str]) -> None:
    """Told to another and back, where both tell their names apart."""
    first, second = tuple(names), tuple(others)
    if doubles(first) != doubles(second):
        return
    text = "".join(f"{name}{gap}" for name, gap in zip(names, [*gaps, " ", " ", " "], strict=False))
    assert told(told(text, first, second), second, first) == text


@pytest.mark.parametrize(
    ("names", "places", "kinds"),
    [
        (("a", "b", "c"), (0, 1, 2), (str, str, str)),
        (("a", "b", "a"), (0, 1, 0), (str, str, str)),
        (("", "b", ""), (0, 1, 0), (None, str, None)),
        ((5.0, "5.0", 5), (0, 1, 0), (float, str, int)),
    ],
)
def test_names_that_are_the_same_are_known_by_their_first_place(
    names: Any, places: tuple[int, ...], kinds: tuple[type | None, ...]
) -> None:
    """A template cannot tell two such places apart, so nodes that can are not alike."""
    assert doubles(names) == places
    assert shapes(names) == kinds
