"""The engine by the specification: every rule of iam.md 1 to 3 as scenarios with its answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.iam.evaluation import Answer, Decision
from tests.unit.policies.iam.asking import answer

_TABLES = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))


def _cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for table in _TABLES:
        for group in yaml.safe_load(table.read_text(encoding="utf-8")):
            for case in group["cases"]:
                yield group["rule"], case


CASES = list(_cases())


def told(decision: Decision) -> Any:
    """A decision in the words of the tables."""
    if decision.answer is Answer.DEPENDS:
        return {"depends": [str(need) for need in decision.needs]}
    return "denied explicit" if decision.explicit else str(decision.answer)


@pytest.mark.parametrize(
    ("rule", "case"), [pytest.param(*one, id=f"{one[0]}: {one[1]['id']}") for one in CASES]
)
def test_the_answer_is_the_specifications(rule: str, case: dict[str, Any]) -> None:
    assert told(answer(case)) == case["expect"], rule


def test_every_case_is_another_one() -> None:
    named = [(rule, case["id"]) for rule, case in CASES]
    assert len(set(named)) == len(named)
    asked = [repr({key: case[key] for key in case.keys() - {"id", "expect"}}) for _, case in CASES]
    assert len(asked) - len(set(asked)) == 0
    assert len(CASES) >= 250


def test_every_case_uses_only_known_members() -> None:
    known = {"id", "allow", "deny", "document", "kind", "layers", "ask", "version", "expect"}
    asked = {"action", "resource", "service", "keys", "absent", "present"}
    for _, case in CASES:
        assert case.keys() <= known, case["id"]
        assert case.get("ask", {}).keys() <= asked, case["id"]
