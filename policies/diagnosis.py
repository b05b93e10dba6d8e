"""What to fix first: the blockers of a fleet, ranked by what their repair gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Final

from policies.control import Blocker, Outcome
from policies.finding import Finding


@dataclasses.dataclass(frozen=True)
class Fix:
    """One blocker and whom it concerns.

    ``touches`` are the nodes with a failed finding that names it, ``frees`` those of them that no
    other blocker holds back; what is set for a whole Region touches none by itself. ``controls``
    are the failed controls, ``remediation`` the commands.
    """

    blocker: Blocker
    controls: tuple[str, ...]
    touches: tuple[str, ...]
    frees: tuple[str, ...]
    remediation: str


#: What Systems Manager says of a node follows from what is broken on the way to it …
_SYMPTOMS: Final = frozenset({"NODE-02", "NODE-03"})
#: … but never from these: a profile that overrules Default Host Management serves the node (D3),
#: and a node is Online without channel and features (D9).
_NEVER_A_CAUSE: Final = frozenset({"DHMC-02", "IAM-05", "IAM-06", "IAM-07"})


def with_causes(finding: Finding, same_node: Iterable[Finding]) -> Finding:
    """The finding with the ids of those that it follows from; unchanged where it is a root."""
    if finding.control.id not in _SYMPTOMS or finding.outcome is not Outcome.FAIL:
        return finding
    causes = (
        one.id
        for one in same_node
        if one.outcome is Outcome.FAIL and one.control.id not in _SYMPTOMS | _NEVER_A_CAUSE
    )
    return dataclasses.replace(finding, caused_by=tuple(sorted(causes)))


def fix_first(findings: Iterable[Finding]) -> tuple[Fix, ...]:
    """Rank the blockers of failed roots: most nodes freed, then most touched, then by name."""
    failures = [one for one in findings if one.outcome is Outcome.FAIL and not one.caused_by]
    named: dict[Blocker, list[Finding]] = {}
    held_by: dict[str, set[Blocker]] = {}
    for finding in failures:
        blockers = finding.verdict.blockers or (Blocker(finding.resource, finding.verdict.reason),)
        for blocker in blockers:
            named.setdefault(blocker, []).append(finding)
            held_by.setdefault(_node(finding), set()).add(blocker)
    fixes = [_fix(blocker, findings, held_by) for blocker, findings in named.items()]
    return tuple(sorted(fixes, key=_rank))


def _rank(fix: Fix) -> tuple[int, int, str, str]:
    return (-len(fix.frees), -len(fix.touches), fix.blocker.resource, fix.blocker.detail)


def _node(finding: Finding) -> str:
    return f"{finding.account}/{finding.region}/{finding.resource}"


def _fix(blocker: Blocker, findings: list[Finding], held_by: dict[str, set[Blocker]]) -> Fix:
    touched = sorted({_node(finding) for finding in findings if finding.is_about_instance})
    first = min(findings, key=lambda finding: finding.id)
    return Fix(
        blocker=blocker,
        controls=tuple(sorted({finding.control.id for finding in findings})),
        touches=tuple(touched),
        frees=tuple(node for node in touched if held_by[node] == {blocker}),
        remediation=first.remediation,
    )
