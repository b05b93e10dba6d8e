"""A path as one line that an engineer can act on, ``✓`` passed, ``✗`` blocked, ``?`` not known.

``i-1 → sg-1 (egress tcp/443 to 0.0.0.0/0 ✓) → acl-1 ✓ → rtb-1 0.0.0.0/0 → nat-1 ✓ → rtb-2 has no
route to the public addresses of ssm.eu-central-1.amazonaws.com ✗``
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.network.reachability import Answer, Hop, Mark, Path, Stage

_SIGNS: Final = {Mark.PASS: "✓", Mark.BLOCK: "✗", Mark.UNKNOWN: "?"}
_PARTLY: Final = "(✓)"
_ARROW: Final = " → "
_GROUPS: Final = frozenset({Hop.EGRESS, Hop.INGRESS})
#: Judged of the very thing that a route leads to.
_AT_THE_TARGET: Final = frozenset({Hop.NAT, Hop.INTERNET_GATEWAY, Hop.APPLIANCE, Hop.BEYOND})


def chain(sender: str, path: Path) -> str:
    """The path from the sender, a component each; what is not passed is told in full."""
    steps = [sender]
    seen: set[str] = set()
    for stage in path.stages:
        if stage.mark is Mark.PASS and _confirms(stage, steps[-1]):
            steps[-1] = f"{steps[-1]} {_SIGNS[Mark.PASS]}"
            seen.add(stage.component)
            continue
        steps += (step for step in _steps(stage, seen))
    if path.answer is Answer.REACHABLE:
        steps.append(path.destination)
    return _ARROW.join(dict.fromkeys(steps))


def _confirms(stage: Stage, step: str) -> bool:
    """Whether the step before ends with what the stage is about: ``… → nat-1``."""
    return stage.hop in _AT_THE_TARGET and step.endswith(f"{_ARROW}{stage.component}")


def _steps(stage: Stage, seen: set[str]) -> Iterator[str]:
    """The stage as a step; none for what a line with the component has told already."""
    if stage.mark is not Mark.PASS or stage.partial:
        sign = _PARTLY if stage.partial else _SIGNS[stage.mark]
        named = stage.component in stage.detail
        yield f"{stage.detail if named else f'{stage.component}: {stage.detail}'} {sign}"
    elif stage.hop in _GROUPS:
        yield f"{stage.component} ({stage.detail} {_SIGNS[Mark.PASS]})"
    elif stage.hop is Hop.ROUTE:
        # What a passing route says of the way back begins with no table.
        if stage.detail.startswith(stage.component):
            yield stage.detail
    elif stage.hop not in (Hop.NAME, Hop.INTERNET_GATEWAY) and stage.component not in seen:
        yield f"{stage.component} {_SIGNS[Mark.PASS]}"
    seen.add(stage.component)
