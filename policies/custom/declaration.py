"""From a policy file's content to compiled policies; docs/policy.schema.json says the same."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any, Final

from policies.control import CUSTOM, Control, Severity
from policies.custom.declared import Declared, Problem, kind_of
from policies.custom.document import PARTS
from policies.custom.expression import Expression, ExpressionError, compiled
from policies.custom.message import Message, message_of
from policies.custom.policy import CustomPolicy, IfNull
from policies.scope import SCOPE_CALLS

#: Letters and digits in groups, the last of digits: ``ORG-TAG-01``; its family is ``ORG-TAG``.
ID: Final = re.compile(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*-[0-9]+")
REQUIRED: Final = ("id", "title", "severity", "assert", "message", "remediation")
OPTIONAL: Final = ("applies_to", "if_null", "why", "references")
_ROOTS: Final = tuple(PARTS)
_LONGEST_TITLE: Final = 150


def policies_of(
    content: Any, reserved_families: Collection[str]
) -> tuple[tuple[tuple[int, CustomPolicy], ...], tuple[Problem, ...]]:
    """The policies of a file with their positions in its list, and all that is wrong with it.

    ``reserved_families`` are those of the built-in controls, which no policy may take.
    """
    problems: list[Problem] = []
    if not isinstance(content, dict):
        return (), (Problem((), f"found {kind_of(content)}, expected the key 'policies'"),)
    file = Declared(content, (), problems)
    file.check_keys(("policies",))
    found = [
        (int(one.path[-1]), policy)
        for one in file.mappings("policies")
        if (policy := _policy(one, reserved_families)) is not None
    ]
    return tuple(found), tuple(problems)


def _policy(one: Declared, reserved_families: Collection[str]) -> CustomPolicy | None:
    """The policy, ``None`` where it has any problem: all of them are noted."""
    before = len(one.problems)
    one.check_keys(REQUIRED, OPTIONAL)
    policy_id = _id(one, reserved_families)
    title, why, remediation = _title(one), one.text("why"), one.text("remediation")
    severity = one.choice("severity", tuple(Severity))
    if_null = one.choice("if_null", tuple(IfNull))
    applies_to, holds = _expression(one, "applies_to"), _expression(one, "assert")
    message, references = _message(one), one.texts("references")
    if len(one.problems) > before or holds is None or message is None:
        return None
    record = Control(
        id=policy_id or "",
        title=title or "",
        severity=Severity(severity or Severity.INFO),
        category=CUSTOM,
        why=(why or "").strip(),
        remediation=(remediation or "").strip(),
        needs=_calls(one for one in (applies_to, holds, *message.expressions) if one),
        references=references,
    )
    return CustomPolicy(record, holds, message, applies_to, IfNull(if_null or IfNull.UNKNOWN))


def _id(one: Declared, reserved_families: Collection[str]) -> str | None:
    found = one.text("id")
    if found is None:
        return None
    if not ID.fullmatch(found):
        one.note("id", f"found {found!r}, expected capitals and a number, such as ORG-TAG-01")
    elif found.rpartition("-")[0] in reserved_families:
        taken = ", ".join(sorted(reserved_families))
        one.note("id", f"{found} is of a family that built-in controls have ({taken})")
    return found


def _title(one: Declared) -> str | None:
    title = one.text("title")
    if title is not None and (len(title) > _LONGEST_TITLE or not title.isprintable()):
        one.note("title", f"expected one line of at most {_LONGEST_TITLE} characters")
    return title


def _expression(one: Declared, key: str) -> Expression | None:
    text = one.text(key)
    if text is None:
        return None
    try:
        return compiled(text, _ROOTS)
    except ExpressionError as error:
        one.note(key, error.problem, error.position)
        return None


def _message(one: Declared) -> Message | None:
    text = one.text("message")
    if text is None:
        return None
    try:
        return message_of(" ".join(text.split("\n")).rstrip(), _ROOTS)
    except ExpressionError as error:
        one.note("message", error.problem, error.position)
        return None


def _calls(expressions: Iterable[Expression]) -> tuple[str, ...]:
    """The API calls that the expressions rest on, and whether a policy concerns the instance."""
    calls = {call for one in expressions for root in one.roots for call in PARTS[root]}
    return tuple(sorted(calls.union(SCOPE_CALLS)))
