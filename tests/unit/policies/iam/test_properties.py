"""What has to hold for all policies: laws of the engine, tried on random ones."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from policies.iam.evaluation import Answer, Decision, Layers, decide
from policies.iam.evaluation.glob import Glob
from tests.unit.policies.iam.asking import INSTANCE, document, layer, request

RANK = {Answer.DENIED: 0, Answer.DEPENDS: 1, Answer.ALLOWED: 2}

ACTIONS = ["ssm:UpdateInstanceInformation", "ssm:Update*", "ssm:?pdate*", "s3:GetObject", "*"]
RESOURCES = ["*", INSTANCE, "arn:aws:ec2:*:*:instance/*", "arn:aws:s3:::x", "arn:aws:*:*:*:*"]
CONDITIONS: list[dict[str, Any]] = [
    {"StringEquals": {"known": "v"}},
    {"StringEquals": {"known": "w"}},
    {"StringNotEquals": {"absent": "v"}},
    {"StringEquals": {"unknown": "v"}},
    {"Null": {"present": "false"}},
    {"StringTwisted": {"known": "v"}},
]
ASK = request({"keys": {"known": "v"}, "absent": ["absent"], "present": ["present"]})


@st.composite
def statements(draw: st.DrawFn, effect: str | None = None) -> dict[str, Any]:
    written: dict[str, Any] = {"Effect": effect or draw(st.sampled_from(["Allow", "Deny"]))}
    patterns = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2)
    written[draw(st.sampled_from(["Action", "Action", "NotAction"]))] = draw(patterns)
    arns = st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)
    written[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = draw(arns)
    condition = draw(st.none() | st.sampled_from(CONDITIONS))
    return written if condition is None else written | {"Condition": condition}


POLICIES = st.lists(statements(), max_size=4)


def judged(identity: list[dict[str, Any]], **limits: Any) -> Decision:
    return decide(ASK, Layers(identity=layer("identity", document(*identity)), **limits))


def summary(decision: Decision) -> tuple[Any, ...]:
    return (decision.answer, decision.explicit, [str(need) for need in decision.needs])


@given(POLICIES, statements(effect="Deny"))
def test_a_deny_never_widens(identity: list[dict[str, Any]], deny: dict[str, Any]) -> None:
    assert RANK[judged([*identity, deny]).answer] <= RANK[judged(identity).answer]


@given(POLICIES, statements(effect="Allow"))
def test_an_allow_never_narrows(identity: list[dict[str, Any]], allow: dict[str, Any]) -> None:
    assert RANK[judged([*identity, allow]).answer] >= RANK[judged(identity).answer]


@given(POLICIES, POLICIES)
def test_a_boundary_never_allows(
    identity: list[dict[str, Any]], boundary: list[dict[str, Any]]
) -> None:
    bound = judged(identity, boundary=layer("boundary", document(*boundary)))
    assert RANK[bound.answer] <= RANK[judged(identity).answer]


@given(POLICIES, POLICIES, POLICIES)
def test_an_scp_level_never_allows(
    identity: list[dict[str, Any]], root: list[dict[str, Any]], unit: list[dict[str, Any]]
) -> None:
    one = (layer("scp", document(*root)),)
    two = (*one, layer("scp", document(*unit)))
    assert RANK[judged(identity, scps=two).answer] <= RANK[judged(identity, scps=one).answer]


@given(POLICIES, st.randoms(use_true_random=False))
def test_the_order_of_statements_never_matters(
    identity: list[dict[str, Any]], order: random.Random
) -> None:
    shuffled = order.sample(identity, len(identity))
    first, second = judged(identity), judged(shuffled)
    assert (first.answer, first.explicit) == (second.answer, second.explicit)


@given(POLICIES, st.sampled_from([str.upper, str.lower, str.swapcase]))
def test_the_case_of_actions_never_matters(identity: list[dict[str, Any]], change: Any) -> None:
    recased = [
        {
            element: [change(one) for one in value] if element.endswith("Action") else value
            for element, value in statement.items()
        }
        for statement in identity
    ]
    assert summary(judged(recased)) == summary(judged(identity))


@given(POLICIES, st.sampled_from([json.dumps, lambda raw: quote(json.dumps(raw), safe="")]))
def test_the_encoding_never_matters(identity: list[dict[str, Any]], encode: Any) -> None:
    encoded = Layers(identity=layer("identity", encode(document(*identity))))
    assert summary(decide(ASK, encoded)) == summary(judged(identity))


@given(POLICIES)
def test_splitting_a_policy_never_matters(identity: list[dict[str, Any]]) -> None:
    split = Layers(identity=layer("identity", *(document(one) for one in identity)))
    first, second = decide(ASK, split), judged(identity)
    assert (first.answer, first.explicit) == (second.answer, second.explicit)


@given(POLICIES)
def test_what_depends_says_on_what(identity: list[dict[str, Any]]) -> None:
    decision = judged(identity)
    assert bool(decision.needs) == (decision.answer is Answer.DEPENDS)


@given(POLICIES, st.sampled_from(["v", "w"]) | st.none())
def test_learning_a_key_only_settles_what_depended(
    identity: list[dict[str, Any]], value: str | None
) -> None:
    """Soundness: an answer that was given stays, whatever the unknown key turns out to be.

    What nothing allows is denied already; a Deny that turns out to match only makes it explicit.
    """
    learnt: dict[str, Any] = {"keys": {"known": "v"}, "absent": ["absent"], "present": ["present"]}
    if value is None:
        learnt["absent"].append("unknown")
    else:
        learnt["keys"]["unknown"] = value
    before = judged(identity)
    layers = Layers(identity=layer("identity", document(*identity)))
    after = decide(request(learnt), layers)
    if before.answer is not Answer.DEPENDS:
        assert after.answer is before.answer
        assert after.explicit >= before.explicit


def naive_match(pattern: str, text: str) -> bool:
    """The definition of a wildcard, exponential and plain."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive_match(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    fits = bool(text) and pattern[0] in ("?", text[0])
    return fits and naive_match(pattern[1:], text[1:])


@given(st.text("ab*?", max_size=7), st.text("ab", max_size=7))
def test_a_glob_matches_what_its_definition_matches(pattern: str, text: str) -> None:
    assert Glob.of(pattern).matches(text) == naive_match(pattern, text)


@given(st.text("ab*?", max_size=4), st.text("ab*?", max_size=4), st.text("ab", max_size=6))
def test_globs_join_like_their_texts(first: str, second: str, text: str) -> None:
    joined = Glob.of(first).then(Glob.of(second))
    assert joined.matches(text) == naive_match(first + second, text)


@given(st.text("a*?:", max_size=8))
def test_a_glob_is_cut_where_its_text_is(pattern: str) -> None:
    assert Glob.of(pattern).segments() == tuple(map(Glob.of, pattern.split(":")))
    assert Glob.of(pattern).segments(3) == tuple(map(Glob.of, pattern.split(":", 2)))
