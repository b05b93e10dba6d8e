"""What null means in an expression: the table of policies/custom/evaluation.py, case by case."""

from __future__ import annotations

import json
from typing import Any

import jmespath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.facts import Unread
from policies.control import Gap, Missing
from policies.custom.evaluation import (
    FaultError,
    Looked,
    MetGapError,
    MetNullError,
    value_of,
)
from policies.custom.expression import compiled

ROOTS = ("Tag", "Instance", "Role")
DENIED = Unread("iam:GetRole", "AccessDenied")
HIDDEN = Missing(Gap.UNDECIDABLE, "the owner")
DOCUMENT: dict[str, Any] = {
    "Tag": {"Owner": "payments", "Empty": ""},
    "Instance": {
        "Count": 2,
        "IsOn": True,
        "IsOff": False,
        "Disks": [{"Size": 8, "Name": "root"}, {"Size": 100}],
        "Tags": [{"Key": "Owner", "Value": "payments"}],
    },
    "Role": DENIED,
}


def value(text: str, document: dict[str, Any] = DOCUMENT) -> Any:
    return value_of(compiled(text, ROOTS), document, Looked())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tag.Owner == 'payments'", True),
        ("Tag.Owner != 'payments'", False),
        ("Tag.Team == null", True),
        ("Tag.Team == `null`", True),
        ("null != Tag.Owner", True),
        ("not_null(Tag.Team, 'none') == 'none'", True),
        ("(Tag.Team || 'none') == 'none'", True),
        ("type(Tag.Team) == 'null'", True),
        ("Tag.Team != null && Tag.Team == 'x'", False),
        ("Tag.Team == null || Tag.Team == 'x'", True),
        # A projection leaves out what has no such member, as in any JMESPath.
        ("length(Instance.Disks[*].Name) == `1`", True),
        ("length(Instance.Disks[?Name != null]) == `1`", True),
        ("Instance.Tags[?Key == 'Owner'].Value | [0] == 'payments'", True),
        ("!(Instance.IsOff)", True),
        ("Instance.IsOn && !(Instance.IsOff)", True),
        ("Instance.Count > `1` && 'b' > 'a'", True),
    ],
)
def test_what_handles_null_or_meets_none_is_decided(text: str, expected: bool) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Tag.Team == 'x'", "Tag.Team"),
        ("Tag.Team != 'x'", "Tag.Team"),
        ("'x' == Tag.Team", "Tag.Team"),
        ("Tag.Team == Tag.Unit", "Tag.Team"),
        ("Instance.Size > `1`", "Instance.Size"),
        ("contains(['x'], Tag.Team)", "Tag.Team"),
        ("length(Instance.Cards) == `0`", "Instance.Cards"),
        ("to_string(Tag.Team) == 'null'", "Tag.Team"),
        ("!(Instance.IsFast)", "Instance.IsFast"),
        ("Instance.IsFast && Instance.IsOn", "Instance.IsFast"),
        ("Instance.IsOn && Instance.IsFast", "Instance.IsFast"),
        ("length(Instance.Disks[?Name == 'root']) == `1`", "Name"),
        ("length(Instance.Disks[?Name]) == `1`", "Name"),
        ("contains([Tag.Owner, Tag.Team], 'payments')", "Tag.Team"),
        ("{team: Tag.Team}.team == 'x'", "Tag.Team"),
        ("max_by(Instance.Disks, &length(Name)).Size == `8`", "Name"),
        ("Instance.IsFast", "Instance.IsFast"),
        ("Instance.Count.More", "Instance.Count.More"),
        ("Instance.Disks[9]", "Instance.Disks[9]"),
        ("Tag.Team || Tag.Unit", "Tag.Team || Tag.Unit"),
        ("contains(map(&Name, Instance.Disks), 'root')", "Name"),
        ("!(contains(map(&Name, Instance.Disks), 'data'))", "Name"),
    ],
)
def test_null_where_a_value_is_needed_is_named(text: str, part: str) -> None:
    with pytest.raises(MetNullError) as met:
        value(text)
    assert met.value.part == part


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tag.Team == 'x' && Tag.Owner == 'nobody'", False),
        ("Tag.Owner == 'nobody' && Tag.Team == 'x'", False),
        ("Tag.Team == 'x' || Tag.Owner == 'payments'", True),
        ("Tag.Owner == 'payments' || Tag.Team == 'x'", True),
        ("Role.Path == '/' && Tag.Owner == 'nobody'", False),
        ("Role.Path == '/' || Tag.Owner == 'payments'", True),
    ],
)
def test_what_decides_alone_outweighs_what_is_undecided(text: str, expected: bool) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    "text",
    [
        "Tag.Team == 'x' && Tag.Owner == 'payments'",
        "Tag.Owner == 'payments' && Tag.Team == 'x'",
        "Tag.Team == 'x' || Tag.Owner == 'nobody'",
        "Tag.Owner == 'nobody' || Tag.Team == 'x'",
    ],
)
def test_what_does_not_decide_leaves_it_undecided(text: str) -> None:
    with pytest.raises(MetNullError, match=r"Tag\.Team is null"):
        value(text)


