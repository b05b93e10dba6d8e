"""Whether one interface reaches one host on TCP 443, from end to end (network.md 4; D29)."""

from __future__ import annotations

from collections.abc import Iterable

from inventory.facts import Evidence
from policies.control import Verdict, failed, passed, warned
from policies.network.asked import Asked, blockers_of
from policies.network.explanation import chain
from policies.network.network_remedies import repair
from policies.network.paths import undecided
from policies.network.reachability import Answer, Hop, Path, Reach, Stage
from policies.network.responsibility import blocking_controls


def judge(asked: Asked) -> Verdict:
    """The engine's answer as a verdict, with the chain and everything that blocks."""
    found = asked.found
    match found.answer:
        case Answer.NOT_REACHABLE:
            return _blocked(asked, found)
        case Answer.UNDETERMINED:
            return undecided(found.unknowns, evidence(asked))
        case Answer.REACHABLE if found.intermittent:
            return _intermittent(asked, found)
        case Answer.REACHABLE:
            reason = f"{asked.host.name} is reachable: {_line(asked, found.paths[0])}"
            return passed("REACHABLE", reason, *evidence(asked))


def evidence(asked: Asked) -> tuple[Evidence, ...]:
    """Each path as a line, then everything that its stages looked at."""
    lines = (
        Evidence(
            resource=asked.interface.id,
            path=f"path to {asked.host.name}",
            value=_line(asked, path),
            call="judgement",
        )
        for path in asked.found.paths
    )
    stages = (stage for path in asked.found.paths for stage in path.stages)
    return (*lines, *asked.evidence(stages))


def told(asked: Asked) -> str:
    """Why the host is not reached, and which controls judge that."""
    first = _blockers(asked.found)[0]
    path = next(one for one in asked.found.paths if first in one.blockers)
    return f"{_line(asked, path)}; {_see(asked.found.paths)}"


def _blocked(asked: Asked, found: Reach) -> Verdict:
    blockers = _blockers(found)
    return failed(
        blockers[0].code,
        f"{asked.host.name} is not reachable: {told(asked)}",
        *evidence(asked),
        blockers=blockers_of(asked, blockers),
        remediation=repair(asked, blockers),
    )


def _blockers(found: Reach) -> tuple[Stage, ...]:
    """Everything that blocks: first where the name leads, then what is on the way there (4, 1)."""
    return tuple(sorted(found.blockers, key=lambda stage: stage.hop is not Hop.NAME))


def _intermittent(asked: Asked, found: Reach) -> Verdict:
    """Some interfaces behind the name, or some ports, do not work: some connections fail."""
    partial = tuple(one for path in found.paths for one in path.stages if one.partial)
    details = "; ".join(dict.fromkeys(one.detail for one in (*found.blockers, *partial)))
    return warned(
        "INTERMITTENT",
        f"{asked.host.name} is reached by some connections only: {details}; {_see(found.paths)}",
        *evidence(asked),
        remediation=repair(asked, (*found.blockers, *partial)),
    )


def _line(asked: Asked, path: Path) -> str:
    return chain(asked.node.id, path)


def _see(paths: Iterable[Path]) -> str:
    return f"see {', '.join(blocking_controls(paths))}"
