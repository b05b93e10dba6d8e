"""The same roll with every finding told, and with what holds counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Final

from policies.counted import COUNTABLE, LETTERS, UNJUDGED, Column, CountedVerdicts
from policies.finding import Finding
from policies.roll import Roll

ABOVE: Final = 50_000


def counted(roll: Roll, told_besides: Collection[str] = ()) -> Roll:
    """The roll, its passes and not-applicables counted but for those with the ids given."""
    kept = [one for one in roll.findings if not _is_counted(one, told_besides)]
    about_instances = [one for one in roll.findings if one.is_about_instance]
    resources = tuple(sorted({_resource(one) for one in about_instances}))
    places = {resource: place for place, resource in enumerate(resources)}
    letters: dict[str, list[str]] = {}
    told: dict[str, set[int]] = {}
    for one in about_instances:
        column = letters.setdefault(one.control.id, [UNJUDGED] * len(resources))
        column[places[_resource(one)]] = LETTERS[one.outcome]
        if not _is_counted(one, told_besides):
            told.setdefault(one.control.id, set()).add(places[_resource(one)])
    columns = {
        control: Column("".join(column), frozenset(told.get(control, ())))
        for control, column in letters.items()
    }
    return dataclasses.replace(
        roll, findings=tuple(kept), counted=CountedVerdicts(ABOVE, resources, columns)
    )


def _is_counted(finding: Finding, told_besides: Collection[str]) -> bool:
    return (
        finding.is_about_instance
        and finding.outcome in COUNTABLE
        and finding.id not in told_besides
    )


def _resource(finding: Finding) -> str:
    return f"{finding.account}/{finding.region}/{finding.resource}"