@pytest.mark.parametrize(
    "text",
    [
        "Role == null",
        "Role.Path == null",
        "not_null(Role.Path, '/') == '/'",
        "Role.Path || 'none'",
        "type(Role) == 'null'",
        "Instance.Nested == null",
        "Instance.* | [0] == null",
        "length(Instance) > `0`",
        "Instance == Tag",
        "Instance.List[*].Name | length(@) == `0`",
        "contains(Instance.List, 'x')",
    ],
)
def test_nothing_handles_a_part_that_nobody_could_read(text: str) -> None:
    document = {"Tag": {}, "Instance": {"Nested": HIDDEN, "List": [DENIED]}, "Role": DENIED}
    with pytest.raises(MetGapError):
        value(text, document)


@pytest.mark.parametrize(
    "text",
    [
        "Role.Path == '/' && Tag.Team == 'x'",
        "Tag.Team == 'x' && Role.Path == '/'",
        "Role.Path == '/' || Tag.Team == 'x'",
        "Tag.Team == 'x' || Role.Path == '/'",
        "Role.Path == '/' && Instance.Count > 'two'",
        "[Tag.Team, Role.Path] == ['x', '/']",
        "{team: Tag.Team, path: Role.Path}.team == 'x'",
    ],
)
def test_a_part_that_nobody_could_read_outweighs_null_on_either_side(text: str) -> None:
    """``if_null`` settles null: what was not read must not be settled along with it (design 4)."""
    with pytest.raises(MetGapError, match="AccessDenied"):
        value(text)


@pytest.mark.parametrize(
    "text",
    [
        "Instance.Count > 'two'",
        "Instance.IsOn > `0`",
        "length(Instance.Count) == `1`",
        "contains('abc', Instance.Count)",
        "max_by(Instance.Disks, &@) == `1`",
        "ceil(to_number('1e999')) == `1`",
    ],
)
def test_values_of_the_wrong_kind_are_told_and_crash_nothing(text: str) -> None:
    with pytest.raises(FaultError):
        value(text)


def test_what_was_looked_at_is_noted_with_its_path() -> None:
    looked = Looked()
    text = "Tag.Team == null && Instance.Disks[?Size > `10`].Size | [0] == `100`"
    assert value_of(compiled(text, ROOTS), DOCUMENT, looked) is True
    assert looked.values == {
        "Tag.Team": None,
        "Instance.Disks[?Size > `10`].Size": [100],
    }


SCALARS = st.sampled_from([1, 0, "a", "", True, False, [], [1], {"k": "v"}, {}])
OPERANDS = st.sampled_from(["Tag.a", "Tag.b", "Tag.c", "`1`", "'a'", "`true`", "`false`"])


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(OPERANDS)
    one, other = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    shapes = (
        f"({one} == {other})",
        f"({one} != {other})",
        f"({one} && {other})",
        f"({one} || {other})",
        f"!({one})",
        f"not_null({one}, {other})",
        f"[{one}, {other}]",
    )
    return draw(st.sampled_from((*shapes, one)))


def exactly(found: Any) -> str:
    """JSON tells true from 1."""
    return json.dumps(found)


@given(text=expressions(), tags=st.fixed_dictionaries(dict.fromkeys("abc", SCALARS)))
def test_without_null_it_says_what_jmespath_says(text: str, tags: dict[str, Any]) -> None:
    """Values that are all there: wherever an answer is given at all, it is JMESPath's own."""
    document = {"Tag": tags}
    try:
        found = value(text, document)
    except (MetNullError, FaultError):
        return
    assert exactly(found) == exactly(jmespath.search(text, document))


@given(
    text=expressions(),
    tags=st.fixed_dictionaries(dict.fromkeys("abc", SCALARS)),
    missing=st.sampled_from("abc"),
    stand_in=SCALARS,
)
def test_a_verdict_without_a_part_is_the_one_with_any_value_of_it(
    text: str, tags: dict[str, Any], missing: str, stand_in: Any
) -> None:
    """The oracle of unknown: an answer although a part is unread means that it cannot matter.

    Only for parts that were not read; what null means is the author's to say.
    """
    try:
        without = value(text, {"Tag": tags | {missing: DENIED}})
    except (MetGapError, MetNullError, FaultError):
        return
    assert exactly(jmespath.search(text, {"Tag": tags | {missing: stand_in}})) == exactly(without)
