"""Expressions are refused with the place of what is wrong, and told as they are meant."""

from __future__ import annotations

import jmespath
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from policies.custom.expression import ExpressionError, compiled
from policies.custom.rendering import text_of

ROOTS = ("Instance", "Tag")


@pytest.mark.parametrize(
    ("marked", "told"),
    [
        # ^ stands before the character that the error points at.
        ("Tag.Owner ^= 'x'", "Unknown token '='"),
        ("Tag.Owner == ^'x", "Unclosed ' delimiter"),
        ("Tag.Owner == 'x'^", ""),
        ("Tag.Owner ==^", "ends too early"),
        ("Tag.[^", "ends too early"),
        ("^", "ends too early"),
        ("Tag.Owner ^) == 'x'", "does not go on with ')'"),
        ("^lenght(Tag) == `1`", "did you mean 'length'?"),
        ("Tag.A == 'x' && length(keys(^sum())) == `1`", "sum() takes 1 arguments, here are 0"),
        ("contains(['a'], ^length(Tag, Tag))", "length() takes 1 arguments, here are 2"),
        ("^not_null()", "not_null() takes at least 1 arguments, here are 0"),
        ("Tag.Owner == ^`abc`", "text goes in 'quotes'"),
        ("'x' == ^Tags.Owner", "'Tags' is no part of the document (allowed: Instance, Tag)"),
        ("length(^Instnace.Tags[?Key == 'a']) == `1`", "did you mean 'Instance'?"),
        ("[Tag.A, ^Owner]", "'Owner' is no part"),
        ("^@.Owner == 'x'", "@ is the whole document here; name a part of it (Instance, Tag)"),
        ("Tag.A == 'x' || to_string(^@) == 'x'", "@ is the whole document here"),
        ("!^Tag.Owner", "write !(Part.Name)"),
        ("Tag.A && !^Tag.List[0]", "write !(Part.Name)"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(marked: str, told: str) -> None:
    text, position = marked.replace("^", ""), marked.index("^")
    if not told:
        assert compiled(text, ROOTS).text == text
        return
    with pytest.raises(ExpressionError) as wrong:
        compiled(text, ROOTS)
    assert told in wrong.value.problem
    assert wrong.value.position == position


def test_an_endless_or_bottomless_expression_is_refused() -> None:
    with pytest.raises(ExpressionError, match="longer than"):
        compiled("Tag." + "a" * 20_000, ROOTS)
    with pytest.raises(ExpressionError, match="too deeply"):
        compiled("(" * 4_000 + "Tag" + ")" * 4_000, ROOTS)


@pytest.mark.parametrize("joint", [" || ", " && ", " | "])
def test_a_chain_that_no_interpreter_could_follow_is_refused(joint: str) -> None:
    assert compiled(joint.join(["Tag"] * 150), ROOTS).roots == ("Tag",)
    with pytest.raises(ExpressionError, match="more than 200 levels"):
        compiled(joint.join(["Tag"] * 1_400), ROOTS)


def test_the_parts_it_looks_at_are_known() -> None:
    text = "Tag.A == null || Instance.B[?Tag == 'x'].{Tag: C} | [0]"
    assert compiled(text, ROOTS).roots == ("Tag", "Instance")
    assert compiled("`1` == `1`", ROOTS).roots == ()


NAMES = st.sampled_from(["a", "b.c", '"odd name"', "a[0]", "a[*].b", "a[]", "a.*", "a[1:2]", "@"])


@st.composite
def texts(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0:
        return draw(
            NAMES | st.sampled_from(["'it''s'".replace("''", "\\'"), "`[1, null]`", "`-1`"])
        )
    one, other = draw(texts(depth=depth - 1)), draw(texts(depth=depth - 1))
    shapes = (
        f"({one}) == ({other})",
        f"({one}) < ({other})",
        f"({one}) && ({other})",
        f"({one}) || ({other})",
        f"({one}) | ({other})",
        f"!({one})",
        f"({one}).b[?{other}].c",
        f"({one})[0]",
        f"({one})[*].[{other}, a]",
        f"({one}).{{x: {other}, y: a}}",
        f"length({one})",
        f"map(&({one}), {other})",
    )
    return draw(st.sampled_from((*shapes, one)))


@given(texts())
@example("(b.c)[0]")
def test_text_of_an_expression_is_that_expression(text: str) -> None:
    tree = jmespath.compile(text).parsed
    assert jmespath.compile(text_of(tree)).parsed == tree


@given(st.text(max_size=30) | texts())
def test_any_text_is_compiled_or_refused_inside_itself(text: str) -> None:
    try:
        compiled(text, ROOTS)
    except ExpressionError as error:
        wrong = error
    else:
        return
    assert 0 <= wrong.position <= len(text)
    assert wrong.problem
