"""Why a statement matched, in words: the pattern, the resource, the conditions."""

from __future__ import annotations

from policies.iam.evaluation.actions import ActionSet, action_set
from policies.iam.evaluation.document import texts
from policies.iam.evaluation.request import Request
from policies.iam.evaluation.statement import Statement


def reason(statement: Statement, request: Request, resource: str) -> str:
    """``Action 'ssm:*', resource …, if StringEquals aws:RequestedRegion eu-central-1``."""
    told = [_action(statement, request)]
    if statement.resources is not None:
        told.append(f"resource {resource}")
    if statement.conditions is not None and statement.conditions.written:
        told.append(f"if {' and '.join(statement.conditions.written)}")
    told += [str(fault) for fault in statement.faults]
    return ", ".join(told)


def _action(statement: Statement, request: Request) -> str:
    if "NotAction" in statement.raw:
        return f"{request.action} is not in NotAction"
    for pattern in texts(statement.raw.get("Action")) or ():
        alone = action_set((pattern,), negated=False, place="")
        if isinstance(alone, ActionSet) and alone.matches(request.folded_action):
            return f"Action {pattern!r}"
    return "an Action that is not understood"
