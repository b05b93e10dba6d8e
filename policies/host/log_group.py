"""One rule for every group of signatures: what stands fails or warns, a later step clears.

The absence of errors proves nothing (T-106): a group passes only where the log shows a step of the
healthy start that could not have been taken otherwise.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from inventory.facts import Node, Unread
from inventory.facts.host import AgentLog, LogHit
from inventory.facts.host.signatures import Signature, Weight
from policies.control import (
    Blocker,
    Context,
    Verdict,
    failed,
    not_applicable,
    passed,
    undecidable,
    unread,
    warned,
)
from policies.host.log_age import doubt, precedes_start
from policies.host.log_weight import weight_of
from policies.host.log_words import log_of, quoted, repair, row_of, rung_means, told

#: States in which the agent has not come as far as the group asks, for a reason of another group.
_FAILED_STATES: Final = frozenset(
    {
        "no-identity",
        "no-credentials",
        "backing-off",
        "hibernating",
        "crashed",
        "stopped",
        "unreachable",
    }
)
_GROUP_CONTROLS: Final = {
    "A": "LOG-02",
    "B": "LOG-03",
    "C": "LOG-04",
    "D": "LOG-05",
    "E": "LOG-06",
    "F": "LOG-07",
}
_ORDER: Final = (Weight.HIGH, Weight.MEDIUM, Weight.LOW)


@dataclasses.dataclass(frozen=True)
class Group:
    """``letter`` is the table's. ``proof`` are the rungs that show it in order, best first."""

    letter: str
    proof: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class _Weighed:
    weight: Weight
    hit: LogHit
    row: Signature


def judge_group(group: Group, node: Node, context: Context) -> Verdict:
    """The verdict of one group of signatures over the node's log (domain.md 3.3, 3.4)."""
    log = log_of(node)
    if isinstance(log, Unread):
        return unread(log)
    weighed = _weighed(group, log, node, context)
    graver = [one for one in weighed if one.weight is not Weight.BENIGN]
    if graver:
        return _found(graver, log, node)
    return _nothing_found(group, [one.hit for one in weighed], log, node)


def _weighed(group: Group, log: AgentLog, node: Node, context: Context) -> list[_Weighed]:
    """What stands of the group, gravest first, then what began first."""
    rows = ((one, row_of(one)) for one in log.hits if one.after_success)
    found = [
        _Weighed(weight_of(hit, log, node, context), hit, row)
        for hit, row in rows
        if row is not None and row.group == group.letter
    ]
    ranks = {weight: rank for rank, weight in enumerate((*_ORDER, Weight.BENIGN))}
    return sorted(found, key=lambda one: (ranks[one.weight], one.hit.first, one.row.id))


def _found(weighed: list[_Weighed], log: AgentLog, node: Node) -> Verdict:
    worst = weighed[0]
    hits = tuple(one.hit for one in weighed)
    code, reason = f"LOG_{worst.row.id.upper()}", told(worst.hit, worst.row)
    fix = repair(worst.row, node)
    if worst.weight is not Weight.HIGH:
        return warned(code, reason, *quoted(log, node, *hits), remediation=fix)
    why_not = doubt(worst.hit.last, log, node)
    if why_not:
        reason = f"{reason}; only a warning, because {why_not}"
        return warned(code, reason, *quoted(log, node, *hits), remediation=fix)
    return failed(
        code,
        reason,
        *quoted(log, node, *hits),
        blockers=tuple(
            Blocker(node.id, f"its agent's log: {one.row.cause}")
            for one in weighed
            if one.weight is Weight.HIGH
        ),
        remediation=fix,
    )


def _nothing_found(group: Group, harmless: list[LogHit], log: AgentLog, node: Node) -> Verdict:
    causes = sorted({cause for hit in harmless for cause in hit.inner})
    elsewhere = sorted({_GROUP_CONTROLS.get(cause[:1], "LOG-01") for cause in causes})
    seen = quoted(log, node, *harmless)
    if causes and _GROUP_CONTROLS[group.letter] not in elsewhere:
        return not_applicable(
            "CAUSE_ELSEWHERE",
            f"the log names another cause ({', '.join(causes)}): {', '.join(elsewhere)} judges it",
            *seen,
        )
    proof = next((rung for rung in group.proof if rung in log.rungs), None)
    if proof is None and log.state in _FAILED_STATES:
        return not_applicable(
            "AFTER_LOG_01",
            f"the agent never came that far, its state is {log.state}: LOG-01 judges that",
            *seen,
        )
    if proof is None:
        told = "the log holds no such error, and no step that would rule one out"
        return _open("LOG_TELLS_NOTHING", told, log, node)
    if precedes_start(log, node):
        told = "the log ends before the latest start of the instance"
        return _open("LOG_OUTDATED", told, log, node)
    return passed(
        "LOG_IN_ORDER", f"the log shows step {rung_means(proof)}{_history(group, log)}", *seen
    )


def _open(code: str, reason: str, log: AgentLog, node: Node) -> Verdict:
    settled_by = f"a log of {node.id} of ten minutes after the latest start of its agent"
    return undecidable(code, reason, *quoted(log, node), settled_by=settled_by)


def _history(group: Group, log: AgentLog) -> str:
    """The errors that a later step took back, as the rest of a sentence (T-107, T-110)."""
    over = [
        hit.signature
        for hit in log.hits
        if not hit.after_success and (row := row_of(hit)) is not None and row.group == group.letter
    ]
    named = ", ".join(dict.fromkeys(over))
    return f"; errors before it are over: {named}" if named else ""
