"""Policy documents that an attacker writes: three answers, in time, and no other."""

from __future__ import annotations

import json
import time
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.iam.evaluation import Answer, Grammar, Layer, Layers, decide, parse
from policies.iam.evaluation.glob import Glob
from tests.unit.hostile.mutation import Mutation, mutated, mutations
from tests.unit.hostile.values import json_values
from tests.unit.policies.iam.asking import FULL_ACCESS, INSTANCE, request

SECONDS: Final = 2.0
WHOLE: Final = {
    "Version": "2012-10-17",
    "Id": "named",
    "Statement": [
        {
            "Sid": "One",
            "Effect": "Allow",
            "Principal": {
                "AWS": ["arn:aws:iam::111122223333:root"],
                "Service": "ssm.amazonaws.com",
            },
            "Action": ["ssm:Update*", "ssm:*"],
            "Resource": ["*", INSTANCE, "arn:aws:ec2:*:${aws:PrincipalAccount}:instance/*"],
            "Condition": {
                "StringLike": {"aws:PrincipalTag/team": ["web-*", "${aws:username}"]},
                "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
                "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"},
                "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"},
                "ForAllValues:StringEquals": {"aws:TagKeys": ["a"]},
                "Null": {"aws:SourceVpc": "false"},
            },
        },
        {"Effect": "Deny", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::x"},
    ],
}
KNOWN: Final = {
    "keys": {"aws:PrincipalTag/team": "web-1", "aws:SourceIp": "10.1.2.3", "aws:username": "x*y"},
    "present": ["aws:SourceVpc"],
    "absent": ["aws:TagKeys"],
}
KINDS: Final = {
    Grammar.IDENTITY: lambda layer: Layers(identity=layer),
    Grammar.SCP: lambda layer: Layers(identity=FULL_ACCESS, scps=(layer,)),
    Grammar.RCP: lambda layer: Layers(identity=FULL_ACCESS, rcps=(layer,)),
    Grammar.RESOURCE: lambda layer: Layers(resource=layer),
    Grammar.TRUST: lambda layer: Layers(resource=layer),
    Grammar.INTERFACE_ENDPOINT: lambda layer: Layers(identity=FULL_ACCESS, endpoint=layer),
    Grammar.GATEWAY_ENDPOINT: lambda layer: Layers(identity=FULL_ACCESS, endpoint=layer),
}


def answer(raw: Any, grammar: Grammar) -> Answer:
    """What the engine says, within its time; reading it in words must work as well."""
    began = time.process_time()
    layer = Layer("layer", (parse(raw, name="policy", grammar=grammar),))
    decision = decide(request(KNOWN), KINDS[grammar](layer))
    told = [match.why for match in decision.deciding] + [str(need) for need in decision.needs]
    assert time.process_time() - began < SECONDS
    assert all(isinstance(one, str) for one in told)
    return decision.answer


@pytest.mark.parametrize("grammar", KINDS)
@given(changes=mutations(), as_text=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_changed_document_has_one_of_three_answers(
    grammar: Grammar, changes: list[Mutation], *, as_text: bool
) -> None:
    changed = mutated(WHOLE, changes)
    assert answer(json.dumps(changed) if as_text else changed, grammar) in Answer


@pytest.mark.parametrize("grammar", [Grammar.IDENTITY, Grammar.TRUST])
@given(raw=json_values())
@settings(max_examples=60, deadline=None)
def test_any_value_for_a_document_allows_nothing(grammar: Grammar, raw: Any) -> None:
    """Unknown never passes: what is no document is undetermined, or says nothing."""
    assert answer(raw, grammar) is not Answer.ALLOWED


LONG: Final = "a" * 20_000


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("*a" * 5_000 + "b", LONG),
        ("?" * 10_000 + "*" + "?" * 9_999 + "b", LONG),
        ("*" * 20_000, LONG),
        ("*a?" * 3_000 + "b", LONG),
        ("*" + "a" * 9_999 + "?b", LONG),
    ],
    ids=["stars", "questions", "only stars", "both", "long piece"],
)
def test_no_pattern_takes_long(pattern: str, text: str) -> None:
    """As long as AWS lets a whole document be, on a text as long: a product, and no power."""
    began = time.process_time()
    assert Glob.of(pattern).matches(text) is (set(pattern) == {"*"})
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("count", [2_000])
def test_many_statements_are_judged_in_time(count: int) -> None:
    """Far more than AWS lets a document hold."""
    statement = WHOLE["Statement"][0]
    assert answer({"Version": "2012-10-17", "Statement": [statement] * count}, Grammar.IDENTITY)
