"""One thing that both sides tell of, and how their words stand to each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from enum import StrEnum

from policies.finding import Finding, Outcome

#: The findings of one node, by control.
ByControl = Mapping[str, Finding]


class Stand(StrEnum):
    """How the machine's word stands to that of AWS's side."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    MODEL_DOUBT = "model doubt"
    SETTLES = "settles"


@dataclasses.dataclass(frozen=True)
class CrossCheck:
    """A sentence of the diagnosis; no verdict changes by it (D9, D10).

    ``AGREES``: one fault, seen from both sides. ``CONTRADICTS``: the machine fails where AWS's side
    is in order. ``MODEL_DOUBT``: the machine succeeds where AWS's side sees no way. ``SETTLES``:
    AWS's side could not tell, the machine can. ``within`` and ``aws`` are the controls compared.
    """

    stand: Stand
    told: str
    within: tuple[str, ...]
    aws: tuple[str, ...]


def outcome_of(control: str, findings: ByControl) -> Outcome | None:
    """``None`` where it was not judged."""
    return findings[control].outcome if control in findings else None


def fails(control: str, findings: ByControl) -> bool:
    """A definite failure: what is old or uncertain from within is a warning at most."""
    return outcome_of(control, findings) is Outcome.FAIL


def code_of(control: str, findings: ByControl) -> str:
    """``""`` where it was not judged."""
    return findings[control].verdict.code if control in findings else ""
