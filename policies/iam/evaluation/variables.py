"""Policy variables: ``${aws:PrincipalTag/team, 'none'}`` (iam.md 2, Documents)."""

from __future__ import annotations

import dataclasses
import re
from functools import reduce

from policies.iam.evaluation.glob import Glob
from policies.iam.evaluation.keys import ConditionKeys, Known, State
from policies.iam.evaluation.truth import Key, Unknown

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")


@dataclasses.dataclass(frozen=True)
class Unresolved:
    """A variable that has no single value in the request, and no default."""

    key: str


@dataclasses.dataclass(frozen=True)
class Variable:
    key: str
    default: str | None = None


@dataclasses.dataclass(frozen=True)
class Plain:
    """Text as written; ``fixed`` where its ``*`` and ``?`` are no wildcards: ``${*}``."""

    text: str
    fixed: bool = False


@dataclasses.dataclass(frozen=True)
class Template:
    """Text with variables. What a variable stands for is never a wildcard."""

    parts: tuple[Plain | Variable, ...]

    def text(self, keys: ConditionKeys) -> str | Unresolved | Unknown:
        """The text with its variables replaced, for operators that know no wildcards."""
        plain = self._resolved(keys)
        return "".join(part.text for part in plain) if isinstance(plain, list) else plain

    def glob(self, keys: ConditionKeys) -> Glob | Unresolved | Unknown:
        """The pattern with its variables replaced."""
        plain = self._resolved(keys)
        if not isinstance(plain, list):
            return plain
        globs = (Glob.literal(part.text) if part.fixed else Glob.of(part.text) for part in plain)
        return reduce(Glob.then, globs, Glob.literal(""))

    def _resolved(self, keys: ConditionKeys) -> list[Plain] | Unresolved | Unknown:
        plain: list[Plain] = []
        missing: set[Key] = set()
        for part in self.parts:
            found = part if isinstance(part, Plain) else _value(part, keys)
            if isinstance(found, Unresolved):
                return found
            if isinstance(found, Key):
                missing.add(found)
            else:
                plain.append(found)
        return Unknown(frozenset(missing)) if missing else plain


def _value(variable: Variable, keys: ConditionKeys) -> Plain | Unresolved | Key:
    value = keys.value(variable.key)
    if isinstance(value, Known) and not value.may_be_absent:
        if value.multivalued or len(value.values) != 1:
            return Unresolved(variable.key)
        return Plain(value.values[0], fixed=True)
    if value is not State.ABSENT:
        return Key(variable.key)
    if variable.default is None:
        return Unresolved(variable.key)
    return Plain(variable.default, fixed=True)


def has_variable(text: str) -> bool:
    """Whether the text would change under substitution."""
    return "${" in text and _VARIABLE.search(text) is not None


def template(text: str) -> Template:
    """Parse text of a document of Version 2012-10-17; elsewhere ``${…}`` is literal text."""
    parts: list[Plain | Variable] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        parts.append(Plain(text[end : found.start()]))
        parts.append(_part(found.group(1)))
        end = found.end()
    parts.append(Plain(text[end:]))
    return Template(tuple(part for part in parts if part != Plain("")))


def _part(inner: str) -> Plain | Variable:
    if inner in ("*", "?", "$"):
        return Plain(inner, fixed=True)
    key, comma, default = inner.partition(",")
    quoted = default.strip()
    if comma and len(quoted) > 1 and quoted[0] == quoted[-1] == "'":
        return Variable(key.strip(), quoted[1:-1])
    # A default that is not quoted leaves a key that nobody knows: the statement is undetermined.
    return Variable(inner.strip())
