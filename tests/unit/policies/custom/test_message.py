"""Messages: placeholders are expressions, values are put in as they are."""

from __future__ import annotations

from typing import Any

import pytest

from inventory.facts import Unread
from policies.custom.expression import ExpressionError
from policies.custom.message import message_of

ROOTS = ("Tag", "Role")
DOCUMENT: dict[str, Any] = {
    "Tag": {"Owner": "payments", "Evil": "{Tag.Owner} {0} %s", "List": ["a"], "Long": "x" * 900},
    "Role": Unread("iam:GetRole", "AccessDenied"),
}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("owner is {Tag.Owner}", "owner is payments"),
        ("{Tag.Owner}{Tag.Owner}", "paymentspayments"),
        ("a set {{Tag.Owner}}", "a set {Tag.Owner}"),
        ("team is {Tag.Team}", "team is null"),
        ("team is {not_null(Tag.Team, 'nobody')}", "team is nobody"),
        ("path is {Role.Path}", "path is (unknown)"),
        ("list {Tag.List}, {length(Tag.List)}", 'list ["a"], 1'),
        ("found {Tag.Evil}", "found {Tag.Owner} {0} %s"),
    ],
)
def test_placeholders_are_filled_once(text: str, told: str) -> None:
    assert message_of(text, ROOTS).filled(DOCUMENT) == told


def test_a_long_value_is_cut() -> None:
    assert message_of("{Tag.Long}", ROOTS).filled(DOCUMENT) == "x" * 199 + "…"


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        ("owner ^{Tag.Owner", "this { has no }"),
        ("owner ^} there", "this } has no {"),
        ("owner {Tag.^} there", "ends too early"),
        ("a {{ {^Team.Owner}", "'Team' is no part"),
    ],
)
def test_a_wrong_placeholder_is_told_at_its_place(marked: str, told: str) -> None:
    with pytest.raises(ExpressionError) as wrong:
        message_of(marked.replace("^", ""), ROOTS)
    assert (wrong.value.position, told in wrong.value.problem) == (marked.index("^"), True)
