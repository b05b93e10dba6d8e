"""Scenarios: given facts and the verdict that a policy has to come to; they need no account."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from policies.control import Outcome
from policies.custom.declared import Declared, Problem, kind_of
from policies.custom.document import PARTS, document_given
from policies.custom.policy import CustomPolicy

REQUIRED: Final = ("name", "policy", "given", "expect")
OPTIONAL: Final = ("code",)
EXPECTED: Final = tuple(one.value for one in Outcome if one is not Outcome.WARN)
#: What each policy has to be shown to do: one that never fails tests nothing.
_SHOWN: Final = (Outcome.PASS, Outcome.FAIL)
_RESOURCE: Final = "scenario"


@dataclasses.dataclass(frozen=True)
class Scenario:
    """``given`` are parts of the document; one that is not given is unread, null is null.

    ``code`` is the verdict's code, ``""`` where any will do.
    """

    name: str
    policy: str
    given: Mapping[str, Any]
    expect: Outcome
    code: str = ""


def policy_files_of(content: Any) -> tuple[str, ...]:
    """The files that a scenario file says its policies are in; empty: the one named like it."""
    if not isinstance(content, dict):
        return ()
    return Declared(content, (), []).texts("policies")


def scenarios_of(
    content: Any, policies: Collection[str]
) -> tuple[tuple[tuple[int, Scenario], ...], tuple[Problem, ...]]:
    """The scenarios of a file with their positions, and all that is wrong with it.

    ``policies`` are the ids that they may name.
    """
    problems: list[Problem] = []
    if not isinstance(content, dict):
        return (), (Problem((), f"found {kind_of(content)}, expected the key 'scenarios'"),)
    file = Declared(content, (), problems)
    file.check_keys(("scenarios",), ("policies",))
    file.texts("policies")
    found = [
        (int(one.path[-1]), scenario)
        for one in file.mappings("scenarios")
        if (scenario := _scenario(one, policies)) is not None
    ]
    _check_names([(position, one.name) for position, one in found], problems)
    return tuple(found), tuple(problems)


def _scenario(one: Declared, policies: Collection[str]) -> Scenario | None:
    before = len(one.problems)
    one.check_keys(REQUIRED, OPTIONAL)
    name, code = one.text("name"), one.text("code")
    policy = one.choice("policy", tuple(sorted(policies)))
    expect = one.choice("expect", EXPECTED)
    given = _given(one)
    if len(one.problems) > before or name is None or policy is None or expect is None:
        return None
    return Scenario(name, policy, given, Outcome(expect), code or "")


def _given(one: Declared) -> Mapping[str, Any]:
    given = one.values.get("given", {})
    if not isinstance(given, dict):
        one.note("given", f"found {kind_of(given)}, expected parts of the document")
        return {}
    parts = Declared(given, (*one.path, "given"), one.problems)
    parts.check_keys((), tuple(PARTS))
    for part, value in given.items():
        is_text = part in ("Account", "Region")
        if value is not None and not isinstance(value, str if is_text else dict):
            parts.note(str(part), f"found {kind_of(value)}, expected {_expected(is_text)}")
        elif isinstance(value, dict):
            _check_plain(parts, (*parts.path, part), value)
    _check_tags(parts)
    return given


def _check_plain(parts: Declared, path: tuple[str | int, ...], value: Any) -> None:
    """AWS's answers are JSON; what YAML takes for more would compare otherwise than they do."""
    if isinstance(value, dict):
        for key, one in value.items():
            _check_plain(parts, (*path, key), one)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            _check_plain(parts, (*path, number), one)
    elif value is not None and not isinstance(value, str | int | float):
        text = f"found {kind_of(value)}, which AWS gives as text: put it in quotes"
        parts.problems.append(Problem(path, text))


def _expected(is_text: bool) -> str:
    return "text" if is_text else "a mapping, or null where there is none"


def _check_tags(parts: Declared) -> None:
    instance = parts.values.get("Instance")
    tags = instance.get("Tags") if isinstance(instance, dict) else None
    if tags is None:
        return
    if not isinstance(tags, list) or not all(_is_tag(tag) for tag in tags):
        path = (*parts.path, "Instance", "Tags")
        parts.problems.append(Problem(path, "expected a list of Key and Value, as AWS gives tags"))


def _is_tag(tag: object) -> bool:
    return (
        isinstance(tag, dict)
        and isinstance(tag.get("Key"), str)
        and isinstance(tag.get("Value", ""), str)
    )


def _check_names(names: Sequence[tuple[int, str]], problems: list[Problem]) -> None:
    seen: set[str] = set()
    for position, name in names:
        if name in seen:
            problems.append(Problem(("scenarios", position, "name"), f"{name!r} is there twice"))
        seen.add(name)


def shortfall(scenario: Scenario, policy: CustomPolicy) -> str:
    """What the policy says otherwise than expected, in lines for people; ``""`` if nothing."""
    verdict = policy.verdict(document_given(_RESOURCE, scenario.given))
    same_code = not scenario.code or scenario.code == verdict.code
    if verdict.outcome is scenario.expect and same_code:
        return ""
    expected = f"{scenario.expect.value} {scenario.code}".strip()
    lines = [
        f"{scenario.policy}: {scenario.name}",
        f"  expected: {expected}",
        f"  found:    {verdict.outcome.value} {verdict.code}: {verdict.reason}",
    ]
    lines += [f"  looked at {one.path} = {one.value!r}" for one in verdict.evidence]
    return "\n".join(lines)


def never_shown(policies: Collection[str], scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """A line for each policy and verdict, of pass and fail, that no scenario expects of it."""
    shown = {(one.policy, one.expect) for one in scenarios}
    return tuple(
        f"policy {policy} has no scenario that expects {outcome.value}"
        for policy in sorted(policies)
        for outcome in _SHOWN
        if (policy, outcome) not in shown
    )
