"""What to fix first: the blockers of a fleet, ranked by what their repair gives."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Final

from policies.control import Blocker, Severity
from policies.diagnosis.causes import are_alternatives
from policies.diagnosis.order import ENDS_THE_WAY, HIDDEN, HOLDS_BACK, PREREQUISITES, order_of
from policies.finding import Finding, Outcome
from policies.within import is_from_within

#: A line that a shell runs, and not a sentence or a line of Terraform.
_AWS: Final = "aws "
_COMMAND: Final = re.compile(rf'(\w+="\$\()?{_AWS}')
#: The gravest first.
_SEVERITIES: Final = tuple(Severity)
#: Of many blockers with one repair, how many are told in full.
_TOLD: Final = 2


@dataclasses.dataclass(frozen=True)
class Fix:
    """One repair and whom it concerns.

    ``touches`` are the nodes that ``blocker`` stands in the way of. Of those that no other blocker
    holds back, ``frees`` are the ones of which everything else was judged: repair it, and no failed
    control keeps them from being managed. ``may_free`` are those of which more may come to light,
    because the way ends here or some prerequisite is unknown (D29). Nodes are
    ``account/Region/instance``. ``controls`` are the failed controls that name it, ``remediation``
    the commands; ``instead`` are the commands of another way, where either will do.
    """

    blocker: Blocker
    controls: tuple[str, ...]
    touches: tuple[str, ...]
    frees: tuple[str, ...]
    remediation: str
    instead: str = ""
    may_free: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Together:
    """Blockers that free these nodes, or may do so, only if all of them are repaired."""

    blockers: tuple[Blocker, ...]
    frees: tuple[str, ...]
    may_free: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class _Fleet:
    """The findings, indexed once.

    ``named`` is blocker → the failed roots that name it; ``held_by`` node → every blocker that
    holds it back; ``following`` a root's id → the failed findings that follow from it. Of the nodes
    in ``open_ended`` not every prerequisite was judged.
    """

    named: Mapping[Blocker, list[Finding]]
    held_by: Mapping[str, set[Blocker]]
    following: Mapping[str, list[Finding]]
    open_ended: Set[str]


def fix_first(findings: Iterable[Finding]) -> tuple[Fix, ...]:
    """Rank the blockers of failed roots: most nodes freed, most touched, the gravest, by name.

    Each (resource, rule) counts once, however many controls and nodes name it (D29), and so do
    the rules of one resource that the same commands repair. What waivers accept with all that
    follows from it is left out, though it holds its nodes back all the same.
    """
    fleet = _indexed(findings)
    fixes = (_fix(one, fleet) for one in fleet.named if not _is_accepted(one, fleet))
    return tuple(sorted(fixes, key=lambda fix: _rank(fix, fleet)))


def only_together(findings: Iterable[Finding]) -> tuple[Together, ...]:
    """The sets of blockers that hold nodes back jointly: most nodes first, then the smaller set.

    A set of which waivers accept every part is left out.
    """
    fleet = _indexed(findings)
    held: dict[frozenset[Blocker], list[str]] = {}
    for node, blockers in fleet.held_by.items():
        if len(blockers) > 1 and not all(_is_accepted(one, fleet) for one in blockers):
            held.setdefault(frozenset(blockers), []).append(node)
    sets = (
        Together(_sorted(blockers), *_promised(nodes, fleet)) for blockers, nodes in held.items()
    )
    return tuple(sorted(sets, key=_together_rank))


def blockers_of(finding: Finding) -> tuple[Blocker, ...]:
    """What a failed finding names; one that names nothing stands for itself."""
    return finding.verdict.blockers or (Blocker(finding.resource, finding.verdict.reason),)


def _indexed(findings: Iterable[Finding]) -> _Fleet:
    everything = [one for one in findings if one.control.is_prerequisite]
    failures = [one for one in everything if one.outcome is Outcome.FAIL]
    following: dict[str, list[Finding]] = {}
    for failure in failures:
        for cause in failure.caused_by:
            following.setdefault(cause, []).append(failure)
    roots = [one for one in failures if not one.caused_by]
    as_one = _repaired_as_one(roots)
    named: dict[Blocker, list[Finding]] = {}
    held_by: dict[str, set[Blocker]] = {}
    for root in roots:
        for blocker in dict.fromkeys(as_one[one] for one in blockers_of(root)):
            named.setdefault(blocker, []).append(root)
            for one in _concerned(root, following):
                if one.control.id in HOLDS_BACK:
                    held_by.setdefault(_node(one), set()).add(blocker)
    open_ended = {_node(one) for one in everything if _leaves_open(one)}
    return _Fleet(named, held_by, following, open_ended)


def _leaves_open(finding: Finding) -> bool:
    """Whether there may be more in the node's way than what failed."""
    match finding.outcome:
        case Outcome.UNKNOWN:
            # what the machine did not tell is as open where nobody looked at the machine
            return finding.control.id in PREREQUISITES and not is_from_within(finding.control)
        case Outcome.NOT_APPLICABLE:
            return (finding.control.id, finding.verdict.code) in HIDDEN
        case Outcome.FAIL:
            return finding.control.id in ENDS_THE_WAY and not finding.caused_by
        case _:
            return False


