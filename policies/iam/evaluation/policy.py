"""A policy document, parsed once into statements."""

from __future__ import annotations

import dataclasses

from policies.iam.evaluation.actions import ActionSet
from policies.iam.evaluation.document import decoded
from policies.iam.evaluation.grammar import Grammar
from policies.iam.evaluation.statement import Statement, statement, undetermined
from policies.iam.evaluation.truth import Malformed

#: The versions of the policy language; only the newer one knows variables.
WITH_VARIABLES = "2012-10-17"
WITHOUT_VARIABLES = "2008-10-17"
_ELEMENTS = frozenset({"Version", "Id", "Statement"})


@dataclasses.dataclass(frozen=True, eq=False)
class Policy:
    """A compiled document. A part that is malformed is a statement that may say anything."""

    name: str
    statements: tuple[Statement, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Patterns that match nothing although their author surely meant something."""
        return tuple(
            f"{one.label}: {pattern!r} matches nothing"
            for one in self.statements
            if isinstance(one.actions, ActionSet)
            for pattern in one.actions.ignored
        )


def parse(raw: object, *, name: str, grammar: Grammar) -> Policy:
    """Compile a document: an object, JSON text, or percent-encoded text. Never raises.

    Parsing costs far more than asking, so callers keep the result for as long as the document.
    """
    document = decoded(raw, name)
    if isinstance(document, Malformed):
        return Policy(name, (undetermined(document, name, 0, grammar),))
    version = document.get("Version", WITHOUT_VARIABLES)
    listed = document.get("Statement")
    statements = listed if isinstance(listed, list | tuple) else (listed,)
    compiled = [
        statement(
            one,
            policy=name,
            index=index,
            grammar=grammar,
            substitutes=version == WITH_VARIABLES,
        )
        for index, one in enumerate(statements, start=1)
    ]
    problems = [f"unknown element {element!r}" for element in document if element not in _ELEMENTS]
    if version not in (WITH_VARIABLES, WITHOUT_VARIABLES):
        problems.append(f"Version is {version!r}"[:80])
    compiled += [undetermined(Malformed(name, one), name, 0, grammar) for one in problems]
    return Policy(name, tuple(compiled))
