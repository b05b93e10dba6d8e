"""A snapshot in memory whose answers can be changed, and the judging of what comes of it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from inventory.errors import RollcallError
from inventory.facts import Coverage
from inventory.fleet import load_fleet
from inventory.snapshot import Snapshot
from policies.catalogue import CONTROLS, REGION_CONTROLS
from policies.finding import Crash
from policies.judgement import Judgement
from tests.unit.hostile.mutation import Mutation, mutated

Key = tuple[str, str, str]


@dataclasses.dataclass(frozen=True)
class Answers:
    """Every answer by account, Region and operation; ``coverage`` says what was not read."""

    by_key: Mapping[Key, Any]
    coverage: tuple[Coverage, ...]
    as_of: datetime | None

    @classmethod
    def of(cls, snapshot: Snapshot) -> Self:
        keys = [
            (one.account, one.region, one.call.replace(":", ".", 1))
            for one in snapshot.coverage
            if one.file
        ]
        return cls({key: snapshot.read(*key) for key in keys}, snapshot.coverage, snapshot.as_of)

    def key(self, number: int) -> Key:
        """One of the answers."""
        keys = sorted(self.by_key)
        return keys[number % len(keys)]

    def changed(self, key: Key, changes: Sequence[Mutation], folder: Path) -> Snapshot:
        """A snapshot with one changed answer, which is read from a file as any answer is."""
        path = folder / "answer.json"
        answer = mutated(self.by_key[key], changes)
        path.write_text(json.dumps(answer))
        return self.with_file(key, path)

    def with_file(self, key: Key, path: Path) -> Snapshot:
        """A snapshot with one answer that is read from this file."""
        return Snapshot({**self.by_key, key: path}, as_of=self.as_of, coverage=self.coverage)


def judged(snapshot: Snapshot, *, every: int = 1) -> RollcallError | list[Crash]:
    """The error that refuses the snapshot, else the crashes among all findings and diagnoses.

    ``every`` = 4: of each fourth instance.
    """
    try:
        fleet = load_fleet(snapshot)
    except RollcallError as error:
        return error
    judgement = Judgement()
    for node in fleet.nodes[::every]:
        judgement.diagnosis(node)
    for place in {node.place.key: node.place for node in fleet.nodes}.values():
        for region_control in REGION_CONTROLS:
            judgement.place_finding(region_control, place)
    attempts = (
        judgement.attempt(control, node) for node in fleet.nodes[::every] for control in CONTROLS
    )
    return [one for one in attempts if isinstance(one, Crash)]