def _repaired_as_one(roots: Iterable[Finding]) -> Mapping[Blocker, Blocker]:
    """Each blocker → the one that stands for all of its resource that one command repairs.

    A role without permissions lacks the heartbeat, the channel and the rest, and one policy has
    them all; a group that knows none of a hundred clients lets them all in by one rule.
    """
    repairs: dict[Blocker, str] = {}
    for root in sorted(roots, key=lambda one: (order_of(one.control.id), one.id)):
        for blocker in blockers_of(root):
            repair = _repair_of(blocker, root)
            # the root that names least beside it has the commands for it alone
            repairs[blocker] = min(repairs.get(blocker, repair), repair, key=_shorter)
    alike: dict[tuple[str, str], list[Blocker]] = {}
    for blocker, repair in repairs.items():
        first = next(iter(_commands(repair)), blocker.detail)
        alike.setdefault((blocker.resource, first), []).append(blocker)
    return {one: _joined(group) for group in alike.values() for one in group}


def _shorter(repair: str) -> tuple[int, str]:
    return (len(repair), repair)


def _commands(repair: str) -> list[str]:
    return [line for line in repair.splitlines() if _COMMAND.match(line)]


def _repair_of_all(blocker: Blocker, roots: Iterable[Finding]) -> str:
    """What repairs a blocker for all roots: the command that all their repairs have in common.

    Where one repair holds all others, or takes several steps, it is told whole.
    """
    repairs = sorted({_repair_of(blocker, root) for root in roots}, key=_shorter)
    whole = repairs[-1]
    shared = [line for line in _commands(whole) if all(line in one.splitlines() for one in repairs)]
    holds_all = all({*one.splitlines()} <= {*whole.splitlines()} for one in repairs)
    if holds_all or not shared or any(not one.startswith(_AWS) for one in shared):
        return whole
    return "\n".join(shared)


def _joined(blockers: Sequence[Blocker]) -> Blocker:
    """All of them as one, the first hop's first."""
    told = [one.detail for one in blockers[:_TOLD]]
    left = len(blockers) - len(told)
    return Blocker(
        blockers[0].resource, "; ".join([*told, *([f"and {left:,} more"] if left else [])])
    )


def _repair_of(blocker: Blocker, root: Finding) -> str:
    """The root's commands, but for those about its other blockers only."""
    others = {one.resource for one in blockers_of(root)} - {blocker.resource}
    own = (
        line
        for line in root.remediation.splitlines()
        if blocker.resource in line or not any(other in line for other in others)
    )
    return "\n".join(own) or root.remediation


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
    alone = [one for one in touched if fleet.held_by.get(one) == {blocker}]
    frees, may_free = _promised(alone, fleet)
    return Fix(
        blocker=blocker,
        controls=tuple(sorted({one.control.id for one in roots})),
        touches=tuple(sorted(touched)),
        frees=frees,
        remediation=_repair_of_all(blocker, roots),
        instead=next((one.remediation for one in following if are_alternatives(roots[0], one)), ""),
        may_free=may_free,
    )


def _promised(nodes: Iterable[str], fleet: _Fleet) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The nodes that are certainly freed, and those of which not everything was judged."""
    ordered = sorted(nodes)
    return (
        tuple(one for one in ordered if one not in fleet.open_ended),
        tuple(one for one in ordered if one in fleet.open_ended),
    )


def _rank(fix: Fix, fleet: _Fleet) -> tuple[int, int, int, int, str, str]:
    hoped = len(fix.frees) + len(fix.may_free)
    blocker = fix.blocker
    gravest = min(_SEVERITIES.index(one.severity) for one in fleet.named[blocker])
    return (-hoped, -len(fix.frees), -len(fix.touches), gravest, blocker.resource, blocker.detail)


def _together_rank(one: Together) -> tuple[int, int, tuple[tuple[str, str], ...]]:
    hoped = len(one.frees) + len(one.may_free)
    return (-hoped, len(one.blockers), _names(one.blockers))


def _node(finding: Finding) -> str:
    return f"{finding.account}/{finding.region}/{finding.resource}"


def _sorted(blockers: Iterable[Blocker]) -> tuple[Blocker, ...]:
    return tuple(sorted(blockers, key=lambda one: (one.resource, one.detail)))


def _names(blockers: Iterable[Blocker]) -> tuple[tuple[str, str], ...]:
    return tuple((one.resource, one.detail) for one in blockers)
