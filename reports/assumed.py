"""What rests on the user's own word: counted apart, with owner and reason (design 4)."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter

from policies.finding import Finding
from policies.parameters import Assumption
from policies.roll import Roll
from reports.wording import counted


@dataclasses.dataclass(frozen=True)
class Assumed:
    """An assumption in use, and how many findings rest on it."""

    assumption: Assumption
    findings: int


@functools.lru_cache(maxsize=2)
def assumed_of(roll: Roll) -> tuple[Assumed, ...]:
    """Every assumption that a finding rests on, most findings first."""
    resting = Counter(
        assumption for finding in _resting(roll) for assumption in finding.verdict.assumptions
    )
    ranked = sorted(
        resting.items(),
        key=lambda entry: (-entry[1], entry[0].setting, entry[0].owner, entry[0].reason),
    )
    return tuple(Assumed(assumption, findings) for assumption, findings in ranked)


def resting_findings(roll: Roll) -> int:
    """How many findings rest on any assumption: one may rest on several."""
    return len(_resting(roll))


@functools.lru_cache(maxsize=2)
def _resting(roll: Roll) -> tuple[Finding, ...]:
    return tuple([one for one in roll.findings if one.verdict.assumptions])


def assumed_sentences(roll: Roll) -> tuple[str, ...]:
    """One for each assumption: ``3 findings rest on an assumption (scp: allow): …``."""
    return tuple(_sentence(one) for one in assumed_of(roll))


def _sentence(one: Assumed) -> str:
    verb = "rests" if one.findings == 1 else "rest"
    return (
        f"{counted(one.findings, 'finding')} {verb} on an assumption, not on data "
        f"({one.assumption.setting}): {one.assumption.reason} ({one.assumption.owner})."
    )
