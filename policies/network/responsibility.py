"""Which control judges a stage, so that others can point at it (D29)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from policies.control import Verdict, not_applicable
from policies.network.asked import Asked
from policies.network.reachability import Hop, Mark, Path, Stage

NAMES: Final = "NET-01"
EGRESS: Final = "NET-02"
ACLS: Final = "NET-03"
WAY: Final = "NET-04"
ENDPOINTS: Final = "NET-05"
ADMISSION: Final = "NET-06"

#: What keeps a name from leading to an endpoint that is there lies with the endpoint (D24).
_OF_THE_ENDPOINT: Final = frozenset(
    {
        "ENDPOINT_NO_A_RECORD",
        "ENDPOINT_NO_PRIVATE_DNS",
        "ENDPOINT_STATE",
        "HUB_ENDPOINT_NOT_RESOLVED",
    }
)


def control_of(path: Path, stage: Stage) -> str:
    """The id of the control that judges one stage of a path.

    The groups of a machine that forwards belong to the way, not to the ends (NG8).
    """
    match stage.hop:
        case Hop.NAME:
            return ENDPOINTS if stage.code in _OF_THE_ENDPOINT else NAMES
        case Hop.ACL:
            return ACLS
        case Hop.EGRESS if _is_among(stage, path.egress):
            return EGRESS
        case Hop.INGRESS if _is_among(stage, path.admission):
            return ADMISSION
        case _:
            return WAY


def blocking_controls(paths: Iterable[Path]) -> tuple[str, ...]:
    """The controls of everything that blocks, in the order of their ids."""
    return tuple(sorted({control_of(path, one) for path in paths for one in path.blockers}))


def after(asked: Asked) -> Verdict:
    """Not to be judged: the first path ends at a stage that another control judges (D29)."""
    paths = [one for one in asked.found.paths if one.blockers]
    first = paths[0]
    stage = first.blockers[0]
    control = control_of(first, stage)
    names = (one for path in paths for one in path.stages if one.mark is Mark.BLOCK)
    return not_applicable(
        f"AFTER_{control.replace('-', '_')}",
        f"{asked.host.name}: {stage.detail} (see {control})",
        *asked.evidence(names),
    )


def _is_among(stage: Stage, stages: tuple[Stage, ...]) -> bool:
    return any(one is stage for one in stages)
