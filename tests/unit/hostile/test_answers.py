"""Answers that nobody's AWS gives: refused by name or judged, never a crash and never a hang."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory.errors import SnapshotError
from tests.unit.hostile.answers import Answers, judged
from tests.unit.hostile.mutation import Mutation, mutations

#: Judging the whole fleet takes a fifth of it.
SECONDS: Final = 5.0
EVERY: Final = 6


@given(number=st.integers(0, 10**6), changes=mutations())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_changed_answer_is_refused_by_name_or_judged(
    demo_answers: Answers, tmp_path: Path, number: int, changes: list[Mutation]
) -> None:
    """Issue 9, item 3: types swapped, members gone, rows twice, trees nested, numbers huge."""
    began = time.process_time()
    outcome = judged(demo_answers.changed(demo_answers.key(number), changes, tmp_path), every=EVERY)
    assert time.process_time() - began < SECONDS
    if isinstance(outcome, SnapshotError):
        _, region, operation = demo_answers.key(number)
        told = str(outcome)
        assert "answer.json" in told or f"{region}/{operation}.json" in told
        assert len(told) < 2_000
    else:
        assert outcome == []


#: Members that hold whatever a user wrote: JSON of any shape gets as far as the judging.
FREE: Final = ('"AssumeRolePolicyDocument": ', '"PolicyDocument": ', '"Document": ')


@pytest.mark.parametrize("depth", [300, 900, 100_000])
@pytest.mark.parametrize("member", FREE)
def test_a_document_nested_deeply_is_refused_by_name_or_judged(
    demo_answers: Answers, tmp_path: Path, member: str, depth: int
) -> None:
    key = next(one for one in demo_answers.by_key if one[2] == "iam.GetAccountAuthorizationDetails")
    text = json.dumps(demo_answers.by_key[key])
    deep = '{"Statement": [' * depth + "1" + "]}" * depth
    assert member in text
    path = tmp_path / "answer.json"
    path.write_text(text.replace(member, f'{member}{deep}, {member[:-3]}2": '))
    outcome = judged(demo_answers.with_file(key, path), every=EVERY)
    assert isinstance(outcome, SnapshotError) or outcome == []


def test_the_unchanged_answers_are_judged(demo_answers: Answers, tmp_path: Path) -> None:
    """What the test above changes is whole before: without this it could pass on nothing."""
    outcome = judged(demo_answers.changed(demo_answers.key(0), [], tmp_path), every=EVERY)
    assert outcome == []
