"""Policy and scenario files: every problem is told, and the published schemas say the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from fixtures.custom_policies import RESERVED_FAMILIES
from policies.custom import declaration, scenario
from policies.custom.declaration import policies_of
from policies.custom.declared import Problem
from policies.custom.document import PARTS
from policies.custom.scenario import scenarios_of

ROOT = Path(__file__).resolve().parents[4]
EXAMPLES = ROOT / "policies" / "custom" / "examples"
SCHEMAS = {
    name: json.loads((ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8"))
    for name in ("policy", "scenarios")
}
POLICY: dict[str, Any] = {
    "id": "ORG-TAG-01",
    "title": "Instance has an owner",
    "severity": "medium",
    "assert": "Tag.Owner != null",
    "message": "no owner",
    "remediation": "tag it",
}
SCENARIO: dict[str, Any] = {
    "name": "owned",
    "policy": "ORG-TAG-01",
    "given": {"Instance": {"Tags": [{"Key": "Owner", "Value": "x"}]}},
    "expect": "pass",
}
GONE = object()


def changed(base: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {key: one for key, one in (base | changes).items() if one is not GONE}


def problems_of(**changes: Any) -> tuple[Problem, ...]:
    return policies_of({"policies": [changed(POLICY, **changes)]}, RESERVED_FAMILIES)[1]


def accepts(name: str, content: Any) -> bool:
    """Whether the published schema takes the content."""
    return bool(jsonschema.Draft202012Validator(SCHEMAS[name]).is_valid(content))


#: A change to a good policy → the key that is told, and what is said. Schema and reader refuse it.
WRONG = [
    ({"id": GONE}, "", "has no 'id'"),
    ({"title": GONE}, "", "has no 'title'"),
    ({"severity": GONE}, "", "has no 'severity'"),
    ({"assert": GONE}, "", "has no 'assert'"),
    ({"message": GONE}, "", "has no 'message'"),
    ({"remediation": GONE}, "", "has no 'remediation'"),
    ({"asert": "x"}, "asert", "did you mean 'assert'?"),
    ({"id": "org-tag-01"}, "id", "expected capitals and a number"),
    ({"id": "ORG-TAG"}, "id", "expected capitals and a number"),
    ({"id": 7}, "id", "found the int 7, expected text"),
    ({"id": "IMDS-01"}, "id", "family that built-in controls have"),
    ({"id": "HOST-99"}, "id", "family that built-in controls have"),
    ({"title": "x" * 151}, "title", "at most 150 characters"),
    ({"title": "two\nlines"}, "title", "one line"),
    ({"severity": "urgent"}, "severity", "allowed: critical, high, medium, low, info"),
    ({"severity": "High"}, "severity", "allowed: critical"),
    ({"severity": ["high"]}, "severity", "allowed: critical"),
    ({"assert": " "}, "assert", "found empty text"),
    ({"assert": True}, "assert", "found true/false, expected text"),
    ({"applies_to": 1}, "applies_to", "found the int 1"),
    ({"if_null": "passed"}, "if_null", "allowed: unknown, fail, pass, not_applicable"),
    ({"if_null": None}, "if_null", "found None"),
    ({"message": {}}, "message", "found a mapping"),
    ({"references": "https://x"}, "references", "found text, expected a list"),
    ({"references": [1]}, "references", "found the int 1, expected text"),
    ({"why": ""}, "why", "found empty text"),
]


@pytest.mark.parametrize(("changes", "key", "told"), WRONG)
def test_a_wrong_policy_is_told_by_its_key(changes: dict[str, Any], key: str, told: str) -> None:
    (problem,) = problems_of(**changes)
    assert problem.path[:3] == ("policies", 0, *([key] if key else []))
    assert told in problem.text
    assert not accepts("policy", {"policies": [changed(POLICY, **changes)]})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"why": "because", "references": [], "if_null": "fail", "applies_to": "Tag != null"},
        {"id": "A1-2-03", "severity": "info", "references": ["https://example.com"]},
        {"id": "IMDSX-01"},
        {"id": "NET-EXTRA-01"},
    ],
)
def test_a_good_policy_is_taken_by_both(changes: dict[str, Any]) -> None:
    assert problems_of(**changes) == ()
    assert accepts("policy", {"policies": [changed(POLICY, **changes)]})


@pytest.mark.parametrize(
    ("key", "text", "offset"),
    [("assert", "Tag.Owner = 'x'", 10), ("applies_to", "Tags.A", 0), ("message", "{Tag.}", 5)],
)
def test_a_bad_expression_is_told_by_its_character(key: str, text: str, offset: int) -> None:
    (problem,) = problems_of(**{key: text})
    assert (problem.path, problem.offset) == (("policies", 0, key), offset)


def test_all_problems_are_told_at_once() -> None:
    found, problems = policies_of(
        {"policies": [changed(POLICY, severity="urgent", asert="x"), POLICY, 5], "policy": []}, ()
    )
    assert [position for position, _ in found] == [1]
    assert [one.path for one in problems] == [
        ("policy",),
        ("policies", 0, "asert"),
        ("policies", 0, "severity"),
        ("policies", 2),
    ]


@pytest.mark.parametrize("content", [[], "text", 5, {"policies": {}}, {}])
def test_what_is_no_policy_file_is_told(content: Any) -> None:
    assert policies_of(content, ())[1]
    assert not accepts("policy", content)


def test_schema_and_reader_know_the_same_words() -> None:
    policy = SCHEMAS["policy"]["$defs"]["policy"]
    assert set(policy["required"]) == set(declaration.REQUIRED)
    assert set(policy["properties"]) == {*declaration.REQUIRED, *declaration.OPTIONAL}
    one = SCHEMAS["scenarios"]["$defs"]["scenario"]
    assert set(one["required"]) == set(scenario.REQUIRED)
    assert set(one["properties"]) == {*scenario.REQUIRED, *scenario.OPTIONAL}
    assert set(one["properties"]["given"]["properties"]) == set(PARTS)
    assert one["properties"]["expect"]["enum"] == list(scenario.EXPECTED)
    reserved = policy["properties"]["id"]["pattern"]
    assert all(family in reserved for family in RESERVED_FAMILIES)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 3)
    | st.sampled_from(["", " ", "low", "fail", "Tag"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "Key", "Tags", "x"]), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(key=st.sampled_from([*declaration.REQUIRED, *declaration.OPTIONAL, "x"]), value=JSON)
def test_schema_and_reader_agree_on_any_value(key: str, value: Any) -> None:
    """All but what expressions say, which no schema can tell."""
    assume(not (key in ("assert", "applies_to") and isinstance(value, str) and value != "Tag"))
    content = {"policies": [POLICY | {key: value}]}
    assert accepts("policy", content) == (policies_of(content, RESERVED_FAMILIES)[1] == ())


@given(key=st.sampled_from([*scenario.REQUIRED, *scenario.OPTIONAL, "x"]), value=JSON)
def test_schema_and_reader_agree_on_any_scenario(key: str, value: Any) -> None:
    content = {"scenarios": [SCENARIO | {key: value}]}
    refused = scenarios_of(content, ["ORG-TAG-01"])[1] != ()
    # Which policies there are is in another file.
    if not (key == "policy" and isinstance(value, str) and value.strip()):
        assert accepts("scenarios", content) != refused


@given(part=st.sampled_from([*PARTS, "Nothing"]), value=JSON)
def test_schema_and_reader_agree_on_any_given_part(part: str, value: Any) -> None:
    content = {"scenarios": [SCENARIO | {"given": {part: value}}]}
    assert accepts("scenarios", content) == (scenarios_of(content, ["ORG-TAG-01"])[1] == ())


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.name)
def test_the_shipped_examples_validate_and_name_their_schema(path: Path) -> None:
    name = "scenarios" if ".scenarios." in path.name else "policy"
    text = path.read_text(encoding="utf-8")
    first = text.splitlines()[0]
    assert first == f"# yaml-language-server: $schema=../../../docs/{name}.schema.json"
    assert accepts(name, yaml.safe_load(text))
