"""What to fix first: the blockers of a fleet, ranked by what their repair gives."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from policies.control import Blocker
from policies.diagnosis.causes import are_alternatives
from policies.diagnosis.order import HOLDS_BACK
from policies.finding import Finding, Outcome


@dataclasses.dataclass(frozen=True)
class Fix:
    """One blocker and whom it concerns.

    ``touches`` are the nodes that it stands in the way of, ``frees`` those of them that no other
    blocker holds back: repair it, and no failed control keeps them from being managed. Nodes are
    ``account/Region/instance``. ``controls`` are the failed controls that name it, ``remediation``
    the commands; ``instead`` are the commands of another way, where either will do.
    """

    blocker: Blocker
    controls: tuple[str, ...]
    touches: tuple[str, ...]
    frees: tuple[str, ...]
    remediation: str
    instead: str = ""


@dataclasses.dataclass(frozen=True)
class Together:
    """Blockers that free these nodes only if all of them are repaired."""

    blockers: tuple[Blocker, ...]
    frees: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class _Fleet:
    """The failed findings, indexed once.

    ``named`` is blocker → the failed roots that name it; ``held_by`` node → every blocker that
    holds it back; ``following`` a root's id → the failed findings that follow from it.
    """

    named: Mapping[Blocker, list[Finding]]
    held_by: Mapping[str, set[Blocker]]
    following: Mapping[str, list[Finding]]


def fix_first(findings: Iterable[Finding]) -> tuple[Fix, ...]:
    """Rank the blockers of failed roots: most nodes freed, then most touched, then by name.

    Each (resource, rule) counts once, however many controls and nodes name it (D29). What waivers
    accept with all that follows from it is left out, though it holds its nodes back all the same.
    """
    fleet = _indexed(findings)
    fixes = (_fix(one, fleet) for one in fleet.named if not _is_accepted(one, fleet))
    return tuple(sorted(fixes, key=_rank))


def only_together(findings: Iterable[Finding]) -> tuple[Together, ...]:
    """The sets of blockers that hold nodes back jointly: most nodes first, then the smaller set.

    A set of which waivers accept every part is left out.
    """
    fleet = _indexed(findings)
    held: dict[frozenset[Blocker], list[str]] = {}
    for node, blockers in fleet.held_by.items():
        if len(blockers) > 1 and not all(_is_accepted(one, fleet) for one in blockers):
            held.setdefault(frozenset(blockers), []).append(node)
    sets = (Together(_sorted(blockers), tuple(sorted(nodes))) for blockers, nodes in held.items())
    return tuple(
        sorted(sets, key=lambda one: (-len(one.frees), len(one.blockers), _names(one.blockers)))
    )


def blockers_of(finding: Finding) -> tuple[Blocker, ...]:
    """What a failed finding names; one that names nothing stands for itself."""
    return finding.verdict.blockers or (Blocker(finding.resource, finding.verdict.reason),)


def _indexed(findings: Iterable[Finding]) -> _Fleet:
    failures = [
        one for one in findings if one.outcome is Outcome.FAIL and one.control.is_prerequisite
    ]
    following: dict[str, list[Finding]] = {}
    for failure in failures:
        for cause in failure.caused_by:
            following.setdefault(cause, []).append(failure)
    named: dict[Blocker, list[Finding]] = {}
    held_by: dict[str, set[Blocker]] = {}
    for root in (one for one in failures if not one.caused_by):
        for blocker in blockers_of(root):
            named.setdefault(blocker, []).append(root)
            for one in _concerned(root, following):
                if one.control.id in HOLDS_BACK:
                    held_by.setdefault(_node(one), set()).add(blocker)
    return _Fleet(named, held_by, following)


def _is_accepted(blocker: Blocker, fleet: _Fleet) -> bool:
    """Whether waivers accept every failure that names the blocker or follows from it."""
    roots = fleet.named[blocker]
    following = (one for root in roots for one in fleet.following.get(root.id, ()))
    return all(one.waiver is not None for one in (*roots, *following))


def _concerned(root: Finding, following: Mapping[str, list[Finding]]) -> list[Finding]:
    """A root about a node concerns that node; one about a Region those that follow from it."""
    about = [root] if root.is_about_instance else following.get(root.id, [])
    return [one for one in about if one.is_about_instance]


def _fix(blocker: Blocker, fleet: _Fleet) -> Fix:
    roots = sorted(fleet.named[blocker], key=lambda one: one.id)
    following = [one for root in roots for one in fleet.following.get(root.id, ())]
    touched = {_node(one) for root in roots for one in _concerned(root, fleet.following)}
    return Fix(
        blocker=blocker,
        controls=tuple(sorted({one.control.id for one in roots})),
        touches=tuple(sorted(touched)),
        frees=tuple(sorted(one for one in touched if fleet.held_by.get(one) == {blocker})),
        remediation=roots[0].remediation,
        instead=next((one.remediation for one in following if are_alternatives(roots[0], one)), ""),
    )


def _rank(fix: Fix) -> tuple[int, int, str, str]:
    return (-len(fix.frees), -len(fix.touches), fix.blocker.resource, fix.blocker.detail)


def _node(finding: Finding) -> str:
    return f"{finding.account}/{finding.region}/{finding.resource}"


def _sorted(blockers: Iterable[Blocker]) -> tuple[Blocker, ...]:
    return tuple(sorted(blockers, key=lambda one: (one.resource, one.detail)))


def _names(blockers: Iterable[Blocker]) -> tuple[tuple[str, str], ...]:
    return tuple((one.resource, one.detail) for one in blockers)
